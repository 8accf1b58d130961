import {
  type AccountRef,
  type DirectoryEntry,
  type Resolved,
  resolveIdentifier,
  whyNotByMail,
} from '../accounts/index.ts'
import type { AuditEvent, Fact } from '../audit/ports.ts'
import { decoyMsMax, nobodysMailbox } from '../messages/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import { isByMail } from '../proofs/index.ts'
import type { Band } from '../risk/index.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Flow, StartedKind } from './flow.ts'
import { followersFor, targetsOf } from './following.ts'
import { waitsForFirstPassword } from './invitation.ts'
import { codesAreOpen, type Ledger } from './ledger.ts'
import { takeAll, withinQuota } from './mailbox-quota.ts'
import { distinctMailboxes, noticeSeconds, orderNotice } from './notices.ts'
import type { Decision, Effects, ResolveJob, SeenAccount } from './ports.ts'
import { after, asOf } from './rules.ts'
import { scoreRisk } from './score-risk.ts'
import { lookedUp } from './seen-account.ts'
import { type Targets, withTargets } from './targets.ts'
import { transition } from './transition.ts'

type ResolveDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'now' | 'randomBytes'
>

/**
 * The job behind a start and behind "send it again": finds out whose flow it is and orders the mail. Everything
 * that depends on the account happens here, off the request's path. A directory that can't be asked throws its
 * fault, and the job runner comes back.
 */
export const makeResolve =
  (deps: ResolveDeps) =>
  async (job: ResolveJob['payload'], signal: AbortSignal): Promise<void> => {
    const tenant = deps.tenant(job.tenant)
    const stored = await deps.store.read(job.tenant, job.flow)
    const flow = stored && asOf(stored, tenant.rules, deps.now())
    if (flow?.state !== 'awaiting-proof') return
    const resolved = await whoIsIt(tenant, flow, signal)
    if (!resolved.found) {
      await takeForNobody(deps, tenant, flow)
      const scored = await scoreStart(deps, flow, { subject: flow.decoySubject, entry: null })
      await settle(deps, { ...job, scored }, unmatched(deps, whyNobody(resolved)))
      return
    }
    const { account, entry } = resolved
    const subject = await deps.store.subjectOf(job.tenant, account)
    const scored = await scoreStart(deps, flow, { subject, entry })
    const addresses = distinctMailboxes(entry.recoveryAddresses)
    const followed = await followersFor(tenant, { account, entry }, signal)
    if (!followed.ok && followed.because === 'ambiguous') {
      const facts = { because: followed.because, directories: followed.directories.join(' ') }
      await settle(deps, { ...job, subject, scored }, unmatched(deps, facts, subject))
      return
    }
    // What can't be decided fails closed: the job comes back when they answer.
    if (followed.ok && followed.away[0] !== undefined) throw followed.away[0].fault
    const ofFollowing = followed.ok ? null : followed.because
    const why = addresses.length === 0 ? 'no-address' : (whyNotByMail(entry) ?? ofFollowing)
    if (why === 'no-address') {
      await settle(deps, { ...job, subject, scored }, unmatched(deps, { because: why }, subject))
      return
    }
    const known = await isKnown(deps, flow, subject)
    const open = await withinQuota(deps, tenant, addresses, known ? 'known:' : '')
    const leader = { tenant: job.tenant, account, subject }
    const targets = followed.ok ? await targetsOf(deps, leader, followed.found) : {}
    const looked =
      why === null ? await lookedUp(tenant, { kind: flow.kind, subject, account, entry }, signal) : null
    const { acting: band } = scored.verdict
    const found = { account, entry, subject, to: open, job, looked, band, ...targets }
    const invitation = await deps.store.lastInvitation(job.tenant, subject)
    const { password } = entry
    await settle(deps, { ...job, subject, scored }, (seen) => {
      // An invitation that has run out must not come back to life in another way.
      const isNew = waitsForFirstPassword({ invitation, ledger: seen.ledger, password })
      const because = why ?? (isNew ? 'not-activated' : null)
      return (because === null ? issue(deps, tenant, found) : explain(deps, tenant, found, because))(seen)
    })
  }

interface Found {
  /** Of the score of the start, where it may act. */
  band: Band
  account: AccountRef
  entry: DirectoryEntry
  subject: string
  /** Addresses whose quota is not used up. */
  to: readonly string[]
  /** What is kept for the case that the directory goes away; null where nothing is. */
  looked: Omit<SeenAccount, 'at'> | null
  job: ResolveJob['payload']
  targets?: Targets
}

