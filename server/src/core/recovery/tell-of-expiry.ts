import { type Fault, isFault } from '../../kernel/fault.ts'
import type { Directory } from '../accounts/index.ts'
import type { AuditEvent } from '../audit/ports.ts'
import { type NoticeDue, noticeDue } from '../passwords/index.ts'
import type { AccountEntry, RecoveryDeps, RecoveryTenant } from './deps.ts'
import { isClosed, type Ledger } from './ledger.ts'
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
 * directory or an account that makes trouble stops no other; its fault is thrown at the end, and the runner comes back.
 */
export function makeTellOfExpiry(deps: ExpiryDeps) {
  return async (job: ExpiryJob['payload'], signal: AbortSignal): Promise<void> => {
    const tenant = deps.tenant(job.tenant)
    const faults: Fault[] = []
    const unlessFaulty = async (work: () => Promise<void>) => {
      try {
        await work()
      } catch (error) {
        if (!isFault(error) || signal.aborted) throw error
        faults.push(error)
      }
    }
    for (const { directory } of tenant.directoriesFor(null)) {
      await unlessFaulty(async () => {
        for await (const page of directory.list(signal)) {
          for (const { key } of page.filter((entry) => isDue(deps, tenant, directory, entry))) {
            await unlessFaulty(() => tellOne(deps, { tenant, directory, key, signal }))
          }
        }
      })
    }
    const [first] = faults
    if (first !== undefined) throw first
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

async function tellOne(
  deps: ExpiryDeps,
  of: { tenant: RecoveryTenant; directory: Directory; key: string; signal: AbortSignal },
): Promise<void> {
  const { tenant, directory, key } = of
  const subject = await deps.store.subjectOf(tenant.id, { directory: directory.name, key })
  const ledger = await deps.store.readLedger(tenant.id, subject)
  if (isClosed(ledger)) return
  const { expiryToldAt: told } = ledger
  const seconds = tenant.rules.writeDeadlineSeconds
  const deadline = () => AbortSignal.any([of.signal, AbortSignal.timeout(seconds * 1_000)])
  // The page may be old by now, and a password that was changed since must not be marked.
  const found = await directory.read(key, deadline())
  if (found === null) return
  const entry = { ...found, directory: directory.name }
  if (whyNoChangeHere(tenant, entry) !== null) return
  const due = noticeDue(tenant.ageOf(entry), { ...entry.password, told, now: deps.now() })
  if (due === null) return

  const addresses = entry.recoveryAddresses
  const tells = due.is === 'reminder' || due.tells
  const to = tells ? await withinQuota(deps, tenant, addresses, 'expiry:') : []
  if (tells && to.length === 0 && addresses.length > 0) return leaveForNext(deps, tenant, subject)
  const marked = due.is === 'ended' && due.marks && (await markIn(directory, entry, deadline()))
  await note(deps, { tenant, directory, entry, subject }, { to, marked })
}

async function markIn(directory: Directory, entry: AccountEntry, deadline: AbortSignal): Promise<boolean> {
  if (entry.password.mustChange) return true
  return directory.abilities.mustChange && (await directory.requireChange(entry.key, deadline)).ok
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
  { to, marked }: { to: readonly string[]; marked: boolean },
): Promise<void> =>
  deps.store.decideSubject<undefined>(
    { tenant: account.tenant.id, subject: account.subject },
    ({ ledger }) => {
      const now = deps.now()
      const { tenant, entry } = account
      const due = noticeDue(tenant.ageOf(entry), { ...entry.password, told: ledger.expiryToldAt, now })
      if (due === null) return { answer: undefined }
      return {
        answer: undefined,
        ledger: afterTold(ledger, { marked, now }),
        effects: {
          ...(to.length === 0 ? {} : mailOf(deps, account, { due, to, now })),
          events: [eventOf(account, { due, marked, now })],
        },
      }
    },
  )

/**
 * A mark takes the date of the last change away in some directories. What it was set for is remembered here, so that
 * the person is told the right reason.
 */
const afterTold = (ledger: Ledger, { marked, now }: { marked: boolean; now: Date }): Ledger => ({
  ...ledger,
  expiryToldAt: now,
  mustChange: ledger.mustChange ?? (marked ? { because: 'expired', at: now } : null),
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

function eventOf(
  { tenant, directory: { name: directory }, subject }: Account,
  { due, marked, now: at }: { due: NoticeDue; marked: boolean; now: Date },
): AuditEvent {
  const about = { tenant: tenant.id, at, subject, flow: null }
  if (due.is === 'reminder') {
    return { ...about, name: 'password.expiry-reminded', facts: { directory, days: due.days } }
  }
  const mark = due.marks ? (marked ? 'set' : 'none') : 'later'
  return { ...about, name: 'password.expired', facts: { directory, mark } }
}
