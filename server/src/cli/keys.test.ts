import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { aConfigFolder } from '../config/config.testing.ts'
import type { Environment } from '../config/environment.ts'
import { openKeys } from '../config/key-rings.ts'
import { keyBytes } from '../config/key-text.ts'
import { loadConfig } from '../config/load.ts'
import { keyId } from '../config/ring-text.ts'
import { readSigningKey } from '../core/audit/index.ts'
import { ringNames } from '../core/keys/index.ts'
import { systemOutside } from '../kernel/outside.ts'
import { Secret } from '../kernel/secret.ts'
import { runCli } from './index.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rekey-keys-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

const rekey = (...words: string[]) => rekeyWith({}, ...words)

async function rekeyWith(env: Environment, ...words: string[]) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const exitCode = await runCli(words, { env, terminal })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

const modeOf = (path: string) => statSync(path).mode & 0o777
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))

describe('rekey keys generate', () => {
  it('writes three keys that only their owner can read', async () => {
    const folder = join(home, 'made/keys')

    const { exitCode } = await rekey('keys', 'generate', folder)

    expect(exitCode).toBe(0)
    expect(modeOf(folder)).toBe(0o700)
    expect(readdirSync(folder).sort()).toEqual(['audit', 'data', 'token'])
    for (const name of ['audit', 'data', 'token']) expect(modeOf(join(folder, name))).toBe(0o600)
    const { token = '', data = '', audit = '' } = contents(folder)
    expect(Buffer.from(token, 'base64')).toHaveLength(32)
    expect(Buffer.from(data, 'base64')).toHaveLength(32)
    expect(token).not.toBe(data)
    expect(audit).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(readSigningKey(new Secret(audit)).asymmetricKeyType).toBe('ed25519')
  })

  it('prints what the configuration has to say, and the configuration is right with it', async () => {
    using config = aConfigFolder()
    const { out } = await rekey('keys', 'generate', join(home, "it's: here"))
    const { keys } = parse(out) as { keys: object }
    const older = /^keys:\n(?: {2}.*\n)+/m
    expect(config.text).toMatch(older)
    const file = config.write(
      'own.yaml',
      config.text.replace(older, () => `${out}\n`),
    )
    const lines: string[] = []
    const terminal = { out: (text: string) => lines.push(text), err: (text: string) => lines.push(text) }

    const exitCode = await runCli(['config', 'check', file], { env: config.env, terminal })

    expect(Object.keys(keys)).toEqual(['token', 'data', 'audit'])
    expect(lines).toEqual([`${file} is right.`])
    expect(exitCode).toBe(0)
  })

  it('overwrites no key, and leaves nothing behind when one is in the way', async () => {
    writeFileSync(join(home, 'audit'), 'an older key')

    const { exitCode, err } = await rekey('keys', 'generate', home)

    expect(exitCode).toBe(2)
    expect(err).toContain('Nothing was written')
    expect(contents(home)).toEqual({ audit: 'an older key' })
  })

  it('draws other keys each time', async () => {
    await rekey('keys', 'generate', join(home, 'one'))
    await rekey('keys', 'generate', join(home, 'two'))

    const one = contents(join(home, 'one'))
    for (const [name, text] of Object.entries(contents(join(home, 'two')))) expect(text).not.toBe(one[name])
  })

  it('puts no key where others could replace it', async () => {
    const folder = join(home, 'shared')
    mkdirSync(folder)
    chmodSync(folder, 0o770)

    const { exitCode, err } = await rekey('keys', 'generate', folder)

    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(`chmod 700 ${folder}`) })
    expect(readdirSync(folder)).toEqual([])
  })

  it('prints paths as JSON and never a key', async () => {
    const folder = join(home, 'keys')

    const { out } = await rekey('keys', 'generate', folder, '--json')

    const files = ['token', 'data', 'audit'].map((name) => join(folder, name))
    expect(JSON.parse(out)).toEqual({ ok: true, folder, files })
    expect(files.every((file) => existsSync(file))).toBe(true)
    const again = await rekey('keys', 'generate', folder, '--json')
    expect(JSON.parse(again.out)).toMatchObject({ ok: false, error: { code: 'keys-not-written' } })
  })

  it('is what config check names to whoever has no keys', async () => {
    using config = aConfigFolder()

    expect(config.mistakesWith('secrets/token-key', 'secrets/nowhere').join('\n')).toContain(
      'rekey keys generate',
    )
    expect(config.mistakesWith('keys:\n', 'kyes:\n').join('\n')).toContain(
      '`rekey keys generate` draws all three',
    )
    config.write('secrets/data-key', 'c2hvcnQ=\n')
    expect(config.mistakesWith('kind: ldap', 'kind: ldap').join('\n')).toMatch(
      /too short[^]*rekey keys generate/,
    )
  })
})

