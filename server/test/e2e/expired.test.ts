import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../src/kernel/secret.ts'
import { aVisitor, openBrowser, phone } from '../support/browser.ts'
import { demoOpens, inDatabaseOf } from '../support/demo-directory.ts'
import { mailboxOn } from '../support/mailbox.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'
import { change, signIn } from './world.ts'

const old = 'copper lantern meadow 7'
const fresh = 'violet tundra kettle 9'
const intranet = 'https://intranet.northwind.example/'
const service = { name: 'intranet', title: 'Northwind intranet', directory: 'people', signInUrl: intranet }
const scripts = [{ script: true }, { script: false }]

let mails: MailServer
let browser: Browser
let openldap: OpenLdap
let onLdap: Rekey
let onLocal: Rekey

beforeAll(async () => {
  ;[mails, browser, openldap] = await Promise.all([
    aMailServer({ tls: 'none' }),
    openBrowser(),
    startOpenLdap(),
  ])
  const ldap = onOpenLdap(openldap, { tenant: { services: [service] } })
  onLdap = await startRekey({ ...ldap, smtp: mails })
  onLocal = await startRekey({
    smtp: mails,
    config: {
      tenants: [
        {
          id: 'northwind',
          name: 'Northwind',
          directories: [{ name: 'people', kind: 'local' }],
          services: [service],
          limits: { requestsPerNetworkPerMinute: 100_000 },
          policy: { password: { maxAgeDays: 90, graceDays: 7, recheckAtSignIn: 'tell' } },
        },
      ],
    },
  })
  return async () => {
    await browser.close()
    for (const server of [onLdap, onLocal, openldap, mails]) await server[Symbol.asyncDispose]()
  }
})

/** Puts somebody into the embedded directory whose password was set so many days ago. */
async function aged(days: number, username: string, password = old): Promise<void> {
  await inDatabaseOf(onLocal, async (database, accounts) => {
    await accounts.upsert({
      username,
      displayName: `Tess ${username}`,
      recoveryAddresses: [`${username}@home.example`],
      password: new Secret(password),
    })
    await sql`
      update local_account set password_changed_at = now() - make_interval(days => ${days})
      where username = ${username}`.execute(database)
  })
}

/** Where the last page leads to. */
const wayBack = (page: Page) =>
  page.getByRole('link', { name: 'Sign in to Northwind intranet' }).getAttribute('href')

describe('a person whose password has to be replaced', () => {
  it.each(scripts)(
    'because it has expired at OpenLDAP is led to another, script $script',
    async ({ script }) => {
      const uid = `expired${String(script)}`
      await openldap.addPeople([
        { uid, recoveryAddresses: [`${uid}@home.example`], password: old, policy: 'shortlived' },
      ])
      // Its policy lets a password live for a second.
      while (await openldap.canBind(uid, old)) await sleep(200)
      await using visitor = await aVisitor(browser, onLdap.portalUrl, {
        viewport: phone,
        javaScriptEnabled: script,
      })
      const { page } = visitor

      await page.goto(`${onLdap.portalUrl}/change?service=intranet`)
      await signIn(page, uid, old)
      await page.getByText('Your password has expired. Choose a new one to go on.').waitFor()
      await change(page, old, fresh)

      expect(await wayBack(page)).toBe(intranet)
      await openldap.setAttribute(uid, 'pwdPolicySubentry', ['cn=none,ou=policies,dc=example,dc=test'])
      expect([await openldap.canBind(uid, old), await openldap.canBind(uid, fresh)]).toEqual([false, true])
      expect(visitor.complaints).toEqual([])
    },
  )

  it.each(scripts)('because OpenLDAP has marked it is led to another, script $script', async ({ script }) => {
    const uid = `marked${String(script)}`
    await openldap.addPeople([{ uid, recoveryAddresses: [`${uid}@home.example`], password: old }])
    await openldap.setAttribute(uid, 'pwdReset', ['TRUE'])
    await using visitor = await aVisitor(browser, onLdap.portalUrl, { javaScriptEnabled: script })
    const { page } = visitor

    await page.goto(`${onLdap.portalUrl}/change?service=intranet`)
    await signIn(page, uid, old)
    await page.getByText('Your password was set by somebody else').waitFor()
    await change(page, old, fresh)

    expect(await wayBack(page)).toBe(intranet)
    expect(await openldap.attribute(uid, 'pwdReset')).toEqual([])
    expect([await openldap.canBind(uid, old), await openldap.canBind(uid, fresh)]).toEqual([false, true])
  })

  it.each(scripts)(
    'because of its age alone is told by mail and led to another, script $script',
    async ({ script }) => {
      const name = `aged${String(script)}`
      await aged(92, name)
      const inbox = mailboxOn(mails, `${name}@home.example`)
      await sameDayAgain()
      const letter = await inbox.next()
      expect(letter.subject).toBe('Your password has expired')
      expect(letter.text).toContain('Choose a new one by ')
      expect([letter.link, letter.code, letter.disavowLink]).toEqual([null, null, null])
      const [link = ''] = /http:\S+\/change$/m.exec(letter.text) ?? []
      await using visitor = await aVisitor(browser, onLocal.portalUrl, {
        viewport: phone,
        javaScriptEnabled: script,
      })
      const { page } = visitor

      await page.goto(`${link}?service=intranet`)
      await signIn(page, name, old)
      await page.getByText(/Your password has expired\. It opens this page until \d/).waitFor()
      expect([await demoOpens(onLocal, name, old), await demoOpens(onLocal, name, fresh)]).toEqual([
        true,
        false,
      ])
      await change(page, old, fresh)

      expect(await wayBack(page)).toBe(intranet)
      expect([await demoOpens(onLocal, name, old), await demoOpens(onLocal, name, fresh)]).toEqual([
        false,
        true,
      ])
      expect(visitor.complaints).toEqual([])
      expect((await inbox.next()).subject).toBe('Your password was changed')
      await page.goto(`${onLocal.portalUrl}/change?again=1`)
      await signIn(page, name, fresh)
      await page.locator('#current').waitFor()
      expect(await page.locator('main').innerText()).not.toContain('expire')
    },
  )
})

describe('a person whose password may stay', () => {
  it.each(scripts)('reads when it ends, and what is wrong with it, script $script', async ({ script }) => {
    const name = `soon${String(script)}`
    await aged(85, name, 'Password1!')
    await using visitor = await aVisitor(browser, onLocal.portalUrl, { javaScriptEnabled: script })
    const { page } = visitor

    await page.goto(`${onLocal.portalUrl}/change`)
    await signIn(page, name, 'Password1!')

    await page.getByText(/Your password expires on \d+ \w+ \d{4}/).waitFor()
    await page.getByText('does not meet the rules of today').waitFor()
  })
})

/** The service starts as if today's round had not been run, as it does on the morning of another day. */
async function sameDayAgain(): Promise<void> {
  await inDatabaseOf(onLocal, (database) => sql`delete from daily_round`.execute(database))
  await onLocal.restart()
}
