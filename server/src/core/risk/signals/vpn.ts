import { listed, requestSignal } from '../signal.ts'

export const vpn = requestSignal({
  name: 'vpn',
  says: 'The network belongs to a VPN that anybody can rent.',
  weight: 12,
  unknown: 1,
  measure: (facts) => listed(facts, 'vpn'),
})
