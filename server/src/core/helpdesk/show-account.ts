import { isFault } from '../../kernel/fault.ts'
import { type AccountRef, type DirectoryEntry, maskAddress, resolveIdentifier } from '../accounts/index.ts'
import { asOf, codesTriedIn, type RecoveryTenant } from '../recovery/index.ts'
import { type DeskRefused, refuse } from './answers.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'

/** What somebody who helps may see of an account: no password, and no address that could be written to. */
export interface AccountView
  extends Pick<
    DirectoryEntry,
    | 'username'
    | 'displayName'
    | 'disabled'
    | 'locked'
    | 'privileged'
    | 'federated'
    | 'secondFactor'
    | 'password'
  > {
  subject: string
  account: AccountRef
  /** Masked. */
  recoveryAddresses: readonly string[]
  /** What Rekey itself remembers. */
  remembered: {
    /** Wrong codes within the time in which they count. */
    wrongCodes: number
    writtenAt: Date | null
    secondProofUntil: Date | null
    /** At most `flowsCounted`; null while the place where flows wait does not answer. */
    openFlows: number | null
    tokenVersion: number
    /** Why its owner is led to a new password at the next sign-in. */
    mustChange: 'ordered' | 'breached' | 'expired' | null
  }
}

export const flowsCounted = 100

export type Shown = { ok: true; view: AccountView } | DeskRefused

/** By what people type, or by the opaque id that an earlier answer gave. */
export type AccountName = { identifier: string } | { subject: string }

type ShowDeps = Pick<HelpdeskDeps, 'store' | 'accounts' | 'tenant' | 'now'>

/** Looks at an account. That somebody looked is recorded before they are told, whatever they found. */
export const makeShowAccount =
  (deps: ShowDeps) =>
  async (call: DeskCall, name: AccountName): Promise<Shown> => {
    const found = await findAccount(deps, call.tenant, name)
    const subject = found.ok ? found.subject : null
    const outcome = found.ok ? 'found' : found.because
    await deps.store.record([deskEvent('account.read', call, { subject, at: deps.now() }, { outcome })])
    if (!found.ok) return found
    return { ok: true, view: await viewOf(deps, deps.tenant(call.tenant), found) }
  }

export interface FoundAccount {
  subject: string
  account: AccountRef
  entry: DirectoryEntry
}

/** Throws the directories' faults. */
export async function findAccount(
  deps: Pick<HelpdeskDeps, 'store' | 'accounts' | 'tenant'>,
  tenantId: string,
  name: AccountName,
): Promise<({ ok: true } & FoundAccount) | DeskRefused> {
  const tenant = deps.tenant(tenantId)
  const signal = AbortSignal.timeout(tenant.rules.writeDeadlineSeconds * 1_000)
  if ('subject' in name) {
    const account = await deps.accounts.accountOf(tenantId, name.subject)
    const directory = account === null ? null : tenant.directory(account.directory)
    const entry = account === null ? null : ((await directory?.read(account.key, signal)) ?? null)
    if (account === null || entry === null) return refuse({ because: 'account-unknown' })
    return { ok: true, subject: name.subject, account, entry }
  }
  const { ambiguous, links } = tenant
  const directories = tenant.directoriesFor(null)
  const resolved = await resolveIdentifier(name.identifier, { directories, ambiguous, links }, signal)
  if (!resolved.found) {
    return refuse({ because: resolved.because === 'ambiguous' ? 'account-ambiguous' : 'account-unknown' })
  }
  const { account, entry } = resolved
  return { ok: true, subject: await deps.store.subjectOf(tenantId, account), account, entry }
}

async function viewOf(
  deps: ShowDeps,
  tenant: RecoveryTenant,
  { subject, account, entry }: FoundAccount,
): Promise<AccountView> {
  const { username, displayName, disabled, locked, privileged, federated, secondFactor, password } = entry
  const ledger = await deps.store.readLedger(tenant.id, subject)
  const now = deps.now()
  return {
    subject,
    account,
    username,
    displayName,
    recoveryAddresses: entry.recoveryAddresses.map(maskAddress),
    disabled,
    locked,
    privileged,
    federated,
    secondFactor,
    password,
    remembered: {
      wrongCodes: codesTriedIn(ledger, tenant.rules, now),
      writtenAt: ledger.writtenAt,
      secondProofUntil: ledger.secondProofUntil,
      openFlows: await countOpen(deps, tenant, subject),
      tokenVersion: ledger.tokenVersion,
      mustChange: ledger.mustChange?.because ?? null,
    },
  }
}

async function countOpen(
  { accounts, now }: ShowDeps,
  { id, rules }: RecoveryTenant,
  subject: string,
): Promise<number | null> {
  try {
    const flows = await accounts.openFlows({ tenant: id, subject }, flowsCounted)
    return flows.filter((flow) => asOf(flow, rules, now()).state !== 'ended').length
  } catch (error) {
    if (isFault(error, 'redis-unavailable')) return null
    throw error
  }
}
