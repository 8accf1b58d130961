import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SigningKeys } from '../core/audit/index.ts'
import type { RingName, TurningRing } from '../core/keys/index.ts'
import { Fault } from '../kernel/fault.ts'
import type { KeyRing } from '../kernel/keys.ts'
import type { Outside } from '../kernel/outside.ts'
import { Secret } from '../kernel/secret.ts'
import { keyBytes } from './key-text.ts'
import { ringLinesOf } from './ring-file.ts'
import {
  keyId,
  type RingLine,
  type RingSigningKey,
  ringLineOf,
  type SymmetricKey,
  signingKeyFrom,
} from './ring-text.ts'
import type { KeyRingConfig, KeysConfig } from './schema.ts'
import { type LoadedRing, makeLoadedRing } from './turning-ring.ts'

export interface Keys {
  /** Derives links, codes and digests. */
  token: KeyRing
  /** Encrypts what is personal. */
  data: KeyRing
  /** Signs checkpoints. */
  audit: SigningKeys
  /** The same three rings, as those see them who turn them. */
  rings: Readonly<Record<RingName, TurningRing>>
}

/** Keys of a checked configuration; null stands for the demo, which keeps its own in a folder. */
export function openKeys(
  config: KeysConfig | null,
  folder: string,
  outside: Pick<Outside, 'randomBytes' | 'now'>,
): Keys {
  const from = config ?? demoKeys(folder, outside)
  const token = symmetricRing('token', from.token, outside)
  const data = symmetricRing('data', from.data, outside)
  const audit = makeLoadedRing(() => signingKeysOf(from.audit), {
    outside,
    canWrite: ({ privateKey }: RingSigningKey) => privateKey !== null,
  })
  return {
    token: asKeyRing(token),
    data: asKeyRing(data),
    audit: { all: audit.entries, current: audit.current },
    rings: { token, data, audit },
  }
}

/** The demo's own keys, made at the first start and kept in files of mode 0600 beside its database. */
function demoKeys(folder: string, outside: Pick<Outside, 'randomBytes'>): KeysConfig {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const keep = (name: string): Secret => {
    const path = join(folder, name)
    // `wx`: two first starts at once must not end with keys that only one of them knows.
    if (!existsSync(path)) {
      writeFileSync(path, `${Buffer.from(outside.randomBytes(32)).toString('base64')}\n`, {
        mode: 0o600,
        flag: 'wx',
      })
    }
    return new Secret(readFileSync(path, 'utf8').trim())
  }
  return {
    token: { current: keep('token'), older: [] },
    data: { current: keep('data'), older: [] },
    audit: { current: keep('audit'), older: [] },
  }
}

const symmetricRing = (
  name: 'token' | 'data',
  config: KeyRingConfig,
  outside: Pick<Outside, 'now'>,
): LoadedRing<SymmetricKey> =>
  makeLoadedRing(
    () =>
      textsOf(name, config).map(({ text, from }): SymmetricKey => {
        const bytes = keyBytes(text)
        if (bytes === null) throw new Fault('config-invalid', { detail: 'a key is neither base64 nor hex' })
        return { id: keyId(bytes), from, bytes }
      }),
    { outside, canWrite: () => true },
  )

const signingKeysOf = (config: KeyRingConfig): readonly RingSigningKey[] =>
  textsOf('audit', config).map(({ text, from }) => signingKeyFrom(text, from))

/** Nobody knows since when keys of the configuration are used: their order tells which is the newest. */
const sinceEver = new Date(0)

/** Oldest first. */
function textsOf(name: RingName, config: KeyRingConfig): readonly { text: string; from: Date }[] {
  const { ringFile, current, older } = config
  if (ringFile !== undefined) return ringLinesOf(name, ringFile)
  if (current === undefined) throw new Fault('config-invalid', { detail: `keys.${name}.current is missing` })
  return [...older.toReversed(), current].map((secret) => ({ text: secret.reveal(), from: sinceEver }))
}

/** Keys that are configured one by one, as the lines of a ring: the order says which is the newest. */
export const ringLinesFrom = (name: RingName, config: KeyRingConfig): readonly RingLine[] =>
  textsOf(name, config).map(({ text, from }, at) => ringLineOf(name, text, new Date(from.getTime() + at)))

const asKeyRing = (ring: LoadedRing<SymmetricKey>): KeyRing => ({
  get current() {
    return ring.current()
  },
  get all() {
    const { id } = ring.current()
    const newestFirst = ring.entries().toReversed()
    const ordered = [
      ...newestFirst.filter((key) => key.id === id),
      ...newestFirst.filter((key) => key.id !== id),
    ]
    return new Map(ordered.map((key) => [key.id, key]))
  },
  find: ring.find,
})
