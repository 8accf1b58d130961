import { isFault } from '../../kernel/fault.ts'
import {
  type AccountRef,
  type Directory,
  type DirectoryEntry,
  type DirectoryPasswordRules,
  whyNotByMail,
} from '../accounts/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import type { Answered, Refusal, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { refuseFor } from './directory-refusal.ts'
import { flowEvent } from './events.ts'
import type { FlowKind, Proven } from './flow.ts'
import { followersFor, withoutClosed } from './following.ts'
import { type HolderCall, makeRead, onFlow } from './holder.ts'
import { followingIn, type Targets } from './targets.ts'
import { transition } from './transition.ts'

type ProvenDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>

/** The holder's flow when everything is proven and it is for what is asked of it. */
export function makeReadProven(deps: ProvenDeps, isFor: (kind: FlowKind) => boolean) {
  const read = makeRead(deps)
  return async (call: HolderCall): Promise<{ ok: true; flow: Proven } | Refused> => {
    const holder = await read(call)
    if (!holder.ok) return holder
    const { flow } = holder
    if (flow.state !== 'proven') return refuse(whyNotNow(flow))
    return isFor(flow.kind) ? { ok: true, flow } : refuse({ because: 'flow-of-another-kind' })
  }
}

/** An account that is to get the password of the one that leads it. */
export interface Following {
  directory: Directory
  account: AccountRef
  subject: string
  /** Null when its directory gives no answer now, and did when the flow was begun. */
  entry: JudgedEntry | null
}

export interface ReadAccount {
  ok: true
  directory: Directory
  /** Null when `whyNot` names a reason, for the account or for one that follows it, or it is gone. */
  entry: JudgedEntry | null
  following: readonly Following[]
}

/** What the directories say of the flow's account now, and of those that follow it. */
export async function readAccount(
  deps: Pick<RecoveryDeps, 'tenant' | 'store'>,
  flow: Pick<Proven, 'tenant' | 'account' | 'targets'>,
  {
    deadlineSeconds,
    whyNot = whyNotByMail,
  }: { deadlineSeconds?: number; whyNot?: (entry: DirectoryEntry) => Ineligible | null } = {},
): Promise<ReadAccount | Refused> {
  const tenant = deps.tenant(flow.tenant)
  const directory = tenant.directory(flow.account.directory)
  if (directory === null) return refuse({ because: 'directory-not-writable' })
  const signal = AbortSignal.timeout((deadlineSeconds ?? tenant.rules.writeDeadlineSeconds) * 1_000)
  const gone: ReadAccount = { ok: true, directory, entry: null, following: [] }
  try {
    const entry = await directory.read(flow.account.key, signal)
    if (entry === null || whyNot(entry) !== null) return gone
    const [judged, following] = await Promise.all([
      asJudged(directory, entry, signal),
      readFollowing(deps, flow, { entry, signal }),
    ])
    if (following === null) return gone
    const rules = following.flatMap((one) => one.entry ?? [])
    return { ok: true, directory, entry: { ...judged, following: rules }, following }
  } catch (error) {
    return refuseFor(error)
  }
}

/** Null when the account can't get a password because of one of them. */
async function readFollowing(
  deps: Pick<RecoveryDeps, 'tenant' | 'store'>,
  { tenant: id, account, targets }: Pick<Proven, 'tenant' | 'account' | 'targets'>,
  { entry, signal }: { entry: DirectoryEntry; signal: AbortSignal },
): Promise<readonly Following[] | null> {
  const tenant = deps.tenant(id)
  const followed = await followersFor(tenant, { account, entry }, signal)
  if (!followed.ok) return null
  const found = followed.found.map(async (one): Promise<Following> => {
    const { directory } = one
    const follower = { directory: directory.name, key: one.entry.key }
    const subject = await deps.store.subjectOf(id, follower)
    return { directory, account: follower, subject, entry: await asJudged(directory, one.entry, signal) }
  })
  const away = followed.away.flatMap((one) => fromBefore(one, targets))
  return withoutClosed(deps, id, [...(await Promise.all(found)), ...away])
}

/**
 * What was known of a directory when the flow was begun stands in for an answer that it does not give now: it is asked once
 * more when it is written to. Where nothing was asked, nothing can be decided.
 */
function fromBefore(
  { directory, fault }: { directory: Directory; fault: unknown },
  targets: Targets | undefined,
): Following[] {
  if (targets === undefined) throw fault
  return followingIn({ targets })
    .filter(({ account }) => account.directory === directory.name)
    .map(({ account, subject }) => ({ directory, account, subject, entry: null }))
}

const asJudged = async (
  directory: Directory,
  entry: DirectoryEntry,
  signal: AbortSignal,
): Promise<JudgedEntry> => ({
  ...entry,
  directory: directory.name,
  directoryRules: await rulesOf(directory, entry.key, signal),
  change: null,
})

/** A directory that does not tell its rules still has the last word about a password. */
export async function rulesOf(
  directory: Directory,
  key: string,
  signal: AbortSignal,
): Promise<DirectoryPasswordRules | null> {
  try {
    return await directory.passwordRules(key, signal)
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}

/**
 * The account was disabled, became privileged or vanished after the proof: what cannot be recovered by mail is not. Whoever
 * has the new password in some accounts by then keeps it there.
 */
export const endUnavailable = (deps: ProvenDeps, call: HolderCall): Promise<Answered | Refused> =>
  onFlow<Answered>(deps, call, ({ flow, now }) => {
    const next = transition(flow, { type: 'account-unavailable' })
    const events = [flowEvent('flow.ended', { flow, at: now }, { because: 'account-unavailable' })]
    if (next?.state === 'completed')
      return { answer: { ok: true, flow: next }, flow: next, effects: { events } }
    if (next?.state !== 'ended') return { answer: refuse({ because: 'directory-unreachable' }) }
    return { answer: refuse({ because: 'flow-ended', flow: next }), flow: next, effects: { events } }
  })

/** Why nothing can be asked of a directory in the name of a flow in this state. */
export function whyNotNow(flow: Exclude<Answered['flow'], Proven>): Refusal {
  switch (flow.state) {
    case 'awaiting-proof':
      return { because: 'not-proven' }
    case 'writing':
    case 'accepted':
      return { because: 'write-in-progress' }
    case 'completed':
      return { because: 'already-completed' }
    case 'ended':
      return { because: 'flow-ended', flow }
  }
}
