import { accountSignal, valueOf } from '../signal.ts'

export const breachedMailbox = accountSignal({
  name: 'breached-mailbox',
  says: 'A mailbox that this account comes back by is known to be in others’ hands.',
  weight: 25,
  unknown: 1,
  measure: ({ isMailboxBreached }) => valueOf(isMailboxBreached),
})
