import { plainName } from './plain.ts'
import type { MessageKind, MessageOrder, MessageSecrets, TenantVoice } from './ports.ts'
import { segmentsOf } from './text-segments.ts'
import { type Language, translate } from './translate.ts'

/** A text message, ready to be handed over. */
export interface RenderedText {
  language: Language
  text: string
  /** How many messages it is over the air; each of them is paid for. */
  segments: number
}

/**
 * Writes one text message, in the language of the order: what the code is for, how long it works, and that it is
 * nobody else's business. There is never a link in it, because links in text messages are what thieves send.
 *
 * The last line binds the code to the host name (WICG, "Origin-bound one-time codes delivered via SMS", section 2):
 * phones offer it on that page and on no other. A portal with a port of its own has none, because the format knows none.
 */
export function composeText(order: MessageOrder, secrets: MessageSecrets, tenant: TenantVoice): RenderedText {
  const code = codeOf(order, secrets)
  const words = translate(order.locale)
  const { host, port } = new URL(tenant.publicUrl)
  const said = words.say(`text.${textKindOf(order.kind)}`, {
    code,
    tenant: plainName(tenant.name, tenantCharactersMax),
    time: words.time(new Date(order.facts.validUntil ?? order.notAfter), tenant.timeZone),
  })
  const text = port === '' ? `${said}\n@${host} #${code}` : said
  return { language: words.language, text, segments: segmentsOf(text).parts.length }
}

/** What a voice says on the telephone: the code twice, digit by digit. */
export function composeCall(order: MessageOrder, secrets: MessageSecrets, tenant: TenantVoice): RenderedText {
  textKindOf(order.kind)
  const words = translate(order.locale)
  const code = [...codeOf(order, secrets)].join(', ')
  const text = words.say('text.spoken', { code, tenant: plainName(tenant.name, tenantCharactersMax) })
  return { language: words.language, text, segments: 1 }
}

/** A long name would make two messages of one. */
const tenantCharactersMax = 30

const textKinds = ['recovery', 'unlock'] as const satisfies readonly MessageKind[]

function textKindOf(kind: MessageKind): (typeof textKinds)[number] {
  const known = textKinds.find((each) => each === kind)
  if (known === undefined) throw new RangeError(`nothing of the kind ${kind} goes out as a text message`)
  return known
}

function codeOf({ kind }: MessageOrder, { code }: MessageSecrets): string {
  if (code === undefined) throw new RangeError(`a text message of the kind ${kind} needs a code`)
  return code
}
