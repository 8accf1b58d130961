import {
  afterCall,
  afterCheck,
  type Breaker,
  type BreakerRules,
  type CallResult,
  freshBreaker,
} from '../../kernel/breaker.ts'
import type { Outside } from '../../kernel/outside.ts'

/** Whether a directory is asked at the moment. */
export interface Standing {
  state(): Breaker['state']
  /** Calls in a row that failed. */
  failures(): number
  heard(result: CallResult): void
  /** Resolves when nothing is asked any more. */
  close(): Promise<void>
}

export interface StandingDeps extends Outside {
  /** Whether the directory answers a question in which no account has a part. Never rejects. */
  ask(signal: AbortSignal): Promise<boolean>
  /** Resolves after so long, or when the signal fires. */
  pause(ms: number, signal: AbortSignal): Promise<void>
  /** Told after the state has changed. Must not throw. */
  changed(change: { before: Breaker['state']; state: Breaker['state'] }): void
}

/**
 * The breaker of one directory. Calls bring it up to the last failure; that one is always the directory's own, because
 * it is asked then by itself. So nobody opens it by naming an account that is slow, however often. It is asked again
 * when its rest is over, at nobody's expense, and closes as soon as it answers.
 */
export function makeStanding(rules: BreakerRules, deps: StandingDeps): Standing {
  const closing = new AbortController()
  const isClosing = () => closing.signal.aborted
  let breaker: Breaker = freshBreaker
  let watching: Promise<void> | null = null
  const put = (next: Breaker) => {
    const before = breaker.state
    breaker = next
    if (next.state !== before) deps.changed({ before, state: next.state })
  }
  const at = () => ({
    rules,
    moment: { now: deps.now(), chance: (deps.randomBytes(1)[0] ?? 0) / 256 },
  })

  const watch = async (): Promise<void> => {
    const answers = await deps.ask(closing.signal)
    if (isClosing()) return
    put(afterCall(breaker, answers ? 'good' : 'bad', at()))
    while (breaker.state === 'open') {
      await deps.pause(breaker.until.getTime() - deps.now().getTime(), closing.signal)
      if (isClosing()) return
      const isBack = await deps.ask(closing.signal)
      if (isClosing()) return
      put(isBack ? freshBreaker : afterCheck(breaker, false, at()))
    }
  }

  return {
    state: () => breaker.state,
    failures: () => (breaker.state === 'closed' ? breaker.failures : rules.failuresMax),
    heard(result) {
      const isLast = breaker.state === 'closed' && breaker.failures + 1 >= rules.failuresMax
      if (result !== 'bad' || !isLast) put(afterCall(breaker, result, at()))
      else if (!isClosing()) watching ??= watch().finally(() => void (watching = null))
    },
    async close() {
      closing.abort()
      await watching
    },
  }
}
