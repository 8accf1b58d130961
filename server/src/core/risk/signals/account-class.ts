import { accountSignal, valueOf } from '../signal.ts'

export const accountClass = accountSignal({
  name: 'account-class',
  says: 'The account is a privileged one.',
  weight: 10,
  unknown: 1,
  measure: ({ isPrivileged }) => valueOf(isPrivileged),
})
