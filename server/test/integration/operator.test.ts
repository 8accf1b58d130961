import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const command = join(import.meta.dirname, '../../bin/rekey.js')
const soon = { timeout: 20_000, interval: 50 }

interface Line {
  level: number
  msg: string
  [fact: string]: unknown
}

/** The structured lines of a log; greetings are none. */
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

const warn = 40

async function rekey(words: readonly string[], env: Readonly<Record<string, string>>) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(REKEY|VITEST|NODE_)/.test(name))
  const options = { env: { ...Object.fromEntries(inherited), ...env } }
  return new Promise<{ exitCode: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [command, ...words], options, (error, out, err) => {
      resolve({ exitCode: error?.code ?? 0, out, err })
    })
  })
}

async function aTakenPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

const aService = (server: OpenLdap, directory: Record<string, unknown>, env: Record<string, string> = {}) => {
  const { config, env: secrets } = onOpenLdap(server, { directory })
  return startRekey({ config, env: { ...secrets, ...env } })
}

const sayingOf = (service: Rekey, message: string) =>
  vi.waitFor(() => {
    const found = linesOf(service.log()).find(({ msg }) => msg === message)
    if (found === undefined) throw new Error(`nobody said "${message}":\n${service.log()}`)
    return found
  }, soon)

async function forget(service: Rekey, identifier: string) {
  const answer = await fetch(`${service.portalUrl}/v1/recoveries`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier }),
  })
  expect(answer.status).toBe(202)
}

describe('a service that was connected with mistakes', () => {
  it('says after the start what is wrong, and with whom, and serves all the same', async () => {
    await using server = await startOpenLdap()
    await using service = await aService(server, { attributes: {} }, { TEST_LDAP_PASSWORD: 'canary-4711' })

    expect(await sayingOf(service, 'directory does not work')).toMatchObject({
      level: warn,
      tenant: 'northwind',
      directory: 'people',
      code: 'directory-misconfigured',
      because: expect.stringContaining('bind refused (49 invalidCredentials)'),
    })
    // The test's configuration names a mail server that nobody runs.
    expect(await sayingOf(service, 'mail provider does not work')).toMatchObject({
      level: warn,
      provider: 'nowhere',
      because: expect.stringMatching(/^127\.0\.0\.1:9: connection refused/),
    })
    const warnings = linesOf(service.log()).filter(({ level }) => level === warn)
    expect(warnings.map(({ msg }) => msg).join('\n')).toContain('nobody in this directory can recover')

    await forget(service, 'ada')
    expect(await sayingOf(service, 'job failed and will be tried again')).toMatchObject({
      queue: 'resolve-recovery',
      code: 'directory-misconfigured',
      because: expect.stringMatching(/^directory "people": localhost:\d+: bind refused \(49/),
    })
    expect(await sayingOf(service, 'directory failed')).toMatchObject({
      tenant: 'northwind',
      directory: 'people',
      operation: 'find',
    })
    expect(service.log()).not.toContain('canary-4711')
  })

  it('says why no mail leaves the house', async () => {
    await using server = await startOpenLdap()
    await server.addPeople([
      { uid: 'ada', password: 'first password of ada', recoveryAddresses: ['ada.home@example.test'] },
    ])
    await using service = await aService(server, {})
    expect(await sayingOf(service, 'directory works')).toMatchObject({
      tenant: 'northwind',
      directory: 'people',
    })

    await forget(service, 'ada')

    expect(await sayingOf(service, 'job failed and will be tried again')).toMatchObject({
      queue: 'deliver-message',
      code: 'mail-unreachable',
      because: expect.stringMatching(
        /^mail provider "nowhere": unreachable: 127\.0\.0\.1:9: connection refused.*ECONNREFUSED/,
      ),
    })
    expect(service.log()).not.toContain('ada.home')
  })

  it('is told by rekey config check --connect, with what the service would use', async () => {
    await using server = await startOpenLdap()
    await using mail = await aMailServer({ tls: 'none' })
    await using service = await aService(server, {})
    await service.stop()
    const file = service.configFile ?? ''
    const env = { TEST_LDAP_PASSWORD: server.bindPassword }
    const words = ['config', 'check', file, '--connect']
    const smtp = { REKEY_SMTP_URL: `smtp://${mail.host}:${mail.port}` }

    const right = await rekey(words, { ...env, ...smtp })
    const wrong = await rekey(words, { TEST_LDAP_PASSWORD: 'canary-4711' })

    expect(right.exitCode).toBe(0)
    expect(right.out).toMatch(/directory +northwind\/people +ok\nmail provider +environment +ok/)
    expect(wrong.exitCode).toBe(1)
    expect(wrong.out).toMatch(/directory +northwind\/people +localhost:\d+: bind refused \(49 /)
    expect(wrong.out).toMatch(/mail provider +nowhere +127\.0\.0\.1:9: connection refused/)
    expect(wrong.out + wrong.err).not.toContain('canary-4711')
  })
})

describe('a port that another program has', () => {
  it('is named with its setting, for both listeners at once, and nothing has been created', async () => {
    await using portal = await aTakenPort()
    await using console = await aTakenPort()
    const folder = await mkdtemp(join(tmpdir(), 'rekey-ports-'))
    const data = join(folder, 'data')

    const { exitCode, err } = await rekey(['serve'], {
      REKEY_DATA: data,
      REKEY_PORTAL_PORT: String(portal.port),
      REKEY_CONSOLE_PORT: String(console.port),
    })
    const created = existsSync(data)
    await rm(folder, { recursive: true })

    expect(exitCode).toBe(1)
    expect(err).toContain(`port ${portal.port}: another program does`)
    expect(err).toContain('listen.portal.port (or REKEY_PORTAL_PORT)')
    expect(err).toContain(`port ${console.port}: another program does`)
    expect(err).toContain('listen.console.port (or REKEY_CONSOLE_PORT)')
    expect(err).not.toMatch(/\n\s+at /)
    expect(created).toBe(false)
  })
})

it('a first start has nothing to complain about', async () => {
  await using service = await startRekey()
  await sayingOf(service, 'directory works')

  expect(linesOf(service.log()).filter(({ level }) => level >= warn)).toEqual([])
})
