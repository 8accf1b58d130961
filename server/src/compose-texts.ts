import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { withoutDecoys } from './adapters/channels/nowhere.ts'
import { openTextProvider } from './adapters/channels/open.ts'
import { tracedProvider } from './adapters/channels/traced.ts'
import type { Metrics } from './adapters/metrics/metrics.ts'
import type { ObservedTexts } from './adapters/metrics/texts.ts'
import { makeMailHealth } from './adapters/stores/mail-health.ts'
import type { MessageStore, TextStore } from './adapters/stores/recovery/index.ts'
import type { Opening } from './compose-opening.ts'
import type { TextsConfig } from './config/schema.ts'
import { makeReceiptTags } from './core/messages/bounces.ts'
import type { Cost, Receipt, TenantVoice, TextEnvelope, TextProvider } from './core/messages/ports.ts'
import { makeProviderGuard } from './core/messages/provider-guard.ts'
import { type AdmitTexts, makeAdmitTexts, makeWatchConversion } from './core/messages/pumping.ts'
import { makeRecordReceipt } from './core/messages/receipts.ts'
import { makeTextWay, type TextWay } from './core/messages/text-way.ts'
import type { Limiter } from './core/recovery/ports.ts'
import type { TextReceipts } from './http/public-deps.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { guardedFetch } from './kernel/guarded-fetch.ts'
import { newId } from './kernel/ids.ts'
import type { KeyRing } from './kernel/keys.ts'
import type { Tracing } from './kernel/tracing.ts'

export interface TextDeps extends Opening {
  database: Kysely<unknown>
  tokenKeys: KeyRing
  /** Keyed digest by which numbers and ranges of them are counted. */
  nameOf(tenant: string, text: string): string
  limiter: Limiter
  store: TextStore
  messages: Pick<MessageStore, 'oldestWaiting'>
  metrics: Pick<Metrics, 'observeReceipt'>
  tracing: Tracing
  voices: ReadonlyMap<string, TenantVoice>
  /** As for mail. */
  hasten(options: { atMost?: number }): Promise<void>
}

export interface Texts {
  providers: readonly TextProvider[]
  way: TextWay
  admit: AdmitTexts
  receipts: TextReceipts
  observed: ObservedTexts
  /** As for mail. */
  isDelayed(): boolean
  /** Asks providers that rest and those that don't, and looks for countries whose codes nobody types in. */
  watch(): void
}

