import { isDecoy } from './decoy.ts'
import { readNumber } from './phone-number.ts'
import type {
  Cost,
  MessageOrder,
  MessageSecrets,
  TenantVoice,
  TextChannel,
  TextEnvelope,
  TextProvider,
} from './ports.ts'
import { composeCall, composeText } from './text.ts'

/** The longest that a code over the telephone network may be worth something (NIST SP 800-63B-4 section 4.2.1.2). */
export const textSecondsMax = 600

/** What is recorded of a text besides what is recorded of every message. */
export interface TextRecord {
  country: string
  segments: number
  /** What it is expected to cost, until the provider says better; null where no price is configured. */
  cost: Cost | null
}

export interface PreparedText {
  envelope: TextEnvelope
  record: TextRecord
  /** Asked in this order. */
  providers: readonly TextProvider[]
}

/** How texts leave the house. */
export interface TextWay {
  /** Null when the stored number is none. */
  prepare(order: MessageOrder, channel: TextChannel, secrets: MessageSecrets): PreparedText | null
}

export interface TextWayDeps {
  voice(tenant: string): TenantVoice
  /** Where the text's receipt may be left. */
  receiptUrl(order: MessageOrder): string | null
  /** Of one segment, or of one call, to this E.164 number. */
  priceOf(number: string): Cost | null
  providers: readonly TextProvider[]
  now(): Date
}

export const makeTextWay = (deps: TextWayDeps): TextWay => ({
  prepare(order, channel, secrets) {
    const number = isDecoy(order) ? { e164: order.to, country: nowhere } : readNumber(order.to)
    if (number === null) return null
    const compose = channel === 'sms' ? composeText : composeCall
    const { language, text, segments } = compose(order, secrets, deps.voice(order.tenant))
    const left = Math.floor((order.notAfter.getTime() - deps.now().getTime()) / 1000)
    const price = deps.priceOf(number.e164)
    return {
      envelope: {
        ...{ id: order.id, channel, to: number.e164, language, text },
        validSeconds: Math.max(1, Math.min(left, textSecondsMax)),
        receiptUrl: deps.receiptUrl(order),
      },
      record: {
        country: number.country,
        segments,
        cost: price === null ? null : { ...price, micros: price.micros * segments },
      },
      providers: deps.providers.filter(({ channels }) => channels.includes(channel)),
    }
  },
})

/** ISO 3166-1 leaves it to its users. */
const nowhere = 'ZZ'
