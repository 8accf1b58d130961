import type { Client, Entry, Filter } from 'ldapts'
import type { DirectoryEntry, DirectoryPasswordRules, PasswordFacts } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { type ConditionDeps, makeAnyHolds } from './conditions.ts'
import type { LdapConfig } from './config.ts'
import { attributesToRead, type OwnFacts, ownFacts, type Values, valuesOf } from './entry.ts'
import { userFilterOf } from './filters.ts'
import { makePolicies } from './policies.ts'
import { faultFor, isResultCodeError, rowFor } from './result-codes.ts'
import type { Session } from './servers.ts'
import { patienceOf } from './words.ts'

/** An entry as it was found; questions that need another round trip are not answered yet. */
export interface Found {
  dn: string
  values: Values
  own: OwnFacts
}

/** Entries in one page: few enough for one answer's memory, many enough that round trips do not count. */
const pageSize = 200

export function makeSearch(config: LdapConfig, outside: ConditionDeps & Pick<Outside, 'now'>) {
  const attributes = attributesToRead(config, 'to tell')
  const toProve = attributesToRead(config, 'to prove')
  const anyHolds = makeAnyHolds(outside)
  const rulesFor = makePolicies(config, outside)
  const groupsOf = async (found: Found, session: Session) => {
    const groups: string[] = []
    for (const asked of config.groups) {
      if (await anyHolds([asked], found, session)) groups.push(asked.group)
    }
    return groups
  }
  const foundIn = (session: Session) => (raw: Entry) => {
    const values = valuesOf(raw)
    const { server } = session.connection
    return { dn: raw.dn, values, own: ownFacts(values, { config, dn: raw.dn, now: outside.now(), server }) }
  }
  const complete = async (found: Found, session: Session): Promise<DirectoryEntry> => ({
    ...found.own,
    disabled: found.own.disabled || (await anyHolds(config.disabled, found, session)),
    privileged: await anyHolds(config.privileged, found, session),
    federated: await anyHolds(config.federated, found, session),
    secondFactor: await anyHolds(config.secondFactor, found, session),
    password: expiring(found.own.password, await rulesFor(found.values, session)),
    groups: [...found.own.groups, ...(await groupsOf(found, session))],
  })
  return {
    anyHolds,
    complete,
    rulesFor,
    /** At most two entries: enough to know that a match is ambiguous, and a bound on what a request can cost. */
    async search(filter: Filter, session: Session, only = attributes): Promise<Found[]> {
      const bounds = { sizeLimit: 2, timeLimit: config.readSeconds }
      const options = { scope: 'sub' as const, filter, attributes: only, ...bounds }
      const { searchEntries } = await asking(session, config.baseDn, options)
      return searchEntries.map(foundIn(session))
    },
    toProve,
    /** What one entry has for a proof, or null when it is not there or not as the filter wants it. */
    async readValues(dn: string, filter: Filter, session: Session): Promise<Values | null> {
      const options = { scope: 'base' as const, filter, attributes: toProve, sizeLimit: 1 }
      const search = (client: Client) => client.search(dn, options).catch(notThere)
      const { searchEntries } = await answered(session, dn, search)
      return searchEntries[0] === undefined ? null : valuesOf(searchEntries[0])
    },
    /**
     * Everybody, by simple paged results (RFC 2696). The place between two pages is kept by the server and for this
     * connection, so nobody else can go on from there, and one that was left half-way is of no more use.
     */
    async listPages(
      { session, signal }: { session: Session; signal: AbortSignal },
      give: (page: DirectoryEntry[]) => Promise<void>,
    ): Promise<void> {
      const { connection } = session
      const base = config.baseDn
      const options = { scope: 'sub' as const, filter: userFilterOf(config), attributes, paged: { pageSize } }
      let pages: ReturnType<Client['searchPaginated']> | null = null
      // A deadline for each page: how long all of them take is up to whoever lists.
      const patient = () => ({ ...session, readSignal: patienceOf(signal, config.readSeconds).signal })
      const next = (during: Session) =>
        answered(during, base, (client) => (pages ??= client.searchPaginated(base, options)).next())
      let isWhole = false
      try {
        for (;;) {
          const during = patient()
          const page = await next(during)
          if (page.done === true) break
          if (page.value.searchReferences.length > 0) {
            outside.warn('a part of the directory lies on another server and is not listed', {
              server: connection.server,
            })
          }
          const found = page.value.searchEntries.map(foundIn(session))
          const entries = await Promise.all(found.map((one) => complete(one, during)))
          session.pointOfNoReturn()
          if (entries.length > 0) await give(entries)
        }
        isWhole = true
      } finally {
        if (!isWhole) connection.close()
      }
    },
  }
}

/** Where only the policy tells when a password expires. */
function expiring(facts: PasswordFacts, rules: DirectoryPasswordRules | null): PasswordFacts {
  const { changedAt, expiresAt } = facts
  const age = rules?.maxAgeSeconds ?? null
  if (expiresAt !== null || changedAt === null || age === null) return facts
  return { ...facts, expiresAt: new Date(changedAt.getTime() + age * 1000) }
}

/** RFC 4511, section 4.1.9: noSuchObject. */
function notThere(error: unknown): { searchEntries: Entry[] } {
  if (isResultCodeError(error) && error.code === 32) return { searchEntries: [] }
  throw error
}

type SearchOptions = Parameters<Client['search']>[1]

const asking = (session: Session, base: string, options: SearchOptions) =>
  answered(session, base, (client) => client.search(base, options))

async function answered<T>(session: Session, base: string, operation: (client: Client) => Promise<T>) {
  try {
    return await session.connection.ask(session.readSignal, operation)
  } catch (error) {
    if (!isResultCodeError(error)) throw error
    const { server } = session.connection
    throw faultFor(rowFor(error.code).read, error, { server, what: searchProblem(error.code, base) })
  }
}

function searchProblem(code: number, base: string): string {
  switch (code) {
    case 32:
      return `base DN "${base}" does not exist, or the service account may not see it: check baseDn`
    case 4:
    case 11:
      return `the server stops before a search below "${base}" is complete: raise its limits for the service account`
    case 10:
      return `base DN "${base}" lies on another server: check baseDn and urls`
    case 34:
      return `base DN "${base}" is no DN: check baseDn`
    case 47:
    case 50:
      return `the service account may not search below "${base}": give it the right to read people`
    default:
      return `a search below "${base}" failed`
  }
}

export async function readBase(base: string, session: Session): Promise<void> {
  const { searchEntries } = await asking(session, base, { scope: 'base', attributes: ['1.1'], sizeLimit: 1 })
  if (searchEntries.length === 0) {
    const { server } = session.connection
    const detail = `${server}: base DN "${base}" is not visible to the service account`
    throw new Fault('directory-misconfigured', { detail })
  }
}
