import { type ChallengeName, type RequestOptions, requestOptions } from '../proofs/index.ts'
import { type Answered, type Refused, refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { type HolderCall, makeRead } from './holder.ts'

type AskDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'passkeys' | 'now'>

/** What a browser is asked for a flow or a session; null where the tenant has no passkeys. Nothing in it is about an account. */
export function passkeyRequest(
  deps: Pick<AskDeps, 'tenant' | 'passkeys' | 'now'>,
  of: ChallengeName,
): RequestOptions | null {
  const { party, methods } = deps.tenant(of.tenant)
  if (party === null || !methods.includes('passkey')) return null
  return requestOptions({ party, challenge: deps.passkeys.current(of, deps.now()) })
}

/** Asks for a passkey. Nothing is written and nothing is sent: what is asked follows from the flow, the same for everybody. */
export function makeAskForPasskey(deps: AskDeps) {
  const read = makeRead(deps)
  return async (call: HolderCall): Promise<(Answered & { passkey: RequestOptions }) | Refused> => {
    const passkey = passkeyRequest(deps, { tenant: call.tenant, purpose: 'flow', of: call.id })
    if (passkey === null) return refuse({ because: 'method-not-offered' })
    const held = await read(call)
    if (!held.ok) return held
    const { flow } = held
    if (flow.state === 'ended') return refuse({ because: 'flow-ended', flow })
    return flow.state === 'awaiting-proof' ? { ...held, passkey } : refuse({ because: 'already-proven' })
  }
}
