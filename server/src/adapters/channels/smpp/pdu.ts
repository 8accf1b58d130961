/** What is used of SMPP 3.4 (SMPP Protocol Specification v3.4, issue 1.2, section 5.1.2.1). */
export const commands = {
  genericNack: 0x8000_0000,
  submitSm: 0x0000_0004,
  deliverSm: 0x0000_0005,
  unbind: 0x0000_0006,
  bindTransceiver: 0x0000_0009,
  enquireLink: 0x0000_0015,
} as const

const responseBit = 0x8000_0000

export const isResponse = (command: number): boolean => command >= responseBit
export const responseTo = (command: number): number => command + responseBit

/** One unit of the protocol: sixteen octets of header, and a body. */
export interface Pdu {
  command: number
  status: number
  sequence: number
  body: Uint8Array
}

const headerBytes = 16
/** Receipts have some 200 octets. Whoever announces more speaks another protocol. */
const pduBytesMax = 16 * 1024

export function encode({ command, status, sequence, body }: Pdu): Uint8Array {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32BE(headerBytes + body.length, 0)
  header.writeUInt32BE(command, 4)
  header.writeUInt32BE(status, 8)
  header.writeUInt32BE(sequence, 12)
  return Buffer.concat([header, body])
}

/** Cuts a stream into units; throws a `RangeError` for what can be none. */
export function makeReader(): (chunk: Uint8Array) => Pdu[] {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const read: Pdu[] = []
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0)
      if (length < headerBytes || length > pduBytesMax) throw new RangeError('this is not SMPP')
      if (rest.length < length) break
      read.push({
        command: rest.readUInt32BE(4),
        status: rest.readUInt32BE(8),
        sequence: rest.readUInt32BE(12),
        body: Uint8Array.from(rest.subarray(headerBytes, length)),
      })
      rest = rest.subarray(length)
    }
    return read
  }
}

/** C-octet string: ASCII and a zero. */
export const cString = (text: string): Uint8Array => Buffer.from(`${text}\0`, 'latin1')

export const octets = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** Optional parameters by their tag (section 5.3.2). */
export const tags = { receiptedMessageId: 0x001e, messagePayload: 0x0424, messageState: 0x0427 } as const

export function tlv(tag: number, value: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeUInt16BE(tag, 0)
  head.writeUInt16BE(value.length, 2)
  return Buffer.concat([head, value])
}

/** Reads a body from its beginning; throws a `RangeError` where it is too short. */
export interface BodyReader {
  octet(): number
  text(): string
  bytes(count: number): Uint8Array
  /** Everything that is left, as optional parameters. */
  tlvs(): ReadonlyMap<number, Uint8Array>
}

export function readBody(body: Uint8Array): BodyReader {
  const buffer = Buffer.from(body)
  let at = 0
  const bytes = (count: number): Buffer => {
    if (at + count > buffer.length) throw new RangeError('a unit ends too early')
    at += count
    return buffer.subarray(at - count, at)
  }
  return {
    octet: () => bytes(1).readUInt8(0),
    bytes,
    text() {
      const end = buffer.indexOf(0, at)
      const text = bytes((end < 0 ? buffer.length : end) - at).toString('latin1')
      if (end >= 0) at += 1
      return text
    },
    tlvs() {
      const found = new Map<number, Uint8Array>()
      while (at < buffer.length) {
        const head = bytes(4)
        found.set(head.readUInt16BE(0), bytes(head.readUInt16BE(2)))
      }
      return found
    },
  }
}
