import { once } from 'node:events'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { BerReader, BerWriter } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import { endpointOf, networkProblem, type Patience, tlsProblem } from './words.ts'

/** One server and how to reach it. */
export interface Target {
  url: string
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none-on-loopback'
  /** Name the certificate must carry. */
  serverName: string
  /** PEM; null for the authorities that come with Node.js. */
  authorities: string | null
  /** Where addresses are asked for; without it, where the machine asks. */
  lookup?: LookupFunction
}

/** The server can't be used, but another one may. */
export class ServerUnusable extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.message, { cause: fault })
    this.name = 'ServerUnusable'
    this.fault = fault
  }
}

/**
 * A socket to the server with verified TLS, or the reason why not as `ServerUnusable`: `directory-unreachable`
 * when the way there is broken or the signal fired, `directory-misconfigured` when the server is not who it
 * should be. There is no fallback to anything weaker (CVE-2020-1758).
 */
export async function openSocket(target: Target, patience: Patience): Promise<Socket> {
  const { signal } = patience
  let socket: Socket | undefined
  try {
    signal.throwIfAborted()
    if (target.security === 'tls') {
      socket = connectTls({ ...placeOf(target), ...verification(target) })
      await ready(socket, 'secureConnect', signal)
      return socket
    }
    socket = connectTcp(placeOf(target))
    await ready(socket, 'connect', signal)
    if (target.security === 'none-on-loopback') return socket
    await startTls(socket, { server: endpointOf(target), signal })
    socket = connectTls({ socket, host: target.host, ...verification(target) })
    await ready(socket, 'secureConnect', signal)
    return socket
  } catch (error) {
    socket?.destroy()
    throw new ServerUnusable(faultOf(error, target, patience))
  }
}

const placeOf = ({ host, port, lookup }: Target) => ({
  host,
  port,
  ...(lookup === undefined ? {} : { lookup }),
})

async function ready(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal) {
  await once(socket, event, { signal })
  socket.setNoDelay(true)
  // Whoever uses the socket next brings handlers; an error before that must not end the process.
  socket.on('error', () => {})
}

const verification = ({ serverName, authorities }: Target) => ({
  // Said outright, because NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default for the whole process.
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  // SNI knows no addresses (RFC 6066, section 3); for one, the host in the URL is what is verified.
  ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  ...(authorities === null ? {} : { ca: authorities }),
})

function faultOf(error: unknown, target: Target, { signal, ranOut }: Patience): Fault {
  if (error instanceof Fault) return error
  const problem = signal.aborted ? ranOut() : networkProblem(error)
  const [code, words] =
    problem === null
      ? (['directory-misconfigured', tlsProblem(error, target.serverName)] as const)
      : (['directory-unreachable', problem] as const)
  return new Fault(code, { cause: error, detail: `${endpointOf(target)}: ${words}` })
}

const startTlsOid = '1.3.6.1.4.1.1466.20037'

/**
 * RFC 4511, section 4.14. Done here and not by the client library for one reason: whatever follows the answer
 * in clear text was put there by somebody in between and would be read as an answer under TLS ("NO STARTTLS",
 * 2021). Bytes in the same chunk are refused below; later ones break the handshake.
 */
async function startTls(
  socket: Socket,
  { server, signal }: { server: string; signal: AbortSignal },
): Promise<void> {
  socket.write(startTlsRequest())
  let answer = Buffer.alloc(0)
  for (;;) {
    await once(socket, 'readable', { signal })
    const chunk = socket.read() as Buffer | null
    if (chunk === null)
      throw new Fault('directory-unreachable', { detail: `${server}: hung up during StartTLS` })
    answer = Buffer.concat([answer, chunk])
    const missing = missingBytes(answer)
    if (missing === 0) break
    if (missing < 0 || answer.length > 4096) {
      throw new Fault('directory-misconfigured', {
        detail: `${server}: sent clear text after StartTLS; somebody may sit in between`,
      })
    }
  }
  const code = resultCode(answer)
  if (code !== 0) {
    throw new Fault('directory-misconfigured', {
      detail: `${server}: refused StartTLS (result ${String(code)}): enable TLS there, or use ldaps://`,
    })
  }
}

function startTlsRequest(): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeInt(1)
  writer.startSequence(0x77)
  writer.writeString(startTlsOid, 0x80)
  writer.endSequence()
  writer.endSequence()
  return writer.buffer
}

/** Positive: more must come. Negative: there is more than one message. */
function missingBytes(answer: Buffer): number {
  const reader = new BerReader(answer)
  if (reader.readSequence(0x30) === null) return 1
  return reader.length - reader.remain
}

function resultCode(answer: Buffer): number | null {
  const reader = new BerReader(answer)
  reader.readSequence(0x30)
  if (reader.readInt() !== 1) return null
  if (reader.readSequence(0x78) === null) return null
  return reader.readEnumeration()
}
