import { isKnown } from '../facts.ts'
import { accountSignal } from '../signal.ts'

export const newCountry = accountSignal({
  name: 'new-country',
  says: 'The owner of this account has not been seen in this country.',
  weight: 20,
  unknown: 1,
  measure({ whereabouts, places }) {
    if (!isKnown(whereabouts)) return whereabouts
    if (!isKnown(places)) return places
    const { country } = whereabouts
    if (country === null) return 'unknown'
    // Of somebody who was never seen anywhere nothing can be said; that is half of what could be said against it.
    if (places.length === 0) return 0.5
    return places.some((place) => place.country === country) ? 0 : 1
  },
})
