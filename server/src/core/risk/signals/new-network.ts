import { isKnown } from '../facts.ts'
import { accountSignal } from '../signal.ts'

/** By autonomous system, that is by provider: addresses of people at home and on the road change all the time. */
export const newNetwork = accountSignal({
  name: 'new-network',
  says: 'The owner of this account has not been seen at this network provider.',
  weight: 10,
  unknown: 1,
  measure({ whereabouts, places }) {
    if (!isKnown(whereabouts)) return whereabouts
    if (!isKnown(places)) return places
    const { asn } = whereabouts
    if (asn === null) return 'absent'
    if (places.length === 0) return 0.5
    return places.some((place) => place.asn === asn) ? 0 : 1
  },
})
