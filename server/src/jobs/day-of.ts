/** Mails of a round that runs once a day arrive in the morning. */
const firstHour = 6

/**
 * The day of a daily round, as "2026-03-01", where the clocks show `timeZone` (IANA). It begins at six in the morning;
 * within an hour of that on the two days on which clocks are put forward or back.
 */
export function dayOf(at: Date, timeZone: string): string {
  const shifted = new Date(at.getTime() - firstHour * 3_600_000)
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(shifted)
  const part = (type: 'year' | 'month' | 'day') => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}
