import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { AssertionAnswer, CreationAnswer } from '../../src/core/proofs/passkey/answers.ts'

/** What one ceremony of a passkey is about, and everything that an authenticator or a browser could get wrong in it. */
export interface Ceremony {
  challenge: string
  origin: string
  rpId: string
  type?: string
  crossOrigin?: unknown
  topOrigin?: string
  present?: boolean
  verified?: boolean
  counter?: number
  synced?: boolean
  backedUp?: boolean
  /** Of what is made, in place of an attestation of nothing. */
  attestation?: Cbor
  /** Behind what the authenticator says. */
  trailing?: Uint8Array
}

/** One key in an authenticator made of a few lines, independent of the code that verifies (WebAuthn level 3 section 6). */
export interface Passkey {
  id: string
  userHandle: string
  create(ceremony: Ceremony): CreationAnswer
  use(ceremony: Ceremony): AssertionAnswer
}

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256' | 'ES384' | 'RS256 of 1024 bit'

export function aPasskey(
  of: { userHandle?: string; algorithm?: PasskeyAlgorithm; aaguid?: string; idBytes?: number } = {},
): Passkey {
  const id = randomBytes(of.idBytes ?? 16)
  const userHandle = of.userHandle ?? base64url(randomBytes(32))
  const { privateKey, cose, hash } = keyOf(of.algorithm ?? 'ES256')
  const aaguid = Buffer.from((of.aaguid ?? '0'.repeat(32)).replaceAll('-', ''), 'hex')
  return {
    id: base64url(id),
    userHandle,
    create(ceremony) {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(id.length)
      const attested = Buffer.concat([aaguid, length, id, cbor(cose)])
      const authData = authenticatorData(ceremony, attested)
      const statement = ceremony.attestation ?? new Map()
      const fmt = ceremony.attestation === undefined ? 'none' : 'packed'
      const object = cbor(
        new Map<Cbor, Cbor>([
          ['fmt', fmt],
          ['attStmt', statement],
          ['authData', authData],
        ]),
      )
      return {
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        response: {
          clientDataJSON: base64url(clientData('webauthn.create', ceremony)),
          attestationObject: base64url(object),
          transports: ['internal', 'hybrid'],
        },
      }
    },
    use(ceremony) {
      const data = authenticatorData(ceremony, null)
      const said = clientData('webauthn.get', ceremony)
      const signature = sign(hash, Buffer.concat([data, sha256(said)]), privateKey)
      return {
        id: base64url(id),
        rawId: base64url(id),
        type: 'public-key',
        response: {
          clientDataJSON: base64url(said),
          authenticatorData: base64url(data),
          signature: base64url(signature),
          userHandle,
        },
      }
    },
  }
}

const clientData = (
  type: string,
  { challenge, origin, crossOrigin, topOrigin, ...other }: Ceremony,
): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: other.type ?? type,
      challenge,
      origin,
      crossOrigin: crossOrigin ?? false,
      topOrigin,
    }),
  )

function authenticatorData(ceremony: Ceremony, attested: Uint8Array | null): Buffer {
  const { present = true, verified = true, synced = false, backedUp = false, counter = 0 } = ceremony
  const fixed = Buffer.alloc(5)
  const bits = [present, false, verified, synced, backedUp, false, attested !== null]
  fixed.writeUInt8(bits.reduce((flags, bit, at) => (bit ? flags | (1 << at) : flags), 0))
  fixed.writeUInt32BE(counter, 1)
  const parts = [sha256(Buffer.from(ceremony.rpId)), fixed, attested ?? Buffer.alloc(0)]
  return Buffer.concat([...parts, ceremony.trailing ?? Buffer.alloc(0)])
}

function keyOf(algorithm: PasskeyAlgorithm): {
  privateKey: KeyObject
  cose: Map<Cbor, Cbor>
  hash: string | null
} {
  const of = (key: KeyObject, name: string) =>
    Buffer.from(String(key.export({ format: 'jwk' })[name]), 'base64url')
  switch (algorithm) {
    case 'ES256':
    case 'ES384': {
      const [namedCurve, alg, crv] =
        algorithm === 'ES256' ? (['P-256', -7, 1] as const) : (['P-384', -35, 2] as const)
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
      const cose = new Map<Cbor, Cbor>([
        [1, 2],
        [3, alg],
        [-1, crv],
      ])
      cose.set(-2, of(publicKey, 'x')).set(-3, of(publicKey, 'y'))
      return { privateKey, cose, hash: algorithm === 'ES256' ? 'sha256' : 'sha384' }
    }
    case 'EdDSA': {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519')
      const cose = new Map<Cbor, Cbor>([
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, of(publicKey, 'x')],
      ])
      return { privateKey, cose, hash: null }
    }
    default: {
      const modulusLength = algorithm === 'RS256' ? 2_048 : 1_024
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
      const cose = new Map<Cbor, Cbor>([
        [1, 3],
        [3, -257],
        [-1, of(publicKey, 'n')],
        [-2, of(publicKey, 'e')],
      ])
      return { privateKey, cose, hash: 'sha256' }
    }
  }
}

export type Cbor = number | string | Uint8Array | readonly Cbor[] | Map<Cbor, Cbor>

/** As much of RFC 8949 as authenticators write. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (value instanceof Map) {
    return Buffer.concat([
      head(5, value.size),
      ...[...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)]),
    ])
  }
  return Buffer.concat([head(4, value.length), ...value.map(cbor)])
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count])
  if (count < 0x100) return Buffer.from([(major << 5) | 24, count])
  return Buffer.from([(major << 5) | 25, count >> 8, count & 0xff])
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
