import { isKnown } from '../facts.ts'
import { accountSignal } from '../signal.ts'

export const newDevice = accountSignal({
  name: 'new-device',
  says: 'The browser has never brought the owner of this account in.',
  weight: 20,
  unknown: 1,
  measure({ isKnownDevice }) {
    if (!isKnown(isKnownDevice)) return isKnownDevice
    return isKnownDevice ? 0 : 1
  },
})