type Decider = (seen: { flow: AwaitingProof; ledger: Ledger; now: Date }) => Decision<null>

const nothing: Decision<null> = { answer: null }

/** Runs a decider if the flow still waits for what the job was sent for. */
async function settle(
  deps: ResolveDeps,
  target: ResolveJob['payload'] & { subject?: string; scored: Awaited<ReturnType<typeof scoreRisk>> },
  decider: Decider,
): Promise<void> {
  const {
    tenant,
    flow: id,
    subject,
    scored: { events: scored },
  } = target
  const { rules } = deps.tenant(tenant)
  await deps.store.decide(
    { tenant, id, together: true, ...(subject === undefined ? {} : { subject }) },
    ({ flow: stored, ledger }) => {
      const now = deps.now()
      const flow: Flow = asOf(stored, rules, now)
      if (flow.state !== 'awaiting-proof') return nothing
      if (flow.whose.is === 'nobody') return told({ answer: null, effects: decoyOf(deps, flow, now) }, scored)
      if (isByMail(flow.proofs) || (flow.issued?.generation ?? 0) >= target.ask) return nothing
      return told(decider({ flow, ledger, now }), scored)
    },
  )
}

const told = (decision: Decision<null>, events: readonly AuditEvent[]): Decision<null> => {
  const { effects = { events: [] } } = decision
  return { ...decision, effects: { ...effects, events: [...effects.events, ...events] } }
}

function scoreStart(
  deps: ResolveDeps,
  { tenant, id, client, decoySubject }: AwaitingProof,
  { subject, entry }: { subject: string; entry: DirectoryEntry | null },
): ReturnType<typeof scoreRisk> {
  const of = { tenant, client, name: decoySubject, ledgerOf: subject, entry, flow: id }
  return scoreRisk(deps, { ...of, step: 'start' })
}

/** As the log says it: where to look when a name is not the only one. */
const whyNobody = (resolved: Exclude<Resolved, { found: true }>): Readonly<Record<string, Fact>> => ({
  because: resolved.because,
  ...(resolved.because === 'ambiguous' ? { directories: resolved.directories.join(' ') } : {}),
})

const unmatched =
  (deps: ResolveDeps, facts: Readonly<Record<string, Fact>>, subject?: string): Decider =>
  ({ flow, now }) => {
    const decoy = transition(flow, { type: 'unmatched' })
    if (decoy === null) return nothing
    const event = flowEvent('recovery.unmatched', { flow, at: now }, facts)
    return {
      answer: null,
      flow: decoy,
      effects: {
        ...decoyOf(deps, flow, now),
        events: [subject === undefined ? event : { ...event, subject }],
      },
    }
  }

/**
 * A message to nobody in place of the one that an account gets, so that both are the same work. None for a job that is
 * late: a flood of starts for nobody must not keep the mails of people waiting.
 */
const decoyOf = (deps: ResolveDeps, flow: AwaitingProof, now: Date): Effects =>
  now.getTime() - flow.asked.at.getTime() > decoyMsMax
    ? { events: [] }
    : {
        events: [],
        ...orderNotice(deps, {
          kind: mailOf(flow),
          at: now,
          tenant: flow.tenant,
          subject: flow.decoySubject,
          flow: flow.id,
          generation: flow.asked.times,
          to: [nobodysMailbox],
          username: 'nobody',
          locale: flow.locale,
          service: flow.service,
          client: flow.client,
          notAfter: flow.asked.worksUntil,
          facts: { validUntil: flow.asked.worksUntil.toISOString(), codeWorks: true },
          disavowalSeconds: (flow.asked.worksUntil.getTime() - now.getTime()) / 1_000,
        }),
      }

/** The account exists and can't come back by mail: its owner is told so, by mail, and nobody else. */
const explain =
  (deps: ResolveDeps, tenant: RecoveryTenant, found: Found, because: Ineligible): Decider =>
  ({ flow, now }) => {
    const decoy = transition(flow, { type: 'unmatched' })
    if (decoy === null) return nothing
    const { account, entry } = found
    const provider = tenant.passwordProvider({ ...entry, directory: account.directory })
    const notice = orderNotice(deps, {
      ...noticeOf(flow, found),
      kind: `${mailOf(flow)}-explained`,
      at: now,
      notAfter: after(now, noticeSeconds),
      facts: { because, ...(provider === null ? {} : { provider }) },
      disavowalSeconds: tenant.rules.disavowalSeconds,
    })
    const event = {
      ...flowEvent('recovery.ineligible', { flow, at: now }, { because }),
      subject: found.subject,
    }
    return {
      answer: null,
      flow: decoy,
      effects: {
        ...(found.to.length === 0 ? decoyOf(deps, flow, now) : notice),
        events: [event, ...quotaEvents(found, flow, now)],
      },
    }
  }

