import type { LocalTime } from './facts.ts'

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** What the clock on the wall shows in a time zone (IANA name). */
export function makeLocalTime(timeZone: string): (at: Date) => LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    return { hour: Number(parts.get('hour')), day: days.indexOf(parts.get('weekday') ?? '') + 1 }
  }
}
