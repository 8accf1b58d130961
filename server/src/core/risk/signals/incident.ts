import { requestSignal } from '../signal.ts'

export const incident = requestSignal({
  name: 'incident',
  says: 'An incident is on: every request is looked at more closely.',
  weight: 20,
  unknown: 1,
  measure: (facts) => (facts.incident ? 1 : 0),
})
