/** Numbers of one tenant's gate; configuration keeps them within hard bounds. Counts are per minute. */
export interface GateRules {
  /** Starts and sign-ins of one network: from half of it on work is asked for, beyond twice of it no task is given. */
  perNetwork: number
  /** Of the whole tenant, before anything is asked of anybody. */
  tenant: Thresholds
  /** How long a person without a working browser waits at first. */
  waitSeconds: number
}

export interface Thresholds {
  /** Starts and sign-ins. */
  requests: number
  /** Different names among them. */
  names: number
  /** Wrong codes and refused sign-ins. */
  failures: number
}

export const defaultGateRules: GateRules = {
  perNetwork: 60,
  tenant: { requests: 600, names: 600, failures: 120 },
  waitSeconds: 10,
}

/** Of all tenants together. */
export const defaultEverywhere: Thresholds = { requests: 6_000, names: 6_000, failures: 1_200 }

/** The hardest work is so many times the base. */
export const factorMax = 16
/** Work is good for so long after it was issued: the slowest telephone is done long before. */
export const workSeconds = 300
/** A wait is good for so long after it is over, as people who can't use a script may need their time to type. */
export const waitedSeconds = 1_800
export const waitSecondsMax = 120
/** Requests that one network may bring in by waiting instead of working. */
export const waitsPerNetwork = { max: 10, windowSeconds: 600 }
