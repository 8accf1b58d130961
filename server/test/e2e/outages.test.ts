import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/kernel/secret.ts'
import { aVisitor, openBrowser, phone, type Visitor } from '../support/browser.ts'
import { type LocalPeople, localPeople } from '../support/local-people.ts'
import { type Mailbox, mailboxOn } from '../support/mailbox.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { eventually } from '../support/person-at-api.ts'
import { ldapEntry, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { choose, followLink, forget, heading, oldPassword, typeCode } from './world.ts'

/**
 * What people see who choose a password while a directory is away: at Northwind it waits for its directory, and at Westwind
 * only one of two linked accounts gets it.
 */
const fresh = 'violet tundra kettle 9'
const pictures = join(import.meta.dirname, '../../../.cache/screenshots')
const isProving = process.env['REKEY_PROVE'] === '1'
const scripts = [{ script: true }, { script: false }]

let directory: OpenLdap
let mails: MailServer
let browser: Browser
let rekey: Rekey
let windows: LocalPeople

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  await using opening = new AsyncDisposableStack()
  directory = opening.use(await startOpenLdap())
  mails = opening.use(await aMailServer({ tls: 'none' }))
  browser = await openBrowser()
  opening.defer(() => browser.close())
  const limits = { requestsPerNetworkPerMinute: 100_000, directorySeconds: 1 }
  const ldap = ldapEntry(directory)
  const linked = {
    directories: [
      { name: 'people', title: 'Windows', kind: 'local' },
      { ...ldap, name: 'mail', title: 'Mail' },
    ],
    routing: { linked: [{ leads: 'people', follow: [{ directory: 'mail', by: 'username' }] }] },
  }
  const languages = ['en', 'de', 'ar']
  const tenants = [
    {
      id: 'northwind',
      name: 'Northwind',
      languages,
      limits,
      directories: [ldap],
      degraded: { acceptMinutes: 30 },
    },
    { id: 'westwind', name: 'Westwind', languages, limits, ...linked },
  ]
  const env = { TEST_LDAP_PASSWORD: directory.bindPassword }
  rekey = opening.use(await startRekey({ config: { tenants }, env, smtp: mails }))
  windows = opening.use(localPeople(rekey, {}, { tenant: 'westwind' }))
  const running = opening.move()
  return () => running.disposeAsync()
})

const originOf = (tenant: string) =>
  tenant === 'northwind' ? rekey.portalUrl : rekey.portalUrl.replace('localhost', `${tenant}.localhost`)

/** Somebody whose request is proven, just before the directory goes away. */
async function proven(
  { page }: Visitor,
  of: { uid: string; origin: string; script: boolean },
): Promise<Mailbox> {
  const mailbox = mailboxOn(mails, `${of.uid}@home.example`)
  await forget(page, of.origin, of.uid)
  const { link, code } = await mailbox.next()
  await (of.script ? followLink(page, link) : typeCode(page, code))
  await page.locator('#password').waitFor()
  return mailbox
}

/** It fits a phone in languages of both directions; pictures of it for the eye. */
async function look(page: Page, name: string): Promise<void> {
  const { origin, pathname } = new URL(page.url())
  for (const language of ['de', 'ar', 'en']) {
    await page.goto(`${origin}${pathname}?lang=${language}`)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
    await page.screenshot({ path: join(pictures, `${name}-${language}.png`), fullPage: true })
  }
}

const targets = async (page: Page): Promise<string[]> =>
  (await page.locator('#targets li').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim())

describe.runIf(isProving)('a new password that its directory can’t be given yet', () => {
  it.each(scripts)(
    'is told as one that does not work yet, until it does, script $script',
    async ({ script }) => {
      const uid = `waits-${script ? 'script' : 'plain'}`
      const address = `${uid}@home.example`
      await directory.addPeople([{ uid, password: oldPassword, recoveryAddresses: [address] }])
      const origin = originOf('northwind')
      await using visitor = await aVisitor(browser, origin, { viewport: phone, javaScriptEnabled: script })
      const { page } = visitor
      const mailbox = await proven(visitor, { uid, origin, script })

      await directory.stop()
      await choose(page, fresh)
      await page.getByText('Your new password is accepted').waitFor()
      const box = await page.locator('.note').innerText()
      await look(page, `accepted-${script ? 'script' : 'plain'}`)
      const told = (await mailbox.next()).subject
      await page.goto(`${origin}/recover#${'a-link-of-another-mail'.repeat(2)}`)
      const takesLinks = await page.locator('#landing').isVisible()
      await page.goto(`${origin}/recover?lang=en`)
      await directory.restart()
      await eventually('the password', () => directory.canBind(uid, fresh))
      await eventually('the page', async () => {
        await page.getByRole('link', { name: 'Look now' }).click()
        return (await heading(page)) === 'You’re back'
      })

      expect(box).toMatch(
        /^It does not work yet\s+The directory of your account can’t be reached right now\./,
      )
      expect(takesLinks).toBe(script)
      expect([told, (await mailbox.next()).subject]).toEqual([
        'Your new password does not work yet',
        'Your password was changed',
      ])
      expect(await directory.canBind(uid, oldPassword)).toBe(false)
      expect([visitor.complaints, visitor.elsewhere]).toEqual([[], []])
    },
  )
})

describe.runIf(isProving)('a new password that one of two linked accounts has got', () => {
  it.each(scripts)(
    'is told as such, and goes to the other one from there, script $script',
    async ({ script }) => {
      const uid = `linked-${script ? 'script' : 'plain'}`
      const person = { username: uid, displayName: uid, recoveryAddresses: [`${uid}@home.example`] }
      await directory.addPeople([{ uid, password: oldPassword }])
      await windows.add({ ...person, password: new Secret(oldPassword) })
      const origin = originOf('westwind')
      await using visitor = await aVisitor(browser, origin, { viewport: phone, javaScriptEnabled: script })
      const { page } = visitor
      await proven(visitor, { uid, origin, script })

      await directory.stop()
      await choose(page, fresh)
      await page.getByText('Your new password is not everywhere yet').waitFor()
      const early = await targets(page)
      await look(page, `partly-${script ? 'script' : 'plain'}`)
      await choose(page, 'some other kettle 9 violets')
      const problem = await page.locator('#problem').innerText()
      await directory.restart()
      // For some seconds Rekey takes a directory that was away for one that still is.
      await eventually('the other account', async () => {
        await choose(page, fresh)
        return (await heading(page)) === 'You’re back'
      })
      const late = await targets(page)
      await look(page, `everywhere-${script ? 'script' : 'plain'}`)

      expect(early).toEqual([
        'Windows The new password works.',
        'Mail Could not be reached, and still has the old password.',
      ])
      expect(problem).toBe('This is not the password that you have just set. Type that one.')
      expect(late).toEqual(['Windows The new password works.', 'Mail The new password works.'])
      for (const opens of [windows.opens, directory.canBind]) {
        expect([await opens(uid, fresh), await opens(uid, oldPassword)]).toEqual([true, false])
      }
      expect([visitor.complaints, visitor.elsewhere]).toEqual([[], []])
    },
  )
})
