import { listed, requestSignal } from '../signal.ts'

export const hosting = requestSignal({
  name: 'hosting',
  says: 'The network is one of servers, not of people.',
  weight: 25,
  unknown: 1,
  measure: (facts) => listed(facts, 'hosting'),
})
