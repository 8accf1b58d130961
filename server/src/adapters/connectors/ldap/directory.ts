import { whyNotByMail } from '../../../core/accounts/eligibility.ts'
import type { Directory, DirectoryEntry, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { makeTurns, NoTurnCame, type TakeTurn } from '../../../kernel/turns.ts'
import type { ConnectorOutside } from '../define.ts'
import { handedOver } from '../handed-over.ts'
import { passwordText } from '../password-text.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'
import { identifierFilter, keyFilter, userFilterOf } from './filters.ts'
import { clearMustChange, writePassword } from './password-write.ts'
import { makeProvePassword } from './prove-password.ts'
import { type Found, makeSearch, readBase } from './search.ts'
import { makeHealth, makeServers, type Session } from './servers.ts'
import { makeOpenAsGuest, makeOpenAsService } from './service-account.ts'
import { targetsOf } from './targets.ts'

const findsPerConnection = 4

/** Throws `directory-misconfigured` for what can be known without asking a server. */
export function openLdap(config: LdapConfig, outside: ConnectorOutside): Directory {
  const limits = {
    targets: targetsOf(config),
    providers: config.providers,
    health: makeHealth(outside),
    connectionsMax: config.connections,
    readSeconds: config.readSeconds,
  }
  const asService = makeServers({
    ...limits,
    open: makeOpenAsService({ config, outside }),
    idleMilliseconds: config.idleSeconds * 1000,
  })
  const asGuest = makeServers({ ...limits, open: makeOpenAsGuest({ config }), idleMilliseconds: 0 })
  const { search, readValues, complete, anyHolds, listPages } = makeSearch(config, outside)
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
  const hasReplicas = config.providers < config.urls.length
  let lagsUntil = 0
  const replicasLag = () => hasReplicas && outside.now().getTime() < lagsUntil
  const replicasLagFromNow = () =>
    void (lagsUntil = outside.now().getTime() + config.replicationSeconds * 1000)
  const parties = { asService, asGuest, replicasLag }
  const provePassword = makeProvePassword({ config, outside, ...parties, findKey, readValues, anyHolds })
  // Jobs look for many at once. The patience with a server begins with a place in its pool's queue, which must be short.
  const takeTurn = makeTurns(config.connections * findsPerConnection)
  const inLine: TakeTurn = (signal, work) =>
    takeTurn(signal, work).catch((error: unknown) => {
      if (!(error instanceof NoTurnCame)) throw error
      throw new Fault('directory-unreachable', { cause: error, detail: 'too many others were looked for' })
    })
  /** The server would take everything before the NUL for the password, and accept that alone. */
  const isCutOff = (text: string) => !dialects[config.dialect].readsPastNul && text.includes('\0')

  return {
    name: outside.name,
    abilities: { unlock: true, history: config.keepsHistory, lockedIsVisible: true },
    async find(query, signal) {
      const filter = identifierFilter(query, parts)
      if (filter === null) return []
      return inLine(signal, () =>
        asService.use(signal, async (session) => {
          const entries: DirectoryEntry[] = []
          for (const found of await search(filter, session)) entries.push(await complete(found, session))
          return entries
        }),
      )
    },
    async read(key, signal) {
      return (await asService.use(signal, (session) => readKey(key, session)))?.entry ?? null
    },
    list: (signal) =>
      handedOver(signal, (give, until) =>
        asService.use(until, (session) => listPages({ session, signal: until }, give)),
      ),
    async setPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      if (isCutOff(text)) return { ok: false, because: 'password-too-weak-for-directory' }
      const write = async (session: Session): Promise<PasswordWrite> => {
        const found = await readKey(key, session)
        // OpenLDAP lifts every lock with a new password, an administrator's for good as well.
        if (found === null || whyNotByMail(found.entry) !== null) {
          return { ok: false, because: 'account-unavailable' }
        }
        session.pointOfNoReturn()
        const { connection } = session
        const request = { config, dn: found.dn, key, password: text }
        replicasLagFromNow()
        // Once more when it has ended, answered or not: the server may have written at the last moment.
        const written = await writePassword(connection, request, signal).finally(replicasLagFromNow)
        if (written.ok && !(await clearMustChange(connection, request, signal))) {
          outside.warn('the service account could not see to it that the new password need not be changed', {
            directory: outside.name,
          })
        }
        return written
      }
      return asService.use(signal, write, { providersOnly: true })
    },
    async verifyPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null || isCutOff(text)) return { ok: false, because: 'wrong' }
      return provePassword(key, text, signal)
    },
    check: (signal) => asService.use(signal, (session) => readBase(config.baseDn, session)),
    async close() {
      asService.close()
      asGuest.close()
    },
  }
}
