import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/core/helpdesk/index.ts'
import { drawUnknownPassword } from '../../src/core/helpdesk/unknown-password.ts'
import { type Attacked, anAttackedRekey, filesBelow, secretsOf, victimAddress } from '../attack/attacked.ts'
import { aKey, anAdminCaller } from '../support/admin-caller.ts'
import { makeCertificates } from '../support/certificates.ts'
import { dumpDatabase, leaks } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { ask, type RawAnswer, type RawRequest } from '../support/raw-http.ts'
import { aMailServer, type ReceivedMail } from '../support/smtp.ts'

const canary = (what: string) => `Canary ${what} ${randomBytes(9).toString('base64url')} ümlaut/?&=`
const opened = new AsyncDisposableStack()
const smtpPassword = canary('smtp')
const secrets: Record<string, string> = { 'SMTP password': smtpPassword }
const answers: { path: string; answer: RawAnswer }[] = []

const [desk, chief] = [aKey('desk', permissionNames), aKey('chief', permissionNames)]
/** Everything that was drawn by chance and is as long as a password that nobody learns is drawn from. */
const drawn: Uint8Array[] = []

let rekey: Attacked
let directory: OpenLdap
let places: Record<string, string>

/** Asks as a person would and keeps what was answered. */
async function visit(path: string, asked: RawRequest = {}): Promise<RawAnswer> {
  const answer = await rekey.ask(path, asked)
  answers.push({ path, answer })
  return answer
}

