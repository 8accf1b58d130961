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
  if (left < 4_000) await sleep(left)
  const now = Date.now()
  return [app.code(new Date(now - stepMs)), app.code(new Date(now)), app.code(new Date(now + stepMs))]
}

describe('a person with a phone and a drawer', () => {
  it.each([{ script: true }, { script: false }])(
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
