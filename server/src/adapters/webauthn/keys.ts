import { generateKeyPairSync } from 'node:crypto'
import type { Library } from './library.ts'

// Labels of COSE keys and their values (RFC 9052 section 7.1, RFC 9053 sections 7.1 and 7.2, RFC 8230 section 4).
const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 }

/** Whether it is a key that was offered, whole, and on the curve or of the length that its algorithm is used with. */
export function isTakenKey(key: unknown): boolean {
  if (!(key instanceof Map)) return false
  const part = (name: keyof typeof label): unknown => key.get(label[name])
  const has = (name: keyof typeof label, min: number, max: number) => {
    const bytes = part(name)
    return bytes instanceof Uint8Array && bytes.length >= min && bytes.length <= max
  }
  switch (part('alg')) {
    case -7:
      return part('kty') === 2 && part('crv') === 1 && has('x', 32, 32) && has('y', 32, 32)
    case -8:
      return part('kty') === 1 && part('crv') === 6 && has('x', 32, 32)
    case -257:
      return part('kty') === 3 && has('n', 256, 512) && has('e', 3, 4)
    default:
      return false
  }
}

/** A key of nobody's, of the kind that nearly all passkeys have: checking with it is the same work. */
export function nobodysKey({ isoCBOR }: Library): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const key = new Map<number, number | Uint8Array>([
    [label.kty, 2],
    [label.alg, -7],
    [label.crv, 1],
    [label.x, Buffer.from(x, 'base64url')],
    [label.y, Buffer.from(y, 'base64url')],
  ])
  return Buffer.from(isoCBOR.encode(key)).toString('base64url')
}
