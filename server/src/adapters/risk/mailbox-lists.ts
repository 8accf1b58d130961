import { createHash } from 'node:crypto'
import type { BreachedMailboxes } from '../../core/risk/ports.ts'
import { openListFile, type TakeLine } from './list-file.ts'

export interface OpenedMailboxes extends BreachedMailboxes {
  /** Takes up files that have changed. */
  refresh(): Promise<void>
}

/**
 * Mailboxes that are known to be in others' hands, as text, one a line: an address, or the SHA-256 of one in lower case, in
 * hexadecimal digits. Only digests are held.
 *
 * @throws Fault `config-invalid` that names file and line.
 */
export async function openMailboxLists(
  tenants: readonly { id: string; file: string | null }[],
  warn: (error: unknown) => void,
): Promise<OpenedMailboxes> {
  const paths = new Set(tenants.flatMap(({ file }) => (file === null ? [] : [file])))
  const opened = await Promise.all(
    [...paths].map(async (path) => [path, await openListFile(path, beginList, warn)] as const),
  )
  const files = new Map(opened)
  const of = new Map(tenants.map(({ id, file }) => [id, file]))
  return {
    has(tenant, address) {
      const path = of.get(tenant) ?? null
      if (path === null) return 'absent'
      return files.get(path)?.current().has(digestOf(address)) ?? 'unknown'
    },
    async refresh() {
      for (const file of files.values()) await file.refresh()
    },
  }
}

function beginList(): { take: TakeLine; end(): ReadonlySet<string> } {
  const digests = new Set<string>()
  return {
    take(line) {
      if (/^[0-9a-f]{64}$/i.test(line)) digests.add(line.toLowerCase())
      else if (/^[^@\s]+@[^@\s]+$/.test(line)) digests.add(digestOf(line))
      else return false
      return true
    },
    end: () => digests,
  }
}

const digestOf = (address: string): string => createHash('sha256').update(address.toLowerCase()).digest('hex')
