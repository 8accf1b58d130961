import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { desktop, phone, type Visitor } from '../support/browser.ts'
import {
  changeAtDirectory,
  choose,
  followLink,
  forget,
  heading,
  openWorld,
  typeCode,
  type World,
} from './world.ts'

const pictures = join(import.meta.dirname, '../../../.cache/screenshots')
const kilobyte = 1000
const guessable = 'password password password'
const current = 'granite harbour whistle 3'
const fresh = 'violet tundra kettle 9'

let world: World

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

const whole = [true, false].flatMap((script) =>
  (['desktop', 'phone'] as const).flatMap((size) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ script, size, colorScheme })),
  ),
)
/** The short tier has each pair of two of the three once. */
const isPaired = ({ script, size, colorScheme }: (typeof whole)[number]) =>
  [script, size === 'phone', colorScheme === 'dark'].filter(Boolean).length % 2 === 0
const matrix = process.env['REKEY_PROVE'] === '1' ? whole : whole.filter(isPaired)

describe('a person who forgot the password', () => {
  it.each(matrix)(
    'comes back in, script $script, $size, $colorScheme',
    async ({ script, size, colorScheme }) => {
      const { directory, origin } = world
      const someone = await world.someone()
      await changeAtDirectory(directory, someone.uid, someone.oldPassword, current)
      await using visitor = await world.visitor({
        viewport: size === 'phone' ? phone : desktop,
        colorScheme,
        javaScriptEnabled: script,
      })
      const { page } = visitor
      // axe takes a second or two a page; colours and sizes are both covered by two of the four.
      const checked = script && (size === 'phone') === (colorScheme === 'dark')
      const seen = (step: string) =>
        look(visitor, { name: `${step}-${script ? 'script' : 'plain'}-${size}-${colorScheme}`, checked })

      await page.goto(`${origin}/recover?service=intranet`)
      await seen('1-start')
      await forget(page, origin, someone.uid)
      await seen('2-prove')
      const letter = await someone.mailbox.next()
      if (script) {
        await page.goto(letter.link ?? '')
        await page.locator('#landing button').waitFor()
        await seen('3-landing')
        await page.locator('#landing button').click()
      } else {
        await typeCode(page, letter.code)
      }
      await page.locator('#password').waitFor()
      await seen('4-password')
      await choose(page, guessable)
      expect(await page.locator('#problem').innerText()).toContain('Too easy to guess')
      await seen('5-guessable')
      await choose(page, someone.oldPassword)
      expect(await page.locator('#problem').innerText()).toContain('You had this one before')
      await seen('6-history')
      expect(await directory.canBind(someone.uid, current)).toBe(true)
      await choose(page, fresh)
      await page.getByText('Your new password works now').waitFor()
      await seen('7-done')

      expect(await directory.canBind(someone.uid, current)).toBe(false)
      expect(await directory.canBind(someone.uid, fresh)).toBe(true)
      expect((await someone.mailbox.next()).subject).toBe('Your password was changed')
      expect(visitor.complaints).toEqual([])
      expect(visitor.elsewhere).toEqual([])
      expect(await storageOf(page)).toEqual([])
      expect(tooHeavy(visitor)).toEqual([])
    },
  )
})

/** Everything that must hold of any page a person sees, and a picture of it for the eye. */
async function look({ page }: Visitor, { name, checked }: { name: string; checked: boolean }): Promise<void> {
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect([name, overflow]).toEqual([name, 0])
  if (!checked) return
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  expect([name, violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])]).toEqual([name, []])
}

/** Cookies are checked elsewhere; nothing else may be kept in the browser. */
const storageOf = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => [
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
    ...(await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
  ])()`)

/** Each document as it was served, together with all the style sheets there are. */
function tooHeavy({ documents, styles }: Visitor): unknown[] {
  const bySheet = new Map(styles.map(({ url, bytes }) => [url, bytes]))
  const sheets = [...bySheet.values()].reduce((sum, bytes) => sum + bytes, 0)
  expect(documents.length).toBeGreaterThan(5)
  expect(sheets).toBeGreaterThan(kilobyte)
  return documents.filter(({ bytes }) => bytes + sheets >= 30 * kilobyte)
}

describe('the pages', () => {
  it('fit 320 px without scrolling sideways, in English and German', async () => {
    for (const locale of ['en-GB', 'de-DE']) {
      const someone = await world.someone()
      await using visitor = await world.visitor({ viewport: { width: 320, height: 568 }, locale })
      const { page } = visitor
      const wide: unknown[] = []
      const measure = async (step: string) => {
        const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
        if (width > 320) wide.push([locale, step, width])
      }

      await page.goto(`${world.origin}/recover`)
      await measure('start')
      await page.locator('#identifier').fill(someone.uid)
      await page.locator('form:has(#identifier) button').click()
      await page.locator('#code').waitFor()
      await measure('prove')
      await typeCode(page, '0000 0000')
      await measure('wrong code')
      await followLink(page, (await someone.mailbox.next()).link)
      await page.locator('#password').waitFor()
      await measure('password')
      await choose(page, guessable)
      await measure('refused')
      await choose(page, fresh)
      await page.locator('.note.ok').waitFor()
      await measure('done')
      await page.goto(`${world.origin}/disavow`)
      await measure('disavow')

      expect(wide).toEqual([])
    }
  })

  it('lead the keyboard: the focus stands where an answer is needed, and the answer is announced', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    const { page } = visitor
    const focused = () => page.evaluate('document.activeElement?.id || document.activeElement?.tagName')

    await forget(page, world.origin, someone.uid)
    await typeCode(page, '0000 0000')
    await page.locator('#problem').waitFor()
    await expect.poll(focused).toBe('code')
    expect(await page.title()).toMatch(/^Check this: /)
    expect(await page.locator('#code').getAttribute('aria-describedby')).toBe('problem')

    await page.goto((await someone.mailbox.next()).link ?? '')
    await expect.poll(focused).toBe('H1')
    expect(await heading(page)).toBe('You opened our mail')
    // The whole way by keyboard alone: from the heading to the button, and on.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('#password').focus()
    await page.keyboard.type('short')
    await page.keyboard.press('Enter')
    await page.locator('#problem').waitFor()
    await expect.poll(focused).toBe('password')
    await page.keyboard.type(fresh)
    expect(await page.locator('.meter [role=status]').innerText()).toBe('Hard to guess')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'Your new password works now' }).waitFor()

    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })
})
