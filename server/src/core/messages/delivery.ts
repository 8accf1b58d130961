import type { AuditEvent } from '../audit/ports.ts'
import { decoyMsMax, isDecoy } from './decoy.ts'
import type {
  Channel,
  Cost,
  Delivery,
  Envelope,
  MailProvider,
  MessageOrder,
  MessageSecrets,
  Provider,
  RenderedMail,
  Sender,
} from './ports.ts'
import type { TextRecord, TextWay } from './text-way.ts'

/** What a job carries: enough to find the order, nothing that is worth stealing. */
export interface MessageRef {
  tenant: string
  id: string
}

/** Why a message did not reach its mail server: labels of `message.failed`, so a closed list. */
export const undeliveredReasons = [
  /** The stored address is not one plain mailbox; it is never repaired, only refused. */
  'address-unusable',
  /** Refused for good (5xx). */
  'refused',
  /** Refused for now (4xx). */
  'deferred',
  'unreachable',
  'timed-out',
  /** Certificate or STARTTLS: nothing was sent. */
  'tls-failed',
  'authentication-failed',
  /** Not asked: it failed too often and rests. */
  'resting',
  /** The whole message was handed over and no answer came. It may be on its way. */
  'outcome-unknown',
  /** A provider gave a reason that is not on this list. */
  'other',
] as const
export type Undelivered = (typeof undeliveredReasons)[number]

/** How a message ended. An order is settled once; its address is forgotten in the same transaction. */
export type Settlement =
  | { state: 'sent'; provider: string; at: Date; text?: SentText }
  /** The mail server refused for good. */
  | { state: 'failed'; provider: string; because: Undelivered; at: Date }
  /** Worthless before it could be sent: too late, or what it speaks of is over. */
  | { state: 'given-up'; because: 'expired' | 'overtaken'; at: Date }

/** What is recorded of a text that a provider took. */
export interface SentText extends TextRecord {
  /** What the provider calls it. */
  reference: string | null
}

/** What the job runner is told. `retry` asks for another run after its back-off with jitter. */
export type Delivered =
  | { settled: true }
  | {
      settled: false
      retry: true
      /** Absent for a mail. */
      channel?: Channel
      because: Undelivered
      notAfter: Date
      tried: readonly Tried[]
    }

/** A provider that was asked in vain: for the operator's log. */
export interface Tried {
  provider: string
  because: Undelivered
  /** Server and reason; null when the provider says no more than `because`. */
  detail: string | null
}

/** An order that waits, and what is known about its way so far. */
export interface WaitingOrder extends MessageOrder {
  orderedAt: Date
  /** When a mail server was last given the whole message without answering; null if that never was so. */
  doubtedAt: Date | null
}

/** The end of a message, for metrics. */
export interface MessageOutcome {
  channel: Channel
  /** `none` for what was given up. */
  provider: string
  outcome: Settlement['state']
  /** From the order to its end. */
  seconds: number
  /** Of a text that was sent. */
  text?: { country: string; cost: Cost | null }
}

export interface DeliverDeps {
  /** Null when there is no such order or it is settled: then there is nothing left to do. */
  load(ref: MessageRef): Promise<WaitingOrder | null>
  /**
   * Records the end of an order together with its events, forgets the address, in one transaction, and reports the
   * events once it has committed.
   * False when somebody settled it before: then nothing was recorded.
   */
  settle(ref: MessageRef, settlement: Settlement, events: readonly AuditEvent[]): Promise<boolean>
  /** Link and code, derived now. Null when the flow or generation they belong to is over. */
  secretsFor(order: MessageOrder): Promise<MessageSecrets | null>
  /** Notes that the message may have been sent. Committed when it resolves. */
  doubt(ref: MessageRef, at: Date): Promise<void>
  /** Told once about the end of each message. Must not throw. */
  observe(outcome: MessageOutcome): void
  render(order: MessageOrder, secrets: MessageSecrets): RenderedMail | Promise<RenderedMail>
  /** The sender, from the tenant's configuration and never from anything else. */
  sender(order: MessageOrder): Sender
  /** Asked in this order; the next one is asked only after a temporary failure. */
  providers: readonly MailProvider[]
  /** Absent where nothing goes over the telephone network: then such orders wait until they are worthless. */
  texts?: TextWay
  now(): Date
}

/**
 * How long a message rests whose outcome is unknown. Long enough for somebody who got it to use it, after which
 * `secretsFor` says that it is over and no second one is sent; short enough for somebody who did not to wait for it.
 */
export const doubtSeconds = 60

/**
 * Delivers one ordered message: the job function.
 *
 * At least once. A second copy goes out only if this process died between the mail server's OK and the record of it,
 * or if the server was given the whole message and never answered: SMTP can't tell whether it was taken (RFC 5321
 * section 4.5.3.2.6, RFC 1047). Until the end of the message has been sent, a failure is safe to fail over from, and
 * the next provider gets its turn in the same run. After it no other provider is asked: the message is in doubt,
 * rests, and is tried again, because a mail that comes twice is the smaller harm than none. Both copies carry the same
 * link, code and Message-ID, so that mailboxes can show them as one. The runner must not start a second run of the
 * same job before `signal` has fired in the first.
 *
 * A temporary failure settles nothing; the runner comes back until `order.notAfter`, when the message is given
 * up. Faults of the database or of rendering are thrown and change nothing either.
 */
