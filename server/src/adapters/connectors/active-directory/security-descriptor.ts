import { guidText, sidLength, sidText } from './octets.ts'

/** One entry of an access list that holds for the object itself. */
interface AccessEntry {
  allows: boolean
  mask: number
  /** Right, attribute or set of attributes that it is about; null for all. */
  about: string | null
  sid: string
}

/** MS-DTYP, section 2.4.4.1. */
const kinds: Readonly<Record<number, { allows: boolean; hasObject: boolean }>> = {
  0: { allows: true, hasObject: false },
  1: { allows: false, hasObject: false },
  5: { allows: true, hasObject: true },
  6: { allows: false, hasObject: true },
}
const inheritOnly = 0x08
const controlAccess = 0x100

/**
 * Whether somebody with these SIDs has an extended right to an object (MS-ADTS, section 5.1.3.3.4): the first entry that
 * is about it decides. `descriptor` is in the self-relative form (MS-DTYP, section 2.4.6). Null when it can't be read.
 */
export function hasExtendedRight(
  descriptor: Buffer,
  { right, sids }: { right: string; sids: ReadonlySet<string> },
): boolean | null {
  const entries = accessEntries(descriptor)
  if (entries === null) return null
  const deciding = entries.find(
    ({ mask, about, sid }) =>
      (mask & controlAccess) !== 0 && (about === null || about === right) && sids.has(sid),
  )
  return deciding?.allows ?? false
}

function accessEntries(descriptor: Buffer): AccessEntry[] | null {
  try {
    const start = descriptor.readUInt32LE(16)
    // Without a list everything is allowed to everybody, which no object in a directory has.
    if (start === 0) return null
    const list = descriptor.subarray(start, start + descriptor.readUInt16LE(start + 2))
    const entries: AccessEntry[] = []
    for (let at = 8, left = list.readUInt16LE(4); left > 0; left -= 1) {
      const entry = list.subarray(at, at + list.readUInt16LE(at + 2))
      at += entry.length
      const read = accessEntry(entry)
      if (read !== null) entries.push(read)
    }
    return entries
  } catch (error) {
    // It ends too early.
    if (error instanceof RangeError) return null
    throw error
  }
}

function accessEntry(octets: Buffer): AccessEntry | null {
  const kind = kinds[octets.readUInt8(0)]
  if (kind === undefined || (octets.readUInt8(1) & inheritOnly) !== 0) return null
  const flags = kind.hasObject ? octets.readUInt32LE(8) : 0
  // Which right, and which kind of heir; the entry holds for this object, so the heir is it.
  const about = (flags & 1) === 0 ? null : guidText(octets.subarray(12, 28))
  const start = 8 + (kind.hasObject ? 4 : 0) + ((flags & 1) === 0 ? 0 : 16) + ((flags & 2) === 0 ? 0 : 16)
  const rest = octets.subarray(start)
  const sid = sidText(rest.subarray(0, sidLength(rest) ?? 0))
  return sid === null ? null : { allows: kind.allows, mask: octets.readUInt32LE(4), about, sid }
}