/** Providers of texts behind their breakers, receipts, and what keeps others from having them sent for the money. */
export function composeTexts(config: TextsConfig, deps: TextDeps): Texts {
  const { outside, log, opening, store, voices } = deps
  const tenants = [...voices.keys()]
  const tags = makeReceiptTags({ keys: deps.tokenKeys, tenants })
  const record = makeRecordReceipt({
    receive: store.receive,
    observe: deps.metrics.observeReceipt,
    now: outside.now,
  })

  /** A receipt may be faster than the record of the text that it is for. */
  const received = async (provider: string, reference: string, receipt: Receipt): Promise<void> => {
    for (const milliseconds of [0, ...patienceMs]) {
      await sleep(milliseconds)
      const ref = await store.referredTo({ provider, reference, tenants })
      if (ref === null) continue
      await record(ref, { provider, receipt })
      return
    }
    log.info({ provider }, 'a receipt names no text that is known')
  }
  const opened = config.providers.map((entry) => {
    const outsideOf = {
      ...outside,
      fetch: guardedFetch,
      received: (reference: string, receipt: Receipt) => received(entry.name, reference, receipt),
    }
    return opening.adopt(openTextProvider(entry, outsideOf), (provider) => provider.close())
  })
  const { failures, ...breaker } = config.breaker
  const hasten = (options: { atMost?: number }) =>
    deps.hasten(options).catch((error: unknown) => log.error({ err: error }, 'jobs can’t be hastened'))
  const guard = makeProviderGuard<TextEnvelope>({
    ...outside,
    providers: opened.map((provider) => tracedProvider(provider, { tracing: deps.tracing, what: 'text' })),
    rules: { failuresMax: failures, ...breaker },
    changed({ provider, state, before }) {
      log[state === 'open' ? 'warn' : 'info']({ provider, state, before }, 'provider of texts')
      if (state !== 'open' && before !== 'closed') void hasten(state === 'on-trial' ? { atMost: 1 } : {})
    },
  })
  const providers = guard.providers.map((guarded): TextProvider => {
    const provider = opened.find(({ name }) => name === guarded.name)
    const decoyed = withoutDecoys(guarded, { now: outside.now, write: async () => undefined })
    return { ...decoyed, channels: provider?.channels ?? [] }
  })
  const health = makeMailHealth({ ...deps, node: newId(outside), of: 'text' })
  const watchConversion = makeWatchConversion({
    ...{ store, tenants, now: outside.now },
    rules: conversionOf(config),
  })
  const priceOf = pricesOf(config)
  let delayed = false

  return {
    providers,
    way: makeTextWay({
      voice: (tenant) => voiceOf(voices, tenant),
      receiptUrl({ tenant, id }) {
        const { publicUrl } = voiceOf(voices, tenant)
        return publicUrl.startsWith('https:') ? `${publicUrl}/v1/receipts/${tags.of({ tenant, id })}` : null
      },
      ...{ priceOf, providers, now: outside.now },
    }),
    admit: makeAdmitTexts({
      ...{ limiter: deps.limiter, store, nameOf: deps.nameOf, priceOf, now: outside.now },
      rules: {
        countries: new Set(config.countries),
        perNumber: [
          { max: config.caps.perNumberQuarterHour, windowSeconds: 900 },
          { max: config.caps.perNumberDay, windowSeconds: 86_400 },
        ],
        perPrefix: { digits: config.caps.prefixDigits, max: config.caps.perPrefixHour, windowSeconds: 3_600 },
        spendMicrosPerDay: Math.round(config.caps.spendPerDay * 1_000_000),
        conversion: conversionOf(config),
      },
    }),
    receipts: {
      async take({ tag, provider: name }, request) {
        const ref = tags.read(tag)
        const provider = opened.find((each) => each.name === name)
        if (ref === null || provider?.readReceipt === undefined) return 'refused'
        const { publicUrl } = voiceOf(voices, ref.tenant)
        const read = provider.readReceipt({ ...request, url: publicUrl + request.url })
        if (read.is === 'receipt') await record(ref, { provider: name, receipt: read.receipt })
        return read.is === 'refused' ? 'refused' : 'taken'
      },
    },
    observed: {
      textProviders: guard.states,
      async textOldestWaitingSeconds() {
        const oldest = await deps.messages.oldestWaiting('text')
        return oldest === null ? 0 : Math.max(0, (outside.now().getTime() - oldest.getTime()) / 1000)
      },
    },
    isDelayed: () => delayed,
    watch() {
      const every = (everyMs: number, what: string, sweep: () => Promise<unknown>) =>
        opening.use(startSweeper({ sweep, everyMs, warn: (error) => log.error({ err: error }, what) }))
      // At times of its own, as mail is watched.
      const chance = (outside.randomBytes(1)[0] ?? 0) / 256
      const asking = 'asking providers of texts failed'
      every(lookEveryMs * (1 + chance / 2), asking, () => guard.look(AbortSignal.timeout(probeMs)))
      every(watchEveryMs, asking, () => guard.probe(AbortSignal.timeout(probeMs)))
      every(watchEveryMs, 'health of texts is not known', async () => {
        await health.tell(guard.health())
        delayed = await health.isDelayed()
      })
      every(conversionEveryMs, 'counting codes that were typed in failed', watchConversion)
    },
  }
}

const watchEveryMs = 1_000
const probeMs = 10_000
/** With up to half of it more, so that nodes spread out. */
const lookEveryMs = 10_000
const conversionEveryMs = 60_000
const patienceMs = [500, 2_000]

const conversionOf = ({ conversion }: TextsConfig) => ({
  shareMin: conversion.percentMin / 100,
  sentMin: conversion.textsMin,
  pauseSeconds: conversion.pauseMinutes * 60,
})

function pricesOf({ prices }: TextsConfig): (number: string) => Cost {
  const longestFirst = prices.byPrefix.toSorted((one, other) => other.prefix.length - one.prefix.length)
  return (number) => {
    const special = longestFirst.find(({ prefix }) => number.startsWith(`+${prefix}`))
    return { micros: Math.round((special ?? prices).text * 1_000_000), currency: prices.currency }
  }
}

function voiceOf(voices: ReadonlyMap<string, TenantVoice>, tenant: string): TenantVoice {
  const voice = voices.get(tenant)
  if (voice === undefined) throw new RangeError('a row names a tenant that is not configured')
  return voice
}
