/** As both servers take it for any type of date and time, in a session whose time zone is UTC. */
export const writtenTime = (at: Date): string => at.toISOString().replace('T', ' ').replace('Z', '')

/**
 * A time as a server writes it: date and time in UTC, with or without an offset, or a number of seconds or
 * milliseconds since 1970. Null when it is none; seconds of the year 5138 would be taken for milliseconds.
 */
export function readTime(told: string): Date | null {
  if (/^\d{1,15}$/.test(told)) return new Date(Number(told) * (told.length > 11 ? 1 : 1000))
  const match = /^(\d{4,6}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(
    told,
  )
  if (match === null) return null
  const [, date = '', time = '00:00:00', zone = 'Z'] = match
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone
  const at = new Date(`${date}T${time}${offset}`)
  return Number.isNaN(at.getTime()) ? null : at
}
