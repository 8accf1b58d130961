import type { Secret } from '../../kernel/secret.ts'
import { whyNotByChange, whyNotByMail } from '../accounts/index.ts'
import type { PasswordRefusal, PasswordRule } from '../passwords/index.ts'
import { type Refused, refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import type { FlowKind } from './flow.ts'
import type { HolderCall } from './holder.ts'
import { makeReadProven, readAccount } from './proven.ts'

/** What the rules say of a password that is being typed. */
export interface Checked {
  ok: true
  /** Everything to change; none when the password may be sent. */
  reasons: readonly PasswordRefusal[]
  /** All rules in force, those that are answered on sending too. */
  rules: readonly PasswordRule[]
}

type CheckDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'limiter'>

/** Somebody waits for a page: rather the tenant's rules now than those of the account later. */
const rulesDeadlineSeconds = 2

/**
 * Says what the rules make of a password before it is sent. Only rules that depend on nothing but the password and the
 * person's own names are asked: what a history or a list of lost passwords knows is said on sending, where refusals
 * are counted, so that a flow is no oracle. Nothing is written and nothing is used up.
 */
export function makeCheckPassword(deps: CheckDeps) {
  const readEntry = makeReadEntry(deps)
  return async (call: HolderCall & { password: Secret }): Promise<Checked | Refused> => {
    const { rules, judgeWhileTyping, passwordRules } = deps.tenant(call.tenant)
    const account = await readEntry(call, rules.writeDeadlineSeconds)
    if (!account.ok) return account
    const judged = judgeWhileTyping(call.password, account.entry)
    return {
      ok: true,
      reasons: judged.ok ? [] : judged.because,
      rules: passwordRules(account.entry, account.kind),
    }
  }
}

/** The rules for the account of a flow that waits for a password, to be shown before anything is typed. */
export function makePasswordRules(deps: CheckDeps) {
  const readEntry = makeReadEntry(deps)
  return async (call: HolderCall): Promise<Pick<Checked, 'ok' | 'rules'> | Refused> => {
    const account = await readEntry(call, rulesDeadlineSeconds)
    return account.ok
      ? { ok: true, rules: deps.tenant(call.tenant).passwordRules(account.entry, account.kind) }
      : account
  }
}

function makeReadEntry(deps: CheckDeps) {
  const readProven = makeReadProven(deps, (kind) => kind !== 'unlock')
  return async (
    call: HolderCall,
    deadlineSeconds: number,
  ): Promise<{ ok: true; entry: JudgedEntry; kind: FlowKind } | Refused> => {
    const { rules } = deps.tenant(call.tenant)
    const proven = await readProven(call)
    if (!proven.ok) return proven
    // Before the directory is asked, so that nobody keeps it busy with this.
    const taken = await deps.limiter.take(call.tenant, `checks:${call.id}`, rules.passwordChecksPerFlow)
    if (!taken.ok) {
      return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
    }
    const account = await readAccount(deps, proven.flow, {
      deadlineSeconds,
      whyNot: proven.flow.kind === 'change' ? whyNotByChange : whyNotByMail,
    })
    if (!account.ok) return account
    // What ends the flow is found out on sending; a look must not.
    return account.entry === null
      ? refuse({ because: 'directory-not-writable' })
      : { ok: true, entry: account.entry, kind: proven.flow.kind }
  }
}
