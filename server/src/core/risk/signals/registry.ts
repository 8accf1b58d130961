import type { Signal } from '../signal.ts'
import { accountClass } from './account-class.ts'
import { accountVelocity } from './account-velocity.ts'
import { automation } from './automation.ts'
import { breachedMailbox } from './breached-mailbox.ts'
import { country } from './country.ts'
import { failedProofs } from './failed-proofs.ts'
import { hosting } from './hosting.ts'
import { impossibleTravel } from './impossible-travel.ts'
import { incident } from './incident.ts'
import { installationVelocity } from './installation-velocity.ts'
import { namesOfNetwork } from './names-of-network.ts'
import { networkVelocity } from './network-velocity.ts'
import { newCountry } from './new-country.ts'
import { newDevice } from './new-device.ts'
import { newNetwork } from './new-network.ts'
import { offHours } from './off-hours.ts'
import { reputation } from './reputation.ts'
import { tenantVelocity } from './tenant-velocity.ts'
import { tor } from './tor.ts'
import { vpn } from './vpn.ts'

/** Every signal there is: a file and a line here make one. */
export const signals = [
  tor,
  vpn,
  hosting,
  reputation,
  country,
  networkVelocity,
  namesOfNetwork,
  tenantVelocity,
  installationVelocity,
  automation,
  offHours,
  incident,
  newDevice,
  newCountry,
  newNetwork,
  impossibleTravel,
  accountVelocity,
  failedProofs,
  accountClass,
  breachedMailbox,
] as const satisfies readonly Signal[]

export type SignalName = (typeof signals)[number]['name']

export const signalNames: readonly SignalName[] = signals.map(({ name }) => name)
