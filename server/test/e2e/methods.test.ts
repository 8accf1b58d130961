import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { phone } from '../support/browser.ts'
import { type App, anApp } from '../support/enrolling.ts'
import { choose, forget, heading, openWorld, signIn, typeCode, type World } from './world.ts'

const pictures = join(import.meta.dirname, '../../../.cache/screenshots')
const fresh = 'granite harbour whistle 3'
const stepMs = 30_000
/** The long tier takes pictures. */
const prove = process.env['REKEY_PROVE'] === '1'

let world: World

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

/** That pages hold nothing that axe objects to is proven where all of them are looked at. */
async function look(page: Page, name: string): Promise<void> {
  if (prove) await page.screenshot({ path: join(pictures, `methods-${name}.png`), fullPage: true })
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect([name, overflow]).toEqual([name, 0])
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const follow = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).click()

/**
 * The codes of three time steps in a row, which one moment takes: of the one before it, its own and the next. So nobody waits
 * for half a minute; where the moment is about to end, for the next one.
 */
async function threeCodes(app: App): Promise<[string, string, string]> {
  const left = stepMs - (Date.now() % stepMs)
  if (left < 10_000) await sleep(left)
  const now = Date.now()
  return [app.code(new Date(now - stepMs)), app.code(new Date(now)), app.code(new Date(now + stepMs))]
}

describe('a person with a phone and a drawer', () => {
  // What the pages do without a script is tried without a browser in the short tier.
  it.each(process.env['REKEY_PROVE'] === '1' ? [{ script: true }, { script: false }] : [{ script: true }])(
    'sets up an app and codes, needs them, comes back with them and removes them, script $script',
    async ({ script }) => {
      const { origin } = world
      const someone = await world.someone()
      await using visitor = await world.visitor({ viewport: phone, javaScriptEnabled: script })
      const { page } = visitor
      const seen = (name: string) => look(page, `${name}-${script ? 'script' : 'plain'}`)

      await page.goto(`${origin}/methods`)
      await signIn(page, someone.uid, someone.oldPassword)
      await page.waitForURL('**/methods')
      await seen('1-none')
      await press(page, 'Add an authenticator app')
      await page.locator('svg.qr').waitFor()
      const seed = (await page.locator('code').innerText()).replaceAll(' ', '')
      await typeCode(page, '000 000')
      await page.getByText('This is not the code that the app shows now').waitFor()
      await seen('2-wrong')
      expect((await page.locator('code').innerText()).replaceAll(' ', '')).toBe(seed)
      const [first, second, third] = await threeCodes(anApp('app', seed))
      await page.locator('#name').fill('Blue phone')
      await typeCode(page, `${first.slice(0, 3)} ${first.slice(3)}`)
      await page.getByText('It is set up and counts from now on').waitFor()
      expect((await someone.mailbox.next()).subject).toBe('A new way to prove who you are was set up')

      await press(page, 'Get recovery codes')
      await page.locator('.codes').waitFor()
      await seen('3-codes')
      const codes = await page.locator('.codes code').allInnerTexts()
      expect(codes).toHaveLength(10)
      const saves = page.getByRole('button', { name: 'Save as a file' })
      expect(await saves.isVisible()).toBe(script)
      if (script) {
        const [file] = await Promise.all([page.waitForEvent('download'), saves.click()])
        expect(file.suggestedFilename()).toBe('recovery-codes.txt')
      }
      await follow(page, 'I have kept them')
      await page.getByText('10 codes left').waitFor()
      await seen('4-list')
      await press(page, 'Sign out')
      expect((await someone.mailbox.next()).subject).toBe('A new way to prove who you are was set up')

      await page.goto(`${origin}/change?again=1`)
      await signIn(page, someone.uid, someone.oldPassword)
      await page.waitForURL('**/sign-in/proof')
      await seen('5-step')
      await page.goto(`${origin}/methods`)
      expect(new URL(page.url()).pathname).toBe('/sign-in/proof')
      // It is spent: the page that set it up has taken it. A wrong one there has cost a try as well.
      await typeCode(page, first)
      expect(await page.locator('#problem').innerText()).toContain('You have 8 tries left.')
      await typeCode(page, second)
      await page.waitForURL('**/methods')
      await press(page, 'Sign out')

      await forget(page, origin, someone.uid)
      await typeCode(page, (await someone.mailbox.next()).code)
      await page.getByText('1 of 2 done').waitFor()
      expect(await heading(page)).toBe('One more proof')
      await seen('6-second-proof')
      await typeCode(page, third)
      await choose(page, fresh)
      await page.getByText('Your new password works now').waitFor()
      await follow(page, 'Set up a second way to prove it is you')

      const [code = ''] = codes
      await signIn(page, someone.uid, fresh)
      await follow(page, 'Use a recovery code')
      await typeCode(page, code.toUpperCase())
      await page.getByText('9 codes left').waitFor()
      await page.getByRole('link', { name: 'Recovery codes' }).click()
      await typeCode(page, code)
      await page.getByText('This code is not right, or was used before').waitFor()
      await seen('7-one')
      await follow(page, 'Back to the list')
      await page.getByRole('link', { name: 'Blue phone' }).click()
      await follow(page, 'Remove it')
      await page.getByText('from then on your password alone is enough').waitFor()
      await seen('8-remove')
      await press(page, 'Yes, remove it')
      await page.getByText('It was removed').waitFor()

      expect(visitor.complaints).toEqual([])
      expect(visitor.elsewhere).toEqual([])
    },
  )
})

