import { expect, it } from 'vitest'
import { dayOf } from './day-of.ts'

it.each([
  ['2026-03-01T06:00:00Z', 'UTC', '2026-03-01'],
  ['2026-03-01T05:59:59Z', 'UTC', '2026-02-28'],
  ['2026-03-01T05:00:00Z', 'Europe/Berlin', '2026-03-01'],
  ['2026-02-28T21:00:00Z', 'Asia/Tokyo', '2026-03-01'],
  ['2026-03-01T13:59:59Z', 'America/Los_Angeles', '2026-02-28'],
  ['2026-12-31T17:00:00Z', 'Pacific/Kiritimati', '2027-01-01'],
])('the round at %s in %s is that of %s', (at, timeZone, day) => {
  expect(dayOf(new Date(at), timeZone)).toBe(day)
})
