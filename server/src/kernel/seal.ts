import { createCipheriv, createDecipheriv } from 'node:crypto'
import { keyObjectOf } from './key-object.ts'
import { derive, type Key, type KeyRing } from './keys.ts'
import type { Outside } from './outside.ts'

/**
 * Text that may lie in a database but not be read there: AES-256-GCM under a key that is kept outside it. `about`
 * is authenticated with it, so that a sealed value can't be moved to another row (NIST SP 800-38D).
 */
export interface Sealer {
  /** Name of the key that seals now; it stands before the dot of everything that it seals. */
  readonly keyId: string
  seal(about: string, text: string): string
  /** Throws when the value was changed, belongs elsewhere or its key is gone. */
  open(about: string, sealed: string): string
}

const nonceBytes = 12
const tagBytes = 16

/** Keys are for one purpose each; with random nonces one key is good for 2^32 values. */
export function makeSealer(ring: KeyRing, purpose: string, outside: Pick<Outside, 'randomBytes'>): Sealer {
  const derived = new WeakMap<Key, Uint8Array>()
  const bytesOf = (key: Key): Uint8Array => {
    const bytes = derived.get(key) ?? derive(key.bytes, `rekey/seal/${purpose}`)
    derived.set(key, bytes)
    return bytes
  }
  const keyOf = (id: string): Uint8Array => {
    const key = ring.find(id)
    if (key === undefined) throw new RangeError(`sealed under key ${id}, which is not in the ring`)
    return bytesOf(key)
  }
  return {
    get keyId() {
      return ring.current.id
    },
    seal(about, text) {
      const { current } = ring
      const nonce = outside.randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keyObjectOf(bytesOf(current)), nonce).setAAD(
        Buffer.from(about),
      )
      const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${current.id}.${bytes.toString('base64url')}`
    },
    open(about, sealed) {
      const dot = sealed.indexOf('.')
      const bytes = Buffer.from(sealed.slice(dot + 1), 'base64url')
      const decipher = createDecipheriv(
        'aes-256-gcm',
        keyObjectOf(keyOf(sealed.slice(0, dot))),
        bytes.subarray(0, nonceBytes),
      )
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-tagBytes))
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8')
      return text + decipher.final('utf8')
    },
  }
}
