import { isKnown } from '../facts.ts'
import { requestSignal } from '../signal.ts'

export const country = requestSignal({
  name: 'country',
  says: 'The country is none of those that the people of the tenant are in.',
  weight: 15,
  unknown: 1,
  measure({ whereabouts, expectedCountries }) {
    if (expectedCountries.length === 0) return 'absent'
    if (!isKnown(whereabouts)) return whereabouts
    if (whereabouts.country === null) return 'unknown'
    return expectedCountries.includes(whereabouts.country) ? 0 : 1
  },
})
