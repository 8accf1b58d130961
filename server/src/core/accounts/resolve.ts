import { type Fault, isFault } from '../../kernel/fault.ts'
import { answers, readIdentifier, sameName } from './identifier.ts'
import { type Link, leadersOf } from './linked.ts'
import type { AccountRef, Directory, DirectoryEntry } from './ports.ts'

/** What becomes of a name that accounts in several directories have: it names nobody, or the first in order decides. */
export const ambiguities = ['refuse', 'first'] as const
export type Ambiguity = (typeof ambiguities)[number]

/** An account as its directory has just told of it. */
export interface Match {
  account: AccountRef
  entry: DirectoryEntry
}

export type Resolved =
  | ({ found: true } & Match)
  | { found: false; because: 'none' | 'unreadable' }
  /** `directories` have it; one that stands alone has it twice. */
  | { found: false; because: 'ambiguous'; directories: readonly string[] }

/**
 * `undecided`: a directory gave no answer, and what it would have said could have made it another account, or none.
 * `outage`: the first in order of those without an answer; it depends on no account.
 */
export type Looked =
  | (Resolved & { outage: Fault | null })
  | { found: false; because: 'undecided'; outage: Fault }

/** A directory and how people may name it in front of a backslash. */
export interface RoutedDirectory {
  directory: Directory
  domains: readonly string[]
}

/** Where somebody is looked for. */
export interface Routing {
  /** In order. */
  directories: readonly RoutedDirectory[]
  ambiguous: Ambiguity
  /** Directories in which one person has one password: an account that follows another stands for that one. */
  links: readonly Link[]
}

/**
 * Finds the one account that an identifier names in the directories given, or nobody. All directories are asked, in any
 * case; what their answers come to is `decide`'s to say. Throws the fault of a directory that would have been needed.
 */
export async function resolveIdentifier(
  typed: string,
  routing: Routing,
  signal: AbortSignal,
): Promise<Resolved> {
  return orThrow(await lookUpIdentifier(typed, routing, signal))
}

/** The same for whoever has to go on as if nothing were wrong when a directory gives no answer. */
export async function lookUpIdentifier(
  typed: string,
  { directories, ambiguous, links }: Routing,
  signal: AbortSignal,
): Promise<Looked> {
  const identifier = readIdentifier(typed)
  if (identifier === null) return { found: false, because: 'unreadable', outage: null }
  const { domain, queries } = identifier
  const asked = directories.filter(
    ({ domains }) => domain === null || domains.some((name) => sameName(name, domain)),
  )
  return ask(asked, ambiguous, async ({ directory }) => {
    const found = await Promise.all(
      queries.map(async (query) => {
        const entries = await directory.find(query, signal)
        return entries.filter((entry) => answers(entry, query))
      }),
    )
    return leading(directory, found.flat(), { links, signal })
  })
}

/** The same by the stable key of an entry. */
export async function resolveKey(
  key: string,
  { directories, ambiguous, links }: Routing,
  signal: AbortSignal,
): Promise<Resolved> {
  const looked = await ask(directories, ambiguous, async ({ directory }) => {
    const entry = await directory.read(key, signal)
    return leading(directory, entry === null ? [] : [entry], { links, signal })
  })
  return orThrow(looked)
}

function orThrow(looked: Looked): Resolved {
  if (!looked.found && looked.because === 'undecided') throw looked.outage
  return looked
}

/** What a directory has under a name, or why it can't say. */
type Answer = { directory: string } & ({ matches: readonly Match[] } | { fault: Fault })

async function ask(
  directories: readonly RoutedDirectory[],
  ambiguous: Ambiguity,
  find: (routed: RoutedDirectory) => Promise<readonly Match[]>,
): Promise<Looked> {
  const settled = await Promise.allSettled(directories.map(find))
  const answered = directories.map(({ directory: { name } }, at): Answer => {
    const outcome = settled[at]
    if (outcome?.status === 'fulfilled') return { directory: name, matches: outcome.value }
    const reason: unknown = outcome?.reason
    if (!isFault(reason)) throw reason
    return { directory: name, fault: reason }
  })
  return decide(answered, ambiguous)
}

/** The accounts that stand for some entries of a directory: those that lead them, where others lead. */
async function leading(
  directory: Directory,
  entries: readonly DirectoryEntry[],
  { links, signal }: { links: readonly Link[]; signal: AbortSignal },
): Promise<readonly Match[]> {
  const link = links.find(({ follow }) => follow.some((one) => one.directory.name === directory.name))
  const follows = link?.follow.find((one) => one.directory.name === directory.name)
  if (link === undefined || follows === undefined) return entries.map((entry) => matchOf(directory, entry))
  const found = entries.map(async (entry) => {
    const leaders = await leadersOf(link, follows, entry, signal)
    return leaders.length === 0
      ? [matchOf(directory, entry)]
      : leaders.map((leader) => matchOf(link.leads, leader))
  })
  return (await Promise.all(found)).flat()
}

const matchOf = (directory: Directory, entry: DirectoryEntry): Match => ({
  account: { directory: directory.name, key: entry.key },
  entry,
})

/** What answers to several spellings, or stands for several accounts, is one. */
const distinct = (matches: readonly Match[]): readonly Match[] => [
  ...new Map(matches.map((match) => [JSON.stringify(match.account), match])).values(),
]

/**
 * The rules of decision record 0007. Where the name has to be the only one, every directory has to say so. Where the first
 * in order decides, those before it have to have said no, and it must have one. A directory that gives no answer never
 * makes it another account than its answer would have made it.
 */
function decide(answered: readonly Answer[], ambiguous: Ambiguity): Looked {
  const outage = answered.flatMap((one) => ('fault' in one ? one.fault : [])).at(0) ?? null
  const asked = ambiguous === 'first' ? upToTheFirst(answered) : answered
  const matches = distinct(asked.flatMap((one) => ('fault' in one ? [] : one.matches)))
  const [only, second] = matches
  if (second !== undefined) {
    const directories = [...new Set(matches.map(({ account }) => account.directory))]
    return { found: false, because: 'ambiguous', directories, outage }
  }
  if (outage !== null && asked.some((one) => 'fault' in one)) {
    return { found: false, because: 'undecided', outage }
  }
  return only === undefined ? { found: false, because: 'none', outage } : { found: true, ...only, outage }
}

/** Up to the one that has the name: what stands behind it can't change anything. */
function upToTheFirst(answered: readonly Answer[]): readonly Answer[] {
  const at = answered.findIndex((one) => 'matches' in one && one.matches.length > 0)
  return at < 0 ? answered : answered.slice(0, at + 1)
}

/** The directories, and those that lead one of them: whose password it is may be any of these. */
export function withLeads(
  directories: readonly RoutedDirectory[],
  links: readonly Link[],
): readonly Directory[] {
  const asked = directories.map(({ directory }) => directory)
  const names = new Set(asked.map(({ name }) => name))
  const more = links.filter(
    ({ leads, follow }) =>
      !names.has(leads.name) && follow.some(({ directory }) => names.has(directory.name)),
  )
  return [...asked, ...more.map(({ leads }) => leads)]
}
