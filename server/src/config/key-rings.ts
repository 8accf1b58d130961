import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../kernel/fault.ts'
import { type Key, type KeyRing, makeKeyRing } from '../kernel/keys.ts'
import type { Outside } from '../kernel/outside.ts'
import { Secret } from '../kernel/secret.ts'
import { keyBytes } from './key-text.ts'
import type { KeysConfig } from './schema.ts'

export interface Keys {
  /** Derives links, codes and digests. */
  token: KeyRing
  /** Encrypts what is personal. */
  data: KeyRing
  /** Signs checkpoints: Ed25519, as PKCS#8 PEM or seed. */
  audit: Secret
}

/** Keys of a checked configuration. */
export const keysFrom = (config: KeysConfig): Keys => ({
  token: ringOf(config.token),
  data: ringOf(config.data),
  audit: config.audit.current,
})

/** The demo's own keys, made at the first start and kept in files of mode 0600 beside its database. */
export function demoKeys(folder: string, outside: Pick<Outside, 'randomBytes'>): Keys {
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
  return keysFrom({
    token: { current: keep('token'), older: [] },
    data: { current: keep('data'), older: [] },
    audit: { current: keep('audit'), older: [] },
  })
}

const ringOf = ({ current, older }: KeysConfig['token']): KeyRing =>
  makeKeyRing(keyOf(current), older.map(keyOf))

/** Named by a digest, so that a key keeps its name wherever it stands in the configuration. */
function keyOf(secret: Secret): Key {
  const bytes = keyBytes(secret.reveal())
  if (bytes === null) throw new Fault('config-invalid', { detail: 'a key is neither base64 nor hex' })
  const digest = createHash('sha256').update('rekey/key-id/v1').update(bytes).digest('hex')
  return { id: digest.slice(0, 8), bytes }
}
