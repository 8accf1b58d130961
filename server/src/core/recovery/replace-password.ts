import type { Secret } from '../../kernel/secret.ts'
import type { DirectoryEntry, PasswordChange, Probe } from '../accounts/index.ts'
import type { PasswordAttempt, Unanswered } from '../passwords/index.ts'
import { acceptWrite, mayWait } from './accept-write.ts'
import type { Answered, Refusal, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Client, Proven, Writing } from './flow.ts'
import { type HolderCall, onFlow } from './holder.ts'
import { isClosed, leaseIsFree } from './ledger.ts'
import type { Followed } from './linked-outcome.ts'
import type { Effects, WriteOutcome } from './ports.ts'
import { type Following, whyNotNow } from './proven.ts'
import { recall, type ToRemember } from './recall.ts'
import { after, leaseSeconds } from './rules.ts'
import { followingIn, type Target, type Targets } from './targets.ts'
import { transition } from './transition.ts'
import { writeFollowing } from './write-following.ts'
import { writeOnce } from './write-once.ts'
import { type Ending, endWrite } from './write-outcome.ts'

export interface ReplaceCall extends HolderCall {
  password: Secret
  client: Client
  /** The session at the portal that shall outlive the change. */
  keepSession?: string
}

/** What is to be replaced, and how the directory is asked. */
export interface Replacement {
  /** Whose password it is, as Rekey knows the account. */
  subject: string
  entry: JudgedEntry
  /** Accounts that are to get it once this one has it, and have it not yet. */
  following: readonly Following[]
  /** Null: this one has it, and only those that follow have not. */
  write: ((password: Secret, signal: AbortSignal) => Promise<PasswordChange>) | null
  /** Null where there is none: then a write without an answer stays unexplained. */
  probe: Probe | null
}

type ReplaceDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'digests' | 'now' | 'randomBytes'>

/**
 * Writes a new password by the protocol of decision record 0001: judge, begin, write, probe, end, tell. It throws only
 * when Rekey's own database fails; then the sweeper ends the flow as the record says.
 */
export async function replacePassword(
  deps: ReplaceDeps,
  call: ReplaceCall,
  { subject, entry, following, write, probe }: Replacement,
): Promise<Answered | Refused> {
  const { judge, remembers, rules } = deps.tenant(call.tenant)
  const judged = await judge(call.password, entry)
  if (!judged.ok) return refusePassword(deps, call, judged.because)
  const { normalized, unanswered } = judged
  // It is remembered already where it is in force.
  const keep = write === null ? 0 : remembers(entry)
  const recalled = await recall(deps, {
    ...{ tenant: call.tenant, subject, keep, next: normalized, current: entry.change?.current ?? null },
    signal: AbortSignal.timeout(rules.writeDeadlineSeconds * 1_000),
  })
  if (recalled.is === 'remembered') {
    return refusePassword(deps, call, [{ code: 'password-in-history', count: keep }])
  }
  if (recalled.is === 'too-busy') return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
  const { remember } = recalled
  const isRest = write === null
  const begun = await begin(deps, call, { entry, unanswered, remember, following, isRest })
  if (!begun.ok) return begun
  const { flow: writing, until } = begun
  const outcome: WriteOutcome =
    write === null
      ? { is: 'written' }
      : await writeOnce(deps, {
          until,
          rules,
          write: (signal) => write(normalized, signal),
          probe: probe && ((signal) => probe(normalized, signal)),
        })
  // Nothing is written elsewhere that the leading account has refused, or may have, nor once the flow was ended.
  const goesOn = outcome.is === 'written' && following.length > 0 && (await isUnderWay(deps, writing))
  const followed = await Promise.all(
    following.map(async (one): Promise<Followed> => {
      const { subject: follower, account } = one
      const of = { subject: follower, directory: account.directory }
      if (!goesOn) return { ...of, outcome: { is: 'waiting' } }
      return { ...of, outcome: await writeFollowing(deps, one, { password: normalized, until, rules }) }
    }),
  )
  const { client, keepSession } = call
  const ending: Ending = {
    ...{ writing, outcome, followed, isRest, client, keep },
    ...(keepSession === undefined ? {} : { keepSession }),
  }
  if (!mayWait(rules, outcome)) return endWrite(deps, ending)
  return acceptWrite(deps, ending, { password: normalized, passwordSetAt: entry.password.changedAt })
}

/** Whoever says "this was not me" while the leading account is written to stops what comes after it. */
async function isUnderWay({ store }: ReplaceDeps, { tenant, id, attempts }: Writing): Promise<boolean> {
  const flow = await store.read(tenant, id)
  return flow?.state === 'writing' && flow.attempts === attempts
}

