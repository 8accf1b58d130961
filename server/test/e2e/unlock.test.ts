import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/kernel/secret.ts'
import { aVisitor } from '../support/browser.ts'
import { localPeople } from '../support/local-people.ts'
import { mailboxOn } from '../support/mailbox.ts'
import { lockHolds } from '../support/openldap.ts'
import { startRekey } from '../support/rekey-process.ts'
import type { MailServer } from '../support/smtp.ts'
import {
  choose,
  followLink,
  forget,
  oldPassword,
  openWorld,
  type Someone,
  typeCode,
  type World,
} from './world.ts'

const newPassword = 'violet tundra kettle 9'

/** A directory with people in it, and the portal before it. */
interface Place {
  origin: string
  someone(): Promise<Someone>
  /** A sign-in at the directory itself. */
  opens(uid: string, password: string): Promise<boolean>
}

let world: World
let embedded: Place

beforeAll(async () => {
  await using opening = new AsyncDisposableStack()
  world = opening.use(await openWorld())
  embedded = await theEmbedded(world.mails, opening)
  const running = opening.move()
  return () => running.disposeAsync()
})

const theOpenLdap = (): Place => ({ ...world, opens: world.directory.canBind })

/** The same service on a directory of its own, that locks as soon. */
async function theEmbedded(mails: MailServer, opening: AsyncDisposableStack): Promise<Place> {
  const settings = { lockoutTries: 3 }
  const directories = [{ name: 'people', kind: 'local', ...settings }]
  const limits = { requestsPerNetworkPerMinute: 100_000 }
  const tenants = [{ id: 'northwind', name: 'Northwind', directories, limits }]
  const rekey = opening.use(await startRekey({ smtp: mails, config: { tenants } }))
  const people = opening.use(localPeople(rekey, settings))
  let count = 0
  return {
    origin: rekey.portalUrl,
    opens: people.opens,
    async someone() {
      count += 1
      const uid = `local${count}`
      const address = `${uid}@home.example`
      const password = new Secret(oldPassword)
      await people.add({
        username: uid,
        displayName: `Tess Local${count}`,
        recoveryAddresses: [address],
        password,
      })
      return { uid, oldPassword, mailbox: mailboxOn(mails, address) }
    },
  }
}

/** Wrong passwords, one after the other, until the directory has locked the account. */
async function lock({ opens }: Place, { uid, oldPassword: password }: Someone): Promise<void> {
  for (let time = 0; time < 3; time += 1) expect(await opens(uid, 'none of these 7')).toBe(false)
  await lockHolds()
  expect(await opens(uid, password)).toBe(false)
}

const places = [
  ['OpenLDAP', theOpenLdap],
  ['the embedded directory', () => embedded],
] as const

/** The short tier has each place and each way once. */
const isLong = process.env['REKEY_PROVE'] === '1'
const ways = places.flatMap(([name, place], at) =>
  [true, false].flatMap((script) =>
    isLong || script === (at === 0) ? [[name, script, place] as const] : [],
  ),
)

describe.each(ways)('a person who is locked out of %s, script %s', (_, javaScriptEnabled, placeOf) => {
  it('has the lock lifted, and the old password works again at the directory', async () => {
    const place = placeOf()
    const { origin } = place
    const someone = await place.someone()
    await lock(place, someone)
    await using visitor = await aVisitor(world.browser, origin, { javaScriptEnabled })
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

    expect(await place.opens(someone.uid, someone.oldPassword)).toBe(true)
    expect((await someone.mailbox.next()).subject).toBe('Your account was unlocked')
    expect(visitor.complaints).toEqual([])
    expect(visitor.elsewhere).toEqual([])
  })

  it('remembers the password while choosing a new one, and keeps it', async () => {
    const place = placeOf()
    const { origin } = place
    const someone = await place.someone()
    await lock(place, someone)
    await using visitor = await aVisitor(world.browser, origin, { javaScriptEnabled })
    const { page } = visitor

    await forget(page, origin, someone.uid)
    const letter = await someone.mailbox.next()
    if (javaScriptEnabled) await followLink(page, letter.link)
    else await typeCode(page, letter.code)
    await choose(page, 'short')
    await page.locator('#problem').waitFor()
    await page.getByRole('button', { name: 'Unlock and keep my password' }).click()
    await page.getByText('Your password is the one you had').waitFor()

    expect(await place.opens(someone.uid, someone.oldPassword)).toBe(true)
    expect(visitor.complaints).toEqual([])
  })

  it('is told when there was no lock, and goes on to a new password', async () => {
    const place = placeOf()
    const { origin } = place
    const someone = await place.someone()
    await using visitor = await aVisitor(world.browser, origin, { javaScriptEnabled })
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
    await page.locator('#identifier').fill(someone.uid)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#code').waitFor()
    const letter = await someone.mailbox.next()
    if (javaScriptEnabled) await followLink(page, letter.link)
    else await typeCode(page, letter.code)
    await choose(page, newPassword)
    await page.getByText('Your new password works now').waitFor()

    expect(await place.opens(someone.uid, newPassword)).toBe(true)
    expect(await place.opens(someone.uid, someone.oldPassword)).toBe(false)
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
    await choose(page, newPassword)
    await page.getByText('Your new password works now').waitFor()

    await page.goto(`${world.origin}/unlock`)
    await page.getByRole('heading', { name: 'Unlock your account' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/unlock')
  })

  it('fit 320 px without scrolling sideways, in English and German', async () => {
    for (const locale of ['en-GB', 'de-DE']) {
      const someone = await world.someone()
      await lock(theOpenLdap(), someone)
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
