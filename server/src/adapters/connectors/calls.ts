import type { CallResult } from '../../kernel/breaker.ts'
import { type FaultCode, isFault } from '../../kernel/fault.ts'
import type { NoTurn } from '../../kernel/turns.ts'

/**
 * Kinds of calls that have places of their own, so that none of them keeps another waiting. `lookup` and `proof` are
 * what anybody can cause by typing a name; `read` and `write` are for somebody who has proven who they are.
 */
export type CallKind = 'lookup' | 'read' | 'proof' | 'write'

/** By the names that logs and traces use. What may be repeated changes nothing and counts as nothing. */
export const operations = {
  find: { kind: 'lookup', repeatable: true },
  read: { kind: 'read', repeatable: true },
  'password-rules': { kind: 'read', repeatable: true },
  'verify-password': { kind: 'proof', repeatable: false },
  'set-password': { kind: 'write', repeatable: false },
  offboard: { kind: 'write', repeatable: false },
  'change-password': { kind: 'write', repeatable: false },
  unlock: { kind: 'write', repeatable: false },
  'require-change': { kind: 'write', repeatable: false },
} as const satisfies Record<string, { kind: CallKind; repeatable: boolean }>

export type Operation = keyof typeof operations

/** Why a call was turned away before anything was sent. `resting`: the breaker is open. */
export type Rejection = 'resting' | NoTurn

/** `unexpected`: something else than a `Fault` was thrown. */
export type CallOutcome = 'answered' | FaultCode | 'unexpected' | Rejection

/**
 * What a call says about the directory. An answer is one whatever it says: refusals and wrong passwords are answers. Wrong
 * settings and missing rights are no reason to leave it alone, and one account can bring them up.
 */
export function judged(outcome: CallOutcome): CallResult {
  if (outcome === 'directory-unreachable' || outcome === 'directory-outcome-unknown') return 'bad'
  return outcome === 'answered' ? 'good' : 'unjudged'
}

export const outcomeOf = (error: unknown): CallOutcome => (isFault(error) ? error.code : 'unexpected')

/** What failed as quickly as this was refused by somebody; what took longer would only take as long again. */
const quickMs = 1_000

/** How long the second try waits: connections that broke together do not come back together. */
export const repeatAfterMs = (chance: number): number => 50 + chance * 200

/**
 * Whether a call is made once more: a read, that failed at once, of a directory that had nothing wrong with it before. In
 * an outage nobody asks twice.
 */
export const mayRepeat = (
  operation: Operation,
  call: { outcome: CallOutcome; tookMs: number; failuresBefore: number },
): boolean =>
  operations[operation].repeatable &&
  call.outcome === 'directory-unreachable' &&
  call.tookMs < quickMs &&
  call.failuresBefore === 0
