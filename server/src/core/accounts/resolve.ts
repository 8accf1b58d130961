import { answers, readIdentifier, sameName } from './identifier.ts'
import type { AccountRef, Directory, DirectoryEntry } from './ports.ts'

export type Resolved =
  | { found: true; account: AccountRef; entry: DirectoryEntry }
  | { found: false; because: 'none' | 'ambiguous' | 'unreadable' }

/** A directory and how people may name it in front of a backslash. */
export interface RoutedDirectory {
  directory: Directory
  domains: readonly string[]
}

/**
 * Finds the one account that an identifier names in the directories given, or nobody. All directories are asked,
 * so that the same name in two of them is ambiguous rather than a matter of order. Throws the directories' faults.
 */
export async function resolveIdentifier(
  typed: string,
  directories: readonly RoutedDirectory[],
  signal: AbortSignal,
): Promise<Resolved> {
  const identifier = readIdentifier(typed)
  if (identifier === null) return { found: false, because: 'unreadable' }
  const { domain } = identifier
  const asked = directories.filter(
    ({ domains }) => domain === null || domains.some((name) => sameName(name, domain)),
  )
  const lookups = asked.flatMap(({ directory }) =>
    identifier.queries.map(async (query) => {
      const entries = await directory.find(query, signal)
      return entries
        .filter((entry) => answers(entry, query))
        .map((entry) => ({ account: { directory: directory.name, key: entry.key }, entry }))
    }),
  )
  const found = (await Promise.all(lookups)).flat()
  const accounts = new Map(found.map((match) => [JSON.stringify(match.account), match]))
  const [only, second] = accounts.values()
  if (only === undefined) return { found: false, because: 'none' }
  return second === undefined ? { found: true, ...only } : { found: false, because: 'ambiguous' }
}
