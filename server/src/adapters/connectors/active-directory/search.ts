import type { Filter } from 'ldapts'
import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { asking, eachPage } from '../ldap-wire/reading.ts'
import type { Session } from '../ldap-wire/servers.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import { attributesToRead, type Found, foundIn, octetAttributes } from './entry.ts'
import { keyFilter, peopleFilter } from './filters.ts'

export function makeSearch(
  config: ActiveDirectoryConfig & { baseDn: string },
  { now }: Pick<Outside, 'now'>,
) {
  const { baseDn: base, readSeconds } = config
  const people = peopleFilter(config)
  const explicitBufferAttributes = octetAttributes
  const attributes = {
    'to tell': attributesToRead(config, 'to tell'),
    'to prove': attributesToRead(config, 'to prove'),
  }
  const found = (session: Session) => (entry: Parameters<typeof foundIn>[0]) =>
    foundIn(entry, { config, now: now(), server: session.connection.server })

  /** At most two entries: enough to know that a match is ambiguous. Samba sends all that there are, whatever the limit. */
  const search = async (
    filter: Filter,
    session: Session,
    why: keyof typeof attributes = 'to tell',
  ): Promise<Found[]> => {
    const bounds = { sizeLimit: 2, timeLimit: readSeconds, explicitBufferAttributes }
    const options = { scope: 'sub' as const, filter, attributes: attributes[why], ...bounds }
    const { searchEntries } = await asking(session, base, options)
    return searchEntries.slice(0, 2).map(found(session))
  }

  return {
    people,
    search,
    attributesToProve: attributes['to prove'],
    async findKey(key: string, session: Session, why?: keyof typeof attributes): Promise<Found | null> {
      const filter = keyFilter(key, people)
      return filter === null ? null : ((await search(filter, session, why))[0] ?? null)
    },
    /** Everybody. What lies in other domains is no part of this directory, so their references are passed over. */
    listPages: (
      { session, signal }: { session: Session; signal: AbortSignal },
      complete: (found: Found, session: Session) => Promise<DirectoryEntry>,
      give: (page: DirectoryEntry[]) => Promise<void>,
    ): Promise<void> =>
      eachPage(
        {
          ...{ session, signal, readSeconds, base, filter: people, attributes: attributes['to tell'] },
          explicitBufferAttributes,
        },
        async ({ searchEntries }, during) => {
          const all = searchEntries.map(found(session))
          const entries = await Promise.all(all.map((one) => complete(one, during)))
          during.pointOfNoReturn()
          if (entries.length > 0) await give(entries)
        },
      ),
  }
}

/** `DC=corp,DC=example,DC=org` (RFC 2247). */
export const dnOfDomain = (domain: string): string =>
  domain
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',')
