import type { Static } from 'typebox'
import type { Outside } from '../../kernel/outside.ts'
import { knownKeyText } from './handshake.ts'
import { type About, Answer, Beat, FromAgent, Rotation, readMessage } from './messages.ts'
import type { AgentRecords, Channel, EnrolledAgent, LineState } from './ports.ts'
import { isSealingKey } from './sealed-passwords.ts'
import { isSigned, type Signer } from './signing.ts'

/** An order as it goes to one agent. */
export interface HandedOrder {
  id: string
  /** SHA-256 of the text. */
  digest: string
  text: string
  sealed: string | null
}

/** What was said about one order over one line. */
export interface Exchange {
  /** The next signed answer; `lost` when none can come any more, `cut-off` when the signal fires first. */
  next(signal: AbortSignal): Promise<Answer | 'lost' | 'cut-off'>
  /** Asks for the next page. */
  more(): void
  cancel(): void
  /** Nothing more is listened for. */
  end(): void
}

export interface ServerLineDeps extends Outside {
  records: Pick<AgentRecords, 'rotate' | 'tell'>
  log(
    level: 'info' | 'warn' | 'error',
    message: string,
    facts: Record<string, string | number | boolean>,
  ): void
}

/** Of one order, that nobody has looked at yet. */
const answersMax = 2

interface Waiting {
  digest: string
  arrived: Answer[]
  wake(): void
}

/** The server's end of a line to one agent that has proven who it is. */
export class ServerLine {
  readonly agent: EnrolledAgent
  readonly session: string
  readonly about: Static<typeof About>
  readonly serverKey: string
  readonly #channel: Channel
  readonly #signer: Signer
  /** The key that this line was opened with. */
  readonly #agentKey: string
  readonly #deps: ServerLineDeps
  readonly #connectedAt: Date
  readonly #waiting = new Map<string, Waiting>()
  #isOpen = true
  #pinged: { count: number; at: number } | null = null
  #pings = 0
  #missed = 0
  #state: Pick<LineState, 'beat' | 'beatAt' | 'latencyMs'> = { beat: null, beatAt: null, latencyMs: null }