const api = (path: string, body: object, secret?: string) =>
  visit(path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Flow ${secret}` }),
    },
    body: JSON.stringify(body),
  })

/** A browser: it keeps cookies and sends forms. */
function aBrowser() {
  const cookies = new Map<string, string>()
  const keep = (answer: RawAnswer) => {
    for (const [name, value] of Object.entries(answer.cookies)) cookies.set(name, value)
    return answer
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  return {
    cookies,
    open: async (path: string) => keep(await visit(path, { headers: { cookie: cookie() } })),
    send: async (path: string, fields: Record<string, string>) =>
      keep(
        await visit(path, {
          method: 'POST',
          headers: { cookie: cookie(), 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ csrf: cookies.get('__Host-rekey-csrf') ?? '', ...fields }).toString(),
        }),
      ),
  }
}

const newest = (to: string): ReceivedMail => {
  const mail = rekey.mailsTo(to).at(-1)
  if (mail === undefined) throw new Error(`no mail to ${to}`)
  return mail
}

function keepMail(name: string, mail: ReceivedMail): { token: string; code: string } {
  const found = secretsOf(mail)
  const disavowLink = /\/disavow#([\w.-]+)/.exec(mail.text)?.[1]
  const disavowCode = /^\s*((?:[a-z0-9]{4}[ -]){3}[a-z0-9]{4})\s*$/m.exec(mail.text)?.[1]
  if (found.token !== '') secrets[`${name}: link token`] = found.token.split('.').at(-1) ?? ''
  if (found.code !== '') secrets[`${name}: code`] = found.code
  if (disavowLink !== undefined) secrets[`${name}: disavowal token`] = disavowLink.split('.').at(-1) ?? ''
  if (disavowCode !== undefined) {
    secrets[`${name}: disavowal code`] = disavowCode
    secrets[`${name}: disavowal code, bare`] = disavowCode.replaceAll(/[ -]/g, '')
  }
  return found
}

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-canary-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const certificates = await makeCertificates({ folder, names: ['localhost'] })
  directory = opened.use(await startOpenLdap())
  const server = opened.use(
    await aMailServer({
      tls: 'starttls',
      certificates,
      credentials: { username: 'rekey', password: smtpPassword },
    }),
  )
  rekey = opened.use(
    await anAttackedRekey({
      config: { adminKeys: [desk.entry, chief.entry] },
      onDrawn: (bytes) => bytes.length === 52 && drawn.push(bytes),
      env: { CANARY_SMTP: smtpPassword, CANARY_LDAP: directory.bindPassword },
      smtp: {
        server,
        provider: {
          name: 'relay',
          kind: 'smtp',
          host: 'localhost',
          port: server.port,
          tls: 'starttls',
          caFile: certificates.caFile,
          username: 'rekey',
          password: { env: 'CANARY_SMTP' },
        },
      },
      tenant: {
        policy: { password: { history: 3 } },
        directories: [
          { name: 'people', kind: 'local' },
          {
            name: 'staff',
            kind: 'ldap',
            urls: [directory.ldapsUrl.replace('127.0.0.1', 'localhost')],
            caFile: directory.caFile,
            bindDn: directory.bindDn,
            bindPassword: { env: 'CANARY_LDAP' },
            baseDn: `ou=people,${directory.baseDn}`,
            attributes: { recoveryAddresses: ['recoveryAddress'] },
          },
        ],
      },
    }),
  )
  for (const key of ['token', 'data', 'audit']) {
    secrets[`${key} key`] = (await readFile(join(rekey.folder, `${key}.key`), 'utf8')).trim()
  }
  secrets['LDAP password'] = directory.bindPassword
  secrets['console token'] = rekey.consoleEntry.split('#')[1] ?? ''

  await throughTheApi()
  await throughThePortal()
  await throughTheLdapDirectory()
  await withMistakes()
  await throughTheConsole()
  Object.assign(secrets, await remembered())
  await throughTheAdminApi()
  await rekey.settled()
  places = await everywhere()
})

afterAll(() => opened.disposeAsync())

async function throughTheApi(): Promise<void> {
  const started = (await api('/v1/recoveries', { identifier: 'victim' })).json as {
    id: string
    secret: string
  }
  secrets['flow secret of a start'] = started.secret
  await rekey.settled()
  const { token } = keepMail('API', newest(victimAddress))
  const proven = (await api('/v1/links', { token })).json as { id: string; secret: string }
  secrets['flow secret of a link'] = proven.secret
  const refused = (secrets['refused password'] = 'Victim Vera Northwind')
  const taken = (secrets['new password'] = canary('new'))
  await api(`/v1/recoveries/${proven.id}/password`, { password: refused }, proven.secret)
  const done = await api(`/v1/recoveries/${proven.id}/password`, { password: taken }, proven.secret)
  expect(done.json).toMatchObject({ state: 'completed' })
  await rekey.settled()
  keepMail('notice', newest(victimAddress))
  const link = /\/disavow#([\w.-]+)/.exec(newest(victimAddress).text)?.[1] ?? ''
  expect((await api('/v1/disavowals', { token: link })).json).toEqual({ passwordWasChanged: true })
  await rekey.settled()
  expect(await rekey.signsIn('victim', taken)).toBe(true)
}

async function throughThePortal(): Promise<void> {
  const browser = aBrowser()
  await browser.open('/recover')
  await browser.send('/recover/start', { identifier: 'attacker@example.test' })
  await rekey.settled()
  const { code } = keepMail('portal', newest('attacker.home@evil.test'))
  secrets['CSRF value'] = browser.cookies.get('__Host-rekey-csrf') ?? ''
  secrets['flow secret in a cookie'] = browser.cookies.get('__Host-rekey-flow')?.split('.')[1] ?? ''
  await browser.send('/recover/code', { code: '00000000' })
  await browser.send('/recover/code', { code })
  secrets['flow secret after a code'] = browser.cookies.get('__Host-rekey-flow')?.split('.')[1] ?? ''
  const password = (secrets['new password in the portal'] = canary('portal'))
  await browser.send('/recover/password', { password: `${password}!`, again: password })
  expect((await browser.send('/recover/password', { password, again: password })).status).toBe(303)
  await browser.open('/recover')
  secrets['device cookie'] = browser.cookies.get('__Host-rekey-device') ?? ''
  await rekey.settled()
  keepMail('portal notice', newest('attacker.home@evil.test'))
  expect(await rekey.signsIn('attacker', password)).toBe(true)
}

async function throughTheLdapDirectory(): Promise<void> {
  const address = 'staff.home@example.test'
  secrets['old password at LDAP'] = canary('old')
  await directory.addPeople([
    { uid: 'staff', password: secrets['old password at LDAP'] ?? '', recoveryAddresses: [address] },
  ])
  const { token } = await rekey.mailed('staff', address)
  const proven = (await api('/v1/links', { token })).json as { id: string; secret: string }
  const password = (secrets['new password at LDAP'] = canary('ldap'))
  expect((await api(`/v1/recoveries/${proven.id}/password`, { password }, proven.secret)).status).toBe(200)
  expect(await directory.canBind('staff', password)).toBe(true)
}

/** What people get wrong: secrets in the wrong field, in addresses, in headers, in what is no JSON. */
async function withMistakes(): Promise<void> {
  const typed = (secrets['password typed as user name'] = canary('typed'))
  const browser = aBrowser()
  await browser.open('/recover')
  await browser.send('/recover/start', { identifier: typed })
  await api('/v1/recoveries', { identifier: `${typed}@example.test` })
  await api('/v1/recoveries', { identifier: typed, service: typed })
  await api('/v1/recoveries', { identifier: 'victim', [typed]: typed })
  await api('/v1/links', { token: typed })
  await api('/v1/disavowals', { token: typed })
  await api('/v1/recoveries/0000/password', { password: typed }, 'AAAA')
  const encoded = encodeURIComponent(typed)
  await visit(`/recover?token=${encoded}&password=${encoded}&lang=${encoded}&service=${encoded}`)
  await visit(`/reset/${encoded}`)
  await visit(`/v1/recoveries/${encoded}`)
  await visit('/v1/recoveries/0000', { headers: { authorization: `Bearer ${encoded}` } })
  await visit('/v1/links', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': encoded,
      referer: `https://x.test/${encoded}`,
    },
    body: `{"token": ${typed}`,
  })
  await visit('/v1/links', { method: 'POST', headers: { 'content-type': encoded }, body: typed })
}

