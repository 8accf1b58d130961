import { whyNotByChange, whyNotByMail, whyNotByOffboarding } from '../../../core/accounts/eligibility.ts'
import type { Directory, DirectoryEntry, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Secret } from '../../../kernel/secret.ts'
import { makeCrowd } from '../crowd.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import { makeClient } from './client.ts'
import type { Mark, ScimConfig } from './config.ts'
import { clientCredentials, fixedToken } from './credentials.ts'
import { type Exchange, makeExchange } from './exchange.ts'
import { makeMemberships } from './groups.ts'
import { makePatient } from './patience.ts'
import { makePeople } from './people.ts'
import { makeLetsIn, makeProvePassword } from './prove-password.ts'
import { makeSelfTest } from './self-test.ts'
import { makeService } from './service.ts'
import { targetOf } from './target.ts'
import { makeWrite, type Value } from './writes.ts'

const unavailable = { ok: false, because: 'account-unavailable' } as const

/** Throws `directory-misconfigured` for what can be known without asking a server. */
export function openScim(config: ScimConfig, outside: ConnectorOutside): Directory {
  const { verify, authentication } = config
  const { locked, mustChange } = config.attributes
  const opened: Exchange[] = []
  const exchangeWith = (address: string, setting: string, serverName?: string) => {
    const exchange = makeExchange(targetOf(config, { address, setting, serverName }), config)
    opened.push(exchange)
    return exchange
  }
  const exchange = exchangeWith(config.url, 'url', config.serverName)
  const patient = makePatient(outside)
  const credentials =
    authentication.by === 'token'
      ? fixedToken(authentication)
      : clientCredentials(authentication, {
          exchange: exchangeWith(authentication.tokenUrl, 'authentication.tokenUrl'),
          ...{ patient, outside },
        })
  const client = makeClient({ exchange, credentials, patient })
  const service = makeService({ client, outside })
  const memberships = makeMemberships({ client, warn: outside.warn })
  const people = makePeople({ config, client, service, memberships })
  const inCrowd = makeCrowd(config.connections)
  const crowd = makeClient({
    exchange: { ...exchange, ask: (asked, signal) => inCrowd(signal, () => exchange.ask(asked, signal)) },
    ...{ credentials, patient },
  })
  const crowdMemberships = makeMemberships({ client: crowd, warn: outside.warn })
  const anybody = makePeople({ config, client: crowd, service, memberships: crowdMemberships })
  const write = makeWrite({ config, client, people, service })
  const prove =
    verify === undefined
      ? null
      : makeProvePassword({
          ...{ config, verify, client: crowd, memberships: crowdMemberships },
          letsIn: makeLetsIn(verify, {
            exchange:
              verify.by === 'basic'
                ? exchangeWith(verify.url, 'verify.url')
                : exchangeWith(verify.tokenUrl, 'verify.tokenUrl'),
            patient,
          }),
        })

  const read = async (key: string, signal: AbortSignal): Promise<DirectoryEntry | null> =>
    (await people.read(key, 'in part', signal))?.entry ?? null

  /** What a new password takes off goes along with it, so that both happen or neither. */
  const passwordValues =
    (text: string) =>
    (entry: DirectoryEntry): Value[] => [
      { path: 'password', value: text },
      ...(locked !== undefined && entry.locked ? [offOf(locked)] : []),
      ...(mustChange !== undefined && entry.password.mustChange ? [offOf(mustChange)] : []),
    ]

  const setPassword = async (
    {
      key,
      password,
      whyNot,
    }: { key: string; password: Secret; whyNot: (entry: DirectoryEntry) => string | null },
    signal: AbortSignal,
  ): Promise<PasswordWrite> => {
    const text = passwordText(password)
    if (text === null) return { ok: false, because: 'password-too-short-for-directory' }
    const { before: _, ...written } = await write(
      { key, what: 'password', whyNot, values: passwordValues(text) },
      signal,
    )
    return written
  }

  return {
    name: outside.name,
    abilities: {
      unlock: locked !== undefined,
      history: config.keepsHistory,
      lockedIsVisible: locked !== undefined,
      changeAsUser: false,
      mustChange: mustChange !== undefined,
      verifies: verify !== undefined,
    },
    find: (query, signal) => anybody.find(query, signal),
    read,
    list: (signal) => people.list(signal),
    setPassword: (key, password, signal) => setPassword({ key, password, whyNot: whyNotByMail }, signal),
    offboard: (key, password, signal) => setPassword({ key, password, whyNot: whyNotByOffboarding }, signal),
    async changePassword(key, { current, next }, signal) {
      if (prove === null) throw missing('verify')
      const was = passwordText(current)
      if (was === null) return { ok: false, because: 'current-password-wrong' }
      if (passwordText(next) === null) return { ok: false, because: 'password-too-short-for-directory' }
      const entry = await read(key, signal)
      if (entry === null || whyNotByChange(entry) !== null) return unavailable
      if (!(await prove(key, was, signal)).ok) return { ok: false, because: 'current-password-wrong' }
      return setPassword({ key, password: next, whyNot: whyNotByChange }, signal)
    },
    async unlock(key, signal) {
      if (locked === undefined) throw missing('attributes.locked')
      const values = () => [offOf(locked)]
      const { before, ...written } = await write({ key, what: 'lock', whyNot: whyNotByMail, values }, signal)
      return written.ok ? { ok: true, wasLocked: before?.locked === true } : unavailable
    },
    async requireChange(key, signal) {
      if (mustChange === undefined) throw missing('attributes.mustChange')
      const values = () => [{ path: mustChange.path, value: mustChange.on }]
      const written = await write({ key, what: 'mark', whyNot: whyNotByChange, values }, signal)
      return written.ok ? { ok: true } : unavailable
    },
    async passwordRules(key, signal) {
      await read(key, signal)
      return null
    },
    async verifyPassword(key, password, signal) {
      if (prove === null) throw missing('verify')
      const text = passwordText(password)
      return text === null ? { ok: false, because: 'wrong' } : prove(key, text, signal)
    },
    check: makeSelfTest({ config, client, service, outside }),
    async close() {
      for (const one of opened) one.close()
    },
  }
}

const offOf = ({ path, off }: Mark): Value => ({ path, value: off })

const missing = (setting: string) =>
  new Fault('directory-misconfigured', { detail: `SCIM has no way for it: give ${setting}` })
