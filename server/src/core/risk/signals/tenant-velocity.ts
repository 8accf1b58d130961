import { requestSignal } from '../signal.ts'

export const tenantVelocity = requestSignal({
  name: 'tenant-velocity',
  says: 'The tenant gets far more requests than is usual, from wherever they come.',
  weight: 15,
  unknown: 1,
  measure: ({ velocity }) => velocity.tenant,
})