async function throughTheConsole(): Promise<void> {
  const token = secrets['console token'] ?? ''
  const answer = await ask(`${rekey.consoleUrl}/enter`, {
    method: 'POST',
    headers: { host: new URL(rekey.consoleUrl).host, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token }).toString(),
  })
  expect(answer.status).toBe(303)
  secrets['console session'] = Object.values(answer.cookies)[0] ?? ''
}

/** An offboarding. Nobody is told its password, so it is made again here of what chance gave. */
async function throughTheAdminApi(): Promise<void> {
  Object.assign(secrets, { 'key that asks': desk.key, 'key that says yes': chief.key })
  const [asDesk, asChief] = [desk, chief].map(({ key }) => anAdminCaller(rekey.consoleUrl, key))
  if (asDesk === undefined || asChief === undefined) throw new Error('two keys were drawn')
  const body = { identifier: 'attacker', reason: 'Left on Friday' }
  const asked = await asDesk('/offboardings', { body, name: 'canary-1' })
  const { id, digest } = asked.json as { id: string; digest: string }
  const done = await asChief(`/offboardings/${id}/approval`, { body: { digest }, name: 'canary-2' })
  expect(done.json).toMatchObject({ state: 'done' })
  answers.push(
    { path: '/offboardings', answer: asked },
    { path: '/approval', answer: done },
    { path: '/approval', answer: await asChief(`/offboardings/${id}/approval`, { body: { digest } }) },
  )
  for (const bytes of drawn) {
    const password = drawUnknownPassword({ randomBytes: () => bytes }).reveal()
    if (await rekey.signsIn('attacker', password)) secrets['password that nobody learns'] = password
  }
}

/** What is remembered of passwords, by whom; it is in the database alone, and goes when an account is closed. */
async function remembered(): Promise<Record<string, string>> {
  const { rows } = await sql<{ directory: string; username: string | null; digest: string }>`
    select a.directory, l.username, r.digest from remembered_password r
    join account a on a.tenant = r.tenant and a.subject = r.subject
    left join local_account l on l.key::text = a.key`.execute(rekey.database.kysely)
  return Object.fromEntries(
    rows.map(({ directory, username, digest }) => [`remembered of ${username ?? directory}`, digest]),
  )
}

