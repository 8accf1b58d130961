import { isFault } from '../../kernel/fault.ts'
import { type Directory, type DirectoryEntry, whyNotByMail } from '../accounts/index.ts'
import type { Answered, Refusal, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import type { Proven } from './flow.ts'
import { type HolderCall, makeRead } from './holder.ts'

type ProvenDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now'>

/** The holder's flow when it waits for a password. */
export function makeReadProven(deps: ProvenDeps) {
  const read = makeRead(deps)
  return async (call: HolderCall): Promise<{ ok: true; flow: Proven } | Refused> => {
    const holder = await read(call)
    if (!holder.ok) return holder
    const { flow } = holder
    return flow.state === 'proven' ? { ok: true, flow } : refuse(whyNotNow(flow))
  }
}

/** What the directory says of the flow's account now. `entry` is null when it may not come back by mail any more. */
export async function readAccount(
  deps: Pick<RecoveryDeps, 'tenant'>,
  flow: Proven,
): Promise<{ ok: true; directory: Directory; entry: DirectoryEntry | null } | Refused> {
  const tenant = deps.tenant(flow.tenant)
  const directory = tenant.directory(flow.account.directory)
  if (directory === null) return refuse({ because: 'directory-not-writable' })
  const deadline = AbortSignal.timeout(tenant.rules.writeDeadlineSeconds * 1_000)
  try {
    const entry = await directory.read(flow.account.key, deadline)
    return { ok: true, directory, entry: entry === null || whyNotByMail(entry) !== null ? null : entry }
  } catch (error) {
    if (!isFault(error)) throw error
    const gone = isFault(error, 'directory-unreachable', 'directory-outcome-unknown')
    return refuse({ because: gone ? 'directory-unreachable' : 'directory-not-writable' })
  }
}

/** Why a flow in this state takes no password. */
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
