import { Secret } from '../../kernel/secret.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import {
  afterUse,
  type ChallengeName,
  checkTotp,
  type EnrolledAnswer,
  type Enrolment,
  type EnrolmentChange,
  nobodysSeed,
  type PasskeyTrouble,
  type PasskeyUse,
  passkeysIn,
  readRecoveryCode,
  spendCode,
} from '../proofs/index.ts'
import type { RecoveryDeps } from './deps.ts'

/** An answer to something that was enrolled, with what takes too long to be computed under a lock. */
export type ReadyAnswer =
  | { method: 'totp'; code: string }
  | { method: 'recovery_code'; keyId: string; salt: string; digest: string }
  | { method: 'passkey'; use: PasskeyUse | null; because: PasskeyTrouble | 'wrong' }

type ReadyDeps = Pick<RecoveryDeps, 'store' | 'digests' | 'passkeys' | 'tenant' | 'now' | 'randomBytes'>

const saltBytes = 16

/** Who answers, and what asked: a challenge is answered for one flow or session alone. */
export interface Asked {
  tenant: string
  subject: string
  purpose: ChallengeName['purpose']
  of: string
}

/**
 * Makes what a recovery code is compared by, and checks what a passkey has signed. For nobody, and for who has none, with a salt
 * or key that is nobody's: the work is the same. Null when too many others are being compared.
 */
export async function readyToCompare(
  deps: ReadyDeps,
  asked: Asked,
  answer: EnrolledAnswer,
): Promise<ReadyAnswer | null> {
  switch (answer.method) {
    case 'totp':
      return { method: 'totp', code: answer.code }
    case 'recovery_code':
      return readyCode(deps, asked, answer.code)
    case 'passkey':
      return readyPasskey(deps, asked, answer.credential)
  }
}

async function readyPasskey(deps: ReadyDeps, asked: Asked, credential: unknown): Promise<ReadyAnswer | null> {
  const { tenant, subject } = asked
  const { party } = deps.tenant(tenant)
  const { passkeys } = deps
  if (party === null) return { method: 'passkey', use: null, because: 'other-relying-party' }
  const known = passkeysIn(await deps.store.readEnrolments(tenant, subject))
  const used = await passkeys.used(credential, {
    party,
    challenges: passkeys.open(asked, deps.now()),
    userHandle: passkeys.userHandle(tenant, subject),
    known,
  })
  return used.ok
    ? { method: 'passkey', use: used.use, because: 'wrong' }
    : { method: 'passkey', use: null, because: used.because }
}

async function readyCode(
  deps: ReadyDeps,
  { tenant, subject }: Asked,
  code: string,
): Promise<ReadyAnswer | null> {
  const { digests } = deps
  const method = 'recovery_code'
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
  if (answer.method === 'passkey' && enrolment.method === 'passkey') {
    if (answer.use === null || enrolment.kept?.credential !== answer.use.credential) return null
    // Another use may have been counted since this one was checked.
    const after = afterUse(enrolment.kept, answer.use)
    return after.ok ? { ...enrolment, kept: after.kept } : null
  }
  return null
}

/** Confirmed, and past its cool-down: it may bring its owner back. */
export const mayRecover =
  (now: Date) =>
  ({ confirmedAt, usableFrom }: Enrolment): boolean =>
    confirmedAt !== null && usableFrom <= now
