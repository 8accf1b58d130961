import { isKnown } from '../facts.ts'
import { requestSignal } from '../signal.ts'

export const automation = requestSignal({
  name: 'automation',
  says: 'A program seems to ask, not a person at a browser.',
  weight: 25,
  unknown: 1,
  measure({ automation: hint }) {
    if (!isKnown(hint)) return hint
    return { browser: 0, unusual: 0.4, program: 1 }[hint]
  },
})
