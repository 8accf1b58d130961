import { requestSignal, unlessOwn } from '../signal.ts'

export const networkVelocity = requestSignal({
  name: 'network-velocity',
  says: 'The network asks far more often than networks do.',
  weight: 20,
  unknown: 1,
  measure: (facts) => unlessOwn(facts, facts.velocity.network),
})
