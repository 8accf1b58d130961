import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { BerReader, BerWriter } from 'ldapts'

/** What a server that means no good answers to requests of this kind (RFC 4511, section 4.2 and following). */
export type Kind = 'bind' | 'search' | 'modify' | 'extended'

/**
 * `referral`: go there instead (section 4.1.10). `reference`: there is more over there (section 4.5.3). `endless`: entries
 * without an end. `well`: as asked.
 */
export type Behaviour = 'well' | 'endless' | { referral: string } | { reference: string }

export interface CrookedLdap extends AsyncDisposable {
  url: string
  behave: Partial<Record<Kind, Behaviour>>
  /** What was asked, in order. */
  asked: Kind[]
  /** Bytes that it got rid of. */
  sent(): number
}

const kinds: Readonly<Record<number, Kind>> = {
  0x60: 'bind',
  0x63: 'search',
  0x66: 'modify',
  0x77: 'extended',
}
const answerTags: Readonly<Record<Kind, number>> = { bind: 0x61, search: 0x65, modify: 0x67, extended: 0x78 }

/** An LDAP server that has one person and says what the test wants. No TLS. */
export async function startCrookedLdap(person: {
  dn: string
  attributes: Readonly<Record<string, string>>
}): Promise<CrookedLdap> {
  const sockets = new Set<Socket>()
  const asked: Kind[] = []
  let sent = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let unread = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes])
      for (;;) {
        const request = firstMessage(unread)
        if (request === null) return
        unread = unread.subarray(request.length)
        if (request.kind === null) continue
        asked.push(request.kind)
        void answer(socket, request.id, request.kind)
      }
    })
  })

  async function answer(socket: Socket, id: number, kind: Kind): Promise<void> {
    const behaviour = crooked.behave[kind] ?? 'well'
    const write = async (message: Buffer) => {
      sent += message.length
      if (!socket.write(message)) await once(socket, 'drain').catch(() => undefined)
    }
    if (behaviour === 'endless') {
      const entry = entryOf(id, { dn: person.dn, attributes: { description: 'x'.repeat(60_000) } })
      while (!socket.destroyed) await write(entry)
      return
    }
    const goThere = typeof behaviour === 'object' ? behaviour : null
    const referral = goThere !== null && 'referral' in goThere ? goThere.referral : null
    const reference = goThere !== null && 'reference' in goThere ? goThere.reference : null
    if (kind === 'search' && referral === null) await write(entryOf(id, person))
    if (reference !== null) await write(referenceOf(id, reference))
    await write(resultOf(id, answerTags[kind], referral))
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const crooked: CrookedLdap = {
    url: `ldap://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: {},
    asked,
    sent: () => sent,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return crooked
}

function firstMessage(bytes: Buffer): { id: number; kind: Kind | null; length: number } | null {
  const reader = new BerReader(bytes)
  if (reader.readSequence(0x30) === null) return null
  const header = bytes.length - reader.remain
  const length = header + reader.length
  if (bytes.length < length) return null
  const id = reader.readInt() ?? 0
  return { id, kind: kinds[reader.peek() ?? 0] ?? null, length }
}

function message(id: number, tag: number, fill: (writer: BerWriter) => void): Buffer {
  const writer = new BerWriter()
  writer.startSequence()
  writer.writeInt(id)
  writer.startSequence(tag)
  fill(writer)
  writer.endSequence()
  writer.endSequence()
  return writer.buffer
}

const entryOf = (id: number, { dn, attributes }: Parameters<typeof startCrookedLdap>[0]) =>
  message(id, 0x64, (writer) => {
    writer.writeString(dn)
    writer.startSequence()
    for (const [name, value] of Object.entries(attributes)) {
      writer.startSequence()
      writer.writeString(name)
      writer.startSequence(0x31)
      writer.writeString(value)
      writer.endSequence()
      writer.endSequence()
    }
    writer.endSequence()
  })

const referenceOf = (id: number, url: string) => message(id, 0x73, (writer) => writer.writeString(url))

const resultOf = (id: number, tag: number, referral: string | null) =>
  message(id, tag, (writer) => {
    writer.writeEnumeration(referral === null ? 0 : 10)
    writer.writeString('')
    writer.writeString('')
    if (referral === null) return
    writer.startSequence(0xa3)
    writer.writeString(referral)
    writer.endSequence()
  })
