import type { Client, Filter } from 'ldapts'
import type { Directory, DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import { makeAnyHolds } from './conditions.ts'
import type { LdapConfig } from './config.ts'
import { attributesToRead, type OwnFacts, ownFacts, type Values, valuesOf } from './entry.ts'
import { identifierFilter, keyFilter, userFilterOf } from './filters.ts'
import { clearMustChange, writePassword } from './password-write.ts'
import { makeProvePassword } from './prove-password.ts'
import { faultFor, isResultCodeError, rowFor } from './result-codes.ts'
import { makeServers, type Session } from './servers.ts'
import { makeOpenAsGuest, makeOpenAsService } from './service-account.ts'
import { targetsOf } from './targets.ts'

/** Throws `directory-misconfigured` for what can be known without asking a server. */
export function openLdap(config: LdapConfig, outside: ConnectorOutside): Directory {
  const targets = targetsOf(config)
  const limits = {
    targets,
    outside,
    connectionsMax: config.connections,
    readSeconds: config.readSeconds,
  }
  const asService = makeServers({
    ...limits,
    open: makeOpenAsService({ config, outside }),
    idleMilliseconds: config.idleSeconds * 1000,
  })
  const asGuest = makeServers({ ...limits, open: makeOpenAsGuest({ config }), idleMilliseconds: 0 })
  const { search, complete, anyHolds } = makeSearch(config, outside)
  const parts = { attributes: config.attributes, userFilter: userFilterOf(config) }
  const findKey = async (key: string, session: Session): Promise<Found | null> => {
    const found = await search(keyFilter(key, parts), session)
    // A key that two entries share is none; whatever is done with it would hit the wrong one half of the time.
    if (found.length > 1) {
      const { server } = session.connection
      const detail = `${server}: two entries share a key; attributes.key must be unique`
      throw new Fault('directory-misconfigured', { detail })
    }
    return found[0] ?? null
  }
  const readKey = async (key: string, session: Session) => {
    const found = await findKey(key, session)
    return found === null ? null : { dn: found.dn, entry: await complete(found, session) }
  }
  const provePassword = makeProvePassword({ config, outside, asService, asGuest, findKey, anyHolds })

  return {
    name: outside.name,
    abilities: { unlock: true, history: config.keepsHistory, lockedIsVisible: true },
    async find(query, signal) {
      const filter = identifierFilter(query, parts)
      if (filter === null) return []
      return asService.use(signal, async (session) => {
        const entries: DirectoryEntry[] = []
        for (const found of await search(filter, session)) entries.push(await complete(found, session))
        return entries
      })
    },
    async read(key, signal) {
      return (await asService.use(signal, (session) => readKey(key, session)))?.entry ?? null
    },
    async setPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      return asService.use(signal, async (session) => {
        const found = await readKey(key, session)
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
      return provePassword(key, text, signal)
    },
    check: (signal) => asService.use(signal, (session) => readBase(config.baseDn, session)),
    async close() {
      asService.close()
      asGuest.close()
    },
  }
}

/** An entry as it was found; questions that need another round trip are not answered yet. */
export interface Found {
  dn: string
  values: Values
  own: OwnFacts
}

function makeSearch(config: LdapConfig, outside: ConnectorOutside) {
  const attributes = attributesToRead(config)
  const anyHolds = makeAnyHolds(outside)
  return {
    anyHolds,
    /** At most two entries: enough to know that a match is ambiguous, and a bound on what a request can cost. */
    async search(filter: Filter, session: Session): Promise<Found[]> {
      const bounds = { sizeLimit: 2, timeLimit: config.readSeconds }
      const options = { scope: 'sub' as const, filter, attributes, ...bounds }
      const { searchEntries } = await asking(session, config.baseDn, options)
      return searchEntries.map((raw) => {
        const values = valuesOf(raw)
        return {
          dn: raw.dn,
          values,
          own: ownFacts(values, { config, now: outside.now(), server: session.connection.server }),
        }
      })
    },
    async complete(found: Found, session: Session): Promise<DirectoryEntry> {
      return {
        ...found.own,
        disabled: found.own.disabled || (await anyHolds(config.disabled, found, session)),
        privileged: await anyHolds(config.privileged, found, session),
        federated: await anyHolds(config.federated, found, session),
        secondFactor: await anyHolds(config.secondFactor, found, session),
      }
    },
  }
}

type SearchOptions = Parameters<Client['search']>[1]

async function asking(session: Session, base: string, options: SearchOptions) {
  try {
    return await session.connection.ask(session.readSignal, (client) => client.search(base, options))
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

async function readBase(base: string, session: Session): Promise<void> {
  const { searchEntries } = await asking(session, base, { scope: 'base', attributes: ['1.1'], sizeLimit: 1 })
  if (searchEntries.length === 0) {
    const { server } = session.connection
    const detail = `${server}: base DN "${base}" is not visible to the service account`
    throw new Fault('directory-misconfigured', { detail })
  }
}
