import { listed, requestSignal } from '../signal.ts'

export const tor = requestSignal({
  name: 'tor',
  says: 'The network is a way out of Tor.',
  weight: 40,
  unknown: 1,
  measure: (facts) => listed(facts, 'tor'),
})
