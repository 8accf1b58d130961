import { Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { MessageOutcome } from '../../core/messages/delivery.ts'
import type { ProviderState } from '../../core/messages/provider-guard.ts'

/** What is measured of mail while scraping. */
export interface ObservedMail {
  mailProviders(): readonly ProviderState[]
  mailOldestWaitingSeconds(): Promise<number>
}

/** From the order of a message to its end; a person who waits notices ten seconds. */
export function makeMailHistogram(registry: Registry): (outcome: MessageOutcome) => void {
  const seconds = new Histogram({
    name: 'rekey_mail_seconds',
    help: 'Time from the order of a message until a mail server took it, refused it or it was given up.',
    labelNames: ['provider', 'outcome'],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800],
    registers: [registry],
  })
  return ({ provider, outcome, seconds: took }) => seconds.observe({ provider, outcome }, took)
}

const states = ['closed', 'open', 'on-trial'] as const

export function observeMail(registry: Registry, observed: ObservedMail): void {
  const breakers: Gauge<'provider' | 'state'> = new Gauge({
    name: 'rekey_mail_provider',
    help: 'State of the breaker of each mail provider in this process: 1 for the state it is in, 0 for the others.',
    labelNames: ['provider', 'state'],
    registers: [registry],
    collect() {
      for (const { provider, state } of observed.mailProviders()) {
        for (const each of states) breakers.set({ provider, state: each }, each === state ? 1 : 0)
      }
    },
  })
  const oldest: Gauge = new Gauge({
    name: 'rekey_mail_oldest_waiting_seconds',
    help: 'Age of the oldest message that no mail server has taken yet.',
    registers: [registry],
    async collect() {
      oldest.set(await observed.mailOldestWaitingSeconds())
    },
  })
}
