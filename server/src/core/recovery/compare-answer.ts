import { Secret } from '../../kernel/secret.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import {
  checkTotp,
  type EnrolledMethod,
  type Enrolment,
  type EnrolmentChange,
  nobodysSeed,
  readRecoveryCode,
  spendCode,
} from '../proofs/index.ts'
import type { RecoveryDeps } from './deps.ts'

/** A typed answer to something that was enrolled, with what takes too long to be computed under a lock. */
export type ReadyAnswer =
  | { method: 'totp'; code: string }
  | { method: 'recovery_code'; keyId: string; salt: string; digest: string }

type ReadyDeps = Pick<RecoveryDeps, 'store' | 'digests' | 'tenant' | 'randomBytes'>

const saltBytes = 16

/**
 * Makes what a recovery code is compared by. For nobody, and for who has no sheet, under a salt that nothing has: the work is
 * the same. Null when too many others are being compared.
 */
export async function readyToCompare(
  deps: ReadyDeps,
  typed: { tenant: string; subject: string; method: EnrolledMethod; code: string },
): Promise<ReadyAnswer | null> {
  const { tenant, subject, method, code } = typed
  if (method === 'totp') return { method, code }
  const { digests } = deps
  const sheet = (await deps.store.readEnrolments(tenant, subject)).find((one) => one.method === method)
  const by = sheet?.method === 'recovery_code' ? sheet.kept : newSalt(deps)
  const { keyId, salt } = by
  const signal = AbortSignal.timeout(deps.tenant(tenant).rules.writeDeadlineSeconds * 1_000)
  try {
    const text = new Secret(readRecoveryCode(code) ?? '')
    const digest = await digests.of(text, { tenant, subject, keyId, salt }, signal)
    return { method, keyId, salt, digest: digest ?? '' }
  } catch (error) {
    if (error instanceof NoTurnCame) return null
    throw error
  }
}

export const newSalt = ({
  digests,
  randomBytes,
}: Pick<RecoveryDeps, 'digests' | 'randomBytes'>): { keyId: string; salt: string } => ({
  keyId: digests.keyId,
  salt: Buffer.from(randomBytes(saltBytes)).toString('base64url'),
})

/** What the answer leaves of the enrolment that it fits; null when it fits none. Whoever has none is compared with as well. */
export function fits(
  answer: ReadyAnswer,
  enrolments: readonly Enrolment[],
  { now, isEligible }: { now: Date; isEligible: (enrolment: Enrolment) => boolean },
): EnrolmentChange | null {
  const own = enrolments.filter((one) => one.method === answer.method)
  if (answer.method === 'totp' && own.length === 0) checkTotp(nobodysSeed, answer.code, now)
  const after = own.map((one) => ({ one, used: used(answer, one, now) }))
  const found = after.find(({ one, used }) => used !== null && isEligible(one))?.used ?? null
  return found === null ? null : { change: 'kept', enrolment: { ...found, lastUsedAt: now } }
}

function used(answer: ReadyAnswer, enrolment: Enrolment, now: Date): Enrolment | null {
  if (answer.method === 'totp' && enrolment.method === 'totp') {
    const kept = checkTotp(enrolment.kept, answer.code, now)
    return kept === null ? null : { ...enrolment, kept }
  }
  if (answer.method === 'recovery_code' && enrolment.method === 'recovery_code') {
    const kept = enrolment.kept.salt === answer.salt ? spendCode(enrolment.kept, answer.digest, now) : null
    return kept === null ? null : { ...enrolment, kept }
  }
  return null
}

/** Confirmed, and past its cool-down: it may bring its owner back. */
export const mayRecover =
  (now: Date) =>
  ({ confirmedAt, usableFrom }: Enrolment): boolean =>
    confirmedAt !== null && usableFrom <= now
