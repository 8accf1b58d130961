import { isFault } from '../../kernel/fault.ts'
import { answers } from './identifier.ts'
import type { Directory, DirectoryEntry } from './ports.ts'

/** What tells of an account in another directory whose it is. */
export const linkNames = ['username', 'mail', 'upn', 'key'] as const
export type LinkName = (typeof linkNames)[number]

/** A directory whose accounts get the passwords of those in the one that leads. */
export interface Follows {
  directory: Directory
  /** What of the leading account names the one here, and as what it stands here. */
  by: LinkName
  as: LinkName
}

/** Directories in which one person has one password (decision record 0007). */
export interface Link {
  leads: Directory
  follow: readonly Follows[]
}

/** What a directory that follows has of the person behind a leading account. */
export type Follower = { directory: Directory } & (
  | { is: 'none' }
  | { is: 'found'; entry: DirectoryEntry }
  /** The link names several accounts, there or in the directory that leads. */
  | { is: 'ambiguous' }
  /** It gave no answer. */
  | { is: 'away'; fault: unknown }
)

/** The leading accounts of an account in a directory that follows. None: it stands alone. */
export async function leadersOf(
  { leads }: Link,
  { by, as }: Follows,
  entry: DirectoryEntry,
  signal: AbortSignal,
): Promise<readonly DirectoryEntry[]> {
  return byNames(leads, { as: by, values: valuesOf(entry, as) }, signal)
}

/** What every directory that follows has of a person. Faults of one are told beside the answers of the others. */
export const followersOf = (
  { leads, follow }: Link,
  leader: DirectoryEntry,
  signal: AbortSignal,
): Promise<readonly Follower[]> =>
  Promise.all(
    follow.map(async ({ directory, by, as }): Promise<Follower> => {
      try {
        const values = valuesOf(leader, by)
        const [found, leaders] = await Promise.all([
          byNames(directory, { as, values }, signal),
          // Who else has the name in the directory that leads could set the password of this account.
          byNames(leads, { as: by, values }, signal),
        ])
        const [entry, second] = found
        if (entry === undefined) return { directory, is: 'none' }
        const isAmbiguous = second !== undefined || leaders.some(({ key }) => key !== leader.key)
        return isAmbiguous ? { directory, is: 'ambiguous' } : { directory, is: 'found', entry }
      } catch (fault) {
        if (!isFault(fault)) throw fault
        return { directory, is: 'away', fault }
      }
    }),
  )

const valuesOf = (entry: DirectoryEntry, name: LinkName): readonly string[] => {
  switch (name) {
    case 'username':
      return [entry.username]
    case 'mail':
      return entry.mails
    case 'upn':
      return entry.upn === null ? [] : [entry.upn]
    case 'key':
      return [entry.key]
  }
}

async function byNames(
  directory: Directory,
  { as, values }: { as: LinkName; values: readonly string[] },
  signal: AbortSignal,
): Promise<readonly DirectoryEntry[]> {
  const found = await Promise.all(
    values.map(async (value) => {
      if (as === 'key') return [await directory.read(value, signal)]
      const query = { by: as, value }
      return (await directory.find(query, signal)).filter((entry) => answers(entry, query))
    }),
  )
  const byKey = new Map(found.flat().flatMap((entry) => (entry === null ? [] : [[entry.key, entry]])))
  return [...byKey.values()]
}
