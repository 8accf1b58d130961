import { Fault } from '../../kernel/fault.ts'
import { type HashKind, hashBytes } from './geometry.ts'

type Take = (partition: number, rest: number) => void

/**
 * Reads a dump as text, in pieces of any size: a hash in hexadecimal a line, with or without `:count` behind it, in any
 * order. The first line says by its length which hash it is. Every line counts: one that is no hash stops the import, as
 * a password that is silently left out would be taken for a safe one.
 */
export class DumpReader {
  readonly #name: string
  #kind: HashKind | null
  #rest: Buffer = Buffer.alloc(0)
  #lines: number
  #position: number

  /** `from`: where an earlier import of the same dump stopped. */
  constructor(name: string, from: { kind: HashKind | null; position: number; lines: number }) {
    this.#name = name
    this.#kind = from.kind
    this.#lines = from.lines
    this.#position = from.position
  }

  get kind(): HashKind | null {
    return this.#kind
  }

  /** Lines that were read, blank ones and all. */
  get lines(): number {
    return this.#lines
  }

  /** Bytes of the dump before the first line that is not read yet. */
  get position(): number {
    return this.#position
  }

  /** Bytes behind `position` that were read and are no whole line yet. */
  get held(): number {
    return this.#rest.length
  }

  /** Throws a Fault `breach-dump-unreadable` that names the line. */
  read(piece: Buffer, take: Take): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let at = 0
    for (let end = bytes.indexOf(newline, at); end >= 0; end = bytes.indexOf(newline, at)) {
      this.#line(bytes, { from: at, to: end }, take)
      at = end + 1
    }
    this.#position += at
    this.#rest = Buffer.from(bytes.subarray(at))
    if (this.#rest.length > lineBytesMax) throw this.#unreadable('is too long')
  }

  /** The last line may lack its end. */
  end(take: Take): void {
    if (this.#rest.length > 0) this.read(Buffer.from([newline]), take)
  }

  #line(bytes: Buffer, { from, to }: { from: number; to: number }, take: Take): void {
    const end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to
    if (end === from) {
      this.#lines += 1
      return
    }
    const kind = (this.#kind ??= this.#kindOf(bytes, from, end))
    const hashEnd = from + 2 * hashBytes[kind]
    if (hashEnd > end || (hashEnd < end && bytes[hashEnd] !== colon))
      throw this.#unreadable(`is no ${kind} hash`)
    for (let at = from; at < hashEnd; at += 1) {
      if ((digitOf[bytes[at] ?? 0] ?? none) === none) throw this.#unreadable(`is no ${kind} hash`)
    }
    // Twelve digits and five bits: as many as a double holds exactly (see prefixOf).
    let rest = 0
    for (let at = from + 2; at < from + 14; at += 1) rest = rest * 16 + digitAt(bytes, at)
    rest = rest * 32 + digitAt(bytes, from + 14) * 2 + (digitAt(bytes, from + 15) >> 3)
    take(digitAt(bytes, from) * 16 + digitAt(bytes, from + 1), rest)
    this.#lines += 1
  }

  #kindOf(bytes: Buffer, from: number, end: number): HashKind {
    let digits = 0
    while (from + digits < end && (digitOf[bytes[from + digits] ?? 0] ?? none) !== none) digits += 1
    if (digits === 2 * hashBytes.sha1) return 'sha1'
    if (digits === 2 * hashBytes.ntlm) return 'ntlm'
    throw this.#unreadable('is neither a SHA-1 hash (40 digits) nor an NTLM hash (32 digits)')
  }

  #unreadable(what: string): Fault {
    const detail = `line ${this.#lines + 1} of ${this.#name} ${what}`
    return new Fault('breach-dump-unreadable', { detail })
  }
}

const newline = 0x0a
const carriageReturn = 0x0d
const colon = 0x3a
const lineBytesMax = 1_024
const none = 255

const digitOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase())
  return digit < 0 ? none : digit
})

const digitAt = (bytes: Buffer, at: number): number => digitOf[bytes[at] ?? 0] ?? none