async function everywhere(): Promise<Record<string, string>> {
  const exported = join(rekey.folder, 'exported')
  await rekey.exportLog(exported)
  const host = { host: new URL(rekey.consoleUrl).host }
  const metrics = await ask(`${rekey.consoleUrl}/metrics`, { headers: host })
  const openapi = await ask(`${rekey.consoleUrl}/openapi.json`, { headers: host })
  expect([metrics.status, openapi.status]).toEqual([200, 200])
  const files = await filesBelow(rekey.folder)
  expect(Object.keys(files).some((file) => file.startsWith('witness/'))).toBe(true)
  expect(Object.keys(files).some((file) => file.startsWith('exported/'))).toBe(true)
  return {
    'the log': rekey.log(),
    'the database': await dumpDatabase(rekey.database.config),
    metrics: metrics.text,
    'the API description': openapi.text,
    'error answers': answers
      .filter(({ answer }) => answer.status >= 400)
      .map(({ answer }) => `${answer.text}\n${JSON.stringify({ ...answer.headers, 'set-cookie': '' })}`)
      .join('\n'),
    'answers of the admin API': answers
      .filter(({ path }) => ['/offboardings', '/approval'].includes(path))
      .map(({ answer }) => `${answer.text}\n${JSON.stringify(answer.headers)}`)
      .join('\n'),
    'addresses of redirects': answers.map(({ answer }) => answer.headers.location ?? '').join('\n'),
    ...Object.fromEntries(Object.entries(files).filter(([file]) => !file.endsWith('.key'))),
  }
}

describe('[120] [122] [123] [144] [145] [146] a search for the secrets of whole flows', () => {
  it('puts none of the secrets of whole flows anywhere they could be found later', () => {
    expect(Object.keys(secrets).length).toBeGreaterThan(22)
    expect(Object.keys(secrets)).toContain('password that nobody learns')
    expect(Object.entries(secrets).filter(([, secret]) => secret.length < 8)).toEqual([])
    // A form that comes back with a mistake in it carries the browser's own CSRF value and nothing else.
    const ofForms = /^CSRF value, .* in error answers$/
    // Whose accounts are open still.
    const ofHistory = /^remembered of (victim|staff), .* in the database$/
    const found = leaks(secrets, places)

    expect(found.filter((leak) => !ofForms.test(leak) && !ofHistory.test(leak))).toEqual([])
    expect(found.filter((leak) => ofHistory.test(leak)).length).toBeGreaterThan(1)
    expect(Object.keys(secrets)).toContain('remembered of attacker')
  })

  it('looks where there is something to find: the log has the requests, the database the flows', () => {
    expect(places['the log']).toContain('/v1/recoveries/:id/password')
    expect(places['the database']).toContain('-- public.flow')
    expect(places['the database']).toContain('-- jobs.job')
    expect(places['error answers']).toContain('password-contains-you')
  })

  it('finds a secret that is planted, in every spelling and place', async () => {
    const secret = canary('planted')
    const planted: Record<string, string> = {
      ...places,
      'the log': `${places['the log'] ?? ''}{"url":"/x?t=${encodeURIComponent(secret)}"}`,
    }
    await sql`create table planted (body bytea, word text)`.execute(rekey.database.kysely)
    await sql`insert into planted values (${Buffer.from(`x${secret}`)}, ${Buffer.from(`{"a":"${secret}"}`).toString('base64')})`.execute(
      rekey.database.kysely,
    )
    planted['the database'] = await dumpDatabase(rekey.database.config)
    await sql`drop table planted`.execute(rekey.database.kysely)
    planted['metrics'] = Buffer.from(secret).toString('hex').toUpperCase()

    const found = leaks({ planted: secret }, planted)

    expect(found).toContain('planted, URL-encoded, in the log')
    expect(found).toContain('planted, hex, in metrics')
    expect(
      found.filter((leak) => leak.endsWith('in the database')).some((leak) => leak.includes('base64')),
    ).toBe(true)
  })

  it('finds passwords as argon2id at the configured cost, whichever way they were set', () => {
    const hashes = [...(places['the database'] ?? '').matchAll(/\$[a-z0-9]+\$v=\d+\$[^$\s]+\$/g)].map(
      ([hash]) => hash,
    )

    expect(hashes.length).toBeGreaterThanOrEqual(2)
    expect(new Set(hashes)).toEqual(new Set(['$argon2id$v=19$m=19456,t=2,p=1$']))
  })
})
