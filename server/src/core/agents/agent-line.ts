import type { Static } from 'typebox'
import { Fault } from '../../kernel/fault.ts'
import type { AgentDeps, OrderTaker } from './agent.ts'
import { followSuccessions, knownKeyText, serveTranscript, sessionOf, transcriptAnd } from './handshake.ts'
import { agentSigner, publicKeysOf } from './identity.ts'
import {
  type About,
  type Answer,
  type Beat,
  Challenge,
  directoryFaultCode,
  type Hello,
  type Outcome,
  Ready,
  readMessage,
  ToAgent,
} from './messages.ts'
import { type Order, orderSeconds, readOrder } from './orders.ts'
import type { AgentPrivateKeys, Channel } from './ports.ts'
import { digestOf, isSigned, type Signer } from './signing.ts'

/** How a line ended. */
export type LineEnd =
  /** It had been in use; the other end is gone. */
  | 'closed'
  /** The server does not have the key that this agent trusts: somebody else answers there, or it was set up anew. */
  | 'server-not-trusted'
  /** The server does not know this agent, or was told to let it in no more. */
  | 'refused'
  /** What came was no Rekey, or nothing came. */
  | 'no-answer'

/** At the same time over one line. */
const ordersMax = 500
/** As it travels. A longer one would end the line, and with it every order that is under way. */
const answerBytesMax = 990_000
const handshakeMs = 15_000
/** A server pings every 15 seconds. */
const silenceMs = 60_000

/** Serves one line until it ends. */
export async function serveLine(
  channel: Channel,
  deps: AgentDeps & { taker: OrderTaker; keys: AgentPrivateKeys },
): Promise<LineEnd> {
  try {
    const opened = await openLine(channel, deps)
    if (typeof opened === 'string') return opened
    deps.log('info', 'connected to a server', { session: opened.session.slice(0, 8) })
    await new AgentLine(channel, opened, deps).serve()
    return 'closed'
  } finally {
    channel.close()
  }
}

interface Opened {
  session: string
  serverKey: string
  signer: Signer
  line: { tenant: string; directory: string; agent: string; session: string }
}

async function openLine(
  channel: Channel,
  { identity, keys, inner, version, randomBytes, log, now }: AgentDeps & { keys: AgentPrivateKeys },
): Promise<Opened | LineEnd> {
  const { tenant, directory, agent, serverKey: trusted } = identity.read()
  const signer = agentSigner(keys)
  const hello: Static<typeof Hello> = {
    is: 'hello',
    ...{ tenant, directory, agent, key: signer.publicKey },
    nonce: Buffer.from(randomBytes(32)).toString('base64url'),
    serverKey: trusted,
  }
  channel.send(JSON.stringify(hello))
  const challenge = readMessage(Challenge, (await channel.next(AbortSignal.timeout(handshakeMs))) ?? '')
  if (challenge === null) return 'no-answer'
  const present = followSuccessions(trusted, tenant, challenge.successions)
  const transcript = serveTranscript(hello, challenge)
  const { serverKey } = challenge
  if (present !== serverKey || !isSigned(serverKey, 'challenge', transcript, challenge.signature)) {
    return 'server-not-trusted'
  }
  if (serverKey !== trusted) {
    // The older key counts no more from here on, whoever has it.
    await identity.save({ ...identity.read(), serverKey })
    log('info', 'the server has a new key, signed by the one before', { key: serverKey.slice(0, 16) })
  }
  const apartSeconds = Math.round(Math.abs(Date.parse(challenge.now) - now().getTime()) / 1_000)
  if (apartSeconds > 5) log('warn', 'the clocks of server and agent are apart', { seconds: apartSeconds })
  const about: Static<typeof About> = { version, abilities: { ...inner.abilities } }
  const said = JSON.stringify(about)
  const signature = signer.sign('proof', transcriptAnd(transcript, said))
  channel.widen()
  channel.send(JSON.stringify({ is: 'proof', about: said, signature }))
  const ready = readMessage(Ready, (await channel.next(AbortSignal.timeout(handshakeMs))) ?? '')
  if (ready === null) return 'refused'
  const session = sessionOf(transcript)
  if (!isSigned(serverKey, 'known-key', knownKeyText(session, ready.key), ready.signature)) {
    return 'server-not-trusted'
  }
  await settleKeys(identity, ready.key, now())
  return { session, serverKey, signer, line: { tenant, directory, agent, session } }
}

