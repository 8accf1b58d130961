import type { RecoveryDeps } from './deps.ts'
import type { Client, Flow } from './flow.ts'
import { scoreRisk } from './score-risk.ts'

export type ScoredProof = Awaited<ReturnType<typeof scoreRisk>>

/**
 * The score of a request that answers a challenge: made before anything is compared, and alike for nobody's flow, since
 * whoever asks must not see by its time whose it is. Who clicks a link need not be who has started.
 */
export const scoreProof = (
  deps: Parameters<typeof scoreRisk>[0] & Pick<RecoveryDeps, 'store'>,
  { flow, client }: { flow: Flow; client: Client },
): Promise<ScoredProof> => {
  const isAccounts = flow.subject !== flow.decoySubject
  // Whoever is privileged has no flow that waits, and mailboxes were looked at when it began.
  const entry = isAccounts ? { privileged: false, recoveryAddresses: [] } : null
  const { tenant, subject: ledgerOf, id } = flow
  return scoreRisk(deps, { tenant, client, name: null, ledgerOf, entry, flow: id, step: 'proof' })
}
