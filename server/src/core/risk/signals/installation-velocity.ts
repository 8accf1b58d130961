import { requestSignal } from '../signal.ts'

/** Over all tenants: who sprays many of them a little shows nowhere else. */
export const installationVelocity = requestSignal({
  name: 'installation-velocity',
  says: 'All tenants together get far more requests than is usual.',
  weight: 10,
  unknown: 1,
  measure: ({ velocity }) => velocity.installation,
})
