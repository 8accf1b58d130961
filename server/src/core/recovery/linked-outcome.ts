import type { AuditEvent } from '../audit/ports.ts'
import { superseding } from './end-other.ts'
import { flowEvent } from './events.ts'
import type { Flow, Writing } from './flow.ts'
import { afterSessionsEnded, type Ledger } from './ledger.ts'
import type { LinkedDecision } from './ports.ts'
import type { TargetOutcome, Targets } from './targets.ts'

/** What became of one account that follows another. */
export interface Followed {
  subject: string
  directory: string
  outcome: TargetOutcome
}

/** An order that came while the directory was at work asks for another password than the one that was on its way. */
export const orderedSince = (
  { mustChange }: Ledger,
  { touchedAt }: Pick<Writing, 'touchedAt'>,
): Ledger['mustChange'] => (mustChange !== null && mustChange.at > touchedAt ? mustChange : null)

/** The targets of a write, with what became of those that it was about. */
export const settledTargets = (targets: Targets, followed: readonly Followed[]): Targets =>
  targets.map((target, at) => {
    if (at === 0) return { ...target, outcome: { is: 'written' } }
    const outcome = followed.find(({ subject }) => subject === target.subject)?.outcome ?? target.outcome
    return { ...target, outcome }
  })

/**
 * What becomes of the accounts that follow: as of the leading one (decision record 0001, "What step 5 records"). A lease
 * that is another's by now is left to it.
 */
export const settledLedgers = (
  writing: Writing,
  of: { followed: readonly Followed[]; linked: readonly Ledger[]; now: Date },
): readonly LinkedDecision[] =>
  of.linked.map((ledger) => {
    const { now } = of
    const isOurs = ledger.lease?.flow === writing.id && ledger.lease.attempt === writing.attempts
    const lease = isOurs ? null : ledger.lease
    const outcome = of.followed.find(({ subject }) => subject === ledger.subject)?.outcome.is ?? 'waiting'
    switch (outcome) {
      case 'written':
        return {
          ledger: {
            ...afterSessionsEnded(ledger),
            failedTries: [],
            mustChange: orderedSince(ledger, writing),
            lease,
            writtenAt: now,
          },
          others: superseding(now),
        }
      case 'unknown':
        // The lease is kept until it runs out: a late write can't overtake a new one.
        return {
          ledger: { ...afterSessionsEnded(ledger), writtenAt: now },
          others: superseding(now, writing.touchedAt),
        }
      case 'waiting':
      case 'refused':
      case 'unreachable':
        return { ledger: { ...ledger, lease } }
    }
  })

/** What each of the directories said; nothing of those that were not asked. */
export const followedEvents = (
  flow: Flow,
  { account, attempts: attempt }: Writing,
  { followed, at }: { followed: readonly Followed[]; at: Date },
): AuditEvent[] =>
  followed.flatMap(({ subject, directory, outcome }) => {
    const facts = { directory, attempt, leads: account.directory }
    const event = (...of: [Parameters<typeof flowEvent>[0], Parameters<typeof flowEvent>[2]]) => [
      { ...flowEvent(of[0], { flow, at }, of[1]), subject },
    ]
    switch (outcome.is) {
      case 'written':
        return event('password.written', facts)
      case 'unknown':
        return event('password.write-unexplained', facts)
      case 'refused':
        return event('password.write-failed', { ...facts, because: outcome.because })
      case 'unreachable':
        return event('password.write-failed', { ...facts, because: 'directory-unreachable' })
      case 'waiting':
        return []
    }
  })
