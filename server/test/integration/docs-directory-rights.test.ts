import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Attribute, Change } from 'ldapts'
import { Value } from 'typebox/value'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { noRules } from '../contract/directory-harness.ts'
import { openLdapDirectory } from '../contract/directory-ldap.ts'
import type { Warning } from '../support/connector-outside.ts'
import { startDebianOpenLdap } from '../support/debian-openldap.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { startDs389 } from '../support/ds389.ts'

const run = promisify(execFile)
const inTime = () => AbortSignal.timeout(20_000)
const first = 'forgotten long ago'
const second = 'seven otters borrow umbrellas'

/** A shell for the commands of a page, with a folder of its own for what they write. */
async function aShell(caFile: string) {
  const home = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  const env = { ...process.env, LDAPTLS_CACERT: caFile, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` }
  return {
    etc: join(home, 'etc'),
    shell: (script: string) => run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  }
}

/** The directory of a page's configuration, with the password that the page's commands made up. */
async function openAsWritten(entry: unknown, { etc, warnings }: { etc: string; warnings: Warning[] }) {
  const bindPassword = new Secret((await readFile(join(etc, 'ldap-password'), 'utf8')).trim())
  const { name: _, kind: __, ...settings } = entry as Record<string, unknown>
  const config = Value.Default(LdapConfig, { ...settings, bindPassword }) as LdapConfig
  return openLdapDirectory(config, { warnings })
}

it('docs/openldap.md: the rights of the page are enough for a change, an unlock and "must change"', async () => {
  const blocks = await markedBlocks('docs/openldap.md')
  await using directory = await startDebianOpenLdap()
  await using place = await aShell(directory.caFile)
  const { etc, shell } = place
  const ldapi = { 'ldapi:///': directory.ldapiUrl }
  const asAdmin = { ...ldapi, ' -W': ` -y '${directory.adminPasswordFile}'` }
  await shell(blockOf(blocks, 'schema', ldapi))
  await shell(blockOf(blocks, 'account', { ...asAdmin, '/etc/rekey': etc }))
  await shell(blockOf(blocks, 'rights', ldapi))
  const yaml = blockOf(blocks, 'config', {
    'ldaps://ldap.example.org': directory.ldapsUrl,
    '# caFile: /etc/rekey/ldap-ca.pem ': `caFile: ${directory.caFile} `,
    '# passwordPolicyDn': 'passwordPolicyDn',
  })
  const { tenants } = parse(yaml) as { tenants: { directories: unknown[] }[] }
  const warnings: Warning[] = []
  const opened = await openAsWritten(tenants[0]?.directories[0], { etc, warnings })

  const [ada] = await opened.find({ by: 'username', value: 'ada' }, inTime())
  const key = ada?.key ?? ''
  const verify = (password: string) => opened.verifyPassword(key, new Secret(password), inTime())
  for (let i = 0; i < 3; i++) await verify('wrong')

  expect(await opened.read(key, inTime())).toMatchObject({ locked: true })
  expect(await opened.unlock(key, inTime())).toEqual({ ok: true, wasLocked: true })
  expect(await verify('wrong')).toEqual({ ok: false, because: 'wrong' })
  expect(await opened.requireChange(key, inTime())).toEqual({ ok: true })
  expect(await verify(first)).toEqual({ ok: true, mustChange: true })
  const passwords = { current: new Secret(first), next: new Secret(second) }
  expect(await opened.changePassword(key, passwords, inTime())).toEqual({ ok: true })
  expect(await verify(second)).toEqual({ ok: true, mustChange: false })
  expect(await opened.passwordRules(key, inTime())).toEqual({ ...noRules, history: 3 })
  expect((await opened.read(key, inTime()))?.password).toMatchObject({ changedAt: expect.any(Date) })
  expect(warnings).toEqual([])
  await opened.close()
})

it('docs/ldap.md: the rights of the page are enough for a change and an unlock', async () => {
  const blocks = await markedBlocks('docs/ldap.md')
  await using directory = await startDs389()
  await using place = await aShell(directory.caFile)
  const { etc, shell } = place
  await directory.addPeople([{ uid: 'ada', password: first }])
  // The rights that the tests give beforehand would hide one that is missing on the page.
  const noRights = new Change({
    operation: 'replace',
    modification: new Attribute({ type: 'aci', values: [] }),
  })
  await directory.asRoot((client) => client.modify(`ou=people,${directory.baseDn}`, noRights))
  const host = { 'ldaps://ldap.example.org': directory.ldapsUrl, 'dc=example,dc=org': directory.baseDn }
  const asAdmin = { ...host, ' -W': ` -w '${directory.root.password}'` }
  await shell(blockOf(blocks, 'account', { ...asAdmin, '/etc/rekey': etc }))
  await shell(blockOf(blocks, 'rights', asAdmin))
  await shell(blockOf(blocks, 'policy', asAdmin))
  const entry: unknown = parse(
    blockOf(blocks, 'config', {
      ...host,
      '# caFile: /etc/rekey/ldap-ca.pem ': `caFile: ${directory.caFile} `,
    }),
  )
  const warnings: Warning[] = []
  const opened = await openAsWritten(entry, { etc, warnings })

  const key = await directory.nsUniqueId('ada')
  const verify = (password: string) => opened.verifyPassword(key, new Secret(password), inTime())
  for (let i = 0; i < 3; i++) await verify('wrong')

  expect(await opened.unlock(key, inTime())).toEqual({ ok: true, wasLocked: true })
  expect(await verify(first)).toEqual({ ok: true, mustChange: false })
  const passwords = { current: new Secret(first), next: new Secret(second) }
  expect(await opened.changePassword(key, passwords, inTime())).toEqual({ ok: true })
  expect(await verify(second)).toEqual({ ok: true, mustChange: false })
  expect(await opened.passwordRules(key, inTime())).toEqual({
    ...noRules,
    lengthMin: 10,
    history: 3,
    classesMin: 1,
  })
  expect(warnings).toEqual([])
  await opened.close()
})
