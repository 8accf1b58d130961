import { Fault, isFault } from '../../kernel/fault.ts'
import { type Directory, type PasswordVerdict, probeOf } from '../accounts/index.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Accepted } from './flow.ts'
import { leaseIsFree } from './ledger.ts'
import type { WaitingPassword, WriteOutcome, WriteWaitingJob } from './ports.ts'
import { readAccount } from './proven.ts'
import { recall, type ToRemember } from './recall.ts'
import { begunHistory } from './replace-password.ts'
import { after, leaseSeconds } from './rules.ts'
import { transition } from './transition.ts'
import { endDoubted, endNotSet, endTry, type NotSet, type Trying } from './waiting-outcome.ts'
import { writeOnce } from './write-once.ts'
import { endWrite } from './write-outcome.ts'

type WaitingDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'digests' | 'now' | 'randomBytes'>

/** Throws the fault that the job runner comes back for. */
const notYet = (detail: string) => new Fault('directory-unreachable', { detail })

/**
 * One try to write a password that was accepted while its directory could not be reached (decision record 0010). It may
 * run twice, and on two nodes: who holds the lease writes. What may have been written before is asked about first, so
 * that nothing is written twice that is in force. Everything is judged anew, because the account, the rules and the
 * password in force may be others by now.
 *
 * @throws Fault `directory-unreachable` when it has to be tried again
 */
export const makeWriteWaiting =
  (deps: WaitingDeps) =>
  async ({ tenant, flow: id }: WriteWaitingJob['payload']): Promise<void> => {
    const flow = await deps.store.read(tenant, id)
    // Whoever took it up may have died: the sweeper puts it back.
    if (flow?.state === 'writing' && flow.acceptance !== undefined) throw notYet('another try is under way')
    if (flow?.state !== 'accepted' || flow.acceptance.expiresAt <= deps.now()) return
    const waiting = await deps.store.readWaiting(tenant, id)
    if (waiting === null || !isOf(waiting, flow)) return
    const account = await readAccount(deps, flow)
    if (!account.ok) throw notYet(`a password waits: ${account.because}`)
    const { directory, entry } = account
    const asked = await isInForce(deps, { flow, waiting, directory })
    if (entry === null) {
      await (asked ? endDoubted(deps, flow) : endNotSet(deps, flow, 'account-unavailable'))
      return
    }
    const ready = await makeReady(deps, { flow, waiting, entry, isInForce: asked })
    if (!ready.ok) {
      await endNotSet(deps, flow, ready.because)
      return
    }
    const begun = await begin(deps, flow, { entry, remember: ready.remember })
    if (begun === null) return
    const outcome: WriteOutcome = asked
      ? { is: 'written' }
      : await tryOnce(deps, begun, { waiting, directory })
    if (outcome.is === 'written') {
      const { trying } = begun
      await endWrite(deps, {
        ...{ writing: trying, outcome, client: trying.client, keep: ready.keep },
        // Whatever was linked to it while it waited gets the next one.
        ...{ followed: [], isRest: false },
      })
      return
    }
    await endTry(deps, begun.trying, outcome)
    if (outcome.is !== 'refused') throw notYet('a password goes on waiting')
  }

/** The row is authenticated and the flow is not: whoever changes the flow has it written for nobody else, and no later. */
const isOf = (waiting: WaitingPassword, { subject, account, acceptance }: Accepted): boolean =>
  waiting.subject === subject &&
  waiting.account.directory === account.directory &&
  waiting.account.key === account.key &&
  waiting.expiresAt.getTime() === acceptance.expiresAt.getTime()

/** Whether a try of which nobody knows what it did has set it. Asked only then: a sign-in leaves its traces. */
async function isInForce(
  deps: WaitingDeps,
  of: { flow: Accepted; waiting: WaitingPassword; directory: Directory },
): Promise<boolean> {
  const { flow, waiting, directory } = of
  if (!flow.acceptance.doubted) return false
  const probe = probeOf(directory, flow.account.key)
  if (probe === null) throw notYet('what came of the last try can be asked nobody')
  const { probeDeadlineSeconds } = deps.tenant(flow.tenant).rules
  const deadline = AbortSignal.timeout(probeDeadlineSeconds * 1_000)
  const verdict = await probe(waiting.password, deadline).catch((error: unknown) => {
    if (isFault(error)) throw notYet('what came of the last try could not be asked')
    throw error
  })
  const isSet = compared(verdict)
  if (isSet === null) throw notYet('what came of the last try is not told: the account is locked or disabled')
  return isSet
}

type Ready = { ok: true; remember: ToRemember | null; keep: number } | { ok: false; because: NotSet }

