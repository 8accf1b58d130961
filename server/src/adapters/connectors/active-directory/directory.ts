import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../../core/accounts/eligibility.ts'
import type {
  ChangeRequired,
  Directory,
  DirectoryEntry,
  PasswordWrite,
  Unlocked,
} from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Secret } from '../../../kernel/secret.ts'
import type { ConnectorOutside } from '../define.ts'
import { handedOver } from '../handed-over.ts'
import { forLookups } from '../ldap-wire/lookups.ts'
import { makeHealth, makeServers, type Session, type Where } from '../ldap-wire/servers.ts'
import { makeOpenAsGuest, makeOpenAsService } from '../ldap-wire/service-account.ts'
import { passwordText } from '../password-text.ts'
import { makeChangePassword } from './change-password.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import { makeFindControllers, makeFoundServers } from './controllers.ts'
import { makeExplained } from './explained.ts'
import { identifierFilter } from './filters.ts'
import { makeMembership } from './membership.ts'
import { policyHintsAt } from './policy-hints.ts'
import { makeProvePassword } from './prove-password.ts'
import { makeRules } from './rules.ts'
import { dnOfDomain, makeSearch } from './search.ts'
import { makeSelfTest } from './self-test.ts'
import { refusedBind } from './sub-codes.ts'
import { resetPassword, type WriteRequest, writeMark } from './writes.ts'

