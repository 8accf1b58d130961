import {
  type AccountRef,
  type DirectoryEntry,
  type Resolved,
  resolveIdentifier,
  whyNotByMail,
} from '../accounts/index.ts'
import type { AuditEvent, Fact } from '../audit/ports.ts'
import {
  type AdmittedTexts,
  decoyMsMax,
  nobodysMailbox,
  textRefused,
  textSecondsMax,
} from '../messages/index.ts'
import type { Ineligible } from '../messages/ports.ts'
import { type AssurancePolicy, isByMail, isByText, strongestOf } from '../proofs/index.ts'
import type { Band } from '../risk/index.ts'
import { admitted, takeForNobody } from './admitted.ts'
import type { RecoveryDeps, RecoveryTenant } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Flow, StartedKind } from './flow.ts'
import { followersFor, targetsOf } from './following.ts'
import { waitsForFirstPassword } from './invitation.ts'
import { codesAreOpen, type Ledger } from './ledger.ts'
import { withinQuota } from './mailbox-quota.ts'
import { distinctMailboxes, noticeSeconds, orderNotice } from './notices.ts'
import type { Decision, Effects, ResolveJob, SeenAccount } from './ports.ts'
import { after, asOf } from './rules.ts'
import { scoreRisk } from './score-risk.ts'
import { lookedUp } from './seen-account.ts'
import { type Targets, withTargets } from './targets.ts'
import { transition } from './transition.ts'

type ResolveDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'texts' | 'now' | 'randomBytes'
>

/**
 * The job behind a start, behind "send it again" and behind a text: finds out whose flow it is and orders what is to be sent.
 * Everything that depends on the account happens here, off the request's path. A directory that can't be asked throws its
 * fault, and the job runner comes back.
 */
export const makeResolve =
  (deps: ResolveDeps) =>
  async (job: ResolveJob['payload'], signal: AbortSignal): Promise<void> => {
    const tenant = deps.tenant(job.tenant)
    const stored = await deps.store.read(job.tenant, job.flow)
    const flow = stored && asOf(stored, tenant.rules, deps.now())
    if (flow?.state !== 'awaiting-proof') return
    const texts = job.channel === 'sms' ? deps.texts : null
    // They were offered when it was asked for, and are not any more.
    if (job.channel === 'sms' && texts === null) return
    const resolved = await whoIsIt(tenant, flow, signal)
    if (!resolved.found) {
      await takeForNobody(deps, tenant, flow, texts)
      const scored = await scoreStart(deps, flow, { subject: flow.decoySubject, entry: null })
      await settle(deps, { ...job, scored }, unmatched(deps, job, whyNobody(resolved)))
      return
    }
    const { account, entry } = resolved
    const subject = await deps.store.subjectOf(job.tenant, account)
    const scored = await scoreStart(deps, flow, { subject, entry })
    const addresses = distinctMailboxes(entry.recoveryAddresses)
    const followed = await followersFor(tenant, { account, entry }, signal)
    if (!followed.ok && followed.because === 'ambiguous') {
      const facts = { because: followed.because, directories: followed.directories.join(' ') }
      await settle(deps, { ...job, subject, scored }, unmatched(deps, job, facts, subject))
      return
    }
    // What can't be decided fails closed: the job comes back when they answer.
    if (followed.ok && followed.away[0] !== undefined) throw followed.away[0].fault
    const ofFollowing = followed.ok ? null : followed.because
    const why = addresses.length === 0 ? 'no-address' : (whyNotByMail(entry) ?? ofFollowing)
    if (why === 'no-address') {
      await settle(deps, { ...job, subject, scored }, unmatched(deps, job, { because: why }, subject))
      return
    }
    const known = await isKnown(deps, flow, subject)
    const of = { tenant, flow, entry, known, why }
    const open =
      texts === null
        ? { to: await withinQuota(deps, tenant, addresses, known ? 'known:' : ''), refused: [] }
        : await admitted(texts, of)
    const leader = { tenant: job.tenant, account, subject }
    const targets = followed.ok ? await targetsOf(deps, leader, followed.found) : {}
    const looked =
      why === null ? await lookedUp(tenant, { kind: flow.kind, subject, account, entry }, signal) : null
    const { acting: band } = scored.verdict
    // One proof opens all of them, so it is as much as the strictest of them asks for.
    const all = followed.ok ? followed.found : []
    const assurance = strongestOf([
      tenant.assuranceOf({ ...entry, directory: account.directory }),
      ...all.map((one) => tenant.assuranceOf({ ...one.entry, directory: one.directory.name })),
    ])
    const found = { account, entry, subject, ...open, job, looked, band, assurance, ...targets }
    const invitation = await deps.store.lastInvitation(job.tenant, subject)
    const { password } = entry
    await settle(deps, { ...job, subject, scored }, (seen) => {
      // An invitation that has run out must not come back to life in another way.
      const isNew = waitsForFirstPassword({ invitation, ledger: seen.ledger, password })
      const because = why ?? (isNew ? 'not-activated' : null)
      if (because === null) return issue(deps, tenant, found)(seen)
      // A text explains nothing: the mail of the start has done so.
      if (texts !== null) return unmatched(deps, job, { because }, subject)(seen)
      return explain(deps, tenant, found, because)(seen)
    })
  }

