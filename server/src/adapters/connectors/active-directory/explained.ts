import type { PasswordChange } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Session } from '../ldap-wire/servers.ts'
import type { Found } from './entry.ts'
import { brokenRule } from './refusals.ts'
import type { makeRules } from './rules.ts'
import type { Written } from './writes.ts'

/** Says which rule a refused password breaks, where the controller has not. */
export function makeExplained(deps: {
  outside: Pick<Outside, 'now'>
  findKey(key: string, session: Session): Promise<Found | null>
  rulesFor: ReturnType<typeof makeRules>
}) {
  return async (
    written: Written,
    asked: { key: string; password: string },
    session: Session,
  ): Promise<PasswordChange> => {
    if (written.ok || written.because !== 'policy') return written
    try {
      const found = await deps.findKey(asked.key, session)
      if (found === null) return { ok: false, because: 'account-unavailable' }
      const { username, displayName, password } = found.own
      const told = { username, displayName, changedAt: password.changedAt, now: deps.outside.now() }
      const rules = await deps.rulesFor(found.values, session)
      return { ok: false, because: brokenRule(asked.password, { ...told, rules }) }
    } catch {
      // That it was refused stands, whatever can be read now.
      return { ok: false, because: 'password-too-weak-for-directory' }
    }
  }
}
