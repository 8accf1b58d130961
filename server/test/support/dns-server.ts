import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** What a name has: addresses of hosts, and hosts of services. */
export interface Zone {
  a?: Readonly<Record<string, string>>
  srv?: Readonly<Record<string, readonly { host: string; priority?: number; weight?: number }[]>>
}

export interface DnsServer extends AsyncDisposable {
  /** `127.0.0.1:…` */
  address: string
  /** Questions so far, as `SRV _ldap._tcp.…`. */
  asked: string[]
  zone: Zone
  /** Answers SERVFAIL from now on. */
  fail(): void
}

const types = { 1: 'A', 28: 'AAAA', 33: 'SRV' } as const

/** A name server for one zone (RFC 1035): it answers what is in the zone, and NXDOMAIN for the rest. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  let fails = false
  const server: DnsServer = {
    address: '',
    asked,
    zone,
    fail: () => void (fails = true),
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
  socket.on('message', (query, from) => {
    const { name, end } = readName(query)
    const type = types[query.readUInt16BE(end) as keyof typeof types] as string | undefined
    asked.push(`${type ?? '?'} ${name}`)
    const { a = {}, srv = {} } = server.zone
    const records =
      type === 'SRV'
        ? (srv[name] ?? []).map(({ host, priority = 0, weight = 100 }) => {
            const numbers = Buffer.alloc(6)
            numbers.writeUInt16BE(priority, 0)
            numbers.writeUInt16BE(weight, 2)
            numbers.writeUInt16BE(389, 4)
            return Buffer.concat([numbers, nameOctets(host)])
          })
        : type === 'A' && a[name] !== undefined
          ? [Buffer.from(a[name].split('.').map(Number))]
          : []
    const isKnown = name in a || name in srv
    const header = Buffer.from(query.subarray(0, 12))
    header.writeUInt16BE(0x8580 | (fails ? 2 : isKnown ? 0 : 3), 2)
    header.writeUInt16BE(fails ? 0 : records.length, 6)
    header.fill(0, 8, 12)
    const answers = fails ? [] : records.map((data) => record(query.readUInt16BE(end), data))
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...answers]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  server.address = `127.0.0.1:${String(socket.address().port)}`
  return server
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

const nameOctets = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ])

/** For the name of the question, of the internet, for a second. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 0x0c, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0])
  head.writeUInt16BE(type, 2)
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
