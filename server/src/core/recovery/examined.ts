import type { AuditEvent } from '../audit/ports.ts'
import type { Examined } from '../passwords/index.ts'
import type { Ledger } from './ledger.ts'

/** What the lists said of a password in force, and which of them said nothing. No word of the password. */
export function examinedEvents(
  { flaws, unanswered }: Examined,
  of: { tenant: string; subject: string; flow: string | null; directory: string; at: Date },
): AuditEvent[] {
  const { directory, ...about } = of
  const breached = flaws.find((flaw) => flaw.is === 'breached')
  const asked = breached?.mustChange === true ? 'require-change' : 'tell'
  return [
    ...(breached === undefined
      ? []
      : [{ ...about, name: 'password.breach-found', facts: { directory, asked } } as const]),
    ...unanswered.map(
      ({ list, because }) =>
        ({ ...about, name: 'password.breach-unchecked', facts: { list, because } }) as const,
    ),
  ]
}

/**
 * Remembers that a lost password has to be replaced: the lists may be away at the next sign-in. What is remembered
 * about an earlier password is over once the directory knows a newer one; an operator's order is not.
 */
export function afterExamined(
  ledger: Ledger,
  { flaws }: Examined,
  { changedAt, at }: { changedAt: Date | null; at: Date },
): Ledger {
  const { mustChange: before } = ledger
  const isOver =
    before !== null && before.because !== 'ordered' && changedAt !== null && changedAt > before.at
  const isAsked = flaws.some((flaw) => flaw.is === 'breached' && flaw.mustChange)
  if (before !== null && !isOver) return ledger
  return before === null && !isAsked
    ? ledger
    : { ...ledger, mustChange: isAsked ? { because: 'breached', at } : null }
}
