import { type FaultCode, isFault } from '../../kernel/fault.ts'
import type { Directory } from '../accounts/index.ts'
import type { AuditEvent } from '../audit/ports.ts'
import { type NoticeDue, noticeDue, type PasswordDates } from '../passwords/index.ts'
import type { AccountEntry, RecoveryDeps, RecoveryTenant } from './deps.ts'
import { isClosed, type Ledger, writeIsUnderWay } from './ledger.ts'
import { withinQuota } from './mailbox-quota.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Effects, ExpiryJob } from './ports.ts'
import { after } from './rules.ts'
import { whyNoChangeHere } from './who-changes.ts'

type ExpiryDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

/** One account whose password is looked at. */
interface Account {
  tenant: RecoveryTenant
  directory: Directory
  entry: AccountEntry
  subject: string
}

/**
 * The daily round through the directories of a tenant: tells people that their password expires or has expired, and
 * asks the directory to ask for another once its grace is over. A step for each account, and one page in memory.
 *
 * What was said is noted with the mail in one transaction, so a round that is run twice, or goes on after a crash, says
 * nothing again. Who can't change a password here, and who is mailed too much already today, is left alone. A
 * directory or an account that makes trouble stops no other; the first error is thrown at the end, and the runner comes back.
 */
export function makeTellOfExpiry(deps: ExpiryDeps) {
  return async (job: ExpiryJob['payload'], signal: AbortSignal): Promise<void> => {
    const tenant = deps.tenant(job.tenant)
    const first: unknown[] = []
    const unlessItFails = async (work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        if (signal.aborted) throw error
        if (first.length === 0) first.push(error)
      }
    }
    for (const { directory } of tenant.directoriesFor(null)) {
      await unlessItFails(async () => {
        for await (const page of directory.list(signal)) {
          for (const { key } of page.filter((entry) => isDue(deps, tenant, directory, entry))) {
            await unlessItFails(() => tellOne(deps, { tenant, directory, key, signal }))
          }
        }
      })
    }
    if (first.length > 0) throw first[0]
  }
}

/** Whether there is anything to say to somebody who was never told anything. Most people are passed over by this. */
const isDue = (
  deps: ExpiryDeps,
  tenant: RecoveryTenant,
  { name }: Directory,
  found: Omit<AccountEntry, 'directory'>,
): boolean => {
  const entry = { ...found, directory: name }
  const due = noticeDue(tenant.ageOf(entry), { ...entry.password, told: null, now: deps.now() })
  return due !== null && whyNoChangeHere(tenant, entry) === null
}

interface Visit {
  tenant: RecoveryTenant
  directory: Directory
  key: string
  signal: AbortSignal
}

async function tellOne(deps: ExpiryDeps, visit: Visit): Promise<void> {
  const { tenant, directory, key } = visit
  const subject = await deps.store.subjectOf(tenant.id, { directory: directory.name, key })
  // The page may be old by now.
  const found = await look(deps, visit, subject)
  if (found === null) return
  const addresses = found.entry.recoveryAddresses
  const tells = found.due.is === 'reminder' || found.due.tells
  const to = tells ? await withinQuota(deps, tenant, addresses, 'expiry:') : []
  if (tells && to.length === 0 && addresses.length > 0) return leaveForNext(deps, tenant, subject)

  // A password that was changed since must not be marked.
  const last = marks(found.due) ? await look(deps, visit, subject) : found
  if (last === null) return
  const { entry } = last
  const mark: Mark = marks(last.due) ? await markIn(directory, entry, deadlineOf(visit)) : { is: 'later' }
  await note(deps, { tenant, directory, entry, subject }, { to, mark })
}

const deadlineOf = ({ tenant, signal }: Visit): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(tenant.rules.writeDeadlineSeconds * 1_000)])

const marks = (due: NoticeDue): boolean => due.is === 'ended' && due.marks

/** What directory and ledger say now of an account, if there is anything to say of its password. */
async function look(
  deps: ExpiryDeps,
  visit: Visit,
  subject: string,
): Promise<{ entry: AccountEntry; due: NoticeDue } | null> {
  const { tenant, directory, key } = visit
  const ledger = await deps.store.readLedger(tenant.id, subject)
  // A password that is being written may be another in a moment.
  if (isClosed(ledger) || writeIsUnderWay(ledger, tenant.rules)) return null
  const found = await directory.read(key, deadlineOf(visit))
  if (found === null) return null
  const entry = { ...found, directory: directory.name }
  const due = whyNoChangeHere(tenant, entry) === null ? dueOf(deps, tenant, entry, ledger) : null
  return due === null ? null : { entry, due }
}

const dueOf = (deps: ExpiryDeps, tenant: RecoveryTenant, entry: AccountEntry, ledger: Ledger) =>
  noticeDue(tenant.ageOf(entry), {
    ...datesOf(entry, ledger),
    told: ledger.expiryToldAt,
    markFailedAt: ledger.markFailedAt,
    now: deps.now(),
  })

