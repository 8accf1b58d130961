import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/kernel/secret.ts'
import { aVisitor, openBrowser, phone } from '../support/browser.ts'
import { demoOpens, inDatabaseOf } from '../support/demo-directory.ts'
import { startDs389 } from '../support/ds389.ts'
import type { People } from '../support/ldap-people.ts'
import { type Mailbox, mailboxOn } from '../support/mailbox.ts'
import { startOpenLdap } from '../support/openldap.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { change, choose, followLink, forget, oldPassword, signIn, typeCode } from './world.ts'

/**
 * Every way to another password, at every directory, with and without JavaScript: that the old one and the new one are
 * what the person was told is asked of the directory itself.
 */
const fresh = 'violet tundra kettle 9'

/** A running service and the directory behind it. */
interface Place {
  rekey: Rekey
  add(uid: string, address: string): Promise<void>
  /** As an administrator does who has set the password for somebody. */
  mark(uid: string): Promise<void>
  opens(uid: string, password: string): Promise<boolean>
}

const atServer = (rekey: Rekey, server: Omit<People, 'asRoot'>, mark: readonly [string, string]): Place => ({
  rekey,
  add: (uid, address) => server.addPeople([{ uid, password: oldPassword, recoveryAddresses: [address] }]),
  mark: (uid) => server.setAttribute(uid, mark[0], [mark[1]]),
  opens: server.canBind,
})

async function openLocal(opened: AsyncDisposableStack, smtp: MailServer): Promise<Place> {
  const limits = { requestsPerNetworkPerMinute: 100_000 }
  const directories = [{ name: 'people', kind: 'local' }]
  const tenants = [{ id: 'northwind', name: 'Northwind', directories, limits }]
  const rekey = opened.use(await startRekey({ smtp, config: { tenants } }))
  return {
    rekey,
    add: (username, address) =>
      inDatabaseOf(rekey, async (_, accounts) => {
        const person = { username, displayName: `Tess ${username}`, recoveryAddresses: [address] }
        await accounts.upsert({ ...person, password: new Secret(oldPassword) })
      }),
    mark: (username) =>
      inDatabaseOf(rekey, async (database) => {
        await database
          .updateTable('local_account')
          .set({ must_change: true })
          .where('username', '=', username)
          .execute()
      }),
    opens: (username, password) => demoOpens(rekey, username, password),
  }
}

async function openOpenLdap(opened: AsyncDisposableStack, smtp: MailServer): Promise<Place> {
  const server = opened.use(await startOpenLdap())
  const rekey = opened.use(await startRekey({ ...onOpenLdap(server), smtp }))
  return atServer(rekey, server, ['pwdReset', 'TRUE'])
}

async function openDs389(opened: AsyncDisposableStack, smtp: MailServer): Promise<Place> {
  const server = opened.use(await startDs389())
  const attributes = { key: 'nsUniqueId', recoveryAddresses: ['recoveryAddress'] }
  const directory = { dialect: '389ds', attributes }
  const rekey = opened.use(await startRekey({ ...onOpenLdap(server, { directory }), smtp }))
  return atServer(rekey, server, ['passwordExpirationTime', '19700101000000Z'])
}

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
  await page.locator('#password').waitFor()
}

async function signInAndChange({ place, page, uid }: Way): Promise<void> {
  await page.goto(`${place.rekey.portalUrl}/.well-known/change-password`)
  await signIn(page, uid, oldPassword)
  await change(page, oldPassword, fresh)
}

const operations = {
  async recovery(way: Way) {
    await forget(way.page, way.place.rekey.portalUrl, way.uid)
    await proveByMail(way)
    await choose(way.page, fresh)
  },
  change: signInAndChange,
  async activation(way: Way) {
    const { place, page, uid, mailbox, script } = way
    const file = join(folder, `${uid}.csv`)
    await writeFile(file, `identifier\n${uid}\n`)
    await place.rekey.command('invitations', 'import', file, '--again')
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
    await signInAndChange(way)
  },
}

const ends: Readonly<Record<keyof typeof operations, readonly [page: string, mail: string]>> = {
  recovery: ['Your new password works now', 'Your password was changed'],
  change: ['Your new password works now', 'Your password was changed'],
  activation: ['Your password works now', 'Your account is ready'],
  'forced change': ['Your new password works now', 'Your password was changed'],
}

const ways = (Object.keys(operations) as (keyof typeof operations)[]).flatMap((operation) =>
  [true, false].map((script) => ({ operation, script })),
)

const places = [
  { name: 'the embedded directory', open: openLocal },
  { name: '389 Directory Server', open: openDs389 },
  // Every other test of this folder has OpenLDAP behind it: all of these ways are walked there anyway.
  ...(process.env['REKEY_PROVE'] === '1' ? [{ name: 'OpenLDAP', open: openOpenLdap }] : []),
]

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

describe.each(places)('at $name', ({ open }) => {
  let place: Place
  beforeAll(async () => {
    await using opening = new AsyncDisposableStack()
    place = await open(opening, mails)
    const running = opening.move()
    return () => running.disposeAsync()
  })

  it.each(ways)('$operation sets the new password, script $script', async ({ operation, script }) => {
    people += 1
    const uid = `person${people}`
    const mailbox = mailboxOn(mails, `${uid}@home.example`)
    await place.add(uid, mailbox.address)
    const origin = place.rekey.portalUrl
    await using visitor = await aVisitor(browser, origin, { viewport: phone, javaScriptEnabled: script })
    const [said, told] = ends[operation]

    await operations[operation]({ place, page: visitor.page, uid, mailbox, script })
    await visitor.page.getByText(said).waitFor()

    expect([await place.opens(uid, oldPassword), await place.opens(uid, fresh)]).toEqual([false, true])
    expect((await mailbox.next()).subject).toContain(told)
    expect(visitor.complaints).toEqual([])
    expect(visitor.elsewhere).toEqual([])
  })
})
