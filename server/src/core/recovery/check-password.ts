import type { Secret } from '../../kernel/secret.ts'
import type { PasswordRefusal, PasswordRule } from '../passwords/index.ts'
import { type Refused, refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
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

/**
 * Says what the rules make of a password before it is sent. Only rules that depend on nothing but the password and the
 * person's own names are asked: what a history or a list of lost passwords knows is said on sending, where refusals
 * are counted, so that a flow is no oracle. Nothing is written and nothing is used up.
 */
export function makeCheckPassword(
  deps: Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'limiter'>,
) {
  const readProven = makeReadProven(deps, (kind) => kind !== 'unlock')
  return async (call: HolderCall & { password: Secret }): Promise<Checked | Refused> => {
    const { rules, judgeWhileTyping, passwordRules } = deps.tenant(call.tenant)
    const proven = await readProven(call)
    if (!proven.ok) return proven
    // Before the directory is asked, so that nobody keeps it busy with this.
    const taken = await deps.limiter.take(call.tenant, `checks:${call.id}`, rules.passwordChecksPerFlow)
    if (!taken.ok) {
      return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
    }
    const account = await readAccount(deps, proven.flow)
    if (!account.ok) return account
    const { entry } = account
    // What ends the flow is found out on sending; a look must not.
    if (entry === null) return refuse({ because: 'directory-not-writable' })
    const judged = judgeWhileTyping(call.password, entry)
    return { ok: true, reasons: judged.ok ? [] : judged.because, rules: passwordRules(entry) }
  }
}
