import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  existsSync,
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
import { systemOutside as outside } from '../kernel/outside.ts'
import { aConfigFolder } from './config.testing.ts'
import { openKeys } from './key-rings.ts'
import { addKey, changeRingFile, drawKey, dropKeys, readRingFile, ringLinesOf } from './ring-file.ts'
import { formatRing } from './ring-text.ts'

const start = new Date('2026-05-04T10:00:00.000Z')
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekey-ring-'))
  path = join(folder, 'token.ring')
  writeFileSync(path, formatRing([drawKey('token', start, outside)]), { mode: 0o600 })
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const ids = (ring: 'token' | 'audit' = 'token') => ringLinesOf(ring, path).map(({ id }) => id)

describe('a ring file', () => {
  it('takes the next key, keeps the older ones in order and stays for its owner alone', () => {
    const [first] = ids()

    const added = addKey('token', { path, from: new Date(0), outside })

    expect(ids()).toEqual([first, added?.id])
    // Never before the key that it follows, whatever the clock says.
    expect(added?.from).toEqual(new Date(start.getTime() + 1))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['token.ring'])
  })

  it('is left alone by a rotation whose key is already there', () => {
    const [first] = ids()
    const options = { path, from: start, outside, after: first ?? '' }

    const added = [addKey('token', options), addKey('token', options)]

    expect(added[1]).toBeNull()
    expect(ids()).toEqual([first, added[0]?.id])
  })

  it('is changed by one at a time, and a change that fails leaves it as it was', () => {
    const before = readFileSync(path, 'utf8')
    const outer = () =>
      changeRingFile('token', path, (lines) => {
        addKey('token', { path, from: start, outside })
        return lines
      })
    expect(outer).toThrow('somebody else is changing this ring')
    const fails = () =>
      changeRingFile('token', path, () => {
        throw new Error('no')
      })
    expect(fails).toThrow("can't be written")

    expect(readFileSync(path, 'utf8')).toBe(before)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('keeps the public half of a signing key that is taken out, and nothing of any other', () => {
    const next = addKey('token', { path, from: start, outside })
    dropKeys('token', path, [ids()[0] ?? ''])
    expect(ids()).toEqual([next?.id])

    writeFileSync(path, formatRing([drawKey('audit', start, outside)]))
    const [old] = ids('audit')
    addKey('audit', { path, from: start, outside })
    const secret = ringLinesOf('audit', path)[0]?.text ?? ''
    dropKeys('audit', path, [old ?? ''])

    expect(ids('audit')).toContain(old)
    expect(readFileSync(path, 'utf8')).not.toContain(secret)
    expect(ringLinesOf('audit', path)[0]?.text).toMatch(/^public:/)
  })

  it.each([
    ['is not there', () => rmSync(path), 'does not exist'],
    ['is open to everybody', () => chmodSync(path, 0o644), 'everybody on the machine can read'],
    ['is empty', () => writeFileSync(path, ''), 'holds no key'],
    ['has half a line', () => writeFileSync(path, 'abcdef12 2026-05-04T10:00:00Z\n'), 'line 1'],
    ['has a key under another name', () => rename('00000000'), 'its name does not belong to'],
    ['has no moment', () => change(/ 2026\S+/, ' tomorrow'), 'no moment in UTC'],
    ['has a weak key', () => change(/\S+$/, Buffer.alloc(32).toString('base64')), 'is not random'],
    ['has a key twice', () => writeFileSync(path, line().concat('\n', line())), 'same key twice'],
  ])('that %s is refused, and no key is quoted', (_, spoil, because) => {
    const key = line().split(' ').at(-1) ?? ''
    spoil()

    const read = readRingFile('token', path)

    expect(read.ok).toBe(false)
    if (read.ok) return
    expect(read.problem).toContain(because)
    expect(read.problem).not.toContain(key)
  })

  const line = () => readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? ''
  const change = (from: RegExp, to: string) => writeFileSync(path, line().replace(from, to))
  const rename = (to: string) => change(/^\w+/, to)
})

describe('a ring in the service', () => {
  const config = () => {
    const audit = join(folder, 'audit.ring')
    if (!existsSync(audit))
      writeFileSync(audit, formatRing([drawKey('audit', start, outside)]), { mode: 0o600 })
    const data = join(folder, 'data.ring')
    if (!existsSync(data)) writeFileSync(data, formatRing([drawKey('data', start, outside)]), { mode: 0o600 })
    const older: never[] = []
    return {
      token: { ringFile: path, older },
      data: { ringFile: data, older },
      audit: { ringFile: audit, older },
    }
  }

  it('turns when it is told to and not before, and still finds the old key', () => {
    const { token, rings } = openKeys(config(), folder, outside)
    const first = token.current
    const added = addKey('token', { path, from: start, outside })

    rings.token.reload()
    expect(token.current).toBe(first)
    rings.token.use(added?.id ?? '')

    expect(token.current.id).toBe(added?.id)
    expect([...token.all.keys()]).toEqual([added?.id, first.id])
    expect(token.find(first.id)).toBe(first)
  })

  it('looks for a name that it does not know, and not again within a second', () => {
    let now = start.getTime()
    const { token } = openKeys(config(), folder, { ...outside, now: () => new Date(now) })
    now += 1_000
    expect(token.find('nobody')).toBeUndefined()
    const added = addKey('token', { path, from: start, outside })

    now += 999
    expect(token.find(added?.id ?? '')).toBeUndefined()
    now += 1
    expect(token.find(added?.id ?? '')).toBeDefined()
  })

  it('stays as it is when its file is spoilt', () => {
    const { token, rings } = openKeys(config(), folder, outside)
    const first = token.current
    writeFileSync(path, 'spoilt\n')

    expect(() => rings.token.reload()).toThrow('keys.token.ringFile')
    expect(token.find('nobody')).toBeUndefined()
    expect(token.current).toBe(first)
  })
})

describe('a configuration', () => {
  const token = 'token: { current: { file: secrets/token-key } }'

  it('may name a ring file in place of keys, and is told what is wrong in it', () => {
    using config = aConfigFolder()
    config.write('secrets/token.ring', formatRing([drawKey('token', start, outside)]))
    expect(
      config.mistakesWith(token, 'token: { ringFile: secrets/token.ring, rotateEveryDays: 90 }'),
    ).toEqual([])

    config.write('secrets/token.ring', 'spoilt\n')
    const spoilt = config.mistakesWith(token, 'token: { ringFile: secrets/token.ring }')
    expect(spoilt.join()).toContain('does not have name, moment and key in line 1')
  })

  it.each([
    ['token: {}', 'keys.token.current is missing'],
    ['token: { current: { file: secrets/token-key }, ringFile: secrets/t }', "can't stand beside `ringFile`"],
    ['token: { current: { file: secrets/token-key }, rotateEveryDays: 3 }', 'needs `ringFile`'],
    ['token: { ringFile: secrets/nowhere }', 'does not exist'],
  ])('that says %s is refused', (written, because) => {
    using config = aConfigFolder()

    expect(config.mistakesWith(token, written).join()).toContain(because)
  })

  it('may not have one key in two rings, wherever they are kept', () => {
    using config = aConfigFolder()
    const { privateKey } = generateKeyPairSync('ed25519')
    const seed = privateKey.export({ format: 'jwk' }).d ?? ''
    const line = drawKey('data', start, { randomBytes: () => Buffer.from(seed, 'base64url') })
    config.write('secrets/data.ring', formatRing([line]))
    config.write('secrets/token-key', line.text)

    const found = config.mistakesWith(
      'data: { current: { file: secrets/data-key } }',
      'data: { ringFile: secrets/data.ring }',
    )

    expect(found.join()).toContain('is the same key as another one')
  })
})
