import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ActiveDirectoryConfig } from '../../src/adapters/connectors/active-directory/config.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { openAd } from '../contract/directory-ad.ts'
import { noRules } from '../contract/directory-harness.ts'
import type { Warning } from '../support/connector-outside.ts'
import { blockOf, markedBlocks } from '../support/document.ts'
import { call, proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { canRunSamba, type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import { adBaseDn, adDomain, servicesDn } from '../support/samba-domain.ts'
import { aMailServer } from '../support/smtp.ts'

const run = promisify(execFile)
const inTime = () => AbortSignal.timeout(20_000)
const first = 'forgotten long ago'
const second = 'seven otters borrow umbrellas'
const third = 'eleven herons return them'

describe.runIf(canRunSamba)('docs/active-directory.md, on a Samba that only root can run', () => {
  let domain: SambaAd
  let home: string
  let blocks: ReadonlyMap<string, string>

  beforeAll(async () => {
    blocks = await markedBlocks('docs/active-directory.md')
    domain = await startSambaAd()
    home = await mkdtemp(join(tmpdir(), 'rekey-docs-'))
    // The page makes its own; the one of the tests would hide a right that is missing there.
    await domain.asAdministrator((client) => client.del(`CN=rekey,${servicesDn}`))
    await domain.addPeople(
      ['ada', 'grace'].map((username) => ({
        username,
        password: first,
        upn: `${username}@${adDomain}`,
        recoveryAddresses: [`${username}@home.example`],
      })),
    )
    await mkdir(join(home, 'bin'))
    // On a controller of its own it finds the settings by itself.
    const tool = `#!/bin/sh\nexec /usr/bin/samba-tool "$@" --configfile='${domain.configFile}'\n`
    await writeFile(join(home, 'bin/samba-tool'), tool, { mode: 0o755 })
    await shell(blockOf(blocks, 'account', { ...ours(), '/etc/rekey': join(home, 'etc') }))
  })
  afterAll(async () => {
    await domain[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })

  const ours = () => ({ 'DC=corp,DC=example,DC=org': adBaseDn })
  const shell = async (script: string) => {
    const PATH = [join(home, 'bin'), process.env['PATH'] ?? '', '/usr/sbin', '/usr/bin'].join(':')
    const env = { ...process.env, PATH, LDAPTLS_CACERT: domain.caFile }
    return (await run('bash', ['--norc', '-euo', 'pipefail', '-c', script], { env })).stdout
  }
  const entry = () =>
    parse(
      blockOf(blocks, 'config', {
        '# caFile: /etc/rekey/ad-ca.pem ': `caFile: ${domain.caFile} `,
        '# controllers: [dc1.corp.example.org] ': `controllers: [${domain.host}] `,
        '# keepsHistory': 'keepsHistory',
        ...ours(),
        'corp.example.org': adDomain,
        '/etc/rekey': join(home, 'etc'),
      }),
    ) as Record<string, unknown>

  it('the rights of the page are enough for all that is done, and a check misses them before', async () => {
    const { name: _, kind: __, ...settings } = entry()
    const bindPassword = new Secret(await readFile(join(home, 'etc/ad-password'), 'utf8'))
    const config = Value.Default(ActiveDirectoryConfig, {
      ...settings,
      bindPassword,
    }) as ActiveDirectoryConfig
    const warnings: Warning[] = []
    const before = openAd(config)
    const lacks = 'to people in "OU=People,.*": "Reset Password", to write pwdLastSet, to write lockoutTime'
    await expect(before.check(inTime())).rejects.toMatchObject({
      code: 'directory-rights-missing',
      detail: expect.stringMatching(lacks),
    })
    await before.close()

    await shell(blockOf(blocks, 'rights', ours()))
    const opened = openAd(config, { warnings })
    await opened.check(inTime())
    const [grace] = await opened.find({ by: 'username', value: 'grace' }, inTime())
    const key = grace?.key ?? ''
    const verify = (password: string) => opened.verifyPassword(key, new Secret(password), inTime())
    for (let i = 0; i < 3; i++) await verify('wrong')

    expect(await opened.read(key, inTime())).toMatchObject({ locked: true, privileged: false })
    expect(await opened.unlock(key, inTime())).toEqual({ ok: true, wasLocked: true })
    expect(await opened.requireChange(key, inTime())).toEqual({ ok: true })
    expect(await verify(first)).toEqual({ ok: true, mustChange: true })
    const passwords = { current: new Secret(first), next: new Secret(second) }
    expect(await opened.changePassword(key, passwords, inTime())).toEqual({ ok: true })
    expect(await verify(second)).toEqual({ ok: true, mustChange: false })
    expect(await opened.setPassword(key, new Secret(third), inTime())).toEqual({ ok: true })
    expect(await opened.passwordRules(key, inTime())).toEqual({ ...noRules, lengthMin: 10, history: 3 })
    const strict = 'samba-tool domain passwordsettings pso'
    await shell(`${strict} create strict 9 --min-pwd-length=17; ${strict} apply strict grace`)
    expect(await opened.passwordRules(key, inTime())).toMatchObject({ lengthMin: 17 })
    // Neither it nor the decoy may be locked.
    for (let i = 0; i < 5; i++) await opened.verifyPassword('nobody', new Secret('wrong'), inTime())
    expect(await domain.attribute(String(config.decoyDn), 'lockoutTime')).toEqual([])
    expect(warnings).toEqual([])
    await opened.close()
  })

  it('somebody who is locked out comes back in, and changes the password later', async () => {
    await shell(blockOf(blocks, 'rights', ours()))
    await using mail = await aMailServer({ tls: 'none' })
    const service = { name: 'intranet', title: 'Northwind intranet', directory: 'people' }
    const tenant = { id: 'northwind', name: 'Northwind', directories: [entry()], services: [service] }
    await using rekey = await startRekey({ config: { tenants: [tenant] }, smtp: mail })
    for (let i = 0; i < 4; i++) await domain.canBind('ada', 'wrong')
    expect(await domain.canBind('ada', first)).toBe(false)

    const person = { identifier: `ada@${adDomain}`, address: 'ada@home.example' }
    const held = await proveByMail(rekey.portalUrl, person, mail)
    const done = await setPassword(rekey.portalUrl, held, second)
    expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
    expect(await domain.canBind('ada', second)).toBe(true)
    expect(await domain.canBind('ada', first)).toBe(false)

    // An administrator hands the account over in between.
    await domain.setAttribute(domain.dn('ada'), 'pwdLastSet', ['0'])
    expect(await domain.canBind('ada', second)).toBe(false)
    const signed = await call(rekey.portalUrl, '/v1/sign-ins', { identifier: 'ada', password: second })
    expect(signed).toMatchObject({ status: 201, body: { mustChange: 'directory' } })
    const opened = await fetch(`${rekey.portalUrl}/v1/changes`, {
      method: 'POST',
      headers: { authorization: `Session ${String(signed?.body['secret'])}` },
    })
    const { id, secret } = (await opened.json()) as { id: string; secret: string }
    const change = async (password: string) => {
      const issued = await call(rekey.portalUrl, `/v1/changes/${id}/action-tokens`, {}, secret)
      const body = { current: second, password, actionToken: issued?.body['token'] }
      return call(rekey.portalUrl, `/v1/changes/${id}/password`, body, secret)
    }
    // The history of the domain holds for a change.
    expect(await change(first)).toMatchObject({
      status: 422,
      body: { errors: [expect.objectContaining({ code: 'password-in-history' })] },
    })
    expect(await change(third)).toMatchObject({ status: 200 })
    expect(await domain.canBind('ada', third)).toBe(true)
    expect(await domain.canBind('ada', second)).toBe(false)
    expect(await call(rekey.portalUrl, '/readyz')).toMatchObject({ status: 200 })
  })
})
