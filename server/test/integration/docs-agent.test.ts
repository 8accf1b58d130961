import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { runCli } from '../../src/cli/index.ts'
import { tlsBefore } from '../support/agent-process.ts'
import { makeCertificates } from '../support/certificates.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { startOpenLdap } from '../support/openldap.ts'
import { proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

it('docs/agent.md: from nothing to a new password in a closed network, by the commands of the page', async () => {
  const blocks = await markedBlocks('docs/agent.md')
  await using cleanUp = new AsyncDisposableStack()
  const home = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
  cleanUp.defer(() => rm(home, { recursive: true, force: true }))
  await using ldap = await startOpenLdap()
  await using mail = await aMailServer({ tls: 'none' })
  await ldap.addPeople([
    { uid: 'ada', password: 'forgotten long ago', recoveryAddresses: ['ada@home.example'] },
    { uid: 'rekey-test', password: 'of a test', recoveryAddresses: ['test@home.example'] },
    { uid: 'ceo', password: 'of nobody else', recoveryAddresses: ['ceo@home.example'] },
  ])
  const { directories } = parse(blockOf(blocks, 'server-config')) as { directories: object[] }
  await using rekey = await startRekey({
    config: { tenants: [{ id: 'northwind', name: 'Northwind', directories }] },
    smtp: mail,
  })
  const certificates = await makeCertificates({ folder: home })
  const proxy = await tlsBefore(Number(new URL(rekey.portalUrl).port), certificates)
  cleanUp.defer(() => proxy.close())

  const config = join(home, 'agent.yaml')
  await writeFile(join(home, 'ldap-password'), ldap.bindPassword, { mode: 0o600 })
  const yaml = blockOf(blocks, 'agent-config', {
    'wss://recovery.example.org/': `wss://localhost:${proxy.port}/`,
    '# caFile: /etc/rekey/ca.pem ': `caFile: ${certificates.caFile} `,
    '/var/lib/rekey-agent': join(home, 'agent'),
    'ldaps://ldap.example.org': ldap.ldapsUrl.replace('127.0.0.1', 'localhost'),
    '# caFile: /etc/rekey/ldap-ca.pem': `caFile: ${ldap.caFile}`,
    'cn=rekey,ou=services,dc=example,dc=org': ldap.bindDn,
    '/etc/rekey/ldap-password': join(home, 'ldap-password'),
    'ou=people,dc=example,dc=org': `ou=people,${ldap.baseDn}`,
    'cn=admins,ou=groups,dc=example,dc=org': ldap.groupDn,
  })
  await writeFile(config, yaml, { mode: 0o600 })
  await symlink(join(root, 'server/bin/rekey.js'), join(home, 'rekey'))
  const path = [home, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter)
  const env = {
    ...process.env,
    PATH: path,
    REKEY_CONFIG: rekey.configFile ?? '',
    REKEY_DATA: rekey.dataFolder,
  }
  const shell = async (name: string, replacements: Record<string, string> = {}) => {
    const script = blockOf(blocks, name, replacements)
    return (await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: home, env })).stdout
  }
  const inside = { '/etc/rekey/agent.yaml': config }

  const printed = parse(await shell('check', inside)) as { directories: object[] }
  expect(printed).toEqual(parse(blockOf(blocks, 'server-config')))
  expect(await shell('test', inside)).toMatch(/✓ changePassword(.*)random one that nobody knows.*, 0 failed/s)
  const said = async (...words: readonly string[]) => {
    const lines: string[] = []
    const write = (text: string) => void lines.push(text)
    const exitCode = await runCli(words, { env, terminal: { out: write, err: write } })
    return { exitCode, said: lines.join('\n') }
  }
  const denied = { exitCode: 1, said: expect.stringMatching(/counts as privileged.*nothing was changed/s) }
  expect(await said('agent', 'test', '--config', config, '--yes', 'ceo')).toEqual(denied)
  expect(await ldap.canBind('ceo', 'of nobody else')).toBe(true)
  const elsewhere = { exitCode: 2, said: expect.stringContaining('`rekey agent test ') }
  expect(await said('directory', 'test', '--account', 'rekey-test', '--yes')).toEqual(elsewhere)
  await shell('enrol')
  const code = join(home, 'code-again')
  await copyFile(join(home, 'code'), code)
  await shell('join', inside)
  const refused = { exitCode: 2, said: expect.stringContaining('enrolment-refused: the server refused') }
  expect(await said('agent', 'join', '--config', config, '--code-file', code)).toEqual(refused)
  const words = blockOf(blocks, 'run', inside).trim().split(' ').slice(1)
  const agent = spawn(process.execPath, [join(root, 'server/bin/rekey.js'), ...words], {
    cwd: home,
    env,
    stdio: 'ignore',
  })
  cleanUp.defer(async () => {
    agent.kill('SIGTERM')
    if (agent.exitCode === null) await once(agent, 'exit')
  })
  const list = () => rekey.command('agent', 'list')
  await expect.poll(() => list(), { timeout: 40_000, interval: 200 }).toMatch(/site-1 {2}connected/)

  const person = { identifier: 'ada', address: 'ada@home.example' }
  const flow = await proveByMail(rekey.portalUrl, person, mail)
  const written = await setPassword(rekey.portalUrl, flow, 'seven otters borrow umbrellas')
  expect(written).toMatchObject({ status: 200 })
  expect(await ldap.canBind('ada', 'seven otters borrow umbrellas')).toBe(true)

  const shown = await shell('list')
  expect(shown).toMatch(/site-1 {2}connected .*since.*version/s)
  const listed = JSON.parse(shown.slice(shown.indexOf('{'))) as { agents: unknown[] }
  expect(listed.agents).toMatchObject([
    { name: 'site-1', connected: true, revokedAt: null, lines: [{ version: expect.any(String) }] },
  ])
  expect(await rekey.command('agent', 'revoke', 'site-1')).toContain('is revoked')
  expect(await list()).toMatch(/site-1 {2}revoked/)
})
