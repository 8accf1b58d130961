import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readSigningKey } from '../core/audit/index.ts'
import { type RingName, ringNames } from '../core/keys/index.ts'
import { isFault } from '../kernel/fault.ts'
import { Secret } from '../kernel/secret.ts'
import { keyBytes, weakness } from './key-text.ts'
import type { Finding, Path } from './mistakes.ts'
import { readRingFile } from './ring-file.ts'
import { canWrite } from './ring-text.ts'
import type { KeyRingConfig, KeysConfig } from './schema.ts'

const drawKey = 'Draw one with `rekey keys generate`, or with `openssl rand -base64 32`.'
const drawKeys = '`rekey keys generate` draws all three and prints what to write here.'
const drawSigningKey = 'Draw one with `rekey keys generate`, or with `openssl genpkey -algorithm ed25519`.'

/** Says how to get a key to whoever has none, be it the whole section, one of its parts or the file. */
export function withKeyHint(finding: Finding): Finding {
  const [section, purpose] = finding.path
  if (section !== 'keys' || finding.key === true) return finding
  if (purpose === undefined) return { ...finding, hint: [finding.hint, drawKeys].filter(Boolean).join(' ') }
  if (finding.hint !== undefined && finding.problem !== 'is missing') return finding
  if (!ringNames.some((name) => name === purpose)) return finding
  return { ...finding, hint: purpose === 'audit' ? drawSigningKey : drawKey }
}

interface Placed {
  path: Path
  secret: Secret
}

/** What is wrong with the keys once they are read: too short, not random, not a key, or used twice. */
export function findKeyMistakes(keys: KeysConfig): Finding[] {
  const symmetric = [...ring('token', keys.token), ...ring('data', keys.data)]
  const signing = ring('audit', keys.audit)
  const files = ringNames.map((name) => ringFile(name, keys[name]))
  return [
    ...files.flatMap(({ findings }) => findings),
    ...symmetric.flatMap((placed) => symmetricKeyMistake(placed)),
    ...signing.flatMap((placed) => signingKeyMistake(placed)),
    ...reused([...symmetric, ...signing, ...files.flatMap(({ placed }) => placed)]),
  ]
}

// A reference that could not be read is no Secret; it has been reported already.
const ring = (name: string, { current, older }: KeyRingConfig): Placed[] =>
  [
    ...(current === undefined ? [] : [{ path: ['keys', name, 'current'], secret: current }]),
    ...older.map((secret, index) => ({ path: ['keys', name, 'older', index], secret })),
  ].filter(({ secret }) => secret instanceof Secret)

/** Keys stand in the configuration or in a ring file, not in both. Asked before anything is read. */
export const findPlaceMistakes = (keys: KeysConfig | null): Finding[] =>
  keys === null ? [] : ringNames.flatMap((name) => placeMistakes(name, keys[name]))

function placeMistakes(name: RingName, ring: KeyRingConfig): Finding[] {
  const { current, older, ringFile, rotateEveryDays } = ring
  const at = (key: keyof KeyRingConfig) => ['keys', name, key]
  if (current === undefined && ringFile === undefined) return [{ path: at('current'), problem: 'is missing' }]
  if (ringFile === undefined) {
    if (rotateEveryDays === undefined) return []
    const hint = 'The service adds keys to a ring file; to the configuration it never does.'
    return [{ path: at('rotateEveryDays'), problem: 'needs `ringFile`', hint }]
  }
  const hint = 'A ring file holds all keys of the ring, the current one and those before it.'
  return [
    ...(current === undefined
      ? []
      : [{ path: at('current'), problem: "can't stand beside `ringFile`", hint }]),
    ...(older.length === 0 ? [] : [{ path: at('older'), problem: "can't stand beside `ringFile`", hint }]),
  ]
}

/** A path that is no file has been reported already. */
function ringFile(
  name: RingName,
  { ringFile: path }: KeyRingConfig,
): { placed: Placed[]; findings: Finding[] } {
  if (path === undefined || !existsSync(path)) return { placed: [], findings: [] }
  const at = ['keys', name, 'ringFile']
  const read = readRingFile(name, path)
  if (read.ok) {
    const placed = read.lines.filter(canWrite).map(({ text }) => ({ path: at, secret: new Secret(text) }))
    return { placed, findings: [] }
  }
  const { problem, hint } = read
  return { placed: [], findings: [{ path: at, problem, ...(hint !== undefined && { hint }) }] }
}

function symmetricKeyMistake({ path, secret }: Placed): Finding[] {
  const bytes = keyBytes(secret.reveal())
  if (bytes === null) return [{ path, problem: 'is neither base64 nor hex', hint: drawKey }]
  const why = weakness(bytes)
  return why === null ? [] : [{ path, problem: why, hint: drawKey }]
}

function signingKeyMistake({ path, secret }: Placed): Finding[] {
  if (!isSigningKey(secret)) {
    return [
      {
        path,
        problem: 'is neither an Ed25519 key as PKCS#8 PEM nor a 32-byte seed',
        hint: drawSigningKey,
      },
    ]
  }
  const seed = keyBytes(secret.reveal())
  const why = seed === null ? null : weakness(seed)
  return why === null ? [] : [{ path, problem: why, hint: drawSigningKey }]
}

function isSigningKey(secret: Secret): boolean {
  try {
    readSigningKey(secret)
    return true
  } catch (error) {
    if (isFault(error, 'config-invalid')) return false
    throw error
  }
}

/** One key for two purposes lets what was made for the one be presented to the other. */
function reused(all: readonly Placed[]): Finding[] {
  const seen = new Set<string>()
  return all.flatMap(({ path, secret }) => {
    const text = secret.reveal()
    const digest = createHash('sha256')
      .update(keyBytes(text) ?? text)
      .digest('hex')
    const again = seen.has(digest)
    seen.add(digest)
    return again
      ? [{ path, problem: 'is the same key as another one', hint: 'Each purpose needs its own key.' }]
      : []
  })
}
