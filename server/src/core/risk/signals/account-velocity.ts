import { accountSignal } from '../signal.ts'

export const accountVelocity = accountSignal({
  name: 'account-velocity',
  says: 'This account is asked about far more often than accounts are.',
  weight: 15,
  unknown: 1,
  measure: (facts) => facts.accountVelocity,
})
