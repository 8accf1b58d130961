import { Fault } from '../../kernel/fault.ts'
import type { AccountRef, DirectoryEntry } from '../accounts/index.ts'
import type { Refused } from './answers.ts'
import type { JudgedEntry, RecoveryDeps, RecoveryTenant } from './deps.ts'
import { type FlowKind, type Proven, takesPassword } from './flow.ts'
import type { Effects, SeenAccount } from './ports.ts'
import { rulesOf } from './proven.ts'
import type { Replacement } from './replace-password.ts'
import { followingIn } from './targets.ts'

type Tenant = Pick<RecoveryTenant, 'rules' | 'directory'>

/**
 * What is kept of an account that somebody asks a new password for, so that one can be judged if the directory goes
 * away meanwhile: its entry, and the directory's own rules. Null where passwords do not wait (decision record 0010).
 */
export async function lookedUp(
  { id: tenant, rules, directory }: Pick<RecoveryTenant, 'id' | 'rules' | 'directory'>,
  of: { kind: FlowKind; subject: string; account: AccountRef; entry: DirectoryEntry },
  signal: AbortSignal,
): Promise<Omit<SeenAccount, 'at'> | null> {
  const { kind, subject, account, entry } = of
  const asked = directory(account.directory)
  if (rules.acceptSeconds === 0 || !takesPassword(kind) || asked === null) return null
  const directoryRules = await rulesOf(asked, account.key, signal)
  return { tenant, subject, entry: { ...entry, directory: account.directory, directoryRules } }
}

/** The same of an entry that was read just now. */
export function keptAsSeen(
  { rules }: Pick<Tenant, 'rules'>,
  { entry, ...of }: Omit<SeenAccount, 'entry'> & { entry: JudgedEntry | null },
): Pick<Effects, 'seen'> {
  if (rules.acceptSeconds === 0 || entry === null) return {}
  const { change: _, ...seen } = entry
  return { seen: { ...of, entry: seen } }
}

/**
 * What to write for a flow whose directory could not be asked about the account: the account as it was when this flow
 * began or later, and a write that reaches nobody, so that the password is judged and then waits. Null where none may.
 */
export async function asLastSeen(
  deps: Pick<RecoveryDeps, 'store' | 'tenant'>,
  flow: Proven,
  { because }: Refused,
): Promise<Replacement | null> {
  const { kind, tenant, subject, account, startedAt } = flow
  const {
    rules: { acceptSeconds },
    links,
  } = deps.tenant(tenant)
  if (because !== 'directory-unreachable' || acceptSeconds === 0 || !takesPassword(kind)) return null
  // Where it leads others, all are asked before any is written.
  const mayLead = flow.targets === undefined && links.some(({ leads }) => leads.name === account.directory)
  if (mayLead || followingIn(flow).length > 0) return null
  const seen = await deps.store.readSeen(tenant, subject)
  if (seen === null || seen.at < startedAt || seen.entry.directory !== account.directory) return null
  const unreachable = () => Promise.reject(new Fault('directory-unreachable'))
  return {
    subject,
    entry: { ...seen.entry, change: null },
    following: [],
    write: unreachable,
    probe: unreachable,
  }
}
