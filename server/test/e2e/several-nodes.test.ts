import { beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/person-at-api.ts'
import { choose, followLink, forget, heading, openWorld, typeCode, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'

describe.each([
  { over: 'PostgreSQL', redis: false },
  { over: 'Redis and PostgreSQL', redis: true },
])('two nodes behind a proxy that forgets, over $over', ({ redis }) => {
  let world: World

  beforeAll(async () => {
    world = await openWorld({ nodes: 2, redis })
    return () => world[Symbol.asyncDispose]()
  })

  it.each([true, false])('bring a person back in, script %s, and each does its half', async (script) => {
    const someone = await world.someone()
    await using visitor = await world.visitor({ javaScriptEnabled: script })
    const { page } = visitor

    await forget(page, world.origin, someone.uid)
    const letter = await someone.mailbox.next()
    if (script) await followLink(page, letter.link)
    else await typeCode(page, letter.code)
    await page.locator('#password').waitFor()
    await choose(page, 'password password password')
    expect(await page.locator('#problem').innerText()).toContain('Too easy to guess')
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
    expect(await world.directory.canBind(someone.uid, someone.oldPassword)).toBe(false)
    expect((await someone.mailbox.next()).subject).toBe('Your password was changed')
    expect(visitor.complaints).toEqual([])
    const counts = [...(world.proxy?.counts.values() ?? [])]
    expect(counts).toHaveLength(2)
    expect(Math.abs((counts[0] ?? 0) - (counts[1] ?? 0))).toBeLessThanOrEqual(1)
  })

  // Without Redis there is nothing to lose.
  if (redis) {
    it('tell whoever waits to start again when Redis lost everything, and it works', async () => {
      const someone = await world.someone()
      await using person = await world.visitor()
      await using stranger = await world.visitor()
      await forget(person.page, world.origin, someone.uid)
      await forget(stranger.page, world.origin, 'nobody-by-this-name')
      const { link } = await someone.mailbox.next()

      await world.redis?.kill()
      await person.page.reload()
      expect(await heading(person.page)).toBe('We can’t do this right now')
      await world.redis?.start('empty')
      const seen = await Promise.all(
        [person.page, stranger.page].map((page) =>
          eventually('Redis to be back on both nodes', async () => {
            await page.goto(`${world.origin}/recover`)
            const words = await page.locator('main').innerText()
            return !words.includes('We can’t do this right now') && words
          }),
        ),
      )
      expect(seen[0]).toContain('is not open any more. Start again.')
      expect(seen[1]).toBe(seen[0])
      await followLink(person.page, link)
      await person.page.getByText('This link has been used or is too old').waitFor()

      await forget(person.page, world.origin, someone.uid)
      await followLink(person.page, (await someone.mailbox.next()).link)
      await person.page.locator('#password').waitFor()
      await choose(person.page, fresh)
      await person.page.getByText('Your new password works now').waitFor()
      expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
    })
  }
})
