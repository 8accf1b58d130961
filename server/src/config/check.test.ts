import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../kernel/secret.ts'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const check = (text: string) => checkConfig(text, folder.file, { env: folder.env, files: 'read' })

describe('a configuration that is right', () => {
  it('comes back complete, with absolute paths and secrets read', () => {
    const checked = check(folder.text)

    expect(checked).toMatchObject({
      ok: true,
      config: {
        data: '/var/lib/rekey',
        listen: { portal: { port: 8080 }, console: { host: '127.0.0.1' } },
        log: { level: 'info' },
        mail: { providers: [{ kind: 'smtp', returnPath: 'bounces@northwind.example' }] },
        tenants: [
          { limits: { challengeLifetimeSeconds: 600, codeTries: 5 }, policy: { password: { strength: 3 } } },
        ],
      },
    })
    const provider = checked.ok ? checked.config.mail.providers[0] : undefined
    const password = provider?.kind === 'smtp' ? provider.password : undefined
    expect(password).toBeInstanceOf(Secret)
    expect(password?.reveal()).toBe('d2VsbCBrZXB0')
  })

  it('reads a secret file without the line break at its end, and nothing else of it is lost', () => {
    folder.write('secrets/ldap-password', '  two words  \r\n')

    const checked = check(folder.text)

    const directory = checked.ok ? checked.config.tenants[0]?.directories[0] : undefined
    expect(directory?.kind === 'ldap' ? directory.bindPassword.reveal() : null).toBe('  two words  ')
  })

  it('is frozen to the bottom', () => {
    const checked = check(folder.text)
    if (!checked.ok) throw new Error('the example is not right')

    expect(Object.isFrozen(checked.config.tenants[0]?.limits)).toBe(true)
    expect(() => {
      checked.config.tenants[0]!.limits.codeTries = 10
    }).toThrow(TypeError)
  })

  it('shows no secret when it is printed', () => {
    const checked = check(folder.text)

    for (const text of [JSON.stringify(checked), inspect(checked, { depth: 20, showHidden: true })]) {
      expect(text).not.toContain('d2VsbCBrZXB0')
      expect(text).not.toContain('NzU1YjQ4')
      expect(text).toContain('[secret]')
    }
  })

  it('can be checked where its secrets are not, and then has none', () => {
    const checked = checkConfig(folder.text, '/nowhere/rekey.yaml', { env: {}, files: 'skip' })
    expect(checked.ok).toBe(true)
  })
})