/** How long a key is kept that a server may still seal to. */
const formerKeyMs = 86_400_000

/** When the server knows the keys that were drawn last, they are the keys. */
async function settleKeys(identity: AgentDeps['identity'], known: string, now: Date): Promise<void> {
  const present = identity.read()
  const { nextKeys, keys } = present
  if (nextKeys === null || publicKeysOf(nextKeys).signing !== known) return
  const until = new Date(now.getTime() + formerKeyMs).toISOString()
  const formerKeys = [
    { ...keys, until },
    ...present.formerKeys.filter((former) => Date.parse(former.until) > now.getTime()),
  ]
  await identity.save({ ...present, keys: nextKeys, nextKeys: null, formerKeys })
}

type Deps = AgentDeps & { taker: OrderTaker }

/** What goes on over a line that is open. */
class AgentLine {
  readonly #channel: Channel
  readonly #opened: Opened
  readonly #deps: Deps
  readonly #gone = new AbortController()
  readonly #work = new Map<string, { cancel: AbortController; next(): void }>()
  /** Ids that came in over this line, until their order is too old anyway. */
  readonly #seen = new Map<string, number>()
  #rotationSent = false

  constructor(channel: Channel, opened: Opened, deps: Deps) {
    this.#channel = channel
    this.#opened = opened
    this.#deps = deps
  }

