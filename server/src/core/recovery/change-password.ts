import type { Secret } from '../../kernel/secret.ts'
import {
  type Directory,
  type PasswordVerdict,
  probeOf,
  whyNotByChange,
  whyNotByMail,
} from '../accounts/index.ts'
import { normalizePassword } from '../passwords/index.ts'
import type { PortalSession } from '../sessions/ports.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { AccountEntry, RecoveryDeps } from './deps.ts'
import { refuseFor } from './directory-refusal.ts'
import { flowEvent } from './events.ts'
import { afterExamined, examinedEvents } from './examined.ts'
import type { Client, Proven } from './flow.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { spendAction } from './open-change.ts'
import { endUnavailable, makeReadProven, readAccount, whyNotNow } from './proven.ts'
import { replacePassword } from './replace-password.ts'
import { after } from './rules.ts'
import { transition } from './transition.ts'
import { giveBack, makeTakeTry, type Try } from './tries.ts'

type ChangeDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'digests' | 'now' | 'randomBytes'>

export interface ChangePasswordCall extends HolderCall {
  current: Secret
  password: Secret
  actionToken: string
  /** Stay signed in here. Every other session of the account ends. */
  keepsSession: boolean
  client: Client
}

/**
 * Replaces a password by another, for whoever knows both. The action token is spent first, then a try is counted, then
 * the directory is asked about the current password. A wrong one costs one of the tries that sign-in has as well;
 * whatever is refused after a right one costs none of them.
 */
export function makeChangePassword(deps: ChangeDeps) {
  const readProven = makeReadProven(deps, (kind) => kind === 'change')
  const takeTry = makeTakeTry(deps)
  return async (call: ChangePasswordCall): Promise<Answered | Refused> => {
    const proven = await readProven(call)
    if (!proven.ok) return proven
    const { account, subject, change: opened } = proven.flow
    const session = opened === undefined ? null : await deps.store.readSession(call.tenant, opened.session)
    const spent = await spendAction(deps, call, session)
    if (!spent.ok) return spent

    // A second factor may have come since somebody signed in with the password alone.
    const whyNot = session?.provenBy === 'provider' ? whyNotByChange : whyNotByMail
    const read = await readAccount(deps, proven.flow, { whyNot })
    if (!read.ok) return read
    const { directory, entry, following } = read
    if (entry === null) return endUnavailable(deps, call)
    // Nobody could say whether the current password is right, so no try is spent on it.
    if (!directory.abilities.verifies) return refuse({ because: 'password-refused', reasons: [notHere] })
    const taken = await takeTry({ tenant: call.tenant, subject, client: call.client })
    if (taken === null) return triesUsedUp(deps, proven.flow)
    const answer = await proveCurrent(deps, call, { directory, key: account.key, taken })
    if (!answer.ok) return answer
    const { current } = answer
    const lost = await findLost(deps, proven.flow, { entry, current, session })
    const { mustChange: remembered } = await deps.store.readLedger(call.tenant, subject)
    const { changedAt, mustChange: isMarked } = entry.password
    const isAsked = remembered?.because === 'ordered' || (session?.mustChange ?? null) !== null
    // A rule of the directory's is set aside for a change that somebody demands. To be told of a loss demands nothing.
    const owed = isMarked || isAsked || lost?.mustChange === true
    // Rekey's own minimum age keeps nobody with a password that others have.
    const change = { current, changedAt, mustChange: owed || lost !== null, at: deps.now() }

    return replacePassword(
      deps,
      { ...call, ...(call.keepsSession && session !== null ? { keepSession: session.id } : {}) },
      {
        subject,
        entry: { ...entry, change },
        following,
        write: (next, signal) => directory.changePassword(account.key, { current, next, owed }, signal),
        probe: probeOf(directory, account.key),
      },
    )
  }
}

const notHere = { code: 'password-change-not-allowed' } as const

/**
 * Whether the current password is in a list of lost ones, and policy wants it replaced for that. What sign-in has found
 * is not asked for again.
 */
async function findLost(
  deps: ChangeDeps,
  { tenant, id, subject, account }: Proven,
  of: { entry: AccountEntry; current: Secret; session: PortalSession | null },
): Promise<{ mustChange: boolean } | null> {
  const { entry, current, session } = of
  if (session?.mustChange === 'breached') return { mustChange: true }
  if (session?.flaw === 'breached') return { mustChange: false }
  const examined = await deps.tenant(tenant).examine(current, entry)
  const lost = examined.flaws.find(({ is }) => is === 'breached') ?? null
  if (lost === null && examined.unanswered.length === 0) return null
  await deps.store.decideSubject({ tenant, subject }, ({ ledger }) => {
    const at = deps.now()
    const { directory } = account
    return {
      answer: null,
      ledger: afterExamined(ledger, examined, { at, changedAt: entry.password.changedAt }),
      effects: { events: examinedEvents(examined, { tenant, subject, flow: id, directory, at }) },
    }
  })
  return lost
}

/** Asks the directory once and notes in the flow what it said. */
async function proveCurrent(
  deps: ChangeDeps,
  call: ChangePasswordCall,
  { directory, key, taken }: { directory: Directory; key: string; taken: Try },
): Promise<{ ok: true; current: Secret } | Refused> {
  const { writeDeadlineSeconds } = deps.tenant(call.tenant).rules
  const current = normalizePassword(call.current)
  let verdict: PasswordVerdict = { ok: false, because: 'wrong' }
  try {
    const deadline = AbortSignal.timeout(writeDeadlineSeconds * 1_000)
    if (current !== null) verdict = await directory.verifyPassword(key, current, deadline)
  } catch (error) {
    const refused = refuseFor(error)
    await giveBack(deps, taken)
    return refused
  }
  // A directory that says "expired" has compared it before.
  const isRight = verdict.ok || verdict.because === 'expired'
  if (isRight) await giveBack(deps, taken)
  const noted = await onFlow<Answered>(deps, { ...call, alone: true }, ({ flow, now }) => {
    if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
    if (!isRight) {
      const facts = { method: 'password', because: verdict.ok ? 'wrong' : verdict.because }
      const events = [flowEvent('proof.refused', { flow, at: now, client: call.client }, facts)]
      return { answer: refuse({ because: 'current-password-wrong' }), effects: { events } }
    }
    const next = transition({ ...flow, client: call.client }, { type: 'password-proven', at: now })
    if (next === null) return { answer: refuse({ because: 'action-token-unusable' }) }
    const events = [
      flowEvent('proof.accepted', { flow, at: now, client: call.client }, { method: 'password' }),
    ]
    return { answer: { ok: true, flow: next }, flow: next, effects: { events } }
  })
  if (!noted.ok) return noted
  return current === null ? refuse({ because: 'current-password-wrong' }) : { ok: true, current }
}

/** Whoever is signed in may know why; when the oldest try is forgotten, there is one again. */
async function triesUsedUp(deps: ChangeDeps, { tenant, subject }: Proven): Promise<Refused> {
  const { failedTriesPerAccount } = deps.tenant(tenant).rules
  const { failedTries } = await deps.store.readLedger(tenant, subject)
  const now = deps.now()
  const open = after(failedTries[0] ?? now, failedTriesPerAccount.windowSeconds)
  const retryAfterSeconds = Math.max(1, Math.ceil((open.getTime() - now.getTime()) / 1_000))
  return refuse({ because: 'too-many-requests', retryAfterSeconds })
}