/** Refusals burn nothing: link, proof and flow stay. Their number is bounded, so that a flow is no oracle. */
const refusePassword = (
  deps: ReplaceDeps,
  call: ReplaceCall,
  reasons: (Refusal & { because: 'password-refused' })['reasons'],
): Promise<Answered | Refused> =>
  onFlow<Answered>(deps, call, ({ flow, now }) => {
    if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
    const touched = { ...flow, touchedAt: now }
    // What we could not look up is no guess of the person's.
    const counts = reasons.some(({ code }) => code !== 'password-unchecked')
    const last = flow.refusals + 1 >= deps.tenant(call.tenant).rules.policyRefusalsPerFlow
    const next = counts ? (transition(touched, { type: 'password-refused', last }) ?? flow) : touched
    const because = reasons[0]?.code ?? 'password-refused'
    const events = [flowEvent('password.refused', { flow, at: now }, { because, count: reasons.length })]
    if (next.state === 'completed') {
      events.push(flowEvent('flow.ended', { flow, at: now }, { because: 'too-many-refusals' }))
      return { answer: { ok: true, flow: next }, flow: next, effects: { events } }
    }
    if (next.state === 'ended') {
      events.push(flowEvent('flow.ended', { flow, at: now }, { because: next.because }))
      return { answer: refuse({ because: 'flow-ended', flow: next }), flow: next, effects: { events } }
    }
    return { answer: refuse({ because: 'password-refused', reasons }), flow: next, effects: { events } }
  })

/** A write that may go to the directory, `until` its lease runs out. */
type Begun = { ok: true; flow: Writing; until: Date }

/** Takes the lease: from here on this attempt of this flow is the only one that may write the account's password. */
function begin(
  deps: ReplaceDeps,
  call: ReplaceCall,
  {
    entry,
    unanswered,
    remember,
    following,
    isRest,
  }: {
    entry: DirectoryEntry
    unanswered: readonly Unanswered[]
    remember: ToRemember | null
    following: readonly Following[]
    isRest: boolean
  },
): Promise<Begun | Refused> {
  const { rules } = deps.tenant(call.tenant)
  const holder = { ...call, linked: following.map(({ subject }) => subject) }
  return onFlow<Begun>(deps, holder, ({ flow, ledger, linked, now }) => {
    if (flow.state !== 'proven') return { answer: refuse(whyNotNow(flow)) }
    const isTaken = [ledger, ...linked].some((one) => !leaseIsFree(one, now))
    // Whoever asks again finds that it has none to be written.
    if (isTaken || linked.some(isClosed)) return { answer: refuse({ because: 'write-in-progress' }) }
    // Whoever a link has given another's account by mistake must not be the only one who hears of it.
    const notify = [entry, ...following.map((one) => one.entry)].flatMap(
      (one) => one?.recoveryAddresses ?? [],
    )
    const touched = { ...flow, touchedAt: now }
    const targets = begunTargets(flow, following)
    const writing = transition(touched, { type: 'write-started', notify, ...targets })
    if (writing?.state !== 'writing') return { answer: refuse({ because: 'write-in-progress' }) }
    const until = after(now, leaseSeconds(rules))
    const write = { flow: flow.id, attempt: writing.attempts }
    const { directory } = flow.account
    const facts = { directory, attempt: writing.attempts }
    return {
      answer: { ok: true, flow: writing, until },
      flow: writing,
      ledger: { ...ledger, lease: { ...write, until } },
      linked: linked.map((one) => ({ ledger: { ...one, lease: { ...write, until } } })),
      effects: {
        ...(remember === null ? {} : { history: begunHistory(flow, { remember, write, at: now }) }),
        events: [
          ...(isRest ? [] : [flowEvent('password.write-started', { flow, at: now }, facts)]),
          ...following.map(({ subject, account }) => ({
            ...flowEvent(
              'password.write-started',
              { flow, at: now },
              { ...facts, directory: account.directory, leads: directory },
            ),
            subject,
          })),
          ...unanswered.map(({ list, because }) =>
            flowEvent('password.breach-unchecked', { flow, at: now }, { list, because }),
          ),
          ...(remember === null || remember.unsaid === 0
            ? []
            : [
                flowEvent(
                  'password.history-unchecked',
                  { flow, at: now },
                  { directory, count: remember.unsaid },
                ),
              ]),
        ],
      },
    }
  })
}

/** Written before the directory is asked: whatever becomes of this process, a password that may be in force is remembered. */
export const begunHistory = (
  { tenant, subject }: Pick<Writing, 'tenant' | 'subject'>,
  { remember: { next, current }, write, at }: { remember: ToRemember; write: PasswordAttempt; at: Date },
): NonNullable<Effects['history']> => ({ tenant, subject, change: 'write-begun', write, next, current, at })

/** Who is to have the password, as it stands when the write begins; nothing of an account that stands for itself. */
function begunTargets(
  flow: Pick<Proven, 'account' | 'subject' | 'targets'>,
  following: readonly Following[],
): { targets?: Targets } {
  if (flow.targets === undefined && following.length === 0) return {}
  const leads = { account: flow.account, subject: flow.subject, outcome: { is: 'waiting' } } as const
  const begun = following.map(
    ({ account, subject }): Target => ({ account, subject, outcome: { is: 'waiting' } }),
  )
  const done = followingIn(flow).filter(({ outcome }) => outcome.is === 'written')
  const known = (flow.targets ?? []).map(({ subject }) => subject)
  const place = ({ subject }: Target) => (known.includes(subject) ? known.indexOf(subject) : known.length)
  const all = [...done, ...begun].toSorted((one, other) => place(one) - place(other))
  return { targets: [flow.targets?.[0] ?? leads, ...all] }
}