/** What is built into a telephone, in Chromium: it keeps passkeys, and verifies its holder or says that it did not. */
async function anAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  return {
    kept: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    knowsHolder: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    forget: () => cdp.send('WebAuthn.clearCredentials', { authenticatorId }),
  }
}

describe('a person with a passkey', () => {
  it('makes it, signs in and comes back with it, tries it, and removes it', async () => {
    const { origin } = world
    const someone = await world.someone()
    await using visitor = await world.visitor({ viewport: phone })
    const { page } = visitor
    const authenticator = await anAuthenticator(page)

    await page.goto(`${origin}/methods`)
    await signIn(page, someone.uid, someone.oldPassword)
    await press(page, 'Add a passkey')
    await page.getByRole('button', { name: 'Create the passkey' }).waitFor()
    await look(page, 'passkey-1-make')
    await authenticator.knowsHolder(false)
    await press(page, 'Create the passkey')
    await page.getByText('That did not work, or was cancelled').waitFor()
    await look(page, 'passkey-2-cancelled')
    await authenticator.knowsHolder(true)
    await press(page, 'Create the passkey')
    await page.getByText('It is set up and counts from now on').waitFor()
    await look(page, 'passkey-3-list')
    expect(await page.locator('.way').innerText()).toContain('In one device only')
    const [kept, ...others] = await authenticator.kept()
    expect(others).toEqual([])
    expect(kept).toMatchObject({
      rpId: new URL(origin).hostname,
      isResidentCredential: true,
      userName: someone.uid,
    })
    expect(Buffer.from(kept?.userHandle ?? '', 'base64')).toHaveLength(32)
    expect((await someone.mailbox.next()).subject).toBe('A new way to prove who you are was set up')
    // The authenticator has one of this account.
    await press(page, 'Add a passkey')
    await press(page, 'Create the passkey')
    await page.getByText('That did not work, or was cancelled').waitFor()
    await follow(page, 'Not now')

    await page.locator('.way').click()
    await press(page, 'Try it')
    await page.getByText('It works.').waitFor()
    await look(page, 'passkey-4-one')
    await follow(page, 'Back to the list')
    await press(page, 'Sign out')

    await signIn(page, someone.uid, someone.oldPassword)
    await page.waitForURL('**/sign-in/proof')
    await look(page, 'passkey-5-step')
    await authenticator.knowsHolder(false)
    await press(page, 'Continue with a passkey')
    await page.getByText('That did not work, or was cancelled').waitFor()
    await authenticator.knowsHolder(true)
    await press(page, 'Continue with a passkey')
    await page.waitForURL((url) => url.pathname !== '/sign-in/proof')

    await forget(page, origin, someone.uid)
    await follow(page, 'Use a passkey')
    await look(page, 'passkey-6-recover')
    await press(page, 'Continue with a passkey')
    await choose(page, fresh)
    await page.getByText('Your new password works now').waitFor()
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)

    // Somebody else's recovery: the same page, and this passkey proves nothing.
    const other = await world.someone()
    await forget(page, origin, other.uid)
    await follow(page, 'Use a passkey')
    await press(page, 'Continue with a passkey')
    await page.getByText('This passkey can’t be used here').waitFor()
    await look(page, 'passkey-7-refused')
    expect(await heading(page)).toBe('Prove it another way')

    await page.goto(`${origin}/methods`)
    await signIn(page, someone.uid, fresh)
    await press(page, 'Continue with a passkey')
    await page.waitForURL('**/methods')
    await page.locator('.way').click()
    await follow(page, 'Remove it')
    await press(page, 'Yes, remove it')
    await page.getByText('It was removed').waitFor()
    await press(page, 'Sign out')
    await signIn(page, someone.uid, fresh)
    await page.getByRole('button', { name: 'Sign out' }).waitFor()

    expect(visitor.complaints).toEqual([])
    expect(visitor.elsewhere).toEqual([])
  })

  it('is told why not where there is no script', async () => {
    const { origin } = world
    const someone = await world.someone()
    await using visitor = await world.visitor({ viewport: phone, javaScriptEnabled: false })
    const { page } = visitor
    await page.goto(`${origin}/methods`)
    await signIn(page, someone.uid, someone.oldPassword)

    await press(page, 'Add a passkey')

    expect(await page.locator('noscript').innerText()).toBe('Passkeys need JavaScript, and it is off here.')
    expect(await page.getByRole('button', { name: 'Create the passkey' }).isVisible()).toBe(false)
    await look(page, 'passkey-8-no-script')
  })
})
