import { createCipheriv, createDecipheriv } from 'node:crypto'
import { keyObjectOf } from './key-object.ts'
import { derive, type KeyRing } from './keys.ts'
import type { Outside } from './outside.ts'

/**
 * Text that may lie in a database but not be read there: AES-256-GCM under a key that is kept outside it. `about`
 * is authenticated with it, so that a sealed value can't be moved to another row (NIST SP 800-38D).
 */
export interface Sealer {
  seal(about: string, text: string): string
  /** Throws when the value was changed, belongs elsewhere or its key is gone. */
  open(about: string, sealed: string): string
}

const nonceBytes = 12
const tagBytes = 16

/** Keys are for one purpose each; with random nonces one key is good for 2^32 values. */
export function makeSealer(ring: KeyRing, purpose: string, outside: Pick<Outside, 'randomBytes'>): Sealer {
  const keys = new Map(
    [...ring.all.values()].map((key) => [key.id, derive(key.bytes, `rekey/seal/${purpose}`)]),
  )
  const keyOf = (id: string): Uint8Array => {
    const key = keys.get(id)
    if (key === undefined) throw new RangeError(`sealed under key ${id}, which is not in the ring`)
    return key
  }
  return {
    seal(about, text) {
      const nonce = outside.randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', keyObjectOf(keyOf(ring.current.id)), nonce).setAAD(
        Buffer.from(about),
      )
      const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${ring.current.id}.${bytes.toString('base64url')}`
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
