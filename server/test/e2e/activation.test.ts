import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { choose, followLink, heading, openWorld, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'

let world: World
let folder: string

beforeAll(async () => {
  world = await openWorld()
  folder = await mkdtemp(join(tmpdir(), 'rekey-e2e-'))
  return async () => {
    await rm(folder, { recursive: true })
    await world[Symbol.asyncDispose]()
  }
})

/** As an operator does it. */
async function invite(uid: string): Promise<void> {
  const file = join(folder, 'people.csv')
  await writeFile(file, `identifier\n${uid}\n`)
  expect(await world.rekey.command('invitations', 'import', file, '--again')).toContain('Lines to mend: 0.')
}

describe('a newcomer', () => {
  it.each([true, false])('is invited, and sets the first password, script %s', async (javaScriptEnabled) => {
    const { origin } = world
    const { uid, mailbox } = await world.someone()
    await invite(uid)
    await using visitor = await world.visitor({ javaScriptEnabled })
    const { page } = visitor
    const letter = await mailbox.next()
    expect(letter.subject).toBe('Your account at Northwind is waiting for you')
    expect(letter.link).toContain(`${origin}/activate#`)

    if (javaScriptEnabled) {
      await followLink(page, letter.link)
    } else {
      await page.goto(`${origin}/activate`)
      const code = /^\s*((?:[a-z0-9]{4}[ -]){3}[a-z0-9]{4})\s*$/m.exec(letter.text)?.[1] ?? ''
      await page.locator('#code').fill('0000 0000 0000 0000')
      await page.getByRole('button', { name: 'Activate' }).click()
      expect(await page.locator('#problem').innerText()).toContain('Ask whoever invited you for a new one')
      await page.locator('#code').fill(code)
      await page.getByRole('button', { name: 'Activate' }).click()
    }
    await page.locator('#password').waitFor()
    expect(await heading(page)).toBe('Choose your first password')
    await choose(page, 'short')
    await page.locator('#problem').waitFor()
    await choose(page, fresh)
    await page.getByText('Your password works now').waitFor()

    expect(await heading(page)).toBe('Your account is ready')
    expect(await world.directory.canBind(uid, fresh)).toBe(true)
    await page.goto(`${origin}/activate`)
    expect(await heading(page)).toBe('Your account is ready')
    expect(visitor.complaints.filter((said) => !said.includes('422'))).toEqual([])
    expect(visitor.elsewhere).toEqual([])

    // The same mail once more, in another browser: it has been used.
    if (!javaScriptEnabled) return
    await using other = await world.visitor()
    await followLink(other.page, letter.link)
    await other.page.getByText('This invitation can’t be used').waitFor()
    expect(await other.page.getByText('Ask whoever invited you for a new one').isVisible()).toBe(true)
  })
})

describe('the page for invitations', () => {
  it('fits 320 px without scrolling sideways, in English, German and Arabic', async () => {
    for (const locale of ['en-GB', 'de-DE', 'ar']) {
      const { uid, mailbox } = await world.someone()
      await invite(uid)
      const visit = { viewport: { width: 320, height: 568 }, locale }
      await using visitor = await world.visitor(visit)
      const { page } = visitor
      const wide: unknown[] = []
      const measure = async (step: string) => {
        const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
        if (width > 320) wide.push([locale, step, width])
      }

      await page.goto(`${world.origin}/activate`)
      await measure('code')
      const { link } = await mailbox.next()
      await page.goto('about:blank')
      await page.goto(link ?? '')
      await page.locator('#landing button').waitFor()
      await measure('landing')
      await page.locator('#landing button').click()
      await page.locator('#password').waitFor()
      await measure('password')
      await choose(page, fresh)
      await page.locator('.note.ok').waitFor()
      await measure('done')

      expect(wide).toEqual([])
    }
  })
})
