import { requestSignal } from '../signal.ts'

/** Weak by itself: people forget passwords on Sundays too. */
export const offHours = requestSignal({
  name: 'off-hours',
  says: 'It is a time at which the people of the tenant do not work.',
  weight: 5,
  unknown: 0,
  measure({ localTime: { hour, day }, workingHours }) {
    if (workingHours === null) return 'absent'
    const { from, to, days } = workingHours
    return days.includes(day) && hour >= from && hour < to ? 0 : 1
  },
})
