import { createHash } from 'node:crypto'
import { constantTimeEqual } from '../../../kernel/keys.ts'
import type { PasskeyTrouble } from './ports.ts'

/** What the authenticator signs besides the browser's word: its fixed part (WebAuthn level 3 section 6.1). */
export interface AuthenticatorData {
  present: boolean
  verified: boolean
  synced: boolean
  backedUp: boolean
  counter: number
  partyHash: Uint8Array
}

const fixedBytes = 37
const flag = { present: 0x01, verified: 0x04, synced: 0x08, backedUp: 0x10 }

/** Null when it is too short. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData | null {
  if (bytes.length < fixedBytes) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const flags = view.getUint8(32)
  return {
    partyHash: bytes.subarray(0, 32),
    present: (flags & flag.present) !== 0,
    verified: (flags & flag.verified) !== 0,
    synced: (flags & flag.synced) !== 0,
    backedUp: (flags & flag.backedUp) !== 0,
    counter: view.getUint32(33),
  }
}

/**
 * What is wrong with it, or null (sections 7.1 and 7.2). The holder must have been
 * verified: that is what makes one passkey two kinds of proof.
 */
export function whyNotAuthenticatorData(data: AuthenticatorData, partyId: string): PasskeyTrouble | null {
  const expected = createHash('sha256').update(partyId).digest()
  if (!constantTimeEqual(data.partyHash, expected)) return 'other-relying-party'
  if (!data.present) return 'nobody-present'
  if (!data.verified) return 'holder-not-verified'
  return data.backedUp && !data.synced ? 'malformed' : null
}
