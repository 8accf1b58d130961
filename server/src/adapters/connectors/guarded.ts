import type { Directory } from '../../core/accounts/ports.ts'
import type { Breaker, BreakerRules } from '../../kernel/breaker.ts'
import { Fault } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import { type Line, type LineState, makeLine, NoTurnCame } from '../../kernel/turns.ts'
import {
  type CallKind,
  type CallOutcome,
  judged,
  mayRepeat,
  type Operation,
  operations,
  outcomeOf,
  type Rejection,
  repeatAfterMs,
} from './calls.ts'
import { makeStanding, type StandingDeps } from './standing.ts'

export interface GuardRules {
  /** Calls of one kind that are under way at a time. */
  concurrency: number
  /** Calls of one kind that wait for their turn; the next is turned away. */
  waitingMax: number
  waitSeconds: number
  /** Deadline of everything but writes, which have the caller's. */
  answerSeconds: number
  breaker: BreakerRules
}

export interface GuardState {
  breaker: Breaker['state']
  lines: Readonly<Record<CallKind, LineState>>
}

export interface GuardDeps extends Outside, Pick<StandingDeps, 'pause' | 'changed'> {
  /** A signal that fires after so long. */
  timeout(seconds: number): AbortSignal
  /** Told of every call; `seconds` is null for one that was turned away. Must not throw. */
  called(call: { operation: Operation; outcome: CallOutcome; seconds: number | null }): void
}

/**
 * A directory that takes nobody else down with it. Calls of a kind have so many places, those that find none wait for
 * a stated time at most, and while it does not answer nobody is sent to it. Whoever is turned away gets
 * `directory-unreachable` before anything was sent. Neither depends on whom a call is about.
 *
 * `list` passes: the daily round makes one at a time, and pages through it for as long as it takes.
 */
export function guarded(
  directory: Directory,
  rules: GuardRules,
  deps: GuardDeps,
): { directory: Directory; state(): GuardState } {
  const until = (signal: AbortSignal) => AbortSignal.any([signal, deps.timeout(rules.answerSeconds)])
  const standing = makeStanding(rules.breaker, {
    ...deps,
    ask: (signal) =>
      directory.check(until(signal)).then(
        () => true,
        (error: unknown) => judged(outcomeOf(error)) !== 'bad',
      ),
  })
  const line = (): Line =>
    makeLine(
      { atOnce: rules.concurrency, waitingMax: rules.waitingMax },
      { now: deps.now, patience: () => deps.timeout(rules.waitSeconds) },
    )
  const lines: Readonly<Record<CallKind, Line>> = {
    lookup: line(),
    read: line(),
    proof: line(),
    write: line(),
  }
  const turnAway = (operation: Operation, because: Rejection, cause?: unknown): Fault => {
    deps.called({ operation, outcome: because, seconds: null })
    const detail = `directory "${directory.name}": ${words[because]}`
    return new Fault('directory-unreachable', { cause, detail })
  }
  const chance = () => (deps.randomBytes(1)[0] ?? 0) / 256

  /** Asks once, or once more where that is safe and worth it. */
  const ask = async <Answer>(
    operation: Operation,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Answer>,
    isFirst = true,
  ): Promise<Answer> => {
    if (standing.state() === 'open') throw turnAway(operation, 'resting')
    const failuresBefore = standing.failures()
    const startedAt = deps.now().getTime()
    let outcome: CallOutcome = 'answered'
    try {
      return await work(operations[operation].kind === 'write' ? signal : until(signal))
    } catch (error) {
      outcome = outcomeOf(error)
      const tookMs = deps.now().getTime() - startedAt
      if (!isFirst || !mayRepeat(operation, { outcome, tookMs, failuresBefore })) throw error
    } finally {
      deps.called({ operation, outcome, seconds: (deps.now().getTime() - startedAt) / 1000 })
      standing.heard(judged(outcome))
    }
    await deps.pause(repeatAfterMs(chance()), signal)
    return ask(operation, signal, work, false)
  }

  const call = async <Answer>(
    operation: Operation,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> => {
    // Before the line as well: nobody waits for a directory that is not asked.
    if (standing.state() === 'open') throw turnAway(operation, 'resting')
    try {
      return await lines[operations[operation].kind].take(signal, () => ask(operation, signal, work))
    } catch (error) {
      throw error instanceof NoTurnCame ? turnAway(operation, error.because, error) : error
    }
  }

  return {
    state: () => ({
      breaker: standing.state(),
      lines: {
        lookup: lines.lookup.state(),
        read: lines.read.state(),
        proof: lines.proof.state(),
        write: lines.write.state(),
      },
    }),
    directory: {
      name: directory.name,
      abilities: directory.abilities,
      find: (query, signal) => call('find', signal, (limit) => directory.find(query, limit)),
      read: (key, signal) => call('read', signal, (limit) => directory.read(key, limit)),
      list: (signal) => directory.list(signal),
      setPassword: (key, password, signal) =>
        call('set-password', signal, (limit) => directory.setPassword(key, password, limit)),
      offboard: (key, password, signal) =>
        call('offboard', signal, (limit) => directory.offboard(key, password, limit)),
      changePassword: (key, passwords, signal) =>
        call('change-password', signal, (limit) => directory.changePassword(key, passwords, limit)),
      unlock: (key, signal) => call('unlock', signal, (limit) => directory.unlock(key, limit)),
      requireChange: (key, signal) =>
        call('require-change', signal, (limit) => directory.requireChange(key, limit)),
      passwordRules: (key, signal) =>
        call('password-rules', signal, (limit) => directory.passwordRules(key, limit)),
      verifyPassword: (key, password, signal) =>
        call('verify-password', signal, (limit) => directory.verifyPassword(key, password, limit)),
      check: (signal) => directory.check(signal),
      async close() {
        await standing.close()
        await directory.close()
      },
    },
  }
}

/** For operators, behind the name of the directory. */
const words: Readonly<Record<Rejection, string>> = {
  resting: 'not asked, because it did not answer a moment ago',
  'line-full': 'not asked, because too many calls wait for it',
  'waited-too-long': 'not asked, because no turn came in time',
  'gave-up': 'not asked, because no turn came before the deadline',
}
