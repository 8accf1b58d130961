import { requestSignal, unlessOwn } from '../signal.ts'

/** What sets spraying apart from somebody who tries again: one source, and always another name. */
export const namesOfNetwork = requestSignal({
  name: 'names-of-network',
  says: 'The network asks about far more different names than networks do.',
  weight: 30,
  unknown: 1,
  measure: (facts) => unlessOwn(facts, facts.velocity.namesOfNetwork),
})
