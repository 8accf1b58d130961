import type { RecoveryDeps } from './deps.ts'
import type { Client } from './flow.ts'
import { afterFailedTry, codesAreOpen, withoutTry } from './ledger.ts'

type TriesDeps = Pick<RecoveryDeps, 'store' | 'tenant' | 'tokens' | 'now'>

/** One try at a password that is counted as failed until it is given back. */
export interface Try {
  tenant: string
  subject: string
  at: Date
}

/**
 * Takes one of the tries that an account has for everything that can be guessed, wrong codes included; before the
 * directory is asked, so that thirty guesses at once are thirty in a row. Where strangers have used them up, a browser
 * that has brought the owner back in before has as many of its own. Null: none is left.
 */
export function makeTakeTry(deps: TriesDeps) {
  const take = (tenant: string, subject: string): Promise<Try | null> =>
    deps.store.decideSubject<Try | null>({ tenant, subject }, ({ ledger }) => {
      const { rules } = deps.tenant(tenant)
      const at = deps.now()
      if (!codesAreOpen(ledger, rules, at)) return { answer: null }
      return { answer: { tenant, subject, at }, ledger: afterFailedTry(ledger, rules, at) }
    })
  return async (of: { tenant: string; subject: string; client: Client }): Promise<Try | null> => {
    const { tenant, subject, client } = of
    const taken = await take(tenant, subject)
    if (taken !== null || client.deviceDigest === null) return taken
    const isKnown = await deps.store.isKnownDevice(tenant, subject, client.deviceDigest)
    return isKnown ? take(tenant, deps.tokens.name(tenant, `${subject} at ${client.deviceDigest}`)) : null
  }
}

/** The password was right, or nobody compared it. */
export const giveBack = (deps: Pick<TriesDeps, 'store'>, { tenant, subject, at }: Try): Promise<void> =>
  deps.store.decideSubject({ tenant, subject }, ({ ledger }) => ({
    answer: undefined,
    ledger: withoutTry(ledger, at),
  }))
