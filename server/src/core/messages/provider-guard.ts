import {
  admitted,
  afterCall,
  afterCheck,
  type Breaker,
  type BreakerRules,
  type CallResult,
  freshBreaker,
  isDue,
  type Moment,
} from '../../kernel/breaker.ts'
import type { Delivery, Provider } from './ports.ts'

export interface ProviderState {
  provider: string
  state: Breaker['state']
}

export interface ProviderHealth {
  provider: string
  works: boolean
}

export interface ProviderGuard<Message> {
  /** The providers, in their order, each behind its breaker: one that rests is not asked and says so. */
  providers: readonly Provider<Message>[]
  /** What this process knows. */
  states(): readonly ProviderState[]
  /** Asks those whose cool-down is over whether they work. Never throws for what they answer. */
  probe(signal: AbortSignal): Promise<void>
  /** Asks all of them, whatever is known; to be called at times that no message has a say in. Never throws either. */
  look(signal: AbortSignal): Promise<void>
  /**
   * What the latest look found; empty before the first. People may be told of it: unlike the breakers it depends on no
   * message, so that whoever asks for a name learns nothing from when it changes.
   */
  health(): readonly ProviderHealth[]
}

export interface ProviderRules extends BreakerRules {
  /** A message that was taken later than this counts as a failure: the next one should not wait as long. */
  slowSeconds: number
}

export interface ProviderGuardDeps<Message> {
  providers: readonly Provider<Message>[]
  rules: ProviderRules
  now(): Date
  randomBytes(count: number): Uint8Array
  /** Told after a breaker has changed its state. Must not throw. */
  changed(change: ProviderState & { before: Breaker['state'] }): void
}

/**
 * Puts each provider behind a breaker of its own. Breakers live in this process: each node finds out for itself. They serve
 * the way to the next provider and are never shown to people who wait: single messages move them, and who has one is a
 * secret.
 */
export function makeProviderGuard<Message>(deps: ProviderGuardDeps<Message>): ProviderGuard<Message> {
  const breakers = new Map<string, Breaker>(deps.providers.map(({ name }) => [name, freshBreaker]))
  const of = (name: string): Breaker => breakers.get(name) ?? freshBreaker
  const moment = (): Moment => ({ now: deps.now(), chance: (deps.randomBytes(1)[0] ?? 0) / 256 })
  let health: readonly ProviderHealth[] = []
  const waiting: (() => void)[] = []
  const put = (name: string, next: Breaker) => {
    const before = of(name).state
    breakers.set(name, next)
    if (next.state !== before) deps.changed({ provider: name, state: next.state, before })
    for (const goOn of waiting.splice(0)) goOn()
  }
  const nextChange = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  const isAnyoneFree = () => [...breakers.values()].some((breaker) => admitted(breaker) !== null)
  /**
   * While the only hope is a provider on trial, its result is waited for: a message that was put off now would be
   * overtaken by all that come after the trial.
   */
  const isAdmitted = async (name: string, signal: AbortSignal): Promise<boolean> => {
    while (of(name).state === 'on-trial' && !isAnyoneFree() && !signal.aborted) await nextChange(signal)
    const next = admitted(of(name))
    // Noted in the same step: two that came together must not both be the trial.
    if (next !== null) put(name, next)
    return next !== null
  }

  const guarded = (provider: Provider<Message>): Provider<Message> => ({
    ...provider,
    async send(envelope, signal) {
      if (!(await isAdmitted(provider.name, signal))) return resting
      const startedAt = deps.now().getTime()
      let result: CallResult = 'unjudged'
      try {
        const delivery = await provider.send(envelope, signal)
        const seconds = (deps.now().getTime() - startedAt) / 1000
        result = judged(delivery, { seconds, stopped: signal.aborted, rules: deps.rules })
        return delivery
      } finally {
        put(provider.name, afterCall(of(provider.name), result, { rules: deps.rules, moment: moment() }))
      }
    },
  })

  const checked = (provider: Provider<Message>, works: boolean) =>
    put(provider.name, afterCheck(of(provider.name), works, { rules: deps.rules, moment: moment() }))

  return {
    providers: deps.providers.map(guarded),
    states: () => [...breakers].map(([provider, { state }]) => ({ provider, state })),
    async probe(signal) {
      const due = deps.providers.filter(({ name }) => isDue(of(name), deps.now()))
      await Promise.all(due.map(async (provider) => checked(provider, await answers(provider, signal))))
    },
    async look(signal) {
      health = await Promise.all(
        deps.providers.map(async (provider) => {
          const works = await answers(provider, signal)
          // One that rests is asked for its breaker when the rest is over.
          if (of(provider.name).state === 'closed') checked(provider, works)
          return { provider: provider.name, works }
        }),
      )
    },
    health: () => health,
  }
}

const answers = <Message>(provider: Provider<Message>, signal: AbortSignal): Promise<boolean> =>
  provider.check(signal).then(
    () => true,
    () => false,
  )

const resting: Delivery = { ok: false, permanent: false, because: 'resting' }

/** A provider that answers, even with a refusal of this one mailbox, works. */
function judged(
  delivery: Delivery,
  { seconds, stopped, rules }: { seconds: number; stopped: boolean; rules: ProviderRules },
): CallResult {
  if (!delivery.ok && !delivery.permanent && delivery.blames !== 'mailbox')
    return stopped ? 'unjudged' : 'bad'
  return seconds > rules.slowSeconds ? 'bad' : 'good'
}
