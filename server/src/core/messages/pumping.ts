import type { AuditEvent } from '../audit/ports.ts'
import { type PhoneNumber, readNumber } from './phone-number.ts'
import type { Cost, TextChannel } from './ports.ts'
import { gsm7 } from './text-segments.ts'
import { translate } from './translate.ts'

/**
 * Defence against those who have texts sent for the money: they own dear numbers, or share in what is charged for a range
 * of them, and start recoveries for accounts with such numbers. What is refused is refused silently; the person sees what
 * everybody sees.
 */
export interface PumpingRules {
  /** ISO 3166-1 alpha-2. Nothing goes anywhere else. */
  countries: ReadonlySet<string>
  /** Texts to one number; known devices have a quota of the same size to themselves. */
  perNumber: readonly TextQuota[]
  /** Texts to all numbers that begin with the same digits, the country code among them. */
  perPrefix: TextQuota & { digits: number }
  /** What the texts of one day (UTC) may be expected to cost, in millionths of the currency. */
  spendMicrosPerDay: number
  conversion: ConversionRules
}

export interface ConversionRules {
  /** Of the codes sent to a country, the share that has to be typed in: 0.2 is one in five. */
  shareMin: number
  /** Fewer texts say nothing. */
  sentMin: number
  pauseSeconds: number
}

export interface TextQuota {
  max: number
  windowSeconds: number
}

/** Why no text goes to a number: labels of `text.refused`, so a closed list. */
export type TextRefusal =
  /** What the directory holds is no number with a country code. */
  | 'not-a-number'
  /** Premium, shared cost, paging, personal, over the internet, or unknown; for a written text also a fixed line. */
  | 'kind'
  | 'country'
  | 'country-paused'
  | 'number-quota'
  | 'prefix-cap'
  | 'spend-cap'

export interface RefusedText {
  because: TextRefusal
  /** Null where the number is none. */
  country: string | null
}

export interface CountryCount {
  country: string
  sent: number
  entered: number
}

interface PausedCountry {
  tenant: string
  country: string
  at: Date
}

export interface PumpingStore {
  pausedUntil(tenant: string, country: string, now: Date): Promise<Date | null>
  /** False when it is paused already: then nothing was recorded. */
  pause(pause: PausedCountry & { until: Date }, events: readonly AuditEvent[]): Promise<boolean>
  /** False when it is not paused. */
  resume(pause: PausedCountry, events: readonly AuditEvent[]): Promise<boolean>
  /** Counts what a text will cost, unless it would be more than the most; atomic over all nodes. */
  spend(asked: { tenant: string; at: Date; micros: number; microsMax: number }): Promise<boolean>
  /** Codes that were sent within a time and not before the latest pause of their country. */
  countSince(tenant: string, between: { from: Date; to: Date }): Promise<readonly CountryCount[]>
}

export interface AdmitDeps {
  limiter: { take(tenant: string, key: string, quota: TextQuota): Promise<{ ok: boolean }> }
  store: Pick<PumpingStore, 'pausedUntil' | 'spend'>
  rules: PumpingRules
  /** Keyed digest by which something is counted: counters hold no numbers. */
  nameOf(tenant: string, text: string): string
  priceOf(number: string): Cost
  now(): Date
}

export interface AskedTexts {
  tenant: string
  channel: TextChannel
  /** As the directory holds them. */
  numbers: readonly string[]
  locale: string
  /** Devices that the account's owner came back with count apart, so that strangers can't use up what is theirs. */
  known: boolean
}

export interface AdmittedTexts {
  /** As they were given, each number once. */
  to: readonly string[]
  refused: readonly RefusedText[]
}

export interface AdmitTexts {
  of(asked: AskedTexts): Promise<AdmittedTexts>
  /** Counts and asks for nobody what is counted and asked for one number. Nothing hangs on it. */
  ofNobody(tenant: string, name: string): Promise<void>
}

