import { type GateRules, waitSecondsMax } from './rules.ts'

/** Tenant-wide and global health, and what the request says of itself; nothing about an account. */
export interface Facts {
  /** How hard the work is that the tenant's, and everybody's, present troubles ask for; 0: none. */
  pressure: number
  /** The same of the networks that the request came from, the narrow and the wide ones. */
  network: number
  /** Starts and sign-ins of the narrow network within a minute, those that were not let in too. */
  requests: number
  /** What came with the request: the factor of the work, or of the wait that is over; 0 for nothing of the kind. */
  shown: number
}

export type Decision = { is: 'pass' } | { is: 'challenge'; factor: number } | { is: 'wait'; seconds: number }

/**
 * First free, then work, then harder work; a network that keeps asking and does none of it is not even answered with a
 * task. Whoever does the work is let through, whatever the pressure: others' requests make it harder, and never impossible.
 */
export function mayPass(facts: Facts, rules: Pick<GateRules, 'perNetwork'>): Decision {
  const factor = Math.max(facts.pressure, facts.network)
  if (factor === 0) return { is: 'pass' }
  // Troubles may have grown while it was done: half of what is asked for now is enough.
  if (facts.shown > 0 && facts.shown >= factor / 2) return { is: 'pass' }
  if (facts.requests > 2 * rules.perNetwork) return { is: 'wait', seconds: networkWaitSeconds }
  return { is: 'challenge', factor }
}

const networkWaitSeconds = 60

/** People who wait instead of working wait longer when others work harder, and never longer than two minutes. */
export const waitFor = (factor: number, { waitSeconds }: Pick<GateRules, 'waitSeconds'>): number =>
  Math.min(waitSecondsMax, waitSeconds * Math.max(1, factor))