describe('mistakes', () => {
  it('are all reported at once, each with its line and column', () => {
    const text = folder.text
      .replace('languages: [en, de]', 'langauges: [en, de]')
      .replace('port: 587', "port: '587'")
      .replace('kind: ldap', 'kind: ldpa')
      .replace('directory: people', 'directory: pepole')
      .replace('publicUrl: https:', 'publicUrl: http:')
      .replace('  token: { current: { file: secrets/token-key } }\n', '')

    const checked = check(text)

    const lines = text.split('\n')
    const found = checked.ok ? [] : checked.mistakes
    expect(found.map(({ path }) => path)).toEqual([
      'tenants[0].publicUrl',
      'tenants[0].langauges',
      'tenants[0].directories[0].kind',
      'tenants[0].services[0].directory',
      'keys.token',
      'mail.providers[0].port',
    ])
    for (const { path, line, column } of found) {
      const word =
        path
          .split('.')
          .at(-1)
          ?.replace(/\[\d+\]$/, '') ?? ''
      if (path === 'keys.token') continue // It is not there; the place is that of the mapping around it.
      expect(lines[(line ?? 0) - 1]).toContain(word)
      expect(column).toBeGreaterThan(1)
    }
  })

  it.each([
    ['languages: [en, de]', 'langauges: [en]', 'is not a known key\n    Did you mean `languages`?'],
    ['kind: ldap', 'kind: ldpa', '`\n    Did you mean `ldap`?'],
    ['kind: ldap\n', '\n', 'kind is missing'],
    ['port: 587', "port: '587'", 'must be a whole number, but is text\n    Remove the quotes.'],
    ['name: Northwind\n', 'name: 7\n', 'must be text, but is a number\n    Put it in quotes.'],
    ['name: Northwind\n', 'name:\n', 'is empty'],
    ['data: /var/lib/rekey', 'data: [a]', 'must be text, but is a list'],
    ['languages: [en, de]', 'languages: en', 'must be a list, but is text'],
    ['languages: [en, de]', 'languages: []', 'must have at least 1 entry'],
    ['languages: [en, de]', 'languages: [en, en]', 'has the same entry twice'],
    [
      'languages: [en, de]',
      'languages: [en, xx]',
      'languages[1] must be one of `en`, `de`, `fr`, `es`, `ja`, `ar`',
    ],
    ["color: '#1d4ed8'", 'color: blue', 'must be a colour'],
    ['id: northwind', 'id: Northwind', 'must begin with a letter'],
    ['timeZone: Europe/Copenhagen', 'timeZone: Copenhagen', 'is not an IANA time zone'],
    ['publicUrl: https:', 'publicUrl: http:', 'must begin with https://'],
    ['directory: people', 'directory: pepole', 'Did you mean `people`?'],
    ['address: recovery@northwind.example', 'address: root@localhost', 'must have a full domain'],
    ['trustedProxies: [127.0.0.1]', 'trustedProxies: [proxy]', 'is neither an address nor a network'],
    ['hostNames: [localhost,', "hostNames: ['localhost:8081',", 'is not a host name'],
    ['console.northwind.example', 'recovery.northwind.example', "is a tenant's public host"],
    ['console: { port: 8081', 'console: { port: 8080', 'is the port of the portal'],
    ['origin: recovery.northwind.example/audit', 'origin: my audit log', 'without spaces'],
    ['https://witness.example.net', 'http://witness.example.net', 'must begin with https://'],
    ['kind: smtp\n', 'kind: outbox\n', 'is for the demo only'],
    ['data: /var', "tracing: { url: 'ftp://collector.example' }\ndata: /var", 'url is not a web address'],
    [
      'data: /var',
      "tracing: { url: 'http://collector.example/v1/traces', authorization: { env: HOME } }\ndata: /var",
      'would carry `authorization` unencrypted',
    ],
  ])('name the cure: %s -> %s', (from, to, text) => {
    expect(folder.mistakesWith(from, to).join('\n')).toContain(text)
  })

  it('in a shape do not hide mistakes in what fits together', () => {
    const text = folder.text
      .replace('name: Northwind\n', 'nmae: Northwind\n')
      .replace('    policy:', '    limits: { codeTries: many, flowIdleSeconds: 7200 }\n    policy:')

    const checked = check(text)

    expect(checked.ok ? [] : checked.mistakes.map(({ path }) => path).toSorted()).toEqual([
      'tenants[0].limits.codeTries',
      'tenants[0].limits.flowIdleSeconds',
      'tenants[0].name',
      'tenants[0].nmae',
    ])
  })

  it('in a tenant are found in every tenant, and two may share neither id nor host', () => {
    const start = folder.text.indexOf('  - id:')
    const tenant = folder.text.slice(start, folder.text.indexOf('keys:'))

    const checked = check(folder.text.replace('keys:', () => `${tenant}keys:`))

    expect(checked.ok ? [] : checked.mistakes.map(({ path }) => path)).toEqual([
      'tenants[1].id',
      'tenants[1].publicUrl',
    ])
  })
})

