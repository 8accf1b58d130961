import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { runCli } from '../../src/cli/index.ts'
import type { Finding, LeftAs } from '../../src/core/operations/directory-test.ts'
import { type DebianOpenLdap, startDebianOpenLdap } from '../support/debian-openldap.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { canRunSamba, type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import { adDomain, lacking } from '../support/samba-domain.ts'
import { startSqlServer } from '../support/sql-servers.ts'
import { makeSqlStore, type SqlStore } from '../support/sql-store.ts'

const run = promisify(execFile)

interface Report {
  exitCode: number
  ok: boolean
  findings: Finding[]
  notEnforced: string[]
  left: LeftAs | null
}

/** An installation as docs/openldap.md makes it, with another directory where one is given. */
async function anInstallation(directory: (etc: string) => Promise<object>) {
  const home = await mkdtemp(join(tmpdir(), 'rekey-directory-test-'))
  const etc = join(home, 'etc')
  await mkdir(etc)
  const quiet = { out: () => undefined, err: () => undefined }
  await runCli(['keys', 'generate', join(etc, 'keys')], { env: {}, terminal: quiet })
  await writeFile(join(etc, 'smtp-password'), 'of a mail server', { mode: 0o600 })
  const blocks = await markedBlocks('docs/openldap.md')
  const page = parse(blockOf(blocks, 'config')) as { tenants: { services: object[] }[] }
  const [tenant] = page.tenants
  const file = join(etc, 'rekey.yaml')
  return {
    etc,
    /** Runs the command with changes to the directory's entry. */
    async test(changes: object = {}, words: readonly string[] = []): Promise<Report> {
      const entry = { ...(await directory(etc)), ...changes }
      const config = { ...page, data: join(home, 'data'), tenants: [{ ...tenant, directories: [entry] }] }
      await writeFile(file, stringify(config), { mode: 0o600 })
      const out: string[] = []
      const all = ['directory', 'test', '--config', file, '--account', 'ada', '--yes', '--json', ...words]
      const terminal = { out: (text: string) => void out.push(text), err: () => undefined }
      const exitCode = await runCli(all, { env: {}, terminal })
      return { exitCode, ...(JSON.parse(out.join('\n')) as Omit<Report, 'exitCode'>) }
    },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  }
}

type Installation = Awaited<ReturnType<typeof anInstallation>>

const broken = ({ findings }: Report) => findings.filter(({ result }) => result === 'fails')
const sayings = ({ findings }: Report, trial: string, result: Finding['result']) =>
  findings.filter((one) => one.trial === trial && one.result === result).map(({ says }) => says)

