import { setTimeout as wait } from 'node:timers/promises'
import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../../core/accounts/eligibility.ts'
import type {
  ChangeRequired,
  Directory,
  DirectoryEntry,
  PasswordWrite,
  Unlocked,
} from '../../../core/accounts/ports.ts'
import { Fault, isFault } from '../../../kernel/fault.ts'
import type { ConnectorOutside } from '../define.ts'
import { handedOver } from '../handed-over.ts'
import { userFilterOf } from '../ldap-wire/filters.ts'
import { forLookups } from '../ldap-wire/lookups.ts'
import { makeHealth, makeServers, type Session } from '../ldap-wire/servers.ts'
import { makeOpenAsGuest, makeOpenAsService } from '../ldap-wire/service-account.ts'
import { passwordText } from '../password-text.ts'
import { makeChangePassword } from './change-password.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'
import { identifierFilter, keyFilter } from './filters.ts'
import { isLockedForGood, liftLock, lockForGood, type MarkRequest, markMustChange } from './marks.ts'
import { clearMustChange, writePassword } from './password-write.ts'
import { makeProvePassword } from './prove-password.ts'
import { type Found, makeSearch } from './search.ts'
import { makeSelfTest } from './self-test.ts'
import { targetsOf } from './targets.ts'

/** The lease of who writes has room for both. */
const [relockMilliseconds, relockAgainMilliseconds] = [3_000, 500]

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
  const toLookUp = forLookups(asService, config.connections)
  const asGuest = makeServers({ ...limits, open: makeOpenAsGuest({ config }), idleMilliseconds: 0 })
  const { search, toProve, readValues, complete, rulesFor, anyHolds, listPages } = makeSearch(config, outside)
  const parts = { attributes: config.attributes, userFilter: userFilterOf(config) }
  const findKey = async (key: string, session: Session, only?: string[]): Promise<Found | null> => {
    const found = await search(keyFilter(key, parts), session, only)
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
  const provePassword = makeProvePassword({
    ...{ config, outside, toLookUp, asGuest, replicasLag, readValues, anyHolds },
    findKey: (key, session) => findKey(key, session, toProve),
  })
  /** Whether the entry may come back by mail is asked of the server that is written to, right before. */
  const writeToEntry = <Answer>(
    key: string,
    signal: AbortSignal,
    write: (request: MarkRequest, entry: DirectoryEntry) => Promise<Answer>,
    whyNot = whyNotByMail,
  ): Promise<Answer | { ok: false; because: 'account-unavailable' }> =>
    asService.use(
      signal,
      async (session) => {
        const found = await readKey(key, session)
        if (found === null || whyNot(found.entry) !== null) {
          return { ok: false, because: 'account-unavailable' }
        }
        session.pointOfNoReturn()
        replicasLagFromNow()
        const request = { connection: session.connection, config, dn: found.dn, key }
        // Once more when it has ended, answered or not: the server may have written at the last moment.
        return write(request, found.entry).finally(replicasLagFromNow)
      },
      { providersOnly: true },
    )
  /**
   * Over another connection to the same server. Twice: a server that was still at work on the password when its client
   * was gone lifts the lock that was put back meanwhile.
   */
  const lockAgain = async (mark: MarkRequest): Promise<boolean> => {
    const deadline = AbortSignal.timeout(relockMilliseconds)
    const here = { providersOnly: true, only: mark.connection.server }
    const lock = () =>
      asService
        .use(deadline, ({ connection }) => lockForGood({ ...mark, connection }, deadline), here)
        .catch(() => false)
    await lock()
    await wait(relockAgainMilliseconds)
    return lock().finally(replicasLagFromNow)
  }
  const setPassword = async (
    key: string,
    password: string,
    signal: AbortSignal,
    whyNot: typeof whyNotByMail = whyNotByMail,
  ): Promise<PasswordWrite> => {
    // OpenLDAP lifts every lock with a new password, an administrator's for good as well.
    const lifted: MarkRequest[] = []
    const write = async (mark: MarkRequest, entry: DirectoryEntry): Promise<PasswordWrite> => {
      const { connection, ...target } = mark
      const request = { ...target, password }
      const staysLocked = entry.disabled && (await isLockedForGood(mark, signal))
      const written = await writePassword(connection, request, signal).catch((error: unknown) => {
        if (staysLocked && isFault(error, 'directory-outcome-unknown')) lifted.push(mark)
        throw error
      })
      if (written.ok && staysLocked && !(await lockForGood(mark, signal))) lifted.push(mark)
      if (written.ok && !(await clearMustChange(connection, request, signal))) {
        outside.warn('the service account could not see to it that the new password need not be changed', {
          directory: outside.name,
        })
      }
      return written
    }
    try {
      return await writeToEntry<PasswordWrite>(key, signal, write, whyNot)
    } finally {
      // Only now: the connection that was lost has its place in the pool until here.
      for (const mark of lifted) {
        if (await lockAgain(mark)) continue
        outside.warn(
          'an account that was locked for good may have taken a password and could not be locked again',
          {
            directory: outside.name,
          },
        )
      }
    }
  }
  const selfTest = makeSelfTest(config, outside)
  const changePassword = makeChangePassword({
    config,
    ...parties,
    readKey,
    setPassword: (key, password, signal) => setPassword(key, password, signal, whyNotByChange),
    replicasLagFromNow,
    warn: ({ code, detail }) =>
      outside.warn('a minimum age could not be waived for somebody who has to change a password', {
        directory: outside.name,
        because: detail ?? code,
      }),
  })
  const { mustChange } = dialects[config.dialect]
  /** The server would take everything before the NUL for the password, and accept that alone. */
  const isCutOff = (text: string) => !dialects[config.dialect].readsPastNul && text.includes('\0')

  return {
    name: outside.name,
    abilities: {
      unlock: true,
      history: config.keepsHistory,
      lockedIsVisible: true,
      changeAsUser: config.changeAs === 'person',
      mustChange: mustChange !== null,
      verifies: true,
    },
    async find(query, signal) {
      const filter = identifierFilter(query, parts)
      if (filter === null) return []
      return toLookUp.use(signal, async (session) => {
        const entries: DirectoryEntry[] = []
        for (const found of await search(filter, session)) entries.push(await complete(found, session))
        return entries
      })
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
      return setPassword(key, text, signal)
    },
    async offboard(key, password, signal) {
      const text = passwordText(password)
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      if (isCutOff(text)) return { ok: false, because: 'password-too-weak-for-directory' }
      return setPassword(key, text, signal, whyNotByOffboarding)
    },
    async changePassword(key, { current, next, owed = false }, signal) {
      const [was, text] = [passwordText(current), passwordText(next)]
      if (was === null || isCutOff(was)) return { ok: false, because: 'current-password-wrong' }
      if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
      if (isCutOff(text)) return { ok: false, because: 'password-too-weak-for-directory' }
      return changePassword(key, { current: was, next: text, owed }, signal)
    },
    unlock: (key, signal) =>
      writeToEntry<Unlocked>(key, signal, async (request, entry) => {
        const lifted = await liftLock(request, signal)
        if (!lifted.ok) return lifted
        if (lifted.countKept) {
          outside.warn(
            'the next wrong password locks again: the service account can not take back the count',
            {
              directory: outside.name,
            },
          )
        }
        return { ok: true, wasLocked: entry.locked }
      }),
    async requireChange(key, signal) {
      if (mustChange === null) {
        const detail = 'this directory has no mark "must change" that could be set'
        throw new Fault('directory-misconfigured', { detail })
      }
      return writeToEntry<ChangeRequired>(
        key,
        signal,
        (request) => markMustChange(request, mustChange, signal),
        whyNotByChange,
      )
    },
    passwordRules: (key, signal) =>
      asService.use(signal, async (session) => {
        const found = await findKey(key, session)
        return found === null ? null : rulesFor(found.values, session)
      }),
    async verifyPassword(key, password, signal) {
      const text = passwordText(password)
      if (text === null || isCutOff(text)) return { ok: false, because: 'wrong' }
      return provePassword(key, text, signal)
    },
    check: (signal) => asService.use(signal, selfTest),
    async close() {
      asService.close()
      asGuest.close()
    },
  }
}