const issue =
  (deps: ResolveDeps, tenant: RecoveryTenant, found: Found): Decider =>
  ({ flow, ledger, now }) => {
    const { account, entry, subject, job } = found
    const isNew = flow.whose.is === 'unresolved'
    const matched = isNew
      ? transition(flow, {
          type: 'matched',
          account,
          username: entry.username,
          subject,
          assurance: tenant.assuranceOf({ ...entry, directory: account.directory }),
          ...(found.band === 'low' ? {} : { band: found.band }),
          ...withTargets(found),
        })
      : flow
    if (matched?.state !== 'awaiting-proof') return nothing
    const events = [
      ...(isNew
        ? [
            flowEvent(
              'recovery.matched',
              { flow: matched, at: now, client: matched.client },
              { directory: account.directory },
            ),
          ]
        : []),
      ...quotaEvents(found, matched, now),
    ]
    if (found.to.length === 0) {
      return { answer: null, flow: matched, effects: { ...decoyOf(deps, flow, now), events } }
    }

    const issued = { generation: job.ask, keyId: deps.tokens.keyId, expiresAt: flow.asked.worksUntil }
    const waiting = transition(matched, { type: 'issued', issued })
    if (waiting === null) return nothing
    const notice = orderNotice(deps, {
      ...noticeOf(matched, found),
      kind: mailOf(flow),
      at: now,
      generation: job.ask,
      notAfter: issued.expiresAt,
      facts: {
        validUntil: issued.expiresAt.toISOString(),
        codeWorks: codesAreOpen(ledger, tenant.rules, now),
      },
      disavowalSeconds: tenant.rules.disavowalSeconds,
    })
    events.push(
      flowEvent(
        'challenge.issued',
        { flow: waiting, at: now },
        { method: 'email_link', generation: job.ask },
      ),
    )
    const kept = found.looked === null ? {} : { seen: { ...found.looked, at: now } }
    return { answer: null, flow: waiting, effects: { ...notice, ...kept, events } }
  }

/** Mails of a flow that waits for a proof are named after what is wanted of it. */
const mailOf = ({ kind }: AwaitingProof): StartedKind => (kind === 'unlock' ? kind : 'recovery')

const noticeOf = (flow: AwaitingProof, found: Found) => ({
  tenant: flow.tenant,
  subject: found.subject,
  flow: flow.id,
  generation: 0,
  to: found.to,
  username: found.entry.username,
  locale: found.entry.locale ?? flow.locale,
  service: flow.service,
  client: flow.client,
})

/** A mailbox that got no mail because its quota is used up shows in the log, and nowhere else. */
const quotaEvents = (found: Found, flow: AwaitingProof, now: Date) =>
  found.to.length < distinctMailboxes(found.entry.recoveryAddresses).length
    ? [
        {
          ...flowEvent('recovery.throttled', { flow, at: now }, { scope: 'mailbox' }),
          subject: found.subject,
        },
      ]
    : []

async function whoIsIt(tenant: RecoveryTenant, flow: AwaitingProof, signal: AbortSignal): Promise<Resolved> {
  if (flow.whose.is === 'unresolved') {
    const { ambiguous, links } = tenant
    const directories = tenant.directoriesFor(flow.service)
    return resolveIdentifier(flow.whose.identifier, { directories, ambiguous, links }, signal)
  }
  if (flow.whose.is === 'nobody') return { found: false, because: 'none' }
  const { account } = flow.whose
  const entry = (await tenant.directory(account.directory)?.read(account.key, signal)) ?? null
  return entry === null ? { found: false, because: 'none' } : { found: true, account, entry }
}

const isKnown = async (deps: ResolveDeps, flow: AwaitingProof, subject: string): Promise<boolean> =>
  flow.client.deviceDigest !== null &&
  (await deps.store.isKnownDevice(flow.tenant, subject, flow.client.deviceDigest))

/** Counts and asks for nobody what is counted and asked for an account, under the name of what was typed. Nothing hangs on it. */
async function takeForNobody(deps: ResolveDeps, tenant: RecoveryTenant, flow: AwaitingProof): Promise<void> {
  await takeAll(tenant, (quota) =>
    deps.limiter.take(tenant.id, `mail:nobody:${quota.windowSeconds}:${flow.decoySubject}`, quota),
  )
  await deps.store.lastInvitation(tenant.id, flow.decoySubject)
}