export function makeDeliver(deps: DeliverDeps) {
  return async function deliver(ref: MessageRef, signal: AbortSignal): Promise<Delivered> {
    const order = await deps.load(ref)
    if (order === null) return { settled: true }
    if (deps.now() >= order.notAfter || isLateDecoy(order, deps.now())) return giveUp(deps, order, 'expired')
    if (isInDoubt(order, deps.now())) return later(order, 'outcome-unknown', [])
    const secrets = await deps.secretsFor(order)
    if (secrets === null) return giveUp(deps, order, 'overtaken')

    const { provider, delivery, tried, record } = await handOver(deps, order, secrets, signal)
    if (delivery.ok) {
      const text = record === undefined || isDecoy(order) ? {} : { text: sentText(record, delivery) }
      return settle(deps, order, { state: 'sent', provider, at: deps.now(), ...text })
    }
    const because = closedReason(delivery.because)
    if (delivery.permanent) {
      return settle(deps, order, { state: 'failed', provider, because, at: deps.now() })
    }
    if (because === 'outcome-unknown') await deps.doubt(ref, deps.now())
    return later(order, because, tried)
  }
}

const isLateDecoy = (order: WaitingOrder, now: Date): boolean =>
  isDecoy(order) && now.getTime() - order.orderedAt.getTime() > decoyMsMax

const isInDoubt = ({ doubtedAt }: WaitingOrder, now: Date): boolean =>
  doubtedAt !== null && now.getTime() < doubtedAt.getTime() + doubtSeconds * 1000

const later = (order: WaitingOrder, because: Undelivered, tried: readonly Tried[]): Delivered => ({
  settled: false,
  retry: true,
  because,
  notAfter: order.notAfter,
  tried,
  ...(channelOf(order) === 'email' ? {} : { channel: channelOf(order) }),
})

const channelOf = ({ channel = 'email' }: MessageOrder): Channel => channel

const sentText = (record: TextRecord, { reference, cost }: Extract<Delivery, { ok: true }>): SentText => ({
  ...record,
  reference: reference ?? null,
  cost: cost ?? record.cost,
})

interface HandedOver {
  provider: string
  delivery: Delivery
  tried: readonly Tried[]
  /** Of a text. */
  record?: TextRecord
}

async function handOver(
  deps: DeliverDeps,
  order: MessageOrder,
  secrets: MessageSecrets,
  signal: AbortSignal,
): Promise<HandedOver> {
  const channel = channelOf(order)
  if (channel === 'email') return sendByFirst(deps.providers, await envelopeFor(deps, order, secrets), signal)
  if (deps.texts === undefined) return { provider: 'none', delivery: unreachable, tried: [] }
  const text = deps.texts.prepare(order, channel, secrets)
  if (text === null) {
    return {
      provider: 'none',
      delivery: { ok: false, permanent: true, because: 'address-unusable' },
      tried: [],
    }
  }
  return { ...(await sendByFirst(text.providers, text.envelope, signal)), record: text.record }
}

const unreachable: Delivery = { ok: false, permanent: false, because: 'unreachable' }

const giveUp = (deps: DeliverDeps, order: WaitingOrder, because: 'expired' | 'overtaken') =>
  settle(deps, order, { state: 'given-up', because, at: deps.now() })

async function envelopeFor(
  deps: DeliverDeps,
  order: MessageOrder,
  secrets: MessageSecrets,
): Promise<Envelope> {
  const mail = await deps.render(order, secrets)
  return {
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    id: order.id,
    to: order.to,
    ...deps.sender(order),
    locale: order.locale,
  }
}

/**
 * A refusal for good ends the search: another server would be asked to bend the same rule, and a second server
 * that accepts what the first one rejects gains the sender a bad name, not the person a mail. So does a message that
 * may have been taken: another server would send it a second time.
 */
async function sendByFirst<Message>(
  providers: readonly Provider<Message>[],
  message: Message,
  signal: AbortSignal,
): Promise<HandedOver> {
  const tried: Tried[] = []
  let last: { provider: string; delivery: Delivery } = { provider: 'none', delivery: unreachable }
  for (const provider of providers) {
    if (signal.aborted) break
    last = { provider: provider.name, delivery: await provider.send(message, signal) }
    const { delivery } = last
    if (delivery.ok || delivery.permanent) break
    const { because, detail = null } = delivery
    tried.push({ provider: provider.name, because: closedReason(because), detail })
    if (because === 'outcome-unknown') break
  }
  return { ...last, tried }
}

async function settle(deps: DeliverDeps, order: WaitingOrder, settlement: Settlement): Promise<Delivered> {
  // A decoy is nothing that happened to anybody.
  const real = !isDecoy(order)
  const events = real ? [eventOf(order, settlement)] : []
  const isFirst = await deps.settle({ tenant: order.tenant, id: order.id }, settlement, events)
  if (isFirst && real) {
    deps.observe({
      channel: channelOf(order),
      provider: 'provider' in settlement ? settlement.provider : 'none',
      outcome: settlement.state,
      seconds: (settlement.at.getTime() - order.orderedAt.getTime()) / 1000,
      ...('text' in settlement ? { text: settlement.text } : {}),
    })
  }
  return { settled: true }
}

function eventOf(order: MessageOrder, settlement: Settlement): AuditEvent {
  const about = {
    tenant: order.tenant,
    at: settlement.at,
    subject: order.subject,
    flow: order.flow,
  }
  const channel = channelOf(order)
  const way = { kind: order.kind, ...(channel === 'email' ? {} : { channel }) }
  if (settlement.state === 'sent') {
    return { ...about, name: 'message.sent', facts: { ...way, provider: settlement.provider } }
  }
  const provider = settlement.state === 'failed' ? settlement.provider : 'none'
  return {
    ...about,
    name: 'message.failed',
    facts: { ...way, provider, because: settlement.because },
  }
}

const closedReason = (because: string): Undelivered =>
  undeliveredReasons.find((reason) => reason === because) ?? 'other'
