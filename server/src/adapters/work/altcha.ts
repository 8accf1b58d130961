import { type Challenge, createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { type Purpose, purposes, type Work, type WorkName } from '../../core/gate/ports.ts'
import { derive, type KeyRing } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'

/**
 * PBKDF2, because browsers have it built in: the people's machines are then hardly slower at it than those of somebody
 * who writes a solver for the purpose.
 */
const algorithm = 'PBKDF2/SHA-256'
const roundsPerTry = 1_000
/** No solved task is as long as that. */
const solvedLengthMax = 4_096

/**
 * Proof of work by the kept library of ALTCHA, version 2 of its format. A task is solved by counting up from nothing to a
 * number that was drawn between half of `tries` and one and a half times that, so that nobody is unlucky for long. A task
 * says itself whose it is, for what, how hard and until when, under a key of ours; checking it costs two HMACs.
 *
 * Its end stands among what is signed and not in the library's own field, which it compares with the process's clock and
 * not with the one that all nodes share.
 *
 * @param tries of the base difficulty, of a thousand rounds each.
 */
export function makeAltchaWork(deps: Pick<Outside, 'randomBytes'> & { keys: KeyRing; tries: number }): Work {
  const secretsOf = (bytes: Uint8Array) => ({
    hmacSignatureSecret: hex(derive(bytes, 'rekey/work/v1')),
    hmacKeySignatureSecret: hex(derive(bytes, 'rekey/work-key/v1')),
  })
  return {
    async issue({ tenant, purpose, factor, expiresAt }) {
      const { id, bytes } = deps.keys.current
      const tries = deps.tries * factor
      const drawn = Buffer.from(deps.randomBytes(4)).readUInt32BE() / 2 ** 32
      const data = {
        tenant,
        purpose,
        factor,
        expiresAt: expiresAt.getTime(),
        key: id,
        triesMax: Math.ceil(tries * 1.5),
      }
      return createChallenge({
        algorithm,
        cost: roundsPerTry,
        counter: Math.floor(tries * (0.5 + drawn)),
        deriveKey,
        data,
        ...secretsOf(bytes),
      })
    },
    async read(solved) {
      const told = payloadOf(solved)
      if (told === null) return null
      const of = nameOf(told.challenge)
      const key = of === null ? undefined : deps.keys.find(of.key)
      if (of === null || key === undefined) return null
      const { verified } = await verifySolution({ ...told, deriveKey, ...secretsOf(key.bytes) })
      const { key: _, ...name } = of
      return verified ? { ...name, nonce: told.challenge.parameters.nonce } : null
    },
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

interface Payload {
  challenge: Challenge
  solution: { counter: number; derivedKey: string }
}

type Named = WorkName & { key: string }

/** What was sent, if it is of the right shape; whether it is ours is told by the signature alone. */
function payloadOf(solved: string): Payload | null {
  if (solved.length > solvedLengthMax) return null
  try {
    const { challenge, solution } = JSON.parse(
      Buffer.from(solved, 'base64').toString('utf8'),
    ) as Partial<Payload>
    const { parameters, signature } = challenge ?? {}
    const isShaped =
      parameters?.algorithm === algorithm &&
      parameters.cost === roundsPerTry &&
      typeof parameters.nonce === 'string' &&
      typeof parameters.keySignature === 'string' &&
      typeof signature === 'string' &&
      typeof solution?.derivedKey === 'string'
    return challenge !== undefined && solution !== undefined && isShaped ? { challenge, solution } : null
  } catch {
    return null
  }
}

function nameOf({ parameters: { data = {} } }: Challenge): Named | null {
  const { tenant, factor, expiresAt, key } = data
  const purpose: Purpose | undefined = purposes.find((one) => one === data['purpose'])
  if (typeof tenant !== 'string' || typeof key !== 'string' || purpose === undefined) return null
  if (typeof factor !== 'number' || typeof expiresAt !== 'number') return null
  return { tenant, purpose, factor, key, expiresAt: new Date(expiresAt) }
}
