import { isKnown } from '../facts.ts'
import { accountSignal, ramp } from '../signal.ts'

/** A slip or two is human. */
const slips = 2

export const failedProofs = accountSignal({
  name: 'failed-proofs',
  says: 'Proofs of this account have failed, today, as often as they may.',
  weight: 15,
  unknown: 1,
  measure({ failedProofs: failed }) {
    if (!isKnown(failed)) return failed
    return ramp(failed.count, { from: slips, to: Math.max(failed.max, slips + 1) })
  },
})
