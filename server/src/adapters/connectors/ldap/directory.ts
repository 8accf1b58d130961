import type { Client, Filter } from 'ldapts'
import type { Directory, DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import { makeAnyHolds } from './conditions.ts'
import type { LdapConfig } from './config.ts'
import { attributesToRead, ownFacts, valuesOf } from './entry.ts'
import { identifierFilter, keyFilter, userFilterOf } from './filters.ts'
import { clearMustChange, writePassword } from './password-write.ts'
import { makeProvePassword } from './prove-password.ts'
import { faultFor, isResultCodeError, rowFor } from './result-codes.ts'
import { makeServers, type Session } from './servers.ts'
import { makeOpenAsGuest, makeOpenAsService } from './service-account.ts'
import { targetsOf } from './targets.ts'

/** An entry and where it is just now. */
export interface Found {
  dn: string
  entry: DirectoryEntry
}

/** Throws `directory-misconfigured` for what can be known without asking a server. */
export function openLdap(config: LdapConfig, outside: ConnectorOutside): Directory {
  const targets = targetsOf(config)
  const limits = {
    targets,
    outside,
    connectionsMax: config.connections,
    readMilliseconds: config.readSeconds * 1000,
  }
  const asService = makeServers({
    ...limits,
    open: makeOpenAsService({ config, outside }),
    idleMilliseconds: config.idleSeconds * 1000,
  })
  const asGuest = makeServers({ ...limits, open: makeOpenAsGuest({ config }), idleMilliseconds: 0 })
  const search = makeSearch(config, outside)
  const parts = { attributes: config.attributes, userFilter: userFilterOf(config) }
  const findKey = async (key: string, session: Session): Promise<Found | null> => {
    const found = await search(keyFilter(key, parts), session)
    // A key that two entries share is none; whatever is done with it would hit the wrong one half of the time.
    if (found.length > 1) throw new Fault('directory-misconfigured', { detail: 'two entries share a key' })
    return found[0] ?? null
  }
  const provePassword = makeProvePassword({ config, outside, guests: asGuest })

  return {
    name: outside.name,
    abilities: { unlock: true, history: config.keepsHistory, lockedIsVisible: true },
    async find(query, signal) {
      const filter = identifierFilter(query, parts)
      if (filter === null) return []
      const found = await asService.use(signal, (session) => search(filter, session))
      return found.map(({ entry }) => entry)
    },
    async read(key, signal) {
      return (await asService.use(signal, (session) => findKey(key, session)))?.entry ?? null
    },
    async setPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      return asService.use(signal, async (session) => {
        const found = await findKey(key, session)
        // OpenLDAP lifts every lock with a new password, an administrator's for good as well.
        if (found === null || found.entry.disabled || found.entry.federated) {
          return { ok: false, because: 'account-unavailable' }
        }
        session.pointOfNoReturn()
        const { connection } = session
        const written = await writePassword(connection, { config, dn: found.dn, key, password: text }, signal)
        if (written.ok && !(await clearMustChange(connection, found.dn, signal))) {
          outside.warn('the service account could not see to it that the new password need not be changed', {
            directory: outside.name,
          })
        }
        return written
      })
    },
    async verifyPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'wrong' }
      const found = await asService.use(signal, (session) => findKey(key, session))
      return provePassword(found, text, signal)
    },
    check: (signal) => asService.use(signal, (session) => readBase(config.baseDn, session)),
    async close() {
      asService.close()
      asGuest.close()
    },
  }
}

/** At most two entries: enough to know that a match is ambiguous, and a bound on what one request can cost. */
function makeSearch(config: LdapConfig, outside: ConnectorOutside) {
  const attributes = attributesToRead(config)
  const anyHolds = makeAnyHolds(outside)
  return async (filter: Filter, session: Session): Promise<Found[]> => {
    const options = {
      scope: 'sub' as const,
      filter,
      attributes,
      sizeLimit: 2,
      timeLimit: config.readSeconds,
    }
    const { searchEntries } = await asking(session, config.baseDn, options)
    const found: Found[] = []
    for (const raw of searchEntries) {
      const values = valuesOf(raw)
      const own = ownFacts(values, { config, now: outside.now() })
      const holds = (conditions: Parameters<typeof anyHolds>[0]) =>
        anyHolds(conditions, { dn: raw.dn, values }, session)
      const entry: DirectoryEntry = {
        ...own,
        disabled: own.disabled || (await holds(config.disabled)),
        privileged: await holds(config.privileged),
        federated: await holds(config.federated),
        secondFactor: await holds(config.secondFactor),
      }
      found.push({ dn: raw.dn, entry })
    }
    return found
  }
}

type SearchOptions = Parameters<Client['search']>[1]

async function asking(session: Session, base: string, options: SearchOptions) {
  try {
    return await session.connection.ask(session.readSignal, (client) => client.search(base, options))
  } catch (error) {
    if (!isResultCodeError(error)) throw error
    throw faultFor(rowFor(error.code).read, error)
  }
}

async function readBase(base: string, session: Session): Promise<void> {
  const { searchEntries } = await asking(session, base, { scope: 'base', attributes: ['1.1'], sizeLimit: 1 })
  if (searchEntries.length === 0) {
    throw new Fault('directory-misconfigured', { detail: 'the base is not visible to the service account' })
  }
}
