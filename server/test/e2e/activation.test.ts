import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { aVisitor } from '../support/browser.ts'
import { type Mailbox, mailboxOn } from '../support/mailbox.ts'
import { type Rekey, startRekey } from '../support/rekey-process.ts'
import { choose, followLink, heading, openWorld, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'

let world: World
/** The demo, with the local directory. */
let demo: Rekey
let folder: string

beforeAll(async () => {
  world = await openWorld()
  demo = await startRekey({ smtp: world.mails })
  folder = await mkdtemp(join(tmpdir(), 'rekey-e2e-'))
  return async () => {
    await rm(folder, { recursive: true })
    await demo[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  }
})

/** As an operator does it. */
async function invite(rekey: Rekey, lines: readonly string[]): Promise<void> {
  const file = join(folder, 'people.csv')
  await writeFile(file, `${lines.join('\n')}\n`)
  expect(await rekey.command('invitations', 'import', file, '--again')).toContain('Lines to mend: 0.')
}

interface Place {
  rekey: Rekey
  origin: string
  uid: string
  mailbox: Mailbox
}

const places: readonly { name: string; open(scripted: boolean): Promise<Place> }[] = [
  {
    name: 'OpenLDAP',
    async open() {
      const { uid, mailbox } = await world.someone()
      await invite(world.rekey, ['identifier', uid])
      return { rekey: world.rekey, origin: world.origin, uid, mailbox }
    },
  },
  {
    name: 'the local directory',
    async open(scripted) {
      const uid = scripted ? 'grace' : 'barbara'
      const address = `new.${uid}@private.example`
      await invite(demo, ['identifier,address,locale', `${uid},${address},en`])
      return { rekey: demo, origin: demo.portalUrl, uid, mailbox: mailboxOn(world.mails, address) }
    },
  },
]

describe.each(places)('a newcomer in $name', ({ name, open }) => {
  it.each([true, false])('is invited, and sets the first password, script %s', async (javaScriptEnabled) => {
    const { origin, uid, mailbox } = await open(javaScriptEnabled)
    await using visitor = await aVisitor(world.browser, origin, { javaScriptEnabled })
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
    if (name === 'OpenLDAP') expect(await world.directory.canBind(uid, fresh)).toBe(true)
    await page.goto(`${origin}/activate`)
    expect(await heading(page)).toBe('Your account is ready')
    expect(visitor.complaints.filter((said) => !said.includes('422'))).toEqual([])
    expect(visitor.elsewhere).toEqual([])

    // The same mail once more, in another browser: it has been used.
    if (!javaScriptEnabled) return
    await using other = await aVisitor(world.browser, origin)
    await followLink(other.page, letter.link)
    await other.page.getByText('This invitation can’t be used').waitFor()
    expect(await other.page.getByText('Ask whoever invited you for a new one').isVisible()).toBe(true)
  })
})

describe('the page for invitations', () => {
  it('fits 320 px without scrolling sideways, in English, German and Arabic', async () => {
    for (const locale of ['en-GB', 'de-DE', 'ar']) {
      const { uid, mailbox } = await world.someone()
      await invite(world.rekey, ['identifier', uid])
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
