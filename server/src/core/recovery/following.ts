import {
  type AccountRef,
  type Directory,
  type DirectoryEntry,
  followersOf,
  type Match,
  whyNotByMail,
} from '../accounts/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import { isClosed } from './ledger.ts'
import type { Target, Targets } from './targets.ts'

/** Accounts that get the password of a leading one. */
export type Followed =
  | {
      ok: true
      /** One account in each of these directories. */
      found: readonly { directory: Directory; entry: DirectoryEntry }[]
      /** These gave no answer. */
      away: readonly { directory: Directory; fault: unknown }[]
    }
  /** One of them can't get a password in this way, so none gets one. */
  | { ok: false; because: Ineligible }
  /** A link names several accounts in these directories: nobody can tell which is meant. */
  | { ok: false; because: 'ambiguous'; directories: readonly string[] }

/**
 * Who follows a leading account. One that is disabled, or has its password elsewhere, has none to be written and is left out.
 * One that is privileged, or has a second factor, keeps the whole person from it: recovery is not weaker than the strongest
 * sign-in that its password opens. However they came in: what they have proven was proven at the leading account, and the
 * others are written to as after a mail.
 */
export async function followersFor(
  { links }: Pick<RecoveryTenant, 'links'>,
  leader: Match,
  signal: AbortSignal,
): Promise<Followed> {
  const link = links.find(({ leads }) => leads.name === leader.account.directory)
  if (link === undefined) return { ok: true, found: [], away: [] }
  const followers = await followersOf(link, leader.entry, signal)
  const ambiguous = followers.filter(({ is }) => is === 'ambiguous')
  if (ambiguous.length > 0) {
    const directories = [leader.account.directory, ...ambiguous.map(({ directory }) => directory.name)]
    return { ok: false, because: 'ambiguous', directories }
  }
  const found = followers.flatMap((one) => (one.is === 'found' && hasPassword(one.entry) ? [one] : []))
  const because = found.map(({ entry }) => whyNotByMail(entry)).find((why) => why !== null)
  if (because !== undefined) return { ok: false, because }
  return { ok: true, found, away: followers.filter((one) => one.is === 'away') }
}

const hasPassword = ({ disabled, federated }: DirectoryEntry) => !disabled && !federated

/** Everything that is to have one password, as far as it was found; nothing of an account that leads none. */
export async function targetsOf(
  deps: Pick<RecoveryDeps, 'store' | 'tenant'>,
  leader: { tenant: string; account: AccountRef; subject: string },
  found: readonly { directory: Directory; entry: { key: string } | null }[],
): Promise<{ targets?: Targets }> {
  const { tenant, account, subject } = leader
  const { links } = deps.tenant(tenant)
  if (!links.some(({ leads }) => leads.name === account.directory)) return {}
  const following = found.flatMap(({ directory, entry }) =>
    entry === null ? [] : [{ directory: directory.name, key: entry.key }],
  )
  const targets = following.map(async (one) => waiting(one, await deps.store.subjectOf(tenant, one)))
  const open = await withoutClosed(deps, tenant, await Promise.all(targets))
  return { targets: [waiting(account, subject), ...open] }
}

/** Those that Rekey has closed stay closed: their owner has left, whoever leads them now. */
export async function withoutClosed<One extends { subject: string }>(
  { store }: Pick<RecoveryDeps, 'store'>,
  tenant: string,
  all: readonly One[],
): Promise<One[]> {
  const seen = all.map(async (one) => ({ one, ledger: await store.readLedger(tenant, one.subject) }))
  return (await Promise.all(seen)).flatMap(({ one, ledger }) => (isClosed(ledger) ? [] : [one]))
}

const waiting = (account: AccountRef, subject: string): Target => ({
  account,
  subject,
  outcome: { is: 'waiting' },
})
