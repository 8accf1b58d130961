import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { aVisitor, openBrowser, phone } from '../support/browser.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { clientSecret, type OidcProvider, oneTimeCode, startOidcProvider } from '../support/oidc-provider.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const present = 'copper lantern meadow 7'
const next = 'walnut orbit ferry 42'

let directory: OpenLdap
let provider: OidcProvider
let browser: Browser
let rekey: Rekey
let people = 0

/** Runs with the configuration of docs/sign-in.md. */
beforeAll(async () => {
  await using opening = new AsyncDisposableStack()
  const [ldap, idp, mails, chromium, blocks] = await Promise.all([
    startOpenLdap(),
    startOidcProvider(),
    aMailServer({ tls: 'none' }),
    openBrowser(),
    markedBlocks('docs/sign-in.md'),
  ])
  directory = opening.use(ldap)
  provider = opening.use(idp)
  opening.use(mails)
  browser = chromium
  opening.defer(() => chromium.close())
  const home = await mkdtemp(join(tmpdir(), 'rekey-sign-in-'))
  opening.defer(() => rm(home, { recursive: true, force: true }))
  await writeFile(join(home, 'oidc-secret'), `${clientSecret}\n`, { mode: 0o600 })
  const yaml = blockOf(blocks, 'config', {
    'https://sign-in.example.org': provider.issuer,
    'file: oidc-secret': `file: ${join(home, 'oidc-secret')}`,
  })
  const tenant = parse(yaml) as Readonly<Record<string, unknown>>
  rekey = opening.use(await startRekey({ ...onOpenLdap(directory, { tenant }), smtp: mails }))
  provider.open(`${rekey.portalUrl}/sign-in/oidc/callback`)
  const running = opening.move()
  return () => running.disposeAsync()
})

async function someone(): Promise<string> {
  people += 1
  const uid = `member${people}`
  const addresses = { mails: [`${uid}@northwind.example`], recoveryAddresses: [`${uid}@home.example`] }
  const person = { uid, displayName: `Member ${people}`, ...addresses, password: present }
  await directory.addPeople([{ ...person, secondFactors: ['totp'] }])
  provider.people.set(uid, { preferred_username: uid })
  return uid
}

async function signInThere(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with Example sign-in' }).click()
  await page.getByRole('heading', { name: 'Company sign-in' }).waitFor()
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('One-time code').fill(oneTimeCode)
  await page.getByRole('button', { name: 'Continue' }).click()
}

describe.each([true, false])('somebody with a second factor, script %s', (javaScriptEnabled) => {
  it('signs in at the provider and changes the password at OpenLDAP', async () => {
    const uid = await someone()
    await using visitor = await aVisitor(browser, rekey.portalUrl, { viewport: phone, javaScriptEnabled })
    const { page } = visitor

    await page.goto(`${rekey.portalUrl}/.well-known/change-password`)
    await page.locator('#identifier').fill(uid)
    await page.locator('#password').fill(present)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page
      .getByText('this account asks for more than a password. Use “Example sign-in” instead.')
      .waitFor()
    await signInThere(page, uid)
    await page.locator('#current').fill(present)
    expect(new URL(page.url()).pathname).toBe('/change')
    await page.locator('#password').fill(next)
    if (await page.locator('#again').isVisible()) await page.locator('#again').fill(next)
    await page.getByRole('button', { name: 'Set password' }).click()
    await page.getByText('Your new password works now').waitFor()

    expect([await directory.canBind(uid, present), await directory.canBind(uid, next)]).toEqual([false, true])
    expect(visitor.complaints).toEqual([])
    expect(new Set(visitor.elsewhere.map((url) => new URL(url).origin))).toEqual(new Set([provider.issuer]))
  })

  it('who is nobody here is told so, and can try again as somebody else', async () => {
    provider.people.set('visitor', { preferred_username: 'visitor' })
    await using visitor = await aVisitor(browser, rekey.portalUrl, { javaScriptEnabled })
    const { page } = visitor

    await page.goto(`${rekey.portalUrl}/sign-in`)
    await signInThere(page, 'visitor')
    await page.getByText('we found no account for it here').waitFor()

    await page.getByText('Call 4000').first().waitFor()
    expect(await page.getByRole('button', { name: 'Sign in with Example sign-in' }).isVisible()).toBe(true)
  })
})

it('a page that was left open and an answer that is loaded again lead back to the button', async () => {
  const uid = await someone()
  await using visitor = await aVisitor(browser, rekey.portalUrl)
  const { page } = visitor
  const answers: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/sign-in/oidc/callback')) answers.push(request.url())
  })
  await page.goto(`${rekey.portalUrl}/sign-in`)
  await signInThere(page, uid)
  await page.locator('#current').waitFor()

  await page.goto(answers[0] ?? '')
  await page.getByText('Start again.').waitFor()
  await page.goto(`${rekey.portalUrl}/change`)
  await page.locator('#current').waitFor()
})

it('a provider that is down is told as one, and the password still signs in', async () => {
  await using visitor = await aVisitor(browser, rekey.portalUrl)
  const { page } = visitor
  const redirectUri = `${rekey.portalUrl}/sign-in/oidc/callback`
  provider.close()
  try {
    // What it has read of the provider goes with the process.
    await rekey.restart()
    await page.goto(`${rekey.portalUrl}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with Example sign-in' }).click()
    await page.getByText('can’t be reached. Nothing was changed.').waitFor()
    expect(await page.locator('#password').isVisible()).toBe(true)
  } finally {
    provider.open(redirectUri)
  }
})

it('docs/sign-in.md: the check of the page asks the provider', async () => {
  const { configFile } = rekey
  const [program = '', ...given] = blockOf(await markedBlocks('docs/sign-in.md'), 'check', {
    '/etc/rekey/rekey.yaml': configFile ?? '',
  })
    .trim()
    .split(' ')
  const check = async () => {
    const env = { ...process.env, TEST_LDAP_PASSWORD: directory.bindPassword }
    const ran = run(process.execPath, [join(root, 'server/bin/rekey.js'), ...given], { env })
    return ran.catch((error: unknown) => error as { stdout: string })
  }

  expect(program).toBe('rekey')
  expect((await check()).stdout).toMatch(new RegExp(`identity provider.*${provider.issuer} +ok`))
  provider.close()
  const { stdout } = await check()
  provider.open(`${rekey.portalUrl}/sign-in/oidc/callback`)
  expect(stdout).toContain('identity-provider-unreachable')
})