describe('rekey directory test on OpenLDAP', () => {
  let server: DebianOpenLdap
  let place: Installation
  let rules: string[]

  /** Access rules of the page, but for those that have a text in them, before those of Debian. */
  const give = async (without: string | null, instead: string | null = null) => {
    const given = rules.filter((rule) => without === null || !rule.includes(without))
    const all = [...(instead === null ? [] : [instead]), ...given]
    const lines = all.map((rule, at) => `olcAccess: {${at}}${rule}`).join('\n')
    const ldif = `dn: olcDatabase={1}mdb,cn=config\nchangetype: modify\nreplace: olcAccess\n${lines}\n`
    const change = run('ldapmodify', ['-Q', '-Y', 'EXTERNAL', '-H', server.ldapiUrl])
    change.child.stdin?.end(ldif)
    await change
  }

  beforeAll(async () => {
    server = await startDebianOpenLdap()
    const blocks = await markedBlocks('docs/openldap.md')
    const ldapi = { 'ldapi:///': server.ldapiUrl }
    const asAdmin = { ...ldapi, ' -W': ` -y '${server.adminPasswordFile}'` }
    place = await anInstallation(async () => ({
      ...(parse(
        blockOf(blocks, 'config', {
          'ldaps://ldap.example.org': server.ldapsUrl,
          '# caFile: /etc/rekey/ldap-ca.pem ': `caFile: ${server.caFile} `,
          '# passwordPolicyDn': 'passwordPolicyDn',
        }),
      ).tenants[0].directories[0] as object),
    }))
    const shell = (script: string) => {
      const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` }
      return run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env })
    }
    await shell(blockOf(blocks, 'schema', ldapi))
    await shell(blockOf(blocks, 'account', { ...asAdmin, '/etc/rekey': place.etc }))
    await shell(blockOf(blocks, 'address', asAdmin))
    rules = [
      ...blockOf(blocks, 'rights')
        .replaceAll(/\n {2}/g, ' ')
        .matchAll(/^olcAccess: \{\d+\}(.*)$/gm),
    ].map(([, rule = '']) => rule)
    rules.push(
      'to attrs=userPassword by self write by anonymous auth by * none',
      'to * by self read by * none',
    )
  })
  afterAll(async () => {
    await place[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })

  it('proves everything with the rights of docs/openldap.md, and says how the account is left', async () => {
    await give(null)

    const report = await place.test({}, ['--lock'])

    expect(broken(report)).toEqual([])
    expect(report).toMatchObject({ exitCode: 0, ok: true })
    expect(report.left).toEqual({ password: 'random', locked: false, mustChange: false })
    expect(sayings(report, 'read', 'works').join()).toContain('a•••@h•••.example')
    expect(sayings(report, 'unlock', 'works')).toEqual([
      'it locks after 3 wrong passwords',
      'the lock is lifted, and the password signs in again',
    ])
    expect(sayings(report, 'history', 'works')).toHaveLength(2)
    expect(JSON.stringify(report)).not.toContain('ada@home.example')
  })

  it.each([
    ['attrs=userPassword by dn', 'setPassword', 'attrs=userPassword by dn.exact="cn=rekey'],
    ['attrs=pwdReset', 'requireChange', 'attrs=pwdReset by dn.exact="cn=rekey'],
    ['attrs=pwdReset', 'unlock', 'attrs=pwdAccountLockedTime by dn.exact="cn=rekey'],
    ['attrs=pwdFailureTime', 'unlock', 'attrs=pwdFailureTime by dn.exact="cn=rekey'],
    ['by self write', 'changePassword', 'by self write'],
    ['dn.subtree="ou=groups', 'check', 'to dn.exact="cn=admins,ou=groups,'],
  ])('without %s it says of %s what is missing, and how to give it', async (without, trial, fix) => {
    await give(
      without,
      without === 'by self write'
        ? 'to attrs=userPassword by anonymous auth by dn.exact="cn=rekey,ou=services,dc=example,dc=org" =w by * none'
        : null,
    )

    const report = await place.test()

    const failed = broken(report).filter((one) => one.trial === trial)
    expect(report.exitCode).toBe(1)
    expect(failed.map(({ need }) => need?.fix).join()).toContain(fix)
  })

  it('finds a history that is promised and not kept, and one that is not asked', async () => {
    await give(
      'attrs=userPassword by dn',
      'to dn.subtree="ou=people,dc=example,dc=org" attrs=userPassword by dn.exact="cn=rekey,ou=services,dc=example,dc=org" manage by * break',
    )
    const promised = await place.test()
    const notAsked = await place.test({ keepsHistory: false })

    expect(broken(promised).map(({ trial }) => trial)).toContain('history')
    expect(sayings(notAsked, 'history', 'open')).toEqual(['a reset takes a password that was used before'])
    expect(notAsked.notEnforced.join()).toContain('keepsHistory is false')
  })

  it('leaves an account alone that self-service keeps away from', async () => {
    await give(null)
    const report = await place.test({ privileged: [{ attribute: 'objectClass' }] })

    expect(report).toMatchObject({ exitCode: 1, left: null })
    expect(
      broken(report)
        .map(({ says }) => says)
        .join(),
    ).toContain('this account counts as privileged')
  })
})

describe('rekey directory test on a table', () => {
  it('proves everything with the grants of docs/sql.md, and names the one that was taken away', async () => {
    await using server = await startSqlServer('postgresql')
    await using store: SqlStore = await makeSqlStore(server)
    await store.add({
      username: 'ada',
      password: 'forgotten long ago',
      recoveryAddresses: ['ada@home.example'],
    })
    await using place = await anInstallation(async (etc) => {
      await writeFile(join(etc, 'sql-password'), Object.values(store.env)[0] ?? '', { mode: 0o600 })
      return { ...store.entry, password: { file: 'sql-password' } }
    })

    const whole = await place.test({}, ['--lock'])
    await store.database.script(`revoke update (must_change_password) on people from ${store.config.user}`)
    const without = await place.test()

    expect(broken(whole)).toEqual([])
    expect(sayings(whole, 'unlock', 'works')[0]).toBe('it locks after 30 wrong passwords')
    expect(without.exitCode).toBe(1)
    expect(broken(without)[0]).toMatchObject({
      trial: 'check',
      code: 'directory-rights-missing',
      detail: expect.stringMatching(/grant update \(.*"must_change_password".*\) on "people"/),
    })
  })
})

describe.runIf(canRunSamba)('rekey directory test on a Samba that only root can run', () => {
  let domain: SambaAd
  beforeAll(async () => {
    domain = await startSambaAd()
    await domain.addPeople([
      {
        username: 'ada',
        password: 'forgotten long ago',
        upn: `ada@${adDomain}`,
        recoveryAddresses: ['ada@home.example'],
      },
    ])
  })
  afterAll(() => domain[Symbol.asyncDispose]())

  const entry = async (etc: string, as: { name: string; password: string }) => {
    await writeFile(join(etc, 'ad-password'), as.password, { mode: 0o600 })
    return {
      name: 'people',
      kind: 'active-directory',
      domain: adDomain,
      controllers: [domain.host],
      caFile: domain.caFile,
      bindName: as.name,
      bindPassword: { file: 'ad-password' },
      baseDn: domain.peopleDn,
      attributes: { recoveryAddresses: ['otherMailbox'] },
      keepsHistory: false,
    }
  }

  it('proves everything, and says that a reset is asked no history', async () => {
    await using place = await anInstallation((etc) => entry(etc, domain.service))

    const report = await place.test({}, ['--lock'])

    expect(broken(report)).toEqual([])
    expect(sayings(report, 'history', 'open')).toEqual(['a reset takes a password that was used before'])
    expect(sayings(report, 'history', 'works')).toEqual([
      'a change does not take a password that was used before',
    ])
    expect(report.notEnforced.join()).toContain('keepsHistory is false')
  })

  it('says which right is missing, and gives the command', async () => {
    await using place = await anInstallation((etc) => entry(etc, lacking('reset')))

    const report = await place.test()

    expect(report.exitCode).toBe(1)
    expect(broken(report)[0]).toMatchObject({ trial: 'check', code: 'directory-rights-missing' })
  })
})
