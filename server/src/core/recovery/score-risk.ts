import type { DirectoryEntry } from '../accounts/index.ts'
import type { AuditEvent } from '../audit/ports.ts'
import { type RiskStep, riskEvents } from '../risk/index.ts'
import type { RiskVerdict } from '../risk/ports.ts'
import type { RecoveryDeps } from './deps.ts'
import type { Client } from './flow.ts'
import { codesTriedIn } from './ledger.ts'

export interface ScoredFor {
  tenant: string
  client: Client
  /** Keyed digest of the name that was typed; null where it was counted before. */
  name: string | null
  /** Whose ledger counts for it: the account's, or that of the name that was typed. */
  ledgerOf: string
  /** Null: nobody's. The same is asked about the name that was typed, so that both are the same work. */
  entry: Pick<DirectoryEntry, 'privileged' | 'recoveryAddresses'> | null
  flow: string | null
  step: RiskStep
}

/**
 * How likely it is that a request is not its owner's, and the event that tells it. Off the request's path, or once something
 * was proven (invariant 3).
 */
export async function scoreRisk(
  deps: Pick<RecoveryDeps, 'store' | 'tenant' | 'risk' | 'now'>,
  { tenant, client, name, ledgerOf: subject, entry, flow, step }: ScoredFor,
): Promise<{ verdict: RiskVerdict; events: readonly AuditEvent[] }> {
  const { rules } = deps.tenant(tenant)
  const ledger = await deps.store.readLedger(tenant, subject)
  const verdict = await deps.risk.assess({
    ...{ tenant, client, name, subject },
    isPrivileged: entry?.privileged ?? false,
    failedProofs: { count: codesTriedIn(ledger, rules, deps.now()), max: rules.failedTriesPerAccount.max },
    mailboxes: entry?.recoveryAddresses ?? [],
  })
  const of = { tenant, at: deps.now(), subject: entry === null ? null : subject, flow, step }
  return { verdict, events: riskEvents(verdict, of) }
}