interface Found {
  assurance: AssurancePolicy
  /** Of the score of the start, where it may act. */
  band: Band
  account: AccountRef
  entry: DirectoryEntry
  subject: string
  /** Addresses, or numbers, whose quota is not used up. */
  to: readonly string[]
  /** Numbers that get nothing. */
  refused: AdmittedTexts['refused']
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
      if (flow.whose.is === 'nobody')
        return told({ answer: null, effects: decoyOf(deps, target, flow, now) }, scored)
      if (isSettled(flow, target)) return nothing
      return told(decider({ flow, ledger, now }), scored)
    },
  )
}

/** What is proven already needs no code; and a job that runs twice sends once. */
const isSettled = (
  { proofs, issued, issuedText }: AwaitingProof,
  { ask, channel }: ResolveJob['payload'],
): boolean =>
  channel === 'sms'
    ? isByText(proofs) || (issuedText?.generation ?? 0) >= ask
    : isByMail(proofs) || (issued?.generation ?? 0) >= ask

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
  (
    deps: ResolveDeps,
    job: ResolveJob['payload'],
    facts: Readonly<Record<string, Fact>>,
    subject?: string,
  ): Decider =>
  ({ flow, now }) => {
    const decoy = transition(flow, { type: 'unmatched' })
    if (decoy === null) return nothing
    const event = flowEvent('recovery.unmatched', { flow, at: now }, facts)
    return {
      answer: null,
      flow: decoy,
      effects: {
        ...decoyOf(deps, job, flow, now),
        events: [subject === undefined ? event : { ...event, subject }],
      },
    }
  }

/**
 * A message to nobody in place of the one that an account gets, so that both are the same work. None for a job that is
 * late: a flood of starts for nobody must not keep the mails of people waiting.
 */
const decoyOf = (
  deps: ResolveDeps,
  { channel }: ResolveJob['payload'],
  flow: AwaitingProof,
  now: Date,
): Effects =>
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
          ...worth(flow, channel, now),
          facts: { validUntil: worth(flow, channel, now).notAfter.toISOString(), codeWorks: true },
          ...(channel === 'sms'
            ? {}
            : { disavowalSeconds: (flow.asked.worksUntil.getTime() - now.getTime()) / 1_000 }),
        }),
      }

/** How a code goes out, and how long it is worth something. */
const worth = ({ asked }: AwaitingProof, channel: 'sms' | undefined, now: Date) =>
  channel === 'sms'
    ? { channel, notAfter: earlier(asked.worksUntil, after(now, textSecondsMax)) }
    : { notAfter: asked.worksUntil }

const earlier = (one: Date, other: Date): Date => (one < other ? one : other)

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
        ...(found.to.length === 0 ? decoyOf(deps, found.job, flow, now) : notice),
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
          assurance: found.assurance,
          ...((entry.recoveryNumbers ?? []).length === 0 ? {} : { hasNumber: true as const }),
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
      return { answer: null, flow: matched, effects: { ...decoyOf(deps, job, flow, now), events } }
    }

    const { channel } = job
    const sent = worth(flow, channel, now)
    const issued = { generation: job.ask, keyId: deps.tokens.keyId, expiresAt: sent.notAfter }
    const by = channel === undefined ? {} : { channel }
    const waiting = transition(matched, { type: 'issued', issued, ...by })
    if (waiting === null) return nothing
    const notice = orderNotice(deps, {
      ...noticeOf(matched, found),
      kind: mailOf(flow),
      at: now,
      generation: job.ask,
      ...sent,
      facts: {
        validUntil: issued.expiresAt.toISOString(),
        codeWorks: codesAreOpen(ledger, tenant.rules, now),
      },
      ...(channel === 'sms' ? {} : { disavowalSeconds: tenant.rules.disavowalSeconds }),
    })
    events.push(
      flowEvent(
        'challenge.issued',
        { flow: waiting, at: now },
        { method: channel === 'sms' ? 'sms_code' : 'email_link', generation: job.ask },
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

/** What got nothing because a quota is used up shows in the log, and nowhere else. */
const quotaEvents = (found: Found, flow: AwaitingProof, now: Date): AuditEvent[] => {
  const { tenant, id } = flow
  if (found.job.channel === 'sms') {
    return textRefused({ tenant, at: now, subject: found.subject, flow: id }, found.refused)
  }
  return found.to.length < distinctMailboxes(found.entry.recoveryAddresses).length
    ? [
        {
          ...flowEvent('recovery.throttled', { flow, at: now }, { scope: 'mailbox' }),
          subject: found.subject,
        },
      ]
    : []
}

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
