import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { MessageOutcome } from '../../core/messages/delivery.ts'
import type { ProviderState } from '../../core/messages/provider-guard.ts'
import type { ReceiptOutcome } from '../../core/messages/receipts.ts'

/** What is measured of texts while scraping. */
export interface ObservedTexts {
  textProviders(): readonly ProviderState[]
  textOldestWaitingSeconds(): Promise<number>
}

export interface TextMetrics {
  observeText(outcome: MessageOutcome): void
  observeReceipt(outcome: ReceiptOutcome): void
}

const buckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** Labels are names of the configuration, countries and closed lists; never a number. */
export function makeTextMetrics(registry: Registry): TextMetrics {
  const seconds = new Histogram({
    name: 'rekey_text_seconds',
    help: 'Time from the order of a text until a provider took it, refused it or it was given up.',
    labelNames: ['provider', 'channel', 'outcome'],
    buckets,
    registers: [registry],
  })
  const cost = new Counter({
    name: 'rekey_text_cost_total',
    help: 'What texts cost, as their providers told or as configured, in units of the currency.',
    labelNames: ['provider', 'country', 'currency'],
    registers: [registry],
  })
  const receipts = new Histogram({
    name: 'rekey_text_receipt_seconds',
    help: 'Time from the order of a text until its receipt, by what became of it.',
    labelNames: ['provider', 'status'],
    buckets,
    registers: [registry],
  })
  return {
    observeText({ provider, channel, outcome, seconds: took, text }) {
      seconds.observe({ provider, channel, outcome }, took)
      if (text === undefined || text.cost === null) return
      const { micros, currency } = text.cost
      cost.inc({ provider, country: text.country, currency }, micros / 1_000_000)
    },
    observeReceipt: ({ provider, status, seconds: took }) => receipts.observe({ provider, status }, took),
  }
}

const states = ['closed', 'open', 'on-trial'] as const

export function observeTexts(registry: Registry, observed: ObservedTexts): void {
  const breakers: Gauge<'provider' | 'state'> = new Gauge({
    name: 'rekey_text_provider',
    help: 'State of the breaker of each provider of texts in this process: 1 for the state it is in, 0 for the others.',
    labelNames: ['provider', 'state'],
    registers: [registry],
    collect() {
      for (const { provider, state } of observed.textProviders()) {
        for (const each of states) breakers.set({ provider, state: each }, each === state ? 1 : 0)
      }
    },
  })
  const oldest: Gauge = new Gauge({
    name: 'rekey_text_oldest_waiting_seconds',
    help: 'Age of the oldest text that no provider has taken yet.',
    registers: [registry],
    async collect() {
      oldest.set(await observed.textOldestWaitingSeconds())
    },
  })
}