/** Everything that `replacePassword` asks before it writes, and whether somebody else was faster. */
async function makeReady(
  deps: WaitingDeps,
  of: { flow: Accepted; waiting: WaitingPassword; entry: JudgedEntry; isInForce: boolean },
): Promise<Ready> {
  const { flow, waiting, entry } = of
  const { judge, remembers, rules } = deps.tenant(flow.tenant)
  const { changedAt } = entry.password
  // Active Directory tells no date of a password that an administrator has set and that must be changed.
  const isOvertaken = changedAt?.getTime() !== waiting.passwordSetAt?.getTime()
  if (!of.isInForce) {
    if (isOvertaken) return { ok: false, because: 'password-set-elsewhere' }
    const judged = await judge(waiting.password, entry)
    const [reason] = judged.ok ? [] : judged.because
    if (reason?.code === 'password-unchecked') throw notYet('a list of lost passwords gave no answer')
    if (reason !== undefined) return { ok: false, because: reason.code }
  }
  const keep = remembers(entry)
  const recalled = await recall(
    { ...deps, store: { ...deps.store, readRemembered: othersThan(deps, flow.id) } },
    {
      ...{ tenant: flow.tenant, subject: flow.subject, keep, next: waiting.password, current: null },
      signal: AbortSignal.timeout(rules.writeDeadlineSeconds * 1_000),
    },
  )
  if (recalled.is === 'too-busy') throw notYet('too many passwords are being compared')
  if (recalled.is === 'new') return { ok: true, remember: recalled.remember, keep }
  // It is in force already: what else is remembered can't keep it from being so.
  if (of.isInForce) return { ok: true, remember: null, keep }
  return { ok: false, because: 'password-in-history' }
}

/** A doubted try has left this very password among those that are remembered. */
const othersThan =
  ({ store }: WaitingDeps, flow: string): WaitingDeps['store']['readRemembered'] =>
  async (tenant, subject) =>
    (await store.readRemembered(tenant, subject)).filter(({ write }) => write?.flow !== flow)

/** A try that may go to the directory, `until` its lease runs out. */
interface Begun {
  trying: Trying
  until: Date
}

/** Takes the lease, as every write does; null when the password does not wait any more. */
async function begin(
  deps: WaitingDeps,
  { tenant, id }: Accepted,
  { entry, remember }: { entry: JudgedEntry; remember: ToRemember | null },
): Promise<Begun | null> {
  const { rules } = deps.tenant(tenant)
  const answer = await deps.store.decide<Begun | 'busy' | null>({ tenant, id }, ({ flow, ledger }) => {
    if (flow.state !== 'accepted') return { answer: null }
    const now = deps.now()
    if (!leaseIsFree(ledger, now)) return { answer: 'busy' }
    // Its owner's latest step stays what it was: an order that came since asks for another password than this one.
    const writing = transition(flow, { type: 'write-started', notify: entry.recoveryAddresses })
    if (writing?.state !== 'writing') return { answer: null }
    const until = after(now, leaseSeconds(rules))
    const write = { flow: id, attempt: writing.attempts }
    const facts = { directory: flow.account.directory, attempt: writing.attempts }
    return {
      answer: { trying: { ...writing, acceptance: flow.acceptance }, until },
      flow: writing,
      ledger: { ...ledger, lease: { ...write, until } },
      effects: {
        events: [flowEvent('password.write-started', { flow, at: now }, facts)],
        ...(remember === null ? {} : { history: begunHistory(flow, { remember, write, at: now }) }),
      },
    }
  })
  if (answer === 'busy') throw notYet('another write of the account is under way')
  return answer
}

async function tryOnce(
  deps: WaitingDeps,
  { trying, until }: Begun,
  { waiting, directory }: { waiting: WaitingPassword; directory: Directory },
): Promise<WriteOutcome> {
  const { account, tenant, acceptance } = trying
  const ask = probeOf(directory, account.key)
  const probe = ask && ((signal: AbortSignal) => ask(waiting.password, signal))
  const outcome = await writeOnce(deps, {
    until,
    rules: deps.tenant(tenant).rules,
    write: (signal) => directory.setPassword(account.key, waiting.password, signal),
    probe,
  })
  if (probe === null || outcome.is !== 'refused' || !acceptance.doubted) return outcome
  // The earlier try may have arrived in between, and a history refuses what is in force.
  const deadline = AbortSignal.timeout(deps.tenant(tenant).rules.probeDeadlineSeconds * 1_000)
  const verdict = await probe(deadline).catch(() => null)
  const isSet = verdict === null ? null : compared(verdict)
  return isSet === null ? { is: 'unknown' } : isSet ? { is: 'written' } : outcome
}

/** Null where the directory has compared nothing, or does not say: the password may be in force all the same. */
function compared(verdict: PasswordVerdict): boolean | null {
  // A directory that says "expired" has compared it before.
  if (verdict.ok || verdict.because === 'expired') return true
  return verdict.because === 'wrong' ? false : null
}
