import { isIP } from 'node:net'
import { normalizeAddress } from '../../kernel/client-network.ts'

/**
 * A set of networks. IPv4 by its 32 bits; IPv6 by its first 64, because requests are counted by /64 and no more of an address
 * is kept: a single address on a list stands for its /64.
 */
export interface Ranges {
  /** A network as `networkKey` writes it; false for what is none. */
  has(network: string): boolean
  readonly size: number
}

interface Range {
  family: 4 | 6
  first: bigint
  last: bigint
}

const bitsOf = { 4: 32, 6: 64 } as const

/** Null: neither an address nor a network in CIDR notation. */
export function readRange(text: string): Range | null {
  const [written = '', prefix, ...rest] = text.split('/')
  const address = normalizeAddress(written)
  if (address === null || rest.length > 0) return null
  const family = isIP(address) === 4 ? 4 : 6
  const bits = bitsOf[family]
  const lengthMax = family === 4 ? 32 : 128
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return null
  const length = prefix === undefined ? lengthMax : Number(prefix)
  if (length > lengthMax) return null
  const size = 1n << BigInt(bits - Math.min(length, bits))
  const first = (numberOf(address, family) / size) * size
  return { family, first, last: first + size - 1n }
}

/** Sorted and joined, so that a look-up is a binary search over two flat arrays. */
export function makeRanges(list: readonly Range[]): Ranges {
  const families = { 4: joined(list, 4), 6: joined(list, 6) }
  return {
    size: families[4].firsts.length + families[6].firsts.length,
    has(network) {
      const address = normalizeAddress(network.replace(/\/\d+$/, ''))
      if (address === null) return false
      const family = isIP(address) === 4 ? 4 : 6
      const { firsts, lasts } = families[family]
      const wanted = numberOf(address, family)
      let [low, high] = [0, firsts.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((firsts[middle] ?? 0n) <= wanted) low = middle + 1
        else high = middle
      }
      return low > 0 && wanted <= (lasts[low - 1] ?? -1n)
    },
  }
}

function joined(list: readonly Range[], family: 4 | 6): { firsts: BigUint64Array; lasts: BigUint64Array } {
  const sorted = list
    .filter((range) => range.family === family)
    .toSorted((one, other) => (one.first < other.first ? -1 : one.first > other.first ? 1 : 0))
  const firsts: bigint[] = []
  const lasts: bigint[] = []
  for (const { first, last } of sorted) {
    const before = lasts.at(-1)
    if (before === undefined || first > before + 1n) {
      firsts.push(first)
      lasts.push(last)
    } else if (last > before) lasts[lasts.length - 1] = last
  }
  return { firsts: BigUint64Array.from(firsts), lasts: BigUint64Array.from(lasts) }
}

/** Of an address in its one spelling: eight groups, or four bytes. */
function numberOf(address: string, family: 4 | 6): bigint {
  const parts =
    family === 4
      ? address.split('.').map(Number)
      : address
          .split(':')
          .slice(0, 4)
          .map((group) => Number.parseInt(group, 16))
  const width = family === 4 ? 8n : 16n
  return parts.reduce((number, part) => (number << width) | BigInt(part), 0n)
}