  async serve(): Promise<void> {
    this.#proposeRotation()
    try {
      for (;;) {
        const text = await this.#channel.next(AbortSignal.timeout(silenceMs))
        if (text === null) return
        const message = readMessage(ToAgent, text)
        if (message === null) this.#deps.log('warn', 'the server said what is no message', {})
        if (message === null || !(await this.#heard(message))) return
      }
    } finally {
      this.#gone.abort()
    }
  }

  /** False when the line is not to be trusted any further. */
  async #heard(message: Static<typeof ToAgent>): Promise<boolean> {
    switch (message.is) {
      case 'order': {
        const { order, signature, sealed } = message
        if (!isSigned(this.#opened.serverKey, 'order', order, signature)) {
          // Whoever is between changes what passes, or writes orders: nothing else from there is listened to.
          this.#deps.log('error', 'an order was not signed by the server; the line is given up', {})
          return false
        }
        this.#receive(order, sealed)
        return true
      }
      case 'cancel':
        this.#work.get(message.order)?.cancel.abort()
        return true
      case 'next':
        this.#work.get(message.order)?.next()
        return true
      case 'ping':
        this.#beat(message.count)
        return true
      case 'rotated': {
        const { serverKey, session } = this.#opened
        const { key, signature } = message
        if (!isSigned(serverKey, 'known-key', knownKeyText(session, key), signature)) return false
        await settleKeys(this.#deps.identity, key, this.#deps.now())
        return true
      }
    }
  }

  #receive(text: string, sealed: string | null): void {
    const order = readOrder(text)
    if (order === null) {
      this.#deps.log('error', 'the server signed what is no order', {})
      return
    }
    const now = this.#deps.now()
    const received = { order, sealed, line: this.#opened.line, now }
    const answer = (outcome: Outcome, page = 0, last = true) =>
      this.#answer({ order, digest: digestOf(text) }, { outcome, page, last })
    const because =
      this.#deps.taker.whyNot(received) ??
      (this.#isRepeated(order, now) ? 'order-repeated' : null) ??
      (this.#work.size >= ordersMax ? 'rate-cap' : null)
    if (because !== null) {
      this.#deps.log('warn', 'an order was refused', { because })
      return answer({ is: 'refused', because, detail: null })
    }
    const cancel = new AbortController()
    const timeMs = Math.max(0, Date.parse(order.expiresAt) - Date.parse(order.issuedAt))
    let wanted = Promise.withResolvers<undefined>()
    this.#work.set(order.id, { cancel, next: () => wanted.resolve(undefined) })
    const lineGone = this.#gone.signal
    const work =
      order.operation.name === 'list'
        ? this.#list(AbortSignal.any([cancel.signal, lineGone]), answer, () => {
            wanted = Promise.withResolvers()
            return wanted.promise
          })
        : this.#deps.taker
            .take(received, {
              cancelled: AbortSignal.any([cancel.signal, AbortSignal.timeout(timeMs)]),
              lineGone,
            })
            .then((outcome) => answer(outcome))
    void work.finally(() => this.#work.delete(order.id))
  }

  async #list(
    signal: AbortSignal,
    answer: (outcome: Outcome, page: number, last: boolean) => void,
    turn: () => Promise<undefined>,
  ): Promise<void> {
    let page = 0
    try {
      for await (const entries of this.#deps.taker.list(signal)) {
        const asked = turn()
        answer({ is: 'value', value: entries }, page, false)
        page += 1
        // A list takes as long as it takes; nobody keeps a page waiting for longer than an order lives.
        const patience = AbortSignal.any([signal, AbortSignal.timeout(orderSeconds * 1_000)])
        const isAsked = await Promise.race([asked.then(() => true), aborted(patience).then(() => false)])
        if (!isAsked) throw new Fault('directory-unreachable')
      }
      answer({ is: 'value', value: [] }, page, true)
    } catch (error) {
      const code = (error instanceof Fault ? directoryFaultCode(error.code) : null) ?? 'directory-unreachable'
      const detail = error instanceof Fault ? (error.detail?.slice(0, 2_000) ?? null) : null
      answer({ is: 'fault', code, detail }, page, true)
    }
  }

  #isRepeated({ id, expiresAt }: Order, now: Date): boolean {
    if (this.#seen.has(id)) return true
    if (this.#seen.size >= 10_000) {
      const longAgo = now.getTime() - 600_000
      for (const [old, until] of this.#seen) if (until < longAgo) this.#seen.delete(old)
    }
    this.#seen.set(id, Date.parse(expiresAt))
    return false
  }

  #answer(to: { order: Order; digest: string }, said: Pick<Answer, 'outcome' | 'page' | 'last'>): void {
    const { agent, session } = this.#opened.line
    const answer: Answer = { order: to.order.id, digest: to.digest, agent, session, ...said }
    const text = JSON.stringify(answer)
    if (said.outcome.is === 'value' && Buffer.byteLength(JSON.stringify(text)) > answerBytesMax) {
      const detail = 'what the directory tells is longer than a message'
      const outcome = { is: 'fault', code: 'directory-answer-unusable', detail } as const
      return this.#answer(to, { ...said, outcome })
    }
    const signature = this.#opened.signer.sign('answer', text)
    this.#channel.send(JSON.stringify({ is: 'answer', answer: text, signature }))
  }

  #beat(count: number): void {
    const { journal, taker, now } = this.#deps
    const beat: Beat = {
      session: this.#opened.session,
      count,
      directory: taker.directoryState(),
      writesLastHour: journal.begunSince(new Date(now().getTime() - 3_600_000)),
    }
    const text = JSON.stringify(beat)
    const signature = this.#opened.signer.sign('beat', text)
    this.#channel.send(JSON.stringify({ is: 'beat', beat: text, signature }))
    this.#proposeRotation()
  }

  /** Keys that were drawn anew are signed by the present ones, and sign for themselves. */
  #proposeRotation(): void {
    const { nextKeys } = this.#deps.identity.read()
    if (nextKeys === null || this.#rotationSent) return
    this.#rotationSent = true
    const { session, signer } = this.#opened
    const text = JSON.stringify({ session, keys: publicKeysOf(nextKeys) })
    const signature = signer.sign('rotation', text)
    const ownSignature = agentSigner(nextKeys).sign('rotation', text)
    this.#channel.send(JSON.stringify({ is: 'rotation', rotation: text, signature, ownSignature }))
  }
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
