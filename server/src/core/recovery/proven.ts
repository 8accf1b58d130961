import { isFault } from '../../kernel/fault.ts'
import {
  type Directory,
  type DirectoryEntry,
  type DirectoryPasswordRules,
  whyNotByMail,
} from '../accounts/index.ts'
import type { Answered, Refusal, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { refuseFor } from './directory-refusal.ts'
import { flowEvent } from './events.ts'
import type { FlowKind, Proven } from './flow.ts'
import { type HolderCall, makeRead, onFlow } from './holder.ts'
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

/** What the directory says of the flow's account now. `entry` is null when `whyNot` names a reason, or it is gone. */
export async function readAccount(
  deps: Pick<RecoveryDeps, 'tenant'>,
  flow: Pick<Proven, 'tenant' | 'account'>,
  {
    deadlineSeconds,
    whyNot = whyNotByMail,
  }: { deadlineSeconds?: number; whyNot?: (entry: DirectoryEntry) => string | null } = {},
): Promise<{ ok: true; directory: Directory; entry: JudgedEntry | null } | Refused> {
  const tenant = deps.tenant(flow.tenant)
  const directory = tenant.directory(flow.account.directory)
  if (directory === null) return refuse({ because: 'directory-not-writable' })
  const deadline = AbortSignal.timeout((deadlineSeconds ?? tenant.rules.writeDeadlineSeconds) * 1_000)
  try {
    const entry = await directory.read(flow.account.key, deadline)
    if (entry === null || whyNot(entry) !== null) return { ok: true, directory, entry: null }
    const directoryRules = await rulesOf(directory, entry.key, deadline)
    return {
      ok: true,
      directory,
      entry: { ...entry, directory: directory.name, directoryRules, change: null },
    }
  } catch (error) {
    return refuseFor(error)
  }
}

/** A directory that does not tell its rules still has the last word about a password. */
async function rulesOf(
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

/** The account was disabled, became privileged or vanished after the proof: what cannot be recovered by mail is not. */
export const endUnavailable = (deps: ProvenDeps, call: HolderCall): Promise<Answered | Refused> =>
  onFlow(deps, call, ({ flow, now }) => {
    const next = transition(flow, { type: 'account-unavailable' })
    if (next?.state !== 'ended') return { answer: refuse({ because: 'directory-unreachable' }) }
    const events = [flowEvent('flow.ended', { flow, at: now }, { because: next.because })]
    return { answer: refuse({ because: 'flow-ended', flow: next }), flow: next, effects: { events } }
  })

/** Why nothing can be asked of a directory in the name of a flow in this state. */
export function whyNotNow(flow: Exclude<Answered['flow'], Proven>): Refusal {
  switch (flow.state) {
    case 'awaiting-proof':
      return { because: 'not-proven' }
    case 'writing':
      return { because: 'write-in-progress' }
    case 'completed':
      return { because: 'already-completed' }
    case 'ended':
      return { because: 'flow-ended', flow }
  }
}
