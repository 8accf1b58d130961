import { type EnrolledMethod, methodTable } from './methods.ts'
import type { KeptPasskey } from './passkey/index.ts'
import type { KeptSheet } from './recovery-code/index.ts'
import type { KeptSeed } from './totp/index.ts'

interface Base {
  tenant: string
  /** Of the account's ledger. */
  subject: string
  id: string
  /** What its owner calls it. */
  name: string
  createdAt: Date
  /** When its owner showed that it works; null: not yet, and it proves nothing. */
  confirmedAt: Date | null
  /** From when it may bring its owner back. At a sign-in it counts at once. */
  usableFrom: Date
  lastUsedAt: Date | null
}

/** One thing that a person has to prove themselves with, sealed at rest. */
export type Enrolment =
  | (Base & { method: 'totp'; kept: KeptSeed })
  | (Base & { method: 'recovery_code'; kept: KeptSheet })
  /** Null until a browser has made one. */
  | (Base & { method: 'passkey'; kept: KeptPasskey | null })

/** What a ledger knows of what is enrolled: enough to decide what is needed, nothing to prove it with. */
export interface EnrolledSummary {
  method: EnrolledMethod
  usableFrom: Date
}

/** Of those that are confirmed, one for each. */
export const summaryOf = (enrolments: readonly Enrolment[]): readonly EnrolledSummary[] =>
  enrolments
    .filter(({ confirmedAt }) => confirmedAt !== null)
    .map(({ method, usableFrom }) => ({ method, usableFrom }))

/** Whether a sign-in has to ask for more than the password. */
export const asksAtSignIn = (enrolled: readonly EnrolledSummary[]): boolean =>
  enrolled.some(({ method }) => methodTable[method].isFactor)

/** Each method once, those that may bring their owner back by now. */
export const usableIn = (enrolled: readonly EnrolledSummary[], now: Date): readonly EnrolledMethod[] => [
  ...new Set(enrolled.filter(({ usableFrom }) => usableFrom <= now).map(({ method }) => method)),
]

/** What becomes of one, written with everything else that a decision writes. */
export type EnrolmentChange =
  | { change: 'kept'; enrolment: Enrolment }
  | { change: 'removed'; tenant: string; subject: string; id: string }

/** The enrolments as they are after changes. */
export const withChanges = (
  enrolments: readonly Enrolment[],
  changes: readonly EnrolmentChange[],
): readonly Enrolment[] =>
  changes.reduce<readonly Enrolment[]>((all, one) => {
    const id = one.change === 'kept' ? one.enrolment.id : one.id
    const others = all.filter((each) => each.id !== id)
    return one.change === 'kept' ? [...others, one.enrolment] : others
  }, enrolments)

/** The passkeys among them that were made. */
export const passkeysIn = (enrolments: readonly Enrolment[]): readonly KeptPasskey[] =>
  enrolments.flatMap((one) => (one.method === 'passkey' && one.kept !== null ? [one.kept] : []))