  constructor(
    channel: Channel,
    proven: {
      agent: EnrolledAgent
      agentKey: string
      session: string
      about: Static<typeof About>
      signer: Signer
    },
    deps: ServerLineDeps,
  ) {
    this.#channel = channel
    this.agent = proven.agent
    this.session = proven.session
    this.about = proven.about
    this.#signer = proven.signer
    this.serverKey = proven.signer.publicKey
    this.#agentKey = proven.agentKey
    this.#deps = deps
    this.#connectedAt = deps.now()
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  state(): LineState {
    const { tenant, directory, name } = this.agent
    const { version } = this.about
    return { tenant, directory, agent: name, version, connectedAt: this.#connectedAt, ...this.#state }
  }

  /** Whether it was opened with a key that its agent is known by. Otherwise somebody else may be at the other end. */
  isOpenedBy({ keys, previousSigning }: Pick<EnrolledAgent, 'keys' | 'previousSigning'>): boolean {
    return [keys.signing, previousSigning].includes(this.#agentKey)
  }

  /** Listens until the line ends. */
  async serve(): Promise<void> {
    try {
      for (let text = await this.#channel.next(); text !== null; text = await this.#channel.next()) {
        const message = readMessage(FromAgent, text)
        if (message === null || !(await this.#heard(message))) {
          this.#deps.log('warn', 'an agent said what it may not say; its line is given up', this.#facts())
          return
        }
      }
    } finally {
      this.close()
    }
  }

  close(): void {
    this.#isOpen = false
    this.#channel.close()
    for (const { wake } of this.#waiting.values()) wake()
  }

  /** Null when it was certainly not sent. */
  hand({ id, digest, text, sealed }: HandedOrder): Exchange | null {
    const signature = this.#signer.sign('order', text)
    if (!this.#isOpen) return null
    const waiting: Waiting = { digest, arrived: [], wake: () => undefined }
    this.#waiting.set(id, waiting)
    if (!this.#channel.send(JSON.stringify({ is: 'order', order: text, signature, sealed }))) {
      this.#waiting.delete(id)
      return null
    }
    return {
      next: (signal) => this.#nextOf(waiting, signal),
      more: () => void this.#channel.send(JSON.stringify({ is: 'next', order: id })),
      cancel: () => void this.#channel.send(JSON.stringify({ is: 'cancel', order: id })),
      end: () => void this.#waiting.delete(id),
    }
  }

  /** Asks for a sign of life. A line that twice gave none is closed. */
  ping(): void {
    if (this.#pinged !== null) {
      this.#missed += 1
      if (this.#missed >= 2) return this.close()
    }
    this.#pings += 1
    this.#pinged = { count: this.#pings, at: this.#deps.now().getTime() }
    this.#channel.send(JSON.stringify({ is: 'ping', count: this.#pinged.count }))
  }

  async #nextOf(waiting: Waiting, signal: AbortSignal): Promise<Answer | 'lost' | 'cut-off'> {
    for (;;) {
      const first = waiting.arrived.shift()
      if (first !== undefined) return first
      if (!this.#isOpen) return 'lost'
      if (signal.aborted) return 'cut-off'
      const woken = Promise.withResolvers<undefined>()
      const wake = () => woken.resolve(undefined)
      waiting.wake = wake
      signal.addEventListener('abort', wake, { once: true })
      await woken.promise
      signal.removeEventListener('abort', wake)
    }
  }

  async #heard(message: Static<typeof FromAgent>): Promise<boolean> {
    switch (message.is) {
      case 'answer':
        return (
          isSigned(this.#agentKey, 'answer', message.answer, message.signature) &&
          this.#answered(message.answer)
        )
      case 'beat':
        return isSigned(this.#agentKey, 'beat', message.beat, message.signature) && this.#beat(message.beat)
      case 'rotation':
        return this.#rotate(message)
    }
  }

  #answered(text: string): boolean {
    const answer = readMessage(Answer, text)
    if (answer === null || answer.session !== this.session || answer.agent !== this.agent.name) return false
    const waiting = this.#waiting.get(answer.order)
    // Nobody waits any more; or it answers another text than the one that was sent.
    if (waiting === undefined) return true
    if (waiting.digest !== answer.digest) return false
    // Each is asked for on its own: who sends more fills the memory of everybody.
    if (waiting.arrived.length >= answersMax) return false
    waiting.arrived.push(answer)
    waiting.wake()
    return true
  }

  async #beat(text: string): Promise<boolean> {
    const beat = readMessage(Beat, text)
    if (beat === null || beat.session !== this.session) return false
    if (this.#pinged === null || beat.count !== this.#pinged.count) return true
    const now = this.#deps.now()
    this.#state = { beat, beatAt: now, latencyMs: Math.max(0, now.getTime() - this.#pinged.at) }
    this.#pinged = null
    this.#missed = 0
    await this.#deps.records.tell(this.state())
    return true
  }

  async #rotate({
    rotation,
    signature,
    ownSignature,
  }: {
    rotation: string
    signature: string
    ownSignature: string
  }) {
    const read = readMessage(Rotation, rotation)
    if (
      read === null ||
      read.session !== this.session ||
      !isSealingKey(read.keys.sealing, this.#deps) ||
      !isSigned(this.#agentKey, 'rotation', rotation, signature) ||
      !isSigned(read.keys.signing, 'rotation', rotation, ownSignature)
    ) {
      return false
    }
    const { tenant, directory, name } = this.agent
    const signedWith = this.#agentKey
    if (!(await this.#deps.records.rotate({ tenant, directory, name, signedWith }, read.keys))) return false
    const { signing: key } = read.keys
    const known = this.#signer.sign('known-key', knownKeyText(this.session, key))
    this.#channel.send(JSON.stringify({ is: 'rotated', key, signature: known }))
    this.#deps.log('info', 'an agent has new keys', this.#facts())
    return true
  }

  #facts() {
    const { tenant, directory, name } = this.agent
    return { tenant, directory, agent: name }
  }
}