/**
 * A replica that lags tells of the password before the one that Rekey has written, or may have; that one is as young as
 * its write, and nobody knows of an end of its own yet.
 */
function datesOf({ password: { changedAt, expiresAt } }: AccountEntry, { writtenAt }: Ledger): PasswordDates {
  const isBehind = changedAt !== null && writtenAt !== null && after(changedAt, sameWriteSeconds) < writtenAt
  return isBehind ? { changedAt: writtenAt, expiresAt: null } : { changedAt, expiresAt }
}

/** A write takes seconds and clocks differ by as much; no password expires sooner than in a day. */
const sameWriteSeconds = 3_600

/** What became of the mark "must change". */
type Mark =
  | { is: 'set' | 'later' }
  /** The directory has no such mark, or not for this account. */
  | { is: 'none' }
  | { is: 'failed'; because: FaultCode }

/** A directory that fails here must not keep the owner from being told. */
async function markIn(directory: Directory, entry: AccountEntry, deadline: AbortSignal): Promise<Mark> {
  if (entry.password.mustChange) return { is: 'set' }
  if (!directory.abilities.mustChange) return { is: 'none' }
  try {
    return { is: (await directory.requireChange(entry.key, deadline)).ok ? 'set' : 'none' }
  } catch (error) {
    if (!isFault(error)) throw error
    return { is: 'failed', because: error.code }
  }
}

/** The round of tomorrow finds the same. */
const leaveForNext = (deps: ExpiryDeps, { id }: RecoveryTenant, subject: string): Promise<void> =>
  deps.store.record([
    {
      name: 'recovery.throttled',
      tenant: id,
      at: deps.now(),
      subject,
      flow: null,
      facts: { scope: 'mailbox' },
    },
  ])

/** Asks once more what is due, of what the ledger knows now: another node may have said it meanwhile. */
const note = (
  deps: ExpiryDeps,
  account: Account,
  { to, mark }: { to: readonly string[]; mark: Mark },
): Promise<void> =>
  deps.store.decideSubject<undefined>(
    { tenant: account.tenant.id, subject: account.subject },
    ({ ledger }) => {
      const now = deps.now()
      const { tenant, entry } = account
      const due = dueOf(deps, tenant, entry, ledger)
      if (due === null) return { answer: undefined }
      return {
        answer: undefined,
        ledger: afterTold(ledger, { mark, now }),
        effects: {
          ...(to.length === 0 ? {} : mailOf(deps, account, { due, to, now })),
          events: eventsOf(account, { due, mark, now }),
        },
      }
    },
  )

/**
 * A mark takes the date of the last change away in some directories. What it was set for is remembered here, so that
 * the person is told the right reason.
 */
const afterTold = (ledger: Ledger, { mark, now }: { mark: Mark; now: Date }): Ledger => ({
  ...ledger,
  expiryToldAt: now,
  markFailedAt: mark.is === 'failed' ? now : null,
  mustChange: ledger.mustChange ?? (mark.is === 'set' ? { because: 'expired', at: now } : null),
})

function mailOf(
  deps: ExpiryDeps,
  { tenant, entry, subject }: Account,
  { due, to, now }: { due: NoticeDue; to: readonly string[]; now: Date },
): Omit<Effects, 'events'> {
  const until = due.is === 'ended' ? due.until : null
  const latest = after(now, noticeSeconds)
  return orderNotice(deps, {
    kind: due.is === 'reminder' ? 'password-expires' : 'password-expired',
    at: now,
    tenant: tenant.id,
    subject,
    flow: null,
    generation: 0,
    to,
    username: entry.username,
    locale: entry.locale ?? tenant.locale,
    service: null,
    client: { device: null, place: null },
    // "It expires soon" is wrong once it has.
    notAfter: due.is === 'reminder' && due.at < latest ? due.at : latest,
    facts: {
      endsAt: due.at.toISOString(),
      ...(until === null ? {} : { validUntil: until.toISOString() }),
    },
  })
}

function eventsOf(
  { tenant, directory: { name: directory }, subject }: Account,
  { due, mark, now: at }: { due: NoticeDue; mark: Mark; now: Date },
): AuditEvent[] {
  const about = { tenant: tenant.id, at, subject, flow: null }
  if (due.is === 'reminder') {
    return [{ ...about, name: 'password.expiry-reminded', facts: { directory, days: due.days } }]
  }
  const isFailed = mark.is === 'failed'
  const expired = { directory, mark: isFailed ? 'later' : mark.is }
  return [
    ...(isFailed && !due.tells ? [] : [{ ...about, name: 'password.expired', facts: expired } as const]),
    ...(isFailed
      ? [{ ...about, name: 'password.mark-failed', facts: { directory, because: mark.because } } as const]
      : []),
  ]
}
