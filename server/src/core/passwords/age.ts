/** How old a password must be before it may be changed, and how old it may become. */
export interface AgePolicy {
  /** For a change; a recovery never waits. */
  minSeconds: number
  /** Null: it does not expire (NIST SP 800-63B-4 section 3.1.1.2 forbids to ask for a change without a reason). */
  maxSeconds: number | null
  /** Days before it expires on which its owner is told. */
  remindDays: readonly number[]
  /** Days after it has expired in which it still opens the way to a change. */
  graceDays: number
}

/** What a directory tells of a password's time; null where it does not tell, or has no end for it. */
export interface PasswordDates {
  changedAt: Date | null
  expiresAt: Date | null
}

/** `at`: when it expires, from the first reminder on; `until`: the end of the grace. */
export type Expiry =
  | { state: 'fresh' }
  | { state: 'expires'; at: Date }
  | { state: 'grace'; until: Date }
  | { state: 'expired' }

/**
 * Since when a password may be changed, if that is still to come. One that must be changed always may, and so may one
 * of which nobody knows how old it is: a rule against changing back and forth is no reason to keep somebody out.
 */
export function tooYoungUntil(
  { minSeconds }: AgePolicy,
  { changedAt, mustChange }: { changedAt: Date | null; mustChange: boolean },
  now: Date,
): Date | null {
  if (changedAt === null || mustChange || minSeconds === 0) return null
  const until = after(changedAt, minSeconds)
  return now < until ? until : null
}

/** Nobody can say of a password without a date that it has expired; such a one is fresh. */
export function expiryOf(policy: AgePolicy, dates: PasswordDates, now: Date): Expiry {
  const end = endOf(policy, dates)
  if (end === null) return { state: 'fresh' }
  const { at, until } = end
  if (now < at) {
    const first = after(at, -daySeconds * Math.max(0, ...policy.remindDays))
    return now < first ? { state: 'fresh' } : { state: 'expires', at }
  }
  return now < until ? { state: 'grace', until } : { state: 'expired' }
}

/**
 * The reminders, in days before the end and the nearest first, that became due after `since` and up to now: none for a
 * password that has expired or was set after the reminder's day. Whoever was not asked for long finds several, of
 * which the first says it all.
 */
export function remindersDue(
  policy: AgePolicy,
  { since, now, ...dates }: PasswordDates & { since: Date | null; now: Date },
): readonly number[] {
  const end = endOf(policy, dates)
  if (end === null || now >= end.at) return []
  const { at } = end
  return policy.remindDays
    .filter((days) => {
      const due = after(at, -daySeconds * days)
      return isAfter(due, since) && due <= now && isAfter(due, dates.changedAt)
    })
    .toSorted((one, other) => one - other)
}

/** Of both the stricter one; whoever is to be reminded by either is reminded. */
export const strictestAge = (one: AgePolicy, other: AgePolicy): AgePolicy => ({
  minSeconds: Math.max(one.minSeconds, other.minSeconds),
  maxSeconds:
    one.maxSeconds === null || other.maxSeconds === null
      ? (one.maxSeconds ?? other.maxSeconds)
      : Math.min(one.maxSeconds, other.maxSeconds),
  remindDays: [...new Set([...one.remindDays, ...other.remindDays])].toSorted((days, more) => more - days),
  graceDays: Math.min(one.graceDays, other.graceDays),
})

/**
 * When a password ends: by policy, or by the directory where that comes first. After its own date a directory takes it
 * for nothing any more, so no policy has a grace to give.
 */
export function endOf(
  { maxSeconds, graceDays }: AgePolicy,
  { changedAt, expiresAt }: PasswordDates,
): { at: Date; until: Date; by: 'policy' | 'directory' } | null {
  const at = maxSeconds === null || changedAt === null ? null : after(changedAt, maxSeconds)
  if (expiresAt !== null && (at === null || expiresAt < at)) {
    return { at: expiresAt, until: expiresAt, by: 'directory' }
  }
  return at === null ? null : { at, until: after(at, daySeconds * graceDays), by: 'policy' }
}

const isAfter = (at: Date, other: Date | null): boolean => other === null || other < at

const daySeconds = 86_400

const after = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1_000)
