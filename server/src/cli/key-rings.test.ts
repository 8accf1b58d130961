import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aConfigFolder, type TestFolder } from '../config/config.testing.ts'
import { drawKey, ringLinesOf } from '../config/ring-file.ts'
import { formatRing } from '../config/ring-text.ts'
import type { KeyState, Need } from '../core/keys/index.ts'
import { systemOutside as outside } from '../kernel/outside.ts'
import { runCli } from './index.ts'
import type { Service } from './service.ts'

const start = new Date('2026-05-04T10:00:00.000Z')
let folder: TestFolder
let path: string
beforeEach(() => {
  folder = aConfigFolder()
  path = folder.write('secrets/token.ring', formatRing([drawKey('token', start, outside)]))
  const text = folder.text.replace(
    'token: { current: { file: secrets/token-key } }',
    'token: { ringFile: secrets/token.ring }',
  )
  folder.write('rekey.yaml', text, 0o644)
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const keys = () => ringLinesOf('token', path)
const first = () => keys()[0]?.id ?? ''

async function rekey(line: string, states: readonly Partial<KeyState>[] = []) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const openKeys = async () => ({
    states: async () => states as readonly KeyState[],
    nodes: async () => [{ node: 'web-2', ring: 'token' as const, ids: ['elsewhere'] }],
    reseal: async (progress: (rows: number) => void) => {
      progress(25_000)
      return { key: 'abcd0123', resealed: 7, unreadable: states.length }
    },
    [Symbol.asyncDispose]: async () => undefined,
  })
  const service = async () => ({ openKeys }) as unknown as Service
  const env = { ...folder.env, REKEY_CONFIG: folder.file }
  const exitCode = await runCli(line.split(' '), { env, terminal, service })
  return { exitCode, out: out.join('\n'), err: err.join('\n') }
}

const aState = (id: string, need: Need | null): Partial<KeyState> => ({
  ring: 'token',
  id,
  from: start,
  need,
  activeAt: start,
  retiredAt: need === 'active' ? null : start,
  use: 3,
})

describe('rekey keys rotate', () => {
  it('adds a key that is written with after five minutes, or when it is told to, and shows none', async () => {
    const before = outside.now().getTime()

    const { exitCode, out } = await rekey('keys rotate token')

    expect(exitCode).toBe(0)
    const [, added] = keys()
    expect(added?.from.getTime()).toBeGreaterThanOrEqual(before + 5 * 60_000)
    expect(out).toContain(added?.id)
    expect(out).not.toContain(added?.text)

    const soon = await rekey('keys rotate token --in 2h --json')
    expect(JSON.parse(soon.out)).toMatchObject({ ok: true, added: [{ ring: 'token', key: keys()[2]?.id }] })
  })

  it.each([
    ['data', 'keys.data names its keys one by one'],
    ['all', 'keys.data names its keys one by one'],
    ['tokens', 'there is no ring "tokens"'],
    ['token --in soon', '"soon" is no time'],
  ])('%s is refused before anything is written', async (words, because) => {
    const before = readFileSync(path, 'utf8')

    const { exitCode, err } = await rekey(`keys rotate ${words}`)

    expect(exitCode).toBe(1)
    expect(err).toContain(because)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })
})

describe('rekey keys', () => {
  it('list says what each key is doing and which node lacks it', async () => {
    const { out } = await rekey('keys list', [aState('elsewhere', 'used'), aState('here', 'active')])

    expect(out.split('\n')).toEqual([
      'token  elsewhere  was written with until 2026-05-04T10:00:00.000Z; 3 things still need it',
      'token  here  is written with since 2026-05-04T10:00:00.000Z; not known to web-2',
    ])
  })

  it('prune takes out what nothing needs, and nothing else', async () => {
    await rekey('keys rotate token')
    const [old, next] = keys().map(({ id }) => id)

    await rekey('keys prune', [aState(old ?? '', 'young'), aState(next ?? '', 'active')])
    expect(keys()).toHaveLength(2)
    await rekey('keys prune', [aState(old ?? '', null), aState(next ?? '', 'active')])
    expect(keys().map(({ id }) => id)).toEqual([next])
  })

  it('forget takes out what is needed only by force, and what is written with never', async () => {
    await rekey('keys rotate token')
    const [old = '', next = ''] = keys().map(({ id }) => id)
    const states = [aState(old, 'used'), aState(next, 'active')]

    expect(await rekey(`keys forget token ${old}`, states)).toMatchObject({ exitCode: 1 })
    expect(await rekey(`keys forget token ${next} --force`, states)).toMatchObject({ exitCode: 1 })
    expect(first()).toBe(old)
    expect(await rekey(`keys forget token ${old} --force`, states)).toMatchObject({ exitCode: 0 })
    expect(first()).toBe(next)
  })

  it('reseal shows how far it is, and fails when rows are left that no key opens', async () => {
    const done = await rekey('keys reseal')
    expect(done).toMatchObject({ exitCode: 0, err: '25,000 rows looked at' })
    expect(done.out).toBe('7 of 25,000 rows were sealed anew under abcd0123.')

    expect(await rekey('keys reseal', [{}])).toMatchObject({ exitCode: 1 })
  })
})
