import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { aVisitor, openBrowser, phone } from '../support/browser.ts'
import { type Mailbox, mailboxOn } from '../support/mailbox.ts'
import type { Rekey } from '../support/rekey-process.ts'
import { canRunSamba } from '../support/samba-ad.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import {
  type OpenPlace,
  openActiveDirectory,
  openDs389,
  openLocal,
  openOpenLdap,
  openOpenLdapBehindAgent,
  openScim,
  openSql,
  type Place,
} from './places.ts'
import { change, choose, followLink, forget, oldPassword, signIn, typeCode } from './world.ts'

/**
 * Every operation at every directory, with and without JavaScript: that the old password and the new one are what the
 * person was told is asked of the directory itself.
 */
const fresh = 'violet tundra kettle 9'

/** A person of one test: somebody with the old password, a browser, a mailbox. */
interface Way {
  place: Place
  page: Page
  uid: string
  mailbox: Mailbox
  script: boolean
}

/** By the link where there is a script, and by the typed code where there is none. */
async function proveByMail({ page, mailbox, script }: Way): Promise<void> {
  const { link, code } = await mailbox.next()
  await (script ? followLink(page, link) : typeCode(page, code))
}

async function signInToChange({ place, page, uid }: Way): Promise<void> {
  await page.goto(`${place.rekey.portalUrl}/.well-known/change-password`)
  await signIn(page, uid, oldPassword)
}

const importInvitation = (rekey: Rekey) => async (uid: string) => {
  const file = join(folder, `${uid}.csv`)
  await writeFile(file, `identifier\n${uid}\n`)
  await rekey.command('invitations', 'import', file)
}

const operations = {
  async recovery(way: Way) {
    await forget(way.page, way.place.rekey.portalUrl, way.uid)
    await proveByMail(way)
    await choose(way.page, fresh)
  },
  async change(way: Way) {
    await signInToChange(way)
    await change(way.page, oldPassword, fresh)
  },
  async activation(way: Way) {
    const { place, page, uid, mailbox, script } = way
    // With a date of the directory this alone says that nobody uses the password yet.
    await place.mark(uid)
    await (place.invite ?? importInvitation(place.rekey))(uid)
    const { link, text } = await mailbox.next()
    if (script) {
      await followLink(page, link)
    } else {
      await page.goto(`${place.rekey.portalUrl}/activate`)
      await typeCode(page, /^\s*((?:[a-z0-9]{4}[ -]){3}[a-z0-9]{4})\s*$/m.exec(text)?.[1] ?? null)
    }
    await choose(page, fresh)
  },
  async 'forced change'(way: Way) {
    await way.place.mark(way.uid)
    await signInToChange(way)
    await way.page.getByText('Your password was set by somebody else').waitFor()
    await change(way.page, oldPassword, fresh)
  },
  async unlock(way: Way) {
    const { place, page, uid } = way
    await place.lock(uid)
    expect(await place.opens(uid, oldPassword)).toBe(false)
    await page.goto(`${place.rekey.portalUrl}/unlock`)
    await page.locator('#identifier').fill(uid)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.locator('#code').waitFor()
    await proveByMail(way)
    await page.getByRole('button', { name: 'Unlock my account' }).click()
  },
}

interface End {
  page: string
  mail: string
  /** The only password of the two that opens from then on. */
  password: string
}

const changed = {
  page: 'Your new password works now',
  mail: 'Your password was changed',
  password: fresh,
}
const ends: Readonly<Record<keyof typeof operations, End>> = {
  recovery: changed,
  change: changed,
  activation: { page: 'Your password works now', mail: 'Your account is ready', password: fresh },
  'forced change': changed,
  unlock: {
    page: 'Your password is the one you had',
    mail: 'Your account was unlocked',
    password: oldPassword,
  },
}

const all = (Object.keys(operations) as (keyof typeof operations)[]).flatMap((operation, at) =>
  [true, false].map((script) => ({ operation, script, half: script === (at % 2 === 0) })),
)

/** The ways to another password. Of a lock there is more in `unlock.test.ts`. */
const passwords = all.filter(({ operation }) => operation !== 'unlock')

interface Row {
  name: string
  open: OpenPlace
  /** What is walked on every change; all of it is in the long tier. */
  ways: typeof all
  canRun?: boolean
}

const rows: readonly Row[] = [
  // Each operation once: what has a script at one of two has none at the other.
  { name: 'the embedded directory', open: openLocal, ways: passwords.filter(({ half }) => half) },
  { name: '389 Directory Server', open: openDs389, ways: passwords.filter(({ half }) => !half) },
  { name: 'a table of PostgreSQL', open: openSql('postgresql'), ways: all.filter(({ half }) => half) },
  {
    name: 'Active Directory, as Samba runs it for root',
    open: openActiveDirectory,
    ways: all.filter(({ half }) => !half),
    canRun: canRunSamba,
  },
  // One way each: the connectors have tests of all that can be ordered.
  {
    name: 'a SCIM service',
    open: openScim,
    ways: all.filter(({ operation, half }) => operation === 'forced change' && half),
  },
  {
    name: 'OpenLDAP behind an agent',
    open: openOpenLdapBehindAgent,
    ways: all.filter(({ operation, half }) => operation === 'change' && !half),
  },
  { name: 'a table of MariaDB', open: openSql('mariadb'), ways: [] },
  // Every other test of this folder has OpenLDAP behind it: all of these ways are walked there anyway.
  { name: 'OpenLDAP', open: openOpenLdap, ways: [] },
]

const places =
  process.env['REKEY_PROVE'] === '1'
    ? rows.map((row) => ({ ...row, ways: all }))
    : rows.filter(({ ways }) => ways.length > 0)

let mails: MailServer
let browser: Browser
let folder: string
let people = 0

beforeAll(async () => {
  await using opening = new AsyncDisposableStack()
  mails = opening.use(await aMailServer({ tls: 'none' }))
  browser = await openBrowser()
  opening.defer(() => browser.close())
  folder = await mkdtemp(join(tmpdir(), 'rekey-e2e-'))
  opening.defer(() => rm(folder, { recursive: true }))
  const running = opening.move()
  return () => running.disposeAsync()
})

describe.each(places)('at $name', ({ open, ways, canRun = true }) => {
  let place: Place
  beforeAll(async () => {
    await using opening = new AsyncDisposableStack()
    place = await open(opening, mails)
    const running = opening.move()
    return () => running.disposeAsync()
  })

  it.runIf(canRun).each(ways)(
    '$operation leaves the password that was told, script $script',
    async ({ operation, script }) => {
      people += 1
      const uid = `person${people}`
      const mailbox = mailboxOn(mails, `${uid}@home.example`)
      await place.add(uid, mailbox.address)
      expect(await place.opens(uid, oldPassword)).toBe(true)
      const origin = place.rekey.portalUrl
      await using visitor = await aVisitor(browser, origin, { viewport: phone, javaScriptEnabled: script })
      const end = ends[operation]

      await operations[operation]({ place, page: visitor.page, uid, mailbox, script })
      await visitor.page.getByText(end.page).waitFor()

      const opening: string[] = []
      for (const password of [oldPassword, fresh]) {
        if (await place.opens(uid, password)) opening.push(password)
      }
      expect(opening).toEqual([end.password])
      expect((await mailbox.next()).subject).toContain(end.mail)
      expect(visitor.complaints).toEqual([])
      expect(visitor.elsewhere).toEqual([])
    },
  )
})
