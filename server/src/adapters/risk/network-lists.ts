import { type Known, type ListLabel, listLabels } from '../../core/risk/index.ts'
import type { NetworkLists } from '../../core/risk/ports.ts'
import { openListFile, type TakeLine } from './list-file.ts'
import { makeRanges, type Ranges, readRange } from './ranges.ts'

export interface ListSetting {
  label: ListLabel
  file: string
}

/** Networks and providers that a list names. */
interface Listed {
  ranges: Ranges
  asns: ReadonlySet<number>
}

export interface OpenedLists extends NetworkLists {
  /** Takes up files that have changed. */
  refresh(): Promise<void>
}

/**
 * Lists of networks as text, one a line: an address, a network in CIDR notation or a provider (`AS64512`), with comments behind
 * `#` or `;`. A file that several tenants name is held once.
 *
 * @throws Fault `config-invalid` that names file and line.
 */
export async function openNetworkLists(
  tenants: readonly { id: string; lists: readonly ListSetting[] }[],
  warn: (error: unknown) => void,
): Promise<OpenedLists> {
  const paths = new Set(tenants.flatMap(({ lists }) => lists.map(({ file }) => file)))
  const opened = await Promise.all(
    [...paths].map(async (path) => [path, await openListFile(path, beginList, warn)] as const),
  )
  const files = new Map(opened)
  const of = new Map(tenants.map(({ id, lists }) => [id, lists]))
  return {
    labelsOf(tenant, network, asn) {
      const lists = of.get(tenant) ?? []
      const one = (label: ListLabel): Known<boolean> => {
        const named = lists.filter((list) => list.label === label)
        if (named.length === 0) return 'absent'
        // Of an address that could not be read nobody can say that it is on no list.
        if (network === 'unknown') return 'unknown'
        return named.some(({ file }) => {
          const list = files.get(file)?.current()
          return list !== undefined && (list.ranges.has(network) || (asn !== null && list.asns.has(asn)))
        })
      }
      return Object.fromEntries(listLabels.map((label) => [label, one(label)])) as Record<
        ListLabel,
        Known<boolean>
      >
    },
    async refresh() {
      for (const file of files.values()) await file.refresh()
    },
  }
}

function beginList(): { take: TakeLine; end(): Listed } {
  const ranges: NonNullable<ReturnType<typeof readRange>>[] = []
  const asns = new Set<number>()
  return {
    take(line) {
      const [, asn] = /^AS(\d{1,10})$/i.exec(line) ?? []
      if (asn !== undefined) {
        asns.add(Number(asn))
        return true
      }
      const range = readRange(line)
      if (range !== null) ranges.push(range)
      return range !== null
    },
    end: () => ({ ranges: makeRanges(ranges), asns }),
  }
}
