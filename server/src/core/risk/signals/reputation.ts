import { listed, requestSignal } from '../signal.ts'

export const reputation = requestSignal({
  name: 'reputation',
  says: 'The network has a bad name: a reputation list has it.',
  weight: 30,
  unknown: 1,
  measure: (facts) => listed(facts, 'reputation'),
})
