import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { type DebianOpenLdap, startDebianOpenLdap } from '../support/debian-openldap.ts'
import { blockOf, markedBlocks, promisedLines } from '../support/document.ts'
import { call, proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')
const ada = 'uid=ada,ou=people,dc=example,dc=org'
const person = { identifier: 'ada', address: 'ada@home.example' }

/** A shell on the machine of the page: `rekey` is on the path, and the directory's authority is trusted. */
async function aShell(home: string, directory: DebianOpenLdap) {
  await symlink(join(root, 'server/bin/rekey.js'), join(home, 'rekey'))
  const path = [home, dirname(process.execPath), process.env['PATH'] ?? '', '/usr/sbin', '/usr/bin']
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: path.join(delimiter),
    LDAPTLS_CACERT: directory.caFile,
  }
  return async (script: string) =>
    (await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env })).stdout
}

it('docs/openldap.md: from nothing to a new password in the directory, by the commands of the page', async () => {
  const blocks = await markedBlocks('docs/openldap.md')
  await using directory = await startDebianOpenLdap()
  await using mail = await aMailServer({ tls: 'none' })
  await using cleanUp = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  cleanUp.defer(() => rm(home, { recursive: true, force: true }))
  const shell = await aShell(home, directory)
  const etc = join(home, 'etc')
  const ldapi = { 'ldapi:///': directory.ldapiUrl }
  const ldaps = { 'ldaps://ldap.example.org': directory.ldapsUrl }
  const asAdmin = { ' -W': ` -y '${directory.adminPasswordFile}'` }

  // 2. The directory.
  await shell(blockOf(blocks, 'schema', ldapi))
  await shell(blockOf(blocks, 'address', { ...ldapi, ...asAdmin }))
  await shell(blockOf(blocks, 'account', { ...ldapi, ...asAdmin, '/etc/rekey': etc }))
  const eyes = blockOf(blocks, 'eyes', { ...ldaps, '/etc/rekey': etc })
  await expect(shell(eyes)).rejects.toMatchObject({ code: 32 })
  await shell(blockOf(blocks, 'rights', ldapi))
  const seen = await shell(eyes)
  expect(seen).toMatch(/^entryUUID: /m)
  expect(seen).toMatch(/^recoveryAddress: ada@home\.example$/m)
  expect(seen).not.toContain('userPassword')

  // 3. The configuration. What startRekey builds is what the commands run, so it comes first.
  const yaml = blockOf(blocks, 'config', {
    ...ldaps,
    '/var/lib/rekey-witness': join(home, 'witness'),
    '# caFile: /etc/rekey/ldap-ca.pem ': `caFile: ${directory.caFile} `,
  })
  await using demo = await startRekey()
  await demo.stop()
  await shell(blockOf(blocks, 'keys', { '/etc/rekey': etc }))
  await writeFile(join(etc, 'smtp-password'), 'what the mail server wants\n', { mode: 0o600 })
  await writeFile(join(etc, 'rekey.yaml'), yaml)
  const check = blockOf(blocks, 'check', { '/etc/rekey': etc })
  expect((await shell(check)).trimEnd()).toMatch(promisedLines(check)[0] ?? '')

  // 4. and 5. Started as the page says, but for free ports, a mail server that keeps its mails and a local address.
  await using rekey = await startRekey({ smtp: mail, config: configured(yaml, etc) })
  const held = await proveByMail(rekey.portalUrl, person, mail)
  const old = await setPassword(rekey.portalUrl, held, 'forgotten long ago')
  const refused = (old?.body['errors'] ?? []) as { code: string }[]
  const done = await setPassword(rekey.portalUrl, held, 'seven otters borrow umbrellas')
  expect(refused.map(({ code }) => code)).toEqual(['password-in-history'])
  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  const whoami = (password: string) => blockOf(blocks, 'whoami', { ...ldaps, ' -W': ` -w '${password}'` })
  expect((await shell(whoami('seven otters borrow umbrellas'))).trimEnd()).toBe(`dn:${ada}`)
  await expect(shell(whoami('forgotten long ago'))).rejects.toMatchObject({ code: 49 })

  // What an administrator marked "must change" is no trap after the person has chosen.
  await shell(
    `ldapmodify -H '${directory.ldapiUrl}' -x -D cn=admin,dc=example,dc=org${asAdmin[' -W']} <<'EOF'\n` +
      `dn: ${ada}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\nEOF`,
  )
  const again = await proveByMail(rekey.portalUrl, person, mail)
  expect(await setPassword(rekey.portalUrl, again, 'nine lanterns outlive marble')).toMatchObject({
    status: 200,
  })
  const state = await shell(
    `ldapsearch -LLL -H '${directory.ldapiUrl}' -x -D cn=admin,dc=example,dc=org${asAdmin[' -W']} -b ${ada} pwdReset`,
  )
  expect(state).not.toContain('pwdReset: TRUE')
  expect(await call(rekey.portalUrl, '/readyz')).toMatchObject({ status: 200 })
})

/** The page's own file, with absolute paths and without the address that only the page's host has. */
function configured(yaml: string, etc: string): object {
  const absolute = yaml.replaceAll(
    /\{ file: ([\w/-]+) \}/g,
    (_, name: string) => `{ file: ${join(etc, name)} }`,
  )
  const config = parse(absolute) as { tenants: { publicUrl?: string }[] }
  for (const tenant of config.tenants) delete tenant.publicUrl
  return config
}

it('docs/openldap.md: the page names the ports, the user and the local address that the service knows', async () => {
  const page = await readFile(join(root, 'docs/openldap.md'), 'utf8')
  const blocks = await markedBlocks('docs/openldap.md')

  expect(blockOf(blocks, 'start')).toBe('REKEY_CONFIG=/etc/rekey/rekey.yaml rekey serve\n')
  for (const name of [
    'REKEY_PORTAL_PORT',
    'REKEY_CONSOLE_PORT',
    'http://localhost:8080',
    'system user `rekey`',
  ]) {
    expect(page).toContain(name)
  }
})
