import {
  AndFilter,
  type Change,
  type Control,
  EqualityFilter,
  type Filter,
  NotFilter,
  type ResultCodeError,
} from 'ldapts'
import type { ChangeRequired } from '../../../core/accounts/ports.ts'
import type { FaultCode } from '../../../kernel/fault.ts'
import { replacing } from '../ldap-wire/changes.ts'
import type { LdapConnection } from '../ldap-wire/connection.ts'
import { faultFor, rowFor } from '../ldap-wire/result-codes.ts'
import { sendOnce } from '../ldap-wire/send-once.ts'
import { AssertionControl, relaxRules } from './changes.ts'
import type { LdapConfig } from './config.ts'
import { dialects } from './dialects.ts'

/** What is kept beside a password, written as the service account: the lock, and "must change". */
export interface MarkRequest {
  connection: LdapConnection
  config: Pick<LdapConfig, 'dialect' | 'attributes'>
  dn: string
  key: string
}

/** `countKept`: the wrong passwords still count, so that the next one locks again. */
export type LockLifted = { ok: true; countKept: boolean } | Extract<ChangeRequired, { ok: false }>

export async function liftLock(request: MarkRequest, signal: AbortSignal): Promise<LockLifted> {
  const { lock } = dialects[request.config.dialect]
  const all = [...lock.attributes, ...lock.serversOwn].map((name) => replacing(name, []))
  const controls = lock.serversOwn.length > 0 ? [relaxRules()] : []
  const sending = { what: 'the lifting of a lock', signal }
  const refused = await send(request, { ...sending, changes: all, controls })
  if (refused === null) return { ok: true, countKept: false }
  if (lock.serversOwn.length === 0 || isUnavailable(refused)) return refusalOf(refused, request, lockProblem)
  // Nothing was done. The lock itself takes a lesser right than what the server counts.
  const changes = lock.attributes.map((name) => replacing(name, []))
  const refusedAgain = await send(request, { ...sending, changes, controls: [] })
  return refusedAgain === null ? { ok: true, countKept: true } : refusalOf(refusedAgain, request, lockProblem)
}

export const markMustChange = (
  request: MarkRequest,
  { attribute, value }: { attribute: string; value: string },
  signal: AbortSignal,
): Promise<ChangeRequired> =>
  putValues(request, { what: 'the mark "must change"', attribute, values: [value] }, signal)

/** Writes what an entry says of the time of its password; with no values it says nothing any more. */
export async function putValues(
  request: MarkRequest,
  { what, attribute, values }: { what: string; attribute: string; values: readonly string[] },
  signal: AbortSignal,
): Promise<ChangeRequired> {
  const changes = [replacing(attribute, [...values])]
  const refused = await send(request, { what, signal, changes, controls: [] })
  return refused === null ? { ok: true } : refusalOf(refused, request, problemWith(attribute))
}

/**
 * Whether an administrator has locked it for good. It is asked by locking it so once more: a service account that may
 * not do that is heard of before a new password has lifted such a lock.
 */
export async function isLockedForGood(request: MarkRequest, signal: AbortSignal): Promise<boolean> {
  const { lockedForGood } = dialects[request.config.dialect]
  if (lockedForGood === null) return false
  const sending = { what: 'the keeping of a lock', signal, controls: [] }
  const changes = [replacing(lockedForGood.attribute, [lockedForGood.value])]
  const refused = await send(request, { ...sending, changes, onlyIf: new EqualityFilter(lockedForGood) })
  if (refused === null) return true
  if (isUnavailable(refused)) return false
  refusalOf(refused, request, lockProblem)
  return false
}

/** After a new password that lifted it. False: the entry may be open now, and nothing here may say that it is not written. */
export async function lockForGood(request: MarkRequest, signal: AbortSignal): Promise<boolean> {
  const { lockedForGood } = dialects[request.config.dialect]
  if (lockedForGood === null) return true
  const changes = [replacing(lockedForGood.attribute, [lockedForGood.value])]
  const sending = { what: 'the keeping of a lock', signal, changes, controls: [], onlyIf: null }
  return send(request, sending).then(
    (refused) => refused === null,
    () => false,
  )
}

/** `onlyIf`: what the entry has to be besides the one that is meant; an entry that is not locked for good unless said. */
const send = (
  { connection, config, dn, key }: MarkRequest,
  {
    what,
    signal,
    changes,
    controls,
    onlyIf,
  }: { what: string; signal: AbortSignal; changes: Change[]; controls: Control[]; onlyIf?: Filter | null },
) => {
  const { hasAssertions, lockedForGood } = dialects[config.dialect]
  const sameKey = new EqualityFilter({ attribute: config.attributes.key, value: key })
  // An administrator may have locked it since it was read.
  const stillOpen =
    lockedForGood === null ? null : new NotFilter({ filter: new EqualityFilter(lockedForGood) })
  const more = onlyIf === undefined ? stillOpen : onlyIf
  const filter = more === null ? sameKey : new AndFilter({ filters: [sameKey, more] })
  const assertions = hasAssertions ? [new AssertionControl(filter)] : []
  return sendOnce(connection, { what, signal }, (client) =>
    client.modify(dn, changes, [...assertions, ...controls]),
  )
}

const isUnavailable = ({ code }: ResultCodeError) => rowFor(code).write === 'account-unavailable'

function refusalOf(
  error: ResultCodeError,
  { connection: { server } }: MarkRequest,
  problem: string,
): Extract<ChangeRequired, { ok: false }> {
  if (isUnavailable(error)) return { ok: false, because: 'account-unavailable' }
  const { write } = rowFor(error.code)
  // No password was sent, so none is too weak: the server does not let anybody write this.
  const meaning: FaultCode = isFaultCode(write) ? write : 'directory-misconfigured'
  throw faultFor(meaning, error, { server, what: problem })
}

const isFaultCode = (meaning: ReturnType<typeof rowFor>['write']): meaning is FaultCode =>
  meaning.startsWith('directory-')

const lockProblem =
  'a lock could not be lifted: give the service account the right to write pwdAccountLockedTime (389: accountUnlockTime ' +
  'and passwordRetryCount), and name a server that takes writes first'
const problemWith = (attribute: string) =>
  `an entry could not be marked for a change: give the service account the right to write ${attribute}, and name a ` +
  'server that takes writes first'
