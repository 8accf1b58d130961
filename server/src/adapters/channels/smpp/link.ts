import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type SecureContextOptions } from 'node:tls'
import { commands, cString, encode, isResponse, makeReader, octets, type Pdu, responseTo } from './pdu.ts'

export interface LinkOptions {
  host: string
  port: number
  /** Null: no TLS. */
  tls: (SecureContextOptions & { servername?: string }) | null
  systemId: string
  password: string
  systemType: string
  timeoutMs: number
  /** A `deliver_sm`; the status that it is answered with. */
  delivered(body: Uint8Array): Promise<number>
}

/** Why a link came to nothing. `sent`: a request was on its way, and nobody knows what became of it. */
export class LinkLost extends Error {
  readonly sent: boolean
  /** `command_status` of the answer to the bind. */
  readonly bindStatus: number | null

  constructor(options: { sent?: boolean; bindStatus?: number; cause?: unknown } = {}) {
    super('the link to the SMSC is lost', { cause: options.cause })
    this.name = 'LinkLost'
    this.sent = options.sent ?? false
    this.bindStatus = options.bindStatus ?? null
  }
}

/** A bound transceiver. It makes itself anew when it was lost, at the next request. */
export interface Link {
  /** Throws `LinkLost`. A request that is answered with a status is answered. */
  request(command: number, body: Uint8Array, signal: AbortSignal): Promise<Pdu>
  close(): Promise<void>
}

/** Servers hang up on silent clients; routers forget them. */
const enquireEveryMs = 30_000
/** `generic_nack` for a command that we do not take (SMPP 3.4 section 5.1.3). */
const invalidCommand = 0x03
const version34 = 0x34

export function makeLink(options: LinkOptions): Link {
  let session: Promise<Session> | null = null
  let isClosed = false
  const open = (): Promise<Session> => {
    if (session !== null) return session
    const opening = openSession(options, () => {
      if (session === opening) session = null
    })
    session = opening
    opening.catch(() => {
      if (session === opening) session = null
    })
    return opening
  }
  return {
    async request(command, body, signal) {
      if (isClosed) throw new LinkLost()
      const bound = await beforeAbort(open(), signal)
      return bound.request(command, body, signal)
    },
    async close() {
      isClosed = true
      await session?.then((bound) => bound.unbind()).catch(() => undefined)
    },
  }
}

interface Session {
  request(command: number, body: Uint8Array, signal?: AbortSignal): Promise<Pdu>
  unbind(): Promise<void>
}

async function openSession(options: LinkOptions, lost: () => void): Promise<Session> {
  const { host, port, tls, timeoutMs } = options
  const socket = tls === null ? connectPlain({ host, port }) : connectTls({ host, port, ...tls })
  const session = speak(socket, options, lost)
  try {
    await within(timeoutMs, connected(socket, tls === null ? 'connect' : 'secureConnect'))
    const bound = await session.request(
      commands.bindTransceiver,
      Buffer.concat([
        ...[cString(options.systemId), cString(options.password), cString(options.systemType)],
        octets(version34, 0, 0),
        cString(''),
      ]),
    )
    if (bound.status !== 0) throw new LinkLost({ bindStatus: bound.status })
  } catch (cause) {
    socket.destroy()
    if (cause instanceof LinkLost && cause.bindStatus !== null) throw cause
    throw new LinkLost({ cause: cause instanceof LinkLost ? cause.cause : cause })
  }
  const alive = setInterval(() => {
    session.request(commands.enquireLink, octets()).catch(() => undefined)
  }, enquireEveryMs).unref()
  socket.once('close', () => clearInterval(alive))
  return session
}

function speak(socket: Socket, { timeoutMs, delivered }: LinkOptions, lost: () => void): Session {
  const waiting = new Map<number, { resolve(pdu: Pdu): void; reject(error: unknown): void }>()
  const read = makeReader()
  let sequence = 0
  let problem: unknown
  const write = (pdu: Pdu) => {
    if (socket.writable) socket.write(encode(pdu))
  }
  const answer = async (pdu: Pdu) => {
    const { command, sequence: of } = pdu
    if (command === commands.deliverSm) {
      const status = await delivered(pdu.body)
      write({ command: responseTo(command), status, sequence: of, body: cString('') })
    } else if (command === commands.enquireLink || command === commands.unbind) {
      write({ command: responseTo(command), status: 0, sequence: of, body: octets() })
      if (command === commands.unbind) socket.end()
    } else {
      write({ command: commands.genericNack, status: invalidCommand, sequence: of, body: octets() })
    }
  }
  const take = (pdu: Pdu) => {
    if (!isResponse(pdu.command)) {
      void answer(pdu)
      return
    }
    waiting.get(pdu.sequence)?.resolve(pdu)
    waiting.delete(pdu.sequence)
  }
  socket.on('data', (chunk: Uint8Array) => {
    try {
      for (const pdu of read(chunk)) take(pdu)
    } catch (error) {
      socket.destroy(error instanceof Error ? error : undefined)
    }
  })
  socket.on('error', (error) => {
    problem = error
  })
  socket.once('close', () => {
    lost()
    for (const { reject } of waiting.values()) reject(new LinkLost({ sent: true, cause: problem }))
    waiting.clear()
  })
  const request = async (command: number, body: Uint8Array, signal?: AbortSignal): Promise<Pdu> => {
    if (!socket.writable) throw new LinkLost({ cause: problem })
    sequence = sequence === 0x7fff_ffff ? 1 : sequence + 1
    const asked = sequence
    const answered = new Promise<Pdu>((resolve, reject) => waiting.set(asked, { resolve, reject }))
    write({ command, status: 0, sequence: asked, body })
    try {
      const patient = within(timeoutMs, answered)
      return await (signal === undefined ? patient : beforeAbort(patient, signal))
    } catch (error) {
      // An answer that comes later would be taken for nothing; and whoever is silent for so long is gone.
      waiting.delete(asked)
      answered.catch(() => undefined)
      socket.destroy()
      throw error instanceof LinkLost ? error : new LinkLost({ sent: true, cause: error })
    }
  }
  return {
    request,
    async unbind() {
      await within(unbindMs, request(commands.unbind, octets())).catch(() => undefined)
      socket.destroy()
    },
  }
}

const unbindMs = 500

const connected = (socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('error', reject)
    socket.once('close', () => reject(new LinkLost()))
  })

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  return beforeAbort(work, AbortSignal.timeout(milliseconds))
}

async function beforeAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