/** Decides which numbers get a text. It counts; so it is asked once for each text, before the text is ordered. */
export function makeAdmitTexts(deps: AdmitDeps): AdmitTexts {
  const { limiter, rules, nameOf } = deps
  const quotas = rules.perNumber.toSorted((a, b) => a.windowSeconds - b.windowSeconds)

  const withinQuota = async (tenant: string, name: string, counter: string): Promise<boolean> => {
    for (const quota of quotas) {
      const key = `text:${counter}${String(quota.windowSeconds)}:${name}`
      if (!(await limiter.take(tenant, key, quota)).ok) return false
    }
    return true
  }
  const withinPrefix = async (tenant: string, digits: string): Promise<boolean> => {
    const name = nameOf(tenant, `prefix ${digits.slice(0, rules.perPrefix.digits)}`)
    return (await limiter.take(tenant, `text:prefix:${name}`, rules.perPrefix)).ok
  }
  const withinSpend = (tenant: string, micros: number): Promise<boolean> =>
    deps.store.spend({ tenant, at: deps.now(), micros, microsMax: rules.spendMicrosPerDay })

  /** Cheapest first, and what belongs to one number before what all share: a flood at one takes nothing from others. */
  const whyNot = async (number: PhoneNumber, asked: AskedTexts): Promise<TextRefusal | null> => {
    const { tenant, channel, known } = asked
    if (!isReached(number, channel)) return 'kind'
    if (!rules.countries.has(number.country)) return 'country'
    if ((await deps.store.pausedUntil(tenant, number.country, deps.now())) !== null) return 'country-paused'
    if (!(await withinQuota(tenant, nameOf(tenant, number.e164), known ? 'known:' : '')))
      return 'number-quota'
    if (!(await withinPrefix(tenant, number.e164.slice(1)))) return 'prefix-cap'
    const { micros } = deps.priceOf(number.e164)
    const segments = channel === 'sms' ? segmentsIn(asked.locale) : 1
    return (await withinSpend(tenant, micros * segments)) ? null : 'spend-cap'
  }

  return {
    async of(asked) {
      const to: string[] = []
      const refused: RefusedText[] = []
      const seen = new Set<string>()
      for (const stored of asked.numbers) {
        const number = readNumber(stored)
        if (number !== null && seen.has(number.e164)) continue
        if (number !== null) seen.add(number.e164)
        const because = number === null ? 'not-a-number' : await whyNot(number, asked)
        if (because === null) to.push(stored)
        else refused.push({ because, country: number?.country ?? null })
      }
      return { to, refused }
    },
    async ofNobody(tenant, name) {
      await deps.store.pausedUntil(tenant, 'ZZ', deps.now())
      await withinQuota(tenant, nameOf(tenant, name), 'nobody:')
      await limiter.take(tenant, `text:nobody:${nameOf(tenant, `prefix ${name}`)}`, rules.perPrefix)
      await withinSpend(tenant, 0)
    },
  }
}

/** Whether a text of this kind arrives there, at the price of a call to a person. */
const isReached = ({ kind }: PhoneNumber, channel: TextChannel): boolean =>
  kind === 'mobile' || kind === 'fixed-or-mobile' || (channel === 'voice' && kind === 'fixed')

/** Languages with letters that the short alphabet lacks take two messages. */
const segmentsIn = (locale: string): number =>
  gsm7(translate(locale).say('text.recovery', { code: '', tenant: '', time: '' })) === null ? 2 : 1

/** What the log says of numbers that get no text. */
export const textRefused = (
  about: Pick<AuditEvent, 'tenant' | 'at' | 'subject' | 'flow'>,
  refused: readonly RefusedText[],
): AuditEvent[] =>
  refused.map(({ because, country }) => ({
    ...about,
    name: 'text.refused',
    facts: { because, country: country ?? 'none' },
  }))

/** Countries where codes are sent for somebody who never types them in. */
export const suspiciousCountries = (
  counts: readonly CountryCount[],
  { shareMin, sentMin }: ConversionRules,
): readonly CountryCount[] =>
  counts.filter(({ sent, entered }) => sent >= sentMin && entered / sent < shareMin)

export interface WatchConversionDeps {
  store: Pick<PumpingStore, 'countSince' | 'pause'>
  tenants: readonly string[]
  rules: ConversionRules
  now(): Date
}

/** A text of the last minutes may still be typed in. */
const typingMs = 3 * 60_000
const watchedMs = 3_600_000

/** Pauses countries whose codes nobody types in. To be called every minute, on any node. */
export const makeWatchConversion =
  ({ store, tenants, rules, now }: WatchConversionDeps) =>
  async (): Promise<void> => {
    const at = now()
    const to = new Date(at.getTime() - typingMs)
    const between = { from: new Date(to.getTime() - watchedMs), to }
    for (const tenant of tenants) {
      for (const count of suspiciousCountries(await store.countSince(tenant, between), rules)) {
        const { country, sent, entered } = count
        const until = new Date(at.getTime() + rules.pauseSeconds * 1000)
        const event = { name: 'text.country-paused', tenant, at, subject: null, flow: null } as const
        await store.pause({ tenant, country, at, until }, [{ ...event, facts: { country, sent, entered } }])
      }
    }
  }

/** An operator's word that texts may go there again; false when nothing is paused. */
export const makeResumeCountry =
  ({ store, now }: { store: Pick<PumpingStore, 'resume'>; now(): Date }) =>
  (tenant: string, country: string): Promise<boolean> => {
    const at = now()
    return store.resume({ tenant, country, at }, [
      {
        name: 'text.country-resumed',
        ...{ tenant, at, subject: null, flow: null, facts: { country, because: 'operator' } },
      },
    ])
  }
