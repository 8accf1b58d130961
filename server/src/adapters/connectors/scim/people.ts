import { answers } from '../../../core/accounts/identifier.ts'
import type { DirectoryEntry, IdentifierQuery } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { type Page, type ScimClient, unusable } from './client.ts'
import type { ScimConfig } from './config.ts'
import { attributesToRead, entryOf } from './entry.ts'
import type { IsMember } from './groups.ts'
import { equals, type JsonObject, property, readPath } from './paths.ts'
import type { KnownService, Service } from './service.ts'

/** People as the server tells of them. */
export interface People {
  find(query: IdentifierQuery, signal: AbortSignal): Promise<DirectoryEntry[]>
  /** Somebody as they are there now: what is asked for of people, or all that the server tells. */
  read(key: string, how: 'in part' | 'as a whole', signal: AbortSignal): Promise<Present | null>
  list(signal: AbortSignal): AsyncIterable<readonly DirectoryEntry[]>
}

export interface Present {
  entry: DirectoryEntry
  resource: JsonObject
  /** To name with a write (RFC 7644 section 3.14); null without one. */
  version: string | null
}

/** More than two, because a server may take for the same what is not. */
const candidatesMax = 20
/** In code points; nobody is called by more, and it has to fit into a URL. */
const valueLengthMax = 512

export function makePeople(deps: {
  config: ScimConfig
  client: ScimClient
  service: KnownService
  memberships: () => IsMember
}): People {
  const { config, client, service, memberships } = deps
  const { endpoint } = client
  const { attributes: mapped } = config
  const toRead = attributesToRead(config)
  const inPart = toRead === null ? {} : { attributes: toRead.join(',') }
  const byName = {
    username: [mapped.username],
    mail: mapped.mails,
    upn: mapped.upn === undefined ? [] : [mapped.upn],
  } satisfies Record<IdentifierQuery['by'], readonly string[]>
  const entriesOf = (resources: readonly JsonObject[], isMember: IsMember, signal: AbortSignal) =>
    inTurn(resources, (resource) => entryOf(resource, { config, endpoint, isMember }, signal))

  return {
    async find(query, signal) {
      const paths = byName[query.by].map(readPath)
      if (paths.length === 0 || !isPossible(query.value)) return []
      requireFilter(await service.known(signal), endpoint)
      const filter = paths.map((path) => equals(path, query.value)).join(' or ')
      const count = String(candidatesMax)
      const { resources } = await client.people({ filter, count, ...inPart }, signal)
      const entries = await entriesOf(resources.slice(0, candidatesMax), memberships(), signal)
      return entries.filter((entry) => answers(entry, query)).slice(0, 2)
    },
    async read(key, how, signal) {
      const attributes = how === 'in part' ? toRead : null
      const found = await client.resource({ kind: 'Users', id: key, attributes }, signal)
      if (found === null) return null
      const { body: resource, version } = found
      const [entry] = await entriesOf([resource], memberships(), signal)
      return entry === undefined ? null : { entry, resource, version }
    },
    async *list(signal) {
      const known = await service.known(signal)
      const isMember = memberships()
      const ask = (query: Readonly<Record<string, string>>) =>
        client.people({ count: String(known.pageSize), ...query, ...inPart }, signal)
      const pages = known.cursor ? byCursor(ask, endpoint) : byIndex(ask, { service: known, endpoint })
      for await (const page of pages) {
        // A server that gives more than was asked for shall not make a page of everybody.
        for (let from = 0; from < page.length; from += known.pageSize) {
          yield await entriesOf(page.slice(from, from + known.pageSize), isMember, signal)
        }
      }
    },
  }
}

const isPossible = (value: string) =>
  value !== '' && value.isWellFormed() && !value.includes('\0') && [...value].length <= valueLengthMax

export function requireFilter({ filter }: Service, endpoint: string): void {
  if (filter) return
  const detail = `${endpoint}: the server has no filters, so nobody can be found by what they type`
  throw new Fault('directory-misconfigured', { detail })
}

type Ask = (query: Readonly<Record<string, string>>) => Promise<Page>

/** RFC 9865: the cursor of the first page is empty, and the last page has none for the next. */
async function* byCursor(ask: Ask, endpoint: string): AsyncGenerator<readonly JsonObject[]> {
  const seen = new Set([''])
  for (let cursor = ''; ; ) {
    const page = await ask({ cursor })
    if (page.resources.length > 0) yield page.resources
    if (page.nextCursor === null) return
    if (seen.has(page.nextCursor)) throw unusable(endpoint, 'GET /Users: a cursor leads to itself')
    cursor = page.nextCursor
    seen.add(cursor)
  }
}

/**
 * RFC 7644 section 3.4.2.4: pages by numbers have no memory. Somebody who is removed moves all behind them up by one,
 * and the next page would leave one out. So each page begins with the last person of the one before; when it does not,
 * the list has moved, and the caller starts again.
 */
async function* byIndex(
  ask: Ask,
  { service, endpoint }: { service: Service; endpoint: string },
): AsyncGenerator<readonly JsonObject[]> {
  const sorted: Readonly<Record<string, string>> = service.sort ? { sortBy: 'id' } : {}
  let last: unknown
  for (let start = 1; ; ) {
    const { resources, total } = await ask({ startIndex: String(start), ...sorted })
    const [first, ...others] = resources
    if (start > 1 && (first === undefined || property(first, 'id') !== last)) {
      const detail = `${endpoint}: people were added or removed while all were read, or come in no order: read again`
      throw new Fault('directory-unreachable', { detail })
    }
    const fresh = start === 1 ? resources : others
    if (fresh.length > 0) yield fresh
    const read = start - 1 + resources.length
    if (total === null) throw unusable(endpoint, 'GET /Users: the answer has no totalResults')
    if (read >= total) return
    if (fresh.length === 0) throw unusable(endpoint, 'GET /Users: a page is empty, and not the last')
    last = property(fresh.at(-1) ?? {}, 'id')
    start = read
  }
}

async function inTurn<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const done: To[] = []
  for (const item of items) done.push(await work(item))
  return done
}