describe('a hard bound', () => {
  it.each([
    ['challengeLifetimeSeconds', 3600, 3601],
    ['failedTriesPerDay', 100, 101],
    ['policyRefusals', 50, 51],
    ['flowTotalSeconds', 86_400, 86_401],
  ])('of %s is %i: %i is refused', (limit, most, more) => {
    // A flow long enough for every other limit.
    const others = limit === 'flowTotalSeconds' ? '' : ', flowIdleSeconds: 3600, flowTotalSeconds: 86400'
    const limits = (value: number) => `    limits: { ${limit}: ${value.toString()}${others} }\n    policy:`

    expect(folder.mistakesWith('    policy:', limits(most))).toEqual([])
    expect(folder.mistakesWith('    policy:', limits(more)).join()).toContain(
      `must be at most ${most.toString()}`,
    )
  })

  it.each([
    [
      '{ challengeLifetimeSeconds: 1801 }',
      'challengeLifetimeSeconds (1801) is more than `flowIdleSeconds` (1800)',
    ],
    ['{ flowTotalSeconds: 900 }', 'flowIdleSeconds (1800) is more than `flowTotalSeconds` (900)'],
    ['{ codeTries: 6, failedTriesPerDay: 5 }', 'codeTries (6) is more than `failedTriesPerDay` (5)'],
    ['{ mailsPerDay: 2 }', 'mailsPerQuarterHour (3) is more than `mailsPerDay` (2)'],
  ])('also holds between limits: %s', (limits, text) => {
    expect(folder.mistakesWith('    policy:', `    limits: ${limits}\n    policy:`).join()).toContain(text)
  })

  it('holds for the rests of a directory, the first of which is the shortest', () => {
    const rests = folder.mistakesWith(
      '        bindPassword:',
      '        resilience: { coolDownSeconds: 40 }\n        bindPassword:',
    )
    expect(rests.join()).toContain('coolDownSeconds is more than `coolDownSecondsMax`')
  })

  it('keeps passwords as long as NIST asks for', () => {
    const policy = (text: string) => folder.mistakesWith('contextWords: [northwind, traders]', text).join()
    expect(policy('minLength: 7')).toContain('must be at least 8')
    expect(policy('maxLength: 257')).toContain('must be at most 256')
    expect(policy('maxLength: 63')).toContain('must be at least 64')
    expect(
      policy('{ minLength: 8, minLengthWithSecondFactor: 9 }'.slice(2, -2).replace(', ', '\n        ')),
    ).toContain('is more than `minLength`')
  })
})

describe('a text that means nothing certain', () => {
  it.each([
    ['a key twice', 'data: /var/lib/rekey', 'data: /a\ndata: /b', 'has the same key twice'],
    ['a key twice deep inside', 'port: 587', 'port: 587\n      port: 25', 'has the same key twice'],
    ['an unknown tag', 'port: 587', 'port: !!js/function x', 'is not YAML'],
    ['a merge key', 'data: /var', '<<: { log: { level: debug } }\ndata: /var', '<< is not a known key'],
    ['a key that is no text', 'data: /var', '[a]: x\ndata: /var', 'is not YAML'],
    ['a prototype', 'data: /var', '__proto__: { log: {} }\ndata: /var', '__proto__ is not a known key'],
    ['two documents', 'data: /var', '---\ndata: /var', 'is not YAML'],
    ['a tab as indentation', 'data: /var', 'log:\n\tlevel: info\ndata: /var', 'is not YAML'],
  ])('is refused: %s', (_, from, to, text) => {
    expect(folder.mistakesWith(from, to).join('\n')).toContain(text)
  })

  it.each(['', 'just text', '[]', '7', 'null', '# a comment'])('is refused: %j as the whole file', (text) => {
    expect(check(text).ok).toBe(false)
  })

  it('does not blow up on nested aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 12; i++) {
      const before = String.fromCharCode(96 + i)
      const name = String.fromCharCode(97 + i)
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
    }
    expect(check(bomb.join('\n')).ok).toBe(false)
  })
})

