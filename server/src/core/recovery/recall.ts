import { constantTimeEqual } from '../../kernel/keys.ts'
import type { Secret } from '../../kernel/secret.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import type { PasswordDigest, RememberedPassword } from '../passwords/index.ts'
import { withinHistory } from '../passwords/index.ts'
import type { RecoveryDeps } from './deps.ts'

type RecallDeps = Pick<RecoveryDeps, 'store' | 'digests' | 'randomBytes'>

export interface RecallCall {
  tenant: string
  subject: string
  /** Both normalised; null when nobody has proven what is in force. */
  next: Secret
  current: Secret | null
  /** How many passwords are remembered here; 0: none are. */
  keep: number
  signal: AbortSignal
}

/** What is to be remembered when the write begins. */
export interface ToRemember {
  next: PasswordDigest
  current: (PasswordDigest & { replaces: readonly number[] }) | null
  /** Remembered passwords that nothing can be said of, because their key is gone. */
  unsaid: number
}

export type Recalled =
  | { is: 'new'; remember: ToRemember | null }
  /** The new password is one of those. */
  | { is: 'remembered' }
  /** Too many others are being compared. */
  | { is: 'too-busy' }

const saltBytes = 16

/**
 * Compares a new password with those that are remembered of the account, and makes what is to be remembered of it.
 * Everything of an account under one key has one salt: however many are remembered, there is one slow digest to be made
 * of the new password, and one of the current.
 *
 * What is read here is as new as what the transaction that begins the write finds: a password that was written since has
 * ended this flow, unless its write began before the flow did, and then it is among these.
 *
 * A remembered password whose key is gone can't be compared: it is counted and keeps nobody from a new password, because
 * no try of theirs would ever change that.
 */
export async function recall(deps: RecallDeps, call: RecallCall): Promise<Recalled> {
  const { tenant, subject, keep, current } = call
  if (keep === 0) return { is: 'new', remember: null }
  if (current?.reveal() === call.next.reveal()) return { is: 'remembered' }
  const remembered = withinHistory(await deps.store.readRemembered(tenant, subject), keep)
  try {
    const next = makeCompare(deps, call, call.next)
    const known = await next.with(remembered)
    if (known.same.length > 0) return { is: 'remembered' }
    const { keyId } = deps.digests
    const salt =
      remembered.find((one) => one.keyId === keyId)?.salt ??
      Buffer.from(deps.randomBytes(saltBytes)).toString('base64url')
    const by = { keyId, salt }
    const remember = {
      next: await next.digest(by),
      current:
        current === null ? null : await recallCurrent(makeCompare(deps, call, current), remembered, by),
      unsaid: known.unsaid,
    }
    return { is: 'new', remember }
  } catch (error) {
    if (error instanceof NoTurnCame) return { is: 'too-busy' }
    throw error
  }
}

/** Null when the password in force is the newest of those that are remembered already. */
async function recallCurrent(
  compare: Compare,
  remembered: readonly RememberedPassword[],
  by: Made,
): Promise<ToRemember['current']> {
  const { same } = await compare.with(remembered)
  const newest = remembered.find(({ write }) => write === null)
  if (newest !== undefined && same.includes(newest)) return null
  return { ...(await compare.digest(by)), replaces: same.map(({ number }) => number) }
}

/** What a digest was, or is to be, made with. */
type Made = Pick<PasswordDigest, 'keyId' | 'salt'>
type Compare = ReturnType<typeof makeCompare>

/** One password against the remembered ones of an account; what was computed is not computed again. */
function makeCompare({ digests }: RecallDeps, { tenant, subject, signal }: RecallCall, password: Secret) {
  const known = new Map<string, string | null>()
  const digestBy = async ({ keyId, salt }: Made): Promise<string | null> => {
    const name = `${keyId}.${salt}`
    const digest = known.get(name) ?? (await digests.of(password, { tenant, subject, keyId, salt }, signal))
    known.set(name, digest)
    return digest
  }
  return {
    async digest({ keyId, salt }: Made): Promise<PasswordDigest> {
      const digest = await digestBy({ keyId, salt })
      if (digest === null) throw new RangeError('the key that is written with is in its ring')
      return { keyId, salt, digest }
    },
    async with(remembered: readonly RememberedPassword[]) {
      const same: RememberedPassword[] = []
      let unsaid = 0
      for (const one of remembered) {
        const digest = await digestBy(one)
        if (digest === null) unsaid += 1
        else if (constantTimeEqual(Buffer.from(digest), Buffer.from(one.digest))) same.push(one)
      }
      return { same, unsaid }
    },
  }
}
