import { beforeAll, describe, expect, it } from 'vitest'
import { aDatabase } from '../support/database.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { choose, followLink, forget, openWorld, typeCode, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'

let world: World
/** A second process of the same installation, on ports of its own. */
let second: Rekey

beforeAll(async () => {
  const database = await aDatabase([])
  world = await openWorld({ database: database.url })
  second = await startRekey({ beside: world.rekey })
  return async () => {
    await second[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  }
})

describe('a person', () => {
  it('is taken on by any process, and by one that was killed and came back', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await forget(page, world.origin, someone.uid)
    const { link } = await someone.mailbox.next()

    // Cookies ignore ports, as they ignore which node behind a balancer answers.
    await followLink(page, link?.replace(world.origin, second.portalUrl) ?? null)
    await page.locator('#password').waitFor()
    await second.kill('SIGKILL')
    expect(second.isRunning()).toBe(false)
    await second.restart()
    await page.reload()
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()
    await page.goto(`${world.origin}/recover`)
    await page.getByText('Your new password works now').waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
    expect(await world.directory.canBind(someone.uid, someone.oldPassword)).toBe(false)
    expect((await someone.mailbox.next()).subject).toBe('Your password was changed')
  })
})

describe('a directory that is away', () => {
  it('costs the person nothing: the page says that nothing changed, and the same flow goes on', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await forget(page, world.origin, someone.uid)
    await typeCode(page, (await someone.mailbox.next()).code)
    await page.locator('#password').waitFor()

    await world.directory.stop()
    await choose(page, fresh)
    await page.getByText('We could not reach the directory').waitFor()
    expect(await page.locator('main').innerText()).toContain('Your password is unchanged')
    await world.directory.restart()
    await page.getByRole('link', { name: 'Back to the page' }).click()
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })
})
