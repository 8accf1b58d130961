import { type AgePolicy, endOf, type PasswordDates, remindersDue } from './age.ts'

/** What is to be said, or done, about the age of one password. */
export type NoticeDue =
  | { is: 'reminder'; days: number; at: Date }
  /** `until`: the end of its grace, while that is still to come. `marks`: the directory is to ask for another, or again. */
  | { is: 'ended'; at: Date; until: Date | null; tells: boolean; marks: boolean }

/**
 * What is due for an account that was last told something at `told`: each reminder once, the end once, and the mark
 * once, at the end of the grace; one that the directory failed to set then is due again on the next day. A directory that has an end of its own needs no mark for it. Null where policy lets
 * passwords grow old: of a directory's own end Rekey speaks where it was asked to speak of ends.
 */
export function noticeDue(
  policy: AgePolicy,
  {
    told,
    markFailedAt = null,
    now,
    ...dates
  }: PasswordDates & { told: Date | null; markFailedAt?: Date | null; now: Date },
): NoticeDue | null {
  const end = policy.maxSeconds === null ? null : endOf(policy, dates)
  if (end === null) return null
  const { at, until, by } = end
  if (now < at) {
    const [days] = remindersDue(policy, { ...dates, since: told, now })
    return days === undefined ? null : { is: 'reminder', days, at }
  }
  const isOver = until <= now
  const tells = told === null || told < at
  const isOwed = markFailedAt !== null && now.getTime() - markFailedAt.getTime() >= markAgainMs
  const marks = isOver && by === 'policy' && (told === null || told < until || isOwed)
  return tells || marks ? { is: 'ended', at, until: isOver ? null : until, tells, marks } : null
}

/** Less than a day, for rounds that begin at one time of the day; more than a round is repeated in. */
const markAgainMs = 20 * 3_600_000
