import { type Static, Type } from 'typebox'
import { openSealed, sealTo } from '../../kernel/hpke.ts'
import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import { closed, read } from './shapes.ts'

/** The passwords of one order: the one that is set or proven, and in a change the present one as well. */
export interface Passwords {
  password: Secret
  current: Secret | null
}

/** What the sealed part belongs to. An order's id is used once, so no sealed part fits another. */
export interface SealedContext {
  tenant: string
  directory: string
  agent: string
  order: string
}

const info = 'rekey-agent/1 passwords'
const aad = ({ tenant, directory, agent, order }: SealedContext): string =>
  JSON.stringify([tenant, directory, agent, order])

const Parts = closed({ password: Type.String(), current: Type.Union([Type.String(), Type.Null()]) })

/** Sealed texts have few lengths, so that the length on the wire says little about that of a password. */
const bytesPerStep = 2_560

/** For one agent alone, base64url. `sealingKey` is its public X25519 key, base64url. */
export function sealPasswords(
  { password, current }: Passwords,
  to: SealedContext & { sealingKey: string },
  outside: Pick<Outside, 'randomBytes'>,
): string {
  const parts: Static<typeof Parts> = {
    password: password.reveal(),
    current: current === null ? null : current.reveal(),
  }
  const text = Buffer.from(JSON.stringify(parts), 'utf8')
  // White space after a JSON text means nothing.
  const padded = Buffer.alloc(Math.ceil(text.length / bytesPerStep) * bytesPerStep, ' ')
  text.copy(padded)
  const publicKey = Buffer.from(to.sealingKey, 'base64url')
  const sealed = sealTo(publicKey, padded, { info, aad: aad(to), randomBytes: outside.randomBytes })
  text.fill(0)
  padded.fill(0)
  return Buffer.from(sealed).toString('base64url')
}

/** Whether anything can be sealed to it. One that is no key would keep an order from everybody else whom it is for. */
export function isSealingKey(publicKey: string, { randomBytes }: Pick<Outside, 'randomBytes'>): boolean {
  try {
    sealTo(Buffer.from(publicKey, 'base64url'), new Uint8Array(0), { info, aad: '', randomBytes })
    return true
  } catch {
    return false
  }
}

/** Null when none of the keys (X25519 seeds, base64) opens it, or it belongs to another order. */
export function openPasswords(sealed: string, of: SealedContext, keys: readonly Secret[]): Passwords | null {
  for (const key of keys) {
    const parts = opened(sealed, of, key)
    if (parts !== null) {
      const { password, current } = parts
      return { password: new Secret(password), current: current === null ? null : new Secret(current) }
    }
  }
  return null
}

function opened(sealed: string, of: SealedContext, key: Secret): Static<typeof Parts> | null {
  try {
    const privateKey = Buffer.from(key.reveal(), 'base64')
    const bytes = openSealed(privateKey, Buffer.from(sealed, 'base64url'), { info, aad: aad(of) })
    return read(Parts, Buffer.from(bytes).toString('utf8'))
  } catch {
    // Another key's, or somebody changed it: which of the two is not to be told apart.
    return null
  }
}
