import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { blockOf, markedBlocks } from '../support/document.ts'
import { startDs389 } from '../support/ds389.ts'
import { startOpenLdapPair } from '../support/openldap.ts'
import { call, proveByMail, setPassword } from '../support/person-at-api.ts'
import { onOpenLdap, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const first = 'before it was forgotten'
const fresh = 'seven otters borrow umbrellas'
const person = { identifier: 'ada', address: 'ada@home.example' }
const ada = { uid: 'ada', password: first, recoveryAddresses: [person.address] }

let mail: MailServer
beforeAll(async () => {
  mail = await aMailServer({ tls: 'none' })
})
afterAll(() => mail[Symbol.asyncDispose]())

const codesOf = (answer: Awaited<ReturnType<typeof setPassword>>) =>
  ((answer?.body['errors'] ?? []) as { code: string }[]).map(({ code }) => code)

it('docs/ldap.md: by its commands, somebody locked out at 389 Directory Server comes back in', async () => {
  const blocks = await markedBlocks('docs/ldap.md')
  await using directory = await startDs389()
  await using cleanUp = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  cleanUp.defer(() => rm(home, { recursive: true, force: true }))
  await directory.addPeople([ada])
  const etc = join(home, 'etc')
  const host = { 'ldaps://ldap.example.org': directory.ldapsUrl, 'dc=example,dc=org': directory.baseDn }
  const asAdmin = { ...host, ' -W': ` -w '${directory.root.password}'` }
  const shell = async (script: string) => {
    const env = { ...process.env, LDAPTLS_CACERT: directory.caFile }
    return (await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env })).stdout
  }

  await shell(blockOf(blocks, 'account', { ...asAdmin, '/etc/rekey': etc }))
  const eyes = blockOf(blocks, 'eyes', { ...host, '/etc/rekey': etc })
  expect(await shell(eyes)).toBe('')
  await shell(blockOf(blocks, 'rights', asAdmin))
  await shell(blockOf(blocks, 'policy', asAdmin))
  const seen = await shell(eyes)
  const entry = blockOf(blocks, 'config', {
    ...host,
    '# caFile: /etc/rekey/ldap-ca.pem ': `caFile: ${directory.caFile} `,
    '/etc/rekey/ldap-password': join(etc, 'ldap-password'),
  })
  const { config } = onOpenLdap(directory, { tenant: { directories: [parse(entry)] } })
  await using rekey = await startRekey({ config, smtp: mail })
  for (let i = 0; i < 4; i++) await directory.canBind('ada', 'wrong')
  const lockedOut = !(await directory.canBind('ada', first))
  const held = await proveByMail(rekey.portalUrl, person, mail)
  const refused = await setPassword(rekey.portalUrl, held, first)
  const done = await setPassword(rekey.portalUrl, held, fresh)

  expect(seen).toMatch(/^nsUniqueId: /im)
  expect(seen).toMatch(/^recoveryAddress: ada@home\.example$/m)
  expect(seen).not.toContain('userPassword')
  expect(lockedOut).toBe(true)
  expect(codesOf(refused)).toEqual(['password-in-history'])
  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  expect(await directory.canBind('ada', fresh)).toBe(true)
  expect(await directory.canBind('ada', first)).toBe(false)
  expect(await call(rekey.portalUrl, '/readyz')).toMatchObject({ status: 200 })
})

it('somebody at an OpenLDAP whose provider is down is told the truth, and comes back in when it is back', async () => {
  await using pair = await startOpenLdapPair()
  const { provider, replica } = pair
  await provider.addPeople([ada])
  await pair.inStep()
  const urls = [provider, replica].map(({ ldapsUrl }) => ldapsUrl.replace('127.0.0.1', 'localhost'))
  const { config, env } = onOpenLdap(provider, { directory: { urls } })
  await using rekey = await startRekey({ config, env, smtp: mail })

  // The mail is asked for, written and answered with the replica alone.
  await provider.kill()
  const held = await proveByMail(rekey.portalUrl, person, mail)
  const refused = await setPassword(rekey.portalUrl, held, fresh)
  const oldOneWorks = await replica.canBind('ada', first)
  await provider.restart()
  const done = await setPassword(rekey.portalUrl, held, fresh)

  expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringMatching(/unchanged/) } })
  expect(oldOneWorks).toBe(true)
  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  expect(await provider.canBind('ada', fresh)).toBe(true)
  await expect.poll(() => replica.canBind('ada', fresh), { timeout: 20_000 }).toBe(true)
  expect(replica.log()).not.toMatch(/ PASSMOD /)
})