/** Throws `directory-misconfigured` for what can be known without asking a controller. */
export function openActiveDirectory(given: ActiveDirectoryConfig, outside: ConnectorOutside): Directory {
  const domainDn = dnOfDomain(given.domain)
  const config = { ...given, baseDn: given.baseDn ?? domainDn }
  const health = makeHealth(outside)
  const findControllers = makeFindControllers(config, outside)
  const limits = { health, connectionsMax: config.connections, readSeconds: config.readSeconds }
  const openAsService = makeOpenAsService({
    config: { ...config, bindDn: config.bindName },
    outside,
    refusalWords: (error) => refusedBind(error)?.words ?? null,
  })
  const asService = makeFoundServers(findControllers, (targets) =>
    makeServers({
      ...{ ...limits, targets, providers: targets.length, open: openAsService },
      idleMilliseconds: config.idleSeconds * 1000,
    }),
  )
  const toLookUp = forLookups(asService, config.connections)
  const openAsGuest = makeOpenAsGuest({ config })
  const asGuest = makeFoundServers(findControllers, (targets) =>
    makeServers({
      ...{ ...limits, targets, providers: targets.length, open: openAsGuest },
      idleMilliseconds: 0,
    }),
  )
  const { search, people, findKey, attributesToProve, listPages } = makeSearch(config, outside)
  const membership = makeMembership(config, outside)
  const rulesFor = makeRules(domainDn, outside)
  const readKey = async (key: string, session: Session) => {
    const found = await findKey(key, session)
    return found === null ? null : { dn: found.dn, entry: await membership.complete(found, session) }
  }

  /** Every controller takes writes. While they do not know of each other's, one of them is asked for all. */
  let latest: { server: string; until: number } | null = null
  const where = (): Where =>
    latest !== null && outside.now().getTime() < latest.until ? { only: latest.server } : {}
  const writesAt = (server: string) =>
    void (latest = { server, until: outside.now().getTime() + config.replicationSeconds * 1000 })

  const provePassword = makeProvePassword({
    ...{ config, outside, toLookUp, asGuest, where, attributesToProve, membership },
    findKey: (key, session) => findKey(key, session, 'to prove'),
  })

  /** Whether the entry may be written to is asked of the controller that is written to, right before. */
  const writeToEntry = <Answer>(
    { key, whyNot, signal }: { key: string; whyNot: (entry: DirectoryEntry) => unknown; signal: AbortSignal },
    write: (request: WriteRequest, read: { entry: DirectoryEntry; session: Session }) => Promise<Answer>,
  ): Promise<Answer | { ok: false; because: 'account-unavailable' }> =>
    asService.use(
      signal,
      async (session) => {
        const read = await readKey(key, session)
        if (read === null || whyNot(read.entry) !== null) return { ok: false, because: 'account-unavailable' }
        const { connection } = session
        // Once more when it has ended, answered or not: the controller may have written at the last moment.
        writesAt(connection.server)
        return write({ connection, key, signal }, { entry: read.entry, session }).finally(() =>
          writesAt(connection.server),
        )
      },
      where(),
    )

  const explained = makeExplained({ outside, findKey, rulesFor })
  const changePassword = makeChangePassword({ asService, asGuest, where, readKey, explained, writesAt })
  const selfTest = makeSelfTest(config, { people, outside })

  const setPassword = (
    { key, password, whyNot }: { key: string; password: string; whyNot: (entry: DirectoryEntry) => unknown },
    signal: AbortSignal,
  ) =>
    writeToEntry<PasswordWrite>({ key, whyNot, signal }, async (request, { session }) => {
      const hints = config.keepsHistory ? await policyHintsAt(session) : null
      session.pointOfNoReturn()
      const written = await resetPassword(request, { password, hints })
      const answer = await explained(written, { key, password }, session)
      if (answer.ok || answer.because !== 'current-password-wrong') return answer
      // Nothing was said about it.
      throw new Fault('directory-answer-unusable', {
        detail: 'a reset was refused for the password that goes',
      })
    })

  /** The controller takes the mark of any account, and looks at it for those whose passwords age. */
  const sayIfMarkIsIdle = async (key: string, session: Session) => {
    const found = await findKey(key, session).catch(() => null)
    if (found === null || found.own.password.mustChange) return
    outside.warn('an account is marked "must change" whose password never expires, so nothing comes of it', {
      directory: outside.name,
    })
  }

  return {
    name: outside.name,
    abilities: {
      unlock: true,
      history: config.keepsHistory,
      lockedIsVisible: true,
      changeAsUser: true,
      mustChange: true,
      verifies: true,
    },
    async find(query, signal) {
      const filter = identifierFilter(query, { mails: config.attributes.mails, people })
      if (filter === null) return []
      return toLookUp.use(signal, async (session) => {
        const entries: DirectoryEntry[] = []
        for (const found of await search(filter, session)) {
          entries.push(await membership.complete(found, session))
        }
        return entries
      })
    },
    async read(key, signal) {
      return (await asService.use(signal, (session) => readKey(key, session)))?.entry ?? null
    },
    list: (signal) =>
      handedOver(signal, (give, until) =>
        asService.use(until, (session) => listPages({ session, signal: until }, membership.complete, give)),
      ),
    async setPassword(key, password, signal) {
      const text = textToWrite(password)
      return text.ok ? setPassword({ key, password: text.text, whyNot: whyNotByMail }, signal) : text
    },
    async offboard(key, password, signal) {
      const text = textToWrite(password)
      return text.ok ? setPassword({ key, password: text.text, whyNot: whyNotByOffboarding }, signal) : text
    },
    async changePassword(key, { current, next }, signal) {
      const [was, text] = [passwordText(current), textToWrite(next)]
      if (was === null || isCutOff(was)) return { ok: false, because: 'current-password-wrong' }
      return text.ok ? changePassword(key, { current: was, next: text.text }, signal) : text
    },
    unlock: (key, signal) =>
      writeToEntry<Unlocked>({ key, whyNot: whyNotByMail, signal }, async (request, { entry, session }) => {
        session.pointOfNoReturn()
        const lift = { attribute: 'lockoutTime', value: '0', what: 'the lifting of a lock' } as const
        const lifted = await writeMark(request, lift)
        return lifted.ok ? { ok: true, wasLocked: entry.locked } : lifted
      }),
    requireChange: (key, signal) =>
      writeToEntry<ChangeRequired>({ key, whyNot: whyNotByChange, signal }, async (request, { session }) => {
        session.pointOfNoReturn()
        const mark = { attribute: 'pwdLastSet', value: '0', what: 'the mark "must change"' } as const
        const marked = await writeMark(request, mark)
        if (marked.ok) await sayIfMarkIsIdle(key, session)
        return marked
      }),
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

/** A password as it can be sent. */
function textToWrite(
  password: Secret,
):
  | { ok: true; text: string }
  | { ok: false; because: 'password-too-short-for-directory' | 'password-too-weak-for-directory' } {
  const text = passwordText(password)
  if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
  return isCutOff(text) ? { ok: false, because: 'password-too-weak-for-directory' } : { ok: true, text }
}

/** A bind compares what is before a NUL, while a write takes all of it: nobody could sign in with such a password. */
const isCutOff = (password: string): boolean => password.includes('\0')
