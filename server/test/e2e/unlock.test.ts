import { beforeAll, describe, expect, it } from 'vitest'
import { lockHolds } from '../support/openldap.ts'
import { choose, followLink, forget, openWorld, typeCode, type World } from './world.ts'

let world: World

beforeAll(async () => {
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

/** Wrong passwords, one after the other, until the policy of the directory has locked the account. */
async function lock(uid: string, password: string): Promise<void> {
  for (let time = 0; time < 3; time += 1) await world.directory.canBind(uid, 'none of these 7')
  await lockHolds()
  expect(await world.directory.canBind(uid, password)).toBe(false)
}

describe.each([true, false])('a person who is locked out of OpenLDAP, script %s', (javaScriptEnabled) => {
  it('has the lock lifted, and the old password works again at the directory', async () => {
    const { directory, origin } = world
    const someone = await world.someone()
    await lock(someone.uid, someone.oldPassword)
    await using visitor = await world.visitor({ javaScriptEnabled })
    const { page } = visitor

    await page.goto(`${origin}/recover`)
    await page.getByRole('link', { name: 'Unlock it' }).click()
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor()
    await page.locator('#identifier').fill(someone.uid)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#code').waitFor()
    const letter = await someone.mailbox.next()
    expect(letter.subject).toContain('unlock your account')
    expect(letter.link).toContain('/unlock#')
    if (javaScriptEnabled) await followLink(page, letter.link)
    else await typeCode(page, letter.code)
    await page.getByRole('button', { name: 'Unlock my account' }).click()
    await page.getByText('Your password is the one you had').waitFor()

    expect(await directory.canBind(someone.uid, someone.oldPassword)).toBe(true)
    expect((await someone.mailbox.next()).subject).toBe('Your account was unlocked')
    expect(visitor.complaints).toEqual([])
    expect(visitor.elsewhere).toEqual([])
  })

  it('remembers the password while choosing a new one, and keeps it', async () => {
    const { directory, origin } = world
    const someone = await world.someone()
    await lock(someone.uid, someone.oldPassword)
    await using visitor = await world.visitor({ javaScriptEnabled })
    const { page } = visitor

    await forget(page, origin, someone.uid)
    const letter = await someone.mailbox.next()
    if (javaScriptEnabled) await followLink(page, letter.link)
    else await typeCode(page, letter.code)
    await choose(page, 'short')
    await page.locator('#problem').waitFor()
    await page.getByRole('button', { name: 'Unlock and keep my password' }).click()
    await page.getByText('Your password is the one you had').waitFor()

    expect(await directory.canBind(someone.uid, someone.oldPassword)).toBe(true)
    expect(visitor.complaints).toEqual([])
  })

  it('is told when there was no lock, and goes on to a new password', async () => {
    const { origin } = world
    const someone = await world.someone()
    await using visitor = await world.visitor({ javaScriptEnabled })
    const { page } = visitor

    await page.goto(`${origin}/unlock`)
    await page.locator('#identifier').fill(someone.uid)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#code').waitFor()
    await typeCode(page, (await someone.mailbox.next()).code)
    await page.getByRole('button', { name: 'Unlock my account' }).click()
    await page.getByRole('heading', { name: 'Your account was not locked' }).waitFor()
    await page.getByRole('link', { name: 'Set a new password instead' }).click()
    await page.getByRole('heading', { name: 'Get back into your account' }).waitFor()

    expect(new URL(page.url()).pathname).toBe('/recover')
  })
})

describe('the pages of one thing and of the other', () => {
  it('lead to what is open, and show the start to who comes for something else afterwards', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    await forget(page, world.origin, someone.uid)

    await page.goto(`${world.origin}/unlock`)
    expect(new URL(page.url()).pathname).toBe('/recover')
    await page.locator('#code').waitFor()
    await followLink(page, (await someone.mailbox.next()).link)
    await page.locator('#password').waitFor()
    await choose(page, 'violet tundra kettle 9')
    await page.getByText('Your new password works now').waitFor()

    await page.goto(`${world.origin}/unlock`)
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/unlock')
  })

  it('fit 320 px without scrolling sideways, in English and German', async () => {
    for (const locale of ['en-GB', 'de-DE']) {
      const someone = await world.someone()
      await lock(someone.uid, someone.oldPassword)
      await using visitor = await world.visitor({ viewport: { width: 320, height: 568 }, locale })
      const { page } = visitor
      const wide: unknown[] = []
      const measure = async (step: string) => {
        const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
        if (width > 320) wide.push([locale, step, width])
      }

      await page.goto(`${world.origin}/unlock`)
      await measure('start')
      await page.locator('#identifier').fill(someone.uid)
      await page.locator('form:has(#identifier) button').click()
      await page.locator('#code').waitFor()
      await followLink(page, (await someone.mailbox.next()).link)
      await page.waitForURL('**/unlock')
      await measure('unlock')
      await page.locator('.card:not([hidden]) form button').click()
      await page.locator('.note.ok').waitFor()
      await measure('done')

      expect(wide).toEqual([])
    }
  })
})