describe('a secret', () => {
  it('may not be written into the file, and the message does not repeat it', () => {
    const found = folder.mistakesWith('{ file: secrets/ldap-password }', 'hunter2hunter2').join()
    expect(found).toContain('bindPassword is a secret and must not be written into the file')
    expect(found).toContain('{ env: NAME }')
    expect(found).not.toContain('hunter2')
  })

  it.each(['{ file: a, env: B }', '{ path: a }', '{}', '{ file: 7 }', "{ env: '' }", '[a]', '7'])(
    'is referred to in one way only, not by %s',
    (reference) => {
      expect(folder.mistakesWith('{ file: secrets/ldap-password }', reference)).toHaveLength(1)
    },
  )

  it.each([0o604, 0o602, 0o644, 0o666, 0o601])('file with mode %o is refused', (mode) => {
    chmodSync(join(folder.folder, 'secrets/ldap-password'), mode)
    const found = check(folder.text)
    expect(found.ok ? [] : found.mistakes).toMatchObject([
      { path: 'tenants[0].directories[0].bindPassword', hint: expect.stringContaining('chmod 600') },
    ])
  })

  it('file behind a link counts with the rights of the file, not of the link', () => {
    folder.write('open', 'NzU1YjQ4', 0o644)
    symlinkSync(join(folder.folder, 'open'), join(folder.folder, 'link'))
    const found = folder.mistakesWith('secrets/ldap-password', 'link').join()
    expect(found).toContain('which everybody on the machine can read or change')
  })

  it('file may be readable by a group, as containers hand secrets over', () => {
    chmodSync(join(folder.folder, 'secrets/ldap-password'), 0o640)
    expect(check(folder.text).ok).toBe(true)
  })

  it.each([
    ['is missing', '{ file: secrets/none }', 'does not exist'],
    ['is a folder', '{ file: secrets }', 'is not a file'],
    ['is a variable that is not set', '{ env: NOT_SET }', 'the variable NOT_SET, which is not set'],
  ])('that %s is named', (_, reference, text) => {
    expect(folder.mistakesWith('{ file: secrets/ldap-password }', reference).join()).toContain(text)
  })

  it.each([
    ['a known text', 'changeme\n'],
    ['a known text in another case', 'Password'],
    ['an empty line', '\n'],
    ['an empty file', ''],
    ['a NUL character', 'a\0b'],
    ['a large file', 'x'.repeat(70_000)],
  ])('is not %s', (_, content) => {
    folder.write('secrets/ldap-password', content)
    expect(check(folder.text).ok).toBe(false)
  })
})

describe('a key', () => {
  it.each([
    ['too short', Buffer.alloc(16, 7).toString('base64'), 'is too short: 16 bytes'],
    ['all zeroes', Buffer.alloc(32).toString('base64'), 'is not random'],
    ['a phrase', 'correct horse battery staple', 'is neither base64 nor hex'],
  ])('that is %s is refused', (_, content, text) => {
    folder.write('secrets/token-key', content)
    const found = check(folder.text)
    expect(found.ok ? [] : found.mistakes.map(({ problem }) => problem).join()).toContain(text)
  })

  it.each([
    ['of another kind', '-----BEGIN PRIVATE KEY-----\nbroken'],
    ['too short', 'c2hvcnQ='],
    ['all zeroes', '00'.repeat(32)],
  ])('that signs and is %s is refused', (_, content) => {
    folder.write('secrets/audit-key.pem', content)
    const found = check(folder.text)
    expect(found.ok ? [] : found.mistakes).toMatchObject([
      { path: 'keys.audit.current', hint: expect.stringContaining('openssl genpkey -algorithm ed25519') },
    ])
  })

  it('that is used for two purposes is refused, however it is written', () => {
    const bytes = Buffer.from('9f1c64e0a7d25b38c1f04e7792ab6d035e8812c7f4a90b6dd3e1587c2490fa6b', 'hex')
    folder.write('secrets/token-key', bytes.toString('hex'))
    folder.write('secrets/data-key', bytes.toString('base64'))
    const found = check(folder.text)
    expect(found.ok ? [] : found.mistakes).toMatchObject([{ problem: 'is the same key as another one' }])
  })

  it('from before a rotation is read and checked like the current one', () => {
    folder.write('old', 'c2hvcnQ=')
    const found = folder.mistakesWith(
      '{ current: { file: secrets/token-key } }',
      '{ current: { file: secrets/token-key }, older: [{ file: old }] }',
    )
    expect(found.join()).toContain('keys.token.older[0] is too short')
  })
})

describe('a file that the configuration points at', () => {
  it('must be there: certificate authorities, logos, maps', () => {
    expect(folder.mistakesWith('baseDn:', 'caFile: ca.pem\n        baseDn:').join()).toContain(
      'does not exist',
    )
    expect(folder.mistakesWith("color: '#1d4ed8'", 'logo: logo.gif').join()).toContain(
      'must be an SVG or PNG',
    )
    expect(folder.mistakesWith('data: /var', 'geo: { file: cities.mmdb }\ndata: /var').join()).toContain(
      'does not exist',
    )
  })

  it('is looked for beside the configuration', () => {
    const ca = folder.write('ca.pem', 'x')
    const checked = check(folder.text.replace('baseDn:', 'caFile: ca.pem\n        baseDn:'))
    expect(checked.ok ? checked.config.tenants[0]?.directories[0] : null).toMatchObject({ caFile: ca })
  })
})