describe('rekey keys rings', () => {
  const keysLine = /^keys:\n(?: {2}.*\n)+/m
  const idsOf = (env: Environment) => {
    const { config } = loadConfig(env)
    const { rings } = openKeys(config.keys, home, systemOutside)
    return ringNames.map((name) => [rings[name].keys().map(({ id }) => id), rings[name].active()])
  }

  it('keeps every key and its order, and the configuration it prints is right', async () => {
    using config = aConfigFolder()
    for (const name of ringNames) {
      const { out } = await rekey('keys', 'generate', join(home, `old-${name}`))
      expect(out).toContain('keys:')
    }
    const at = (place: string, name: string) =>
      `{ file: ${JSON.stringify(join(home, `old-${place}`, name))} }`
    const two = ['keys:']
    for (const name of ringNames)
      two.push(
        `  ${name}: { current: ${at('token', name)}, older: [${at('data', name)}, ${at('audit', name)}] }`,
      )
    const before = {
      REKEY_CONFIG: config.write('before.yaml', config.text.replace(keysLine, `${two.join('\n')}\n`)),
    }

    const { exitCode, out } = await rekeyWith(
      { ...config.env, ...before },
      'keys',
      'rings',
      join(home, 'rings'),
    )

    expect(exitCode).toBe(0)
    const after = {
      REKEY_CONFIG: config.write(
        'after.yaml',
        config.text.replace(keysLine, () => `${out}\n`),
      ),
    }
    const ids = idsOf({ ...config.env, ...after })
    expect(ids).toEqual(idsOf({ ...config.env, ...before }))
    expect(ids.map(([all]) => all?.length)).toEqual([3, 3, 3])
    const current = (name: string) => readFileSync(join(home, 'old-token', name), 'utf8').trim()
    const symmetric = ids.filter((_, at) => ringNames[at] !== 'audit').map(([, active]) => active)
    expect(symmetric).toEqual(
      ['token', 'data'].map((name) => keyId(keyBytes(current(name)) ?? new Uint8Array())),
    )
    const audit = readFileSync(join(home, 'rings', 'audit.ring'), 'utf8')
    expect(audit.match(/ [\w+/]{43}=$/gm)).toHaveLength(3)
    for (const name of ringNames) expect(modeOf(join(home, 'rings', `${name}.ring`))).toBe(0o600)
  })

  it('prints the whole section when some keys are in ring files already', async () => {
    using config = aConfigFolder()
    const { out: rings } = await rekey('keys', 'generate', join(home, 'rings'), '--rings')
    const ring = /token: \{ (ringFile: .*) \}/.exec(rings)?.[1] ?? ''
    const mixed = config.text.replace(/^ {2}token: .*$/m, () => `  token: { ${ring}, rotateEveryDays: 90 }`)
    const env = { ...config.env, REKEY_CONFIG: config.write('mixed.yaml', mixed) }

    const { exitCode, out } = await rekeyWith(env, 'keys', 'rings', join(home, 'more'))

    expect(exitCode).toBe(0)
    const after = config.write(
      'after.yaml',
      mixed.replace(keysLine, () => `${out}\n`),
    )
    expect(idsOf({ ...env, REKEY_CONFIG: after })).toEqual(idsOf(env))
    expect(out).toContain(`token: { ${ring}, rotateEveryDays: 90 }`)
    expect(readdirSync(join(home, 'more')).sort()).toEqual(['audit.ring', 'data.ring'])
  })

  it('says so when there is nothing to do, and overwrites nothing', async () => {
    using config = aConfigFolder()
    await rekey('keys', 'generate', join(home, 'keys'), '--rings')
    const { out } = await rekey('keys', 'generate', join(home, 'more'), '--rings')
    const rings = config.write(
      'rings.yaml',
      config.text.replace(keysLine, () => `${out}\n`),
    )

    const already = await rekeyWith(
      { ...config.env, REKEY_CONFIG: rings },
      'keys',
      'rings',
      join(home, 'new'),
    )
    const there = await rekeyWith(
      { ...config.env, REKEY_CONFIG: config.file },
      'keys',
      'rings',
      join(home, 'keys'),
    )
    const demo = await rekey('keys', 'rings', join(home, 'new'))

    expect([already.exitCode, there.exitCode, demo.exitCode].includes(0)).toBe(false)
    expect(already.err).toContain('in ring files already')
    expect(there.err).toContain('Nothing was written')
    expect(demo.err).toContain('the demo keeps its keys')
  })
})
