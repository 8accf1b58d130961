/**
 * Whether another system is asked at the moment. Pure: states in, states out.
 *
 * `closed` sends everything. Failures in a row that are the other's own fault open it. While it is `open` nothing is
 * sent; after the cool-down the other is asked, at nobody's expense, whether it works. If it says so it is `on-trial`:
 * one call at a time, and the first result closes it or opens it for longer.
 */
export type Breaker =
  | { state: 'closed'; failures: number }
  | { state: 'open'; round: number; until: Date }
  | { state: 'on-trial'; round: number; busy: boolean }

export interface BreakerRules {
  /** Failures in a row that open it. */
  failuresMax: number
  /** Doubles with each round, up to the longest, with up to half of it as jitter. */
  coolDownSeconds: number
  coolDownSecondsMax: number
}

/** The time, and a number from 0 up to but not including 1 that spreads the nodes out. */
export interface Moment {
  now: Date
  chance: number
}

export const freshBreaker: Breaker = { state: 'closed', failures: 0 }

/** The breaker with one more call under way; null when none may be sent. */
export function admitted(breaker: Breaker): Breaker | null {
  if (breaker.state === 'closed') return breaker
  return breaker.state === 'on-trial' && !breaker.busy ? { ...breaker, busy: true } : null
}

/** `unjudged`: the caller stopped before there was a result. */
export type CallResult = 'good' | 'bad' | 'unjudged'

export function afterCall(
  breaker: Breaker,
  result: CallResult,
  { rules, moment }: { rules: BreakerRules; moment: Moment },
): Breaker {
  switch (breaker.state) {
    case 'open':
      // Sent before it opened: what is known since then is newer.
      return breaker
    case 'on-trial':
      if (result === 'unjudged') return { ...breaker, busy: false }
      return result === 'good' ? freshBreaker : opened(breaker.round + 1, rules, moment)
    case 'closed': {
      if (result !== 'bad') return result === 'good' ? freshBreaker : breaker
      const failures = breaker.failures + 1
      return failures < rules.failuresMax ? { state: 'closed', failures } : opened(0, rules, moment)
    }
  }
}

/** Whether it is time to ask an open one if it works again. */
export const isDue = (breaker: Breaker, now: Date): boolean =>
  breaker.state === 'open' && now >= breaker.until

export function afterCheck(
  breaker: Breaker,
  works: boolean,
  { rules, moment }: { rules: BreakerRules; moment: Moment },
): Breaker {
  // Some say that they work and do nothing, so a good check makes nothing of failures forgotten.
  if (breaker.state === 'closed' && !works) return afterCall(breaker, 'bad', { rules, moment })
  if (breaker.state !== 'open') return breaker
  return works
    ? { state: 'on-trial', round: breaker.round, busy: false }
    : opened(breaker.round + 1, rules, moment)
}

function opened(round: number, rules: BreakerRules, { now, chance }: Moment): Breaker {
  // Beyond 2^20 every cool-down has reached its longest.
  const seconds = Math.min(rules.coolDownSeconds * 2 ** Math.min(round, 20), rules.coolDownSecondsMax)
  return { state: 'open', round, until: new Date(now.getTime() + seconds * (1 + chance / 2) * 1000) }
}
