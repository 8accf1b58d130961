import {
  type AssertionAnswer,
  type CreationAnswer,
  readAssertionAnswer,
  readCreationAnswer,
} from '../../core/proofs/passkey/answers.ts'
import {
  readAuthenticatorData,
  whyNotAuthenticatorData,
} from '../../core/proofs/passkey/authenticator-data.ts'
import { whyNotClientData } from '../../core/proofs/passkey/client-data.ts'
import { afterUse } from '../../core/proofs/passkey/index.ts'
import type {
  CreationExpected,
  PasskeyRefused,
  Passkeys,
  PasskeyTrouble,
} from '../../core/proofs/passkey/ports.ts'
import { isTakenKey, nobodysKey } from './keys.ts'
import { type Library, loadLibrary } from './library.ts'

/** Passkeys as @simplewebauthn/server reads and verifies them. Each reason is found before it verifies, as it gives none. */
export function makePasskeys(): Passkeys {
  let nobodys: string | null = null
  return {
    async created(given, expected) {
      const answer = readCreationAnswer(given)
      if (answer === null) return refuse('malformed')
      const { clientDataJSON, transports = [] } = answer.response
      const trouble = whyNotClientData(bytesOf(clientDataJSON), saidAt('webauthn.create', expected))
      if (trouble !== null) return refuse(trouble)
      const library = await loadLibrary()
      const made = orNull(() => readCreation(library, answer))
      if (made?.credential !== answer.id) return refuse('malformed')
      const { data, publicKey, ...described } = made
      const untrue = whyNotAuthenticatorData(data, expected.party.id)
      if (untrue !== null) return refuse(untrue)
      if (!isTakenKey(library.isoCBOR.decodeFirst(publicKey))) return refuse('algorithm-unknown')
      const { counter, synced, backedUp } = data
      return {
        ok: true,
        kept: { ...described, publicKey: textOf(publicKey), transports, counter, synced, backedUp },
      }
    },

    async used(given, expected) {
      const answer = readAssertionAnswer(given)
      if (answer === null) return refuse('malformed')
      const { clientDataJSON, authenticatorData, userHandle } = answer.response
      const trouble = whyNotClientData(bytesOf(clientDataJSON), saidAt('webauthn.get', expected))
      if (trouble !== null) return refuse(trouble)
      const data = readAuthenticatorData(bytesOf(authenticatorData))
      if (data === null) return refuse('malformed')
      const untrue = whyNotAuthenticatorData(data, expected.party.id)
      if (untrue !== null) return refuse(untrue)
      // From here on it depends on the account: the signature is checked whether or not it has such a passkey.
      const library = await loadLibrary()
      nobodys ??= nobodysKey(library)
      const kept = expected.known.find(({ credential }) => credential === answer.id)
      const signed = await verifyUse(library, answer, { ...expected, publicKey: kept?.publicKey ?? nobodys })
      if (signed === null) return refuse('malformed')
      if (kept === undefined) return refuse('unknown-passkey')
      if (!signed) return refuse('wrong-signature')
      if (userHandle !== expected.userHandle) return refuse('other-account')
      const { counter, synced, backedUp } = data
      const use = { credential: kept.credential, counter, synced, backedUp }
      const after = afterUse(kept, use)
      return after.ok ? { ok: true, use } : after
    },
  }
}

const refuse = (because: PasskeyTrouble): PasskeyRefused => ({ ok: false, because })

const saidAt = <CeremonyType>(type: CeremonyType, { challenges, party }: CreationExpected) => ({
  type,
  challenges,
  origin: party.origin,
})

/**
 * What a new passkey is; null or a throw when it is none. What its maker says of it was not asked for and would not be believed: no
 * certificate that a browser brings is read, and nothing that one names is fetched.
 */
function readCreation(library: Library, { response }: CreationAnswer) {
  const object: unknown = library.isoCBOR.decodeFirst(bytesOf(response.attestationObject))
  const authData: unknown = object instanceof Map ? object.get('authData') : null
  if (!(authData instanceof Uint8Array)) return null
  const data = readAuthenticatorData(authData)
  const parsed = library.parseAuthenticatorData(Uint8Array.from(authData))
  const { credentialID, credentialPublicKey: publicKey, aaguid } = parsed
  if (data === null || credentialID === undefined || publicKey === undefined || aaguid === undefined)
    return null
  const authenticator = library.convertAAGUIDToString(aaguid)
  return { data, credential: textOf(credentialID), publicKey, authenticator }
}

/** Whether it was signed with the key; null when it can't be read. The count is compared by `afterUse`, so none is given here. */
async function verifyUse(
  library: Library,
  answer: AssertionAnswer,
  expected: CreationExpected & { publicKey: string },
): Promise<boolean | null> {
  try {
    const { verified } = await library.verifyAuthenticationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: (challenge) => expected.challenges.includes(challenge),
      expectedOrigin: expected.party.origin,
      expectedRPID: expected.party.id,
      credential: { id: answer.id, publicKey: bytesOf(expected.publicKey), counter: 0 },
    })
    return verified
  } catch {
    return null
  }
}

/** Decoders throw at whatever they can't read. */
function orNull<Result>(read: () => Result): Result | null {
  try {
    return read()
  } catch {
    return null
  }
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'))
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
