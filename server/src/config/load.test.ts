import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isLoopbackHost } from './addresses.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { loadConfig } from './load.ts'
import { ConfigInvalid } from './mistakes.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

function mistakesOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error
    return error.mistakes.map(({ path, problem, hint }) => `${path} ${problem} ${hint ?? ''}`)
  }
}

describe('without REKEY_CONFIG', () => {
  it('Rekey is a demo: loopback only, no keys yet, mails in the outbox', () => {
    const { config, demo, file } = loadConfig({})

    expect({ demo, file, keys: config.keys }).toEqual({ demo: true, file: null, keys: null })
    expect(isLoopbackHost(config.listen.portal.host) && isLoopbackHost(config.listen.console.host)).toBe(true)
    expect(config).toMatchObject({
      tenants: [{ id: 'northwind', publicUrl: 'http://localhost:8080', directories: [{ kind: 'local' }] }],
      mail: { providers: [{ kind: 'outbox' }] },
      listen: { portal: { port: 8080 }, console: { port: 8081 } },
    })
  })

  it('the shortcuts of the environment are heeded', () => {
    const { config } = loadConfig({
      REKEY_DATA: folder.folder,
      REKEY_PORTAL_PORT: '9001',
      REKEY_CONSOLE_PORT: '9002',
      REKEY_LOG_LEVEL: 'warn',
    })

    expect(config).toMatchObject({
      data: folder.folder,
      tenants: [{ publicUrl: 'http://localhost:9001' }],
      listen: { portal: { port: 9001 }, console: { port: 9002 } },
      log: { level: 'warn' },
    })
  })

  it('REKEY_SMTP_URL takes the place of the outbox, and its password is a secret', () => {
    const { config } = loadConfig({ REKEY_SMTP_URL: 'smtps://rekey:pa%3Ass@mail.example.org' })

    const [provider] = config.mail.providers
    expect(provider).toMatchObject({ kind: 'smtp', host: 'mail.example.org', port: 465, username: 'rekey' })
    expect(provider?.kind === 'smtp' ? provider.password?.reveal() : null).toBe('pa:ss')
    expect(JSON.stringify(config)).not.toContain('pa:ss')
  })

  it.each([
    [{ REKEY_PORTAL_PORT: '65536' }, 'REKEY_PORTAL_PORT is not a port number'],
    [{ REKEY_PORTAL_PORT: '0' }, 'REKEY_PORTAL_PORT must not be 0'],
    [{ REKEY_PORTAL_PORT: '80a' }, 'REKEY_PORTAL_PORT is not a port number'],
    [{ REKEY_PORTAL_PORT: '8081' }, 'is the port of the portal'],
    [{ REKEY_LOG_LEVEL: 'loud' }, 'REKEY_LOG_LEVEL must be one of'],
    [{ REKEY_CONFG: 'rekey.yaml' }, 'Did you mean REKEY_CONFIG?'],
    [{ REKEY_PORTALPORT: '80' }, 'Did you mean REKEY_PORTAL_PORT?'],
    [{ REKEY_SMTP_URL: 'http://user:geheim@mail' }, 'REKEY_SMTP_URL does not name a mail server'],
  ])('%j is refused', (env, text) => {
    const found = mistakesOf(env).join()
    expect(found).toContain(text)
    expect(found).not.toContain('geheim')
  })

  it('variables that an orchestrator sets for a service called rekey do no harm', () => {
    expect(
      mistakesOf({ REKEY_SERVICE_HOST: '10.0.0.1', REKEY_PORT_8080_TCP: 'tcp://10.0.0.1:8080' }),
    ).toEqual([])
  })
})

describe('with REKEY_CONFIG', () => {
  const env = () => ({ ...folder.env, REKEY_CONFIG: folder.file }) as Record<string, string>

  it('the file is what counts', () => {
    const { config, demo, file } = loadConfig(env())

    expect({ demo, file }).toEqual({ demo: false, file: folder.file })
    expect(config.keys).not.toBeNull()
    expect(config.tenants[0]?.publicUrl).toBe('https://recovery.northwind.example')
  })

  it('the environment goes before the file', () => {
    const { config } = loadConfig({
      ...env(),
      REKEY_DATA: folder.folder,
      REKEY_PORTAL_PORT: '9001',
      REKEY_CONSOLE_PORT: '9002',
      REKEY_SMTP_URL: 'smtp://127.0.0.1:2525',
      REKEY_LOG_LEVEL: 'error',
    })

    expect(config).toMatchObject({
      data: folder.folder,
      listen: {
        portal: { port: 9001, trustedProxies: ['127.0.0.1'] },
        console: { port: 9002, hostNames: ['localhost', 'console.northwind.example'] },
      },
      mail: {
        from: { address: 'recovery@northwind.example' },
        providers: [{ kind: 'smtp', host: '127.0.0.1', port: 2525, tls: 'none' }],
      },
      log: { level: 'error' },
    })
    expect(config.mail.providers).toHaveLength(1)
  })

  it.each([
    ['a public URL', '    publicUrl: https://recovery.northwind.example\n', 'publicUrl is missing'],
    ['mail providers', /mail:\n(?: {2}.*\n)+/, 'mail is missing'],
    ['keys', /keys:\n(?: {2}.*\n)+/, 'keys is missing'],
    ['a witness', /audit:\n(?: {2}.*\n)+/, 'audit is missing'],
  ])('Rekey refuses to start without %s', (_, from, text) => {
    folder.write('rekey.yaml', folder.text.replace(from, ''), 0o644)
    expect(mistakesOf(env()).join()).toContain(text)
  })

  it('a file that is missing, a folder or open to everybody is refused', () => {
    expect(mistakesOf({ REKEY_CONFIG: join(folder.folder, 'none.yaml') }).join()).toContain('does not exist')
    expect(mistakesOf({ REKEY_CONFIG: folder.folder }).join()).toContain('is not a file')
    chmodSync(folder.file, 0o646)
    expect(mistakesOf(env()).join()).toContain('can be changed by everybody')
  })

  it('a file that is not text is refused', () => {
    folder.write('rekey.yaml', '')
    expect(mistakesOf(env()).length).toBeGreaterThan(0)
  })

  it('the message of the fault lists every mistake with its place', () => {
    folder.write('rekey.yaml', folder.text.replace('port: 587', 'port: x').replace('id: northwind', 'id: N'))
    expect(() => loadConfig(env())).toThrow(
      /2 mistakes[^]*rekey\.yaml:4:9[^]*rekey\.yaml:\d+:\d+ {2}mail\.providers/,
    )
  })
})
