import type { Client, Control, Entry, Filter, SearchOptions, SearchResult } from 'ldapts'
import { Fault } from '../../../kernel/fault.ts'
import { faultFor, isResultCodeError, rowFor } from './result-codes.ts'
import type { Session } from './servers.ts'
import { patienceOf } from './words.ts'

/** Entries in one page: few enough for one answer's memory, many enough that round trips do not count. */
const pageSize = 200

/** One entry by its name, or null when it is not there or not as the filter wants it. */
export async function readEntry(
  session: Session,
  dn: string,
  options: Pick<SearchOptions, 'filter' | 'attributes' | 'explicitBufferAttributes'>,
  control?: Control,
): Promise<Entry | null> {
  const bounds = { scope: 'base' as const, sizeLimit: 1 }
  const search = (client: Client) => client.search(dn, { ...options, ...bounds }, control).catch(notThere)
  const { searchEntries } = await answered(session, dn, search)
  return searchEntries[0] ?? null
}

/**
 * All entries below a base, by simple paged results (RFC 2696). The place between two pages is kept by the server and for
 * this connection, so nobody else can go on from there, and one that was left half-way is of no more use.
 */
export async function eachPage(
  asked: {
    session: Session
    signal: AbortSignal
    readSeconds: number
    base: string
    filter: Filter
    attributes: string[]
    explicitBufferAttributes?: string[]
  },
  take: (page: SearchResult, during: Session) => Promise<void>,
): Promise<void> {
  const { session, signal, readSeconds, base, ...what } = asked
  const options = { ...what, scope: 'sub' as const, paged: { pageSize } }
  let pages: ReturnType<Client['searchPaginated']> | null = null
  // A deadline for each page: how long all of them take is up to whoever lists.
  const patient = () => ({ ...session, readSignal: patienceOf(signal, readSeconds).signal })
  const next = (during: Session) =>
    answered(during, base, (client) => (pages ??= client.searchPaginated(base, options)).next())
  let isWhole = false
  try {
    for (;;) {
      const during = patient()
      const page = await next(during)
      if (page.done === true) break
      await take(page.value, during)
    }
    isWhole = true
  } finally {
    if (!isWhole) session.connection.close()
  }
}

/** RFC 4511, section 4.1.9: noSuchObject. */
function notThere(error: unknown): { searchEntries: Entry[] } {
  if (isResultCodeError(error) && error.code === 32) return { searchEntries: [] }
  throw error
}

export const asking = (session: Session, base: string, options: SearchOptions) =>
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
