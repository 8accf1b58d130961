import { newId } from '../../kernel/ids.ts'
import type { AuditEvent } from '../audit/ports.ts'
import {
  asksAtSignIn,
  type Enrolment,
  type EnrolmentChange,
  summaryOf,
  withChanges,
} from '../proofs/index.ts'
import { type Refused, refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { endOther } from './end-other.ts'
import { personalOf } from './events.ts'
import type { Client } from './flow.ts'
import { invitationEvent, isActivated, stateOf } from './invitation.ts'
import { afterSessionsEnded, withSecondProof, writeIsUnderWay } from './ledger.ts'
import { noticeSeconds, orderNotice } from './notices.ts'
import type { Disavowable, DisavowalDecision, Invitation } from './ports.ts'
import { takeProof } from './proof-quota.ts'
import { after } from './rules.ts'

export interface DisavowCall {
  tenant: string
  /** The token of the link, or the code typed on the fixed page (spaces and hyphens are ignored). */
  token: string
  client: Client
}

/** `written`: a password may have been set since the mail was ordered. */
export type Disavowed = { ok: true; written: boolean } | Refused

type DisavowDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

/**
 * "This was not me": needs no sign-in, ends every open flow of the account, and once a password may have been
 * written since the mail was ordered, ends the sessions, asks for a second kind of proof for the next day and
 * opens a ticket. It never locks the owner out: signing in with the password stays as it was. Said again, it ends
 * what was opened since, and counts as after a write once more if there was one since.
 *
 * Browsers that got somebody in since the mail was ordered are known ones no more. The owner's own may be among them; it
 * becomes one again with the next recovery.
 *
 * An invitation that nobody has set a password with is worthless from then on: it may be the one that was not asked for.
 * Nor is anybody invited to that account at an address of the inviter's choice again.
 *
 * A write that is under way can't be called back, so it is taken for written, and its flow ends here: whatever the
 * directory answers, that flow writes no more.
 */
export const makeDisavow =
  (deps: DisavowDeps) =>
  async (call: DisavowCall): Promise<Disavowed> => {
    const refused = await takeProof(deps, call.tenant, call.client)
    if (refused !== null) return refused
    const { rules } = deps.tenant(call.tenant)
    for (const by of targets(deps, call)) {
      const answer = await deps.store.decideDisavowal<Disavowed>({ tenant: call.tenant, by }, (seen) => {
        const now = deps.now()
        if (seen.disavowal.expiresAt <= now) return { answer: refuse({ because: 'disavowal-unusable' }) }
        const { usedAt, createdAt } = seen.disavowal
        const { ledger } = seen
        const isSince = ledger.writtenAt !== null && ledger.writtenAt >= createdAt
        const written = isSince || writeIsUnderWay(ledger, rules)
        const again = usedAt !== null
        const isNews =
          !again || (ledger.writtenAt !== null && ledger.writtenAt > usedAt) || writeIsUnderWay(ledger, rules)
        // Whatever was set up since is somebody else's.
        const removed = addedSince(seen)
        const isNewRemoval = seen.disavowal.about === 'method-removed' && !again
        const isIntrusion = written || removed.length > 0 || isNewRemoval
        const decision =
          isNews || removed.length > 0
            ? decide(deps, call, { ...seen, written, removed, isIntrusion }, now)
            : endOnly({ ...seen, written }, now)
        const { tenant, subject } = seen.disavowal
        const forgetDevices = { tenant, subject, seenSince: createdAt }
        const isOver = isActivated(decision.ledger ?? ledger)
        const changed = isOver ? [] : disowned(seen.invitations, now)
        const events = [
          ...(decision.effects?.events ?? []),
          ...changed.map((invitation) => invitationEvent('invitation.withdrawn', { invitation, at: now })),
          ...removed.map((one) => removedEvent(seen, one, now)),
        ]
        const effects = { ...decision.effects, events, forgetDevices }
        if (removed.length === 0) return { ...decision, changed, effects }
        const after = decision.ledger ?? ledger
        const enrolled = summaryOf(withChanges(seen.enrolments, removed.map(asRemoved)))
        return {
          ...{ ...decision, changed },
          ledger: { ...after, enrolled },
          effects: { ...effects, enrolments: removed.map(asRemoved) },
        }
      })
      if (answer !== null) return answer
    }
    return refuse({ because: 'disavowal-unusable' })
  }

function targets(deps: DisavowDeps, { tenant, token }: DisavowCall) {
  const id = deps.tokens.readDisavowLink(tenant, token.trim())
  if (id !== null) return [{ id }]
  const typed = token.replaceAll(/[\s-]/g, '').toLowerCase()
  return deps.tokens.disavowCodeDigests(tenant, typed).map((codeDigest) => ({ codeDigest }))
}

/** Those that were confirmed, or are to be, since the mail was ordered. */
const addedSince = ({ enrolments, disavowal }: Disavowable): readonly Enrolment[] =>
  enrolments.filter((one) => (one.confirmedAt ?? one.createdAt) >= disavowal.createdAt)

const asRemoved = ({ tenant, subject, id }: Enrolment): EnrolmentChange => ({
  change: 'removed',
  ...{ tenant, subject, id },
})

const removedEvent = ({ disavowal }: Disavowable, { method }: Enrolment, at: Date): AuditEvent => ({
  name: 'method.removed',
  ...{ tenant: disavowal.tenant, at, subject: disavowal.subject, flow: disavowal.flow },
  facts: { method, because: 'disavowed' },
})

const disowned = (invitations: readonly Invitation[], now: Date): Invitation[] =>
  invitations
    .filter((one) => ['open', 'spent'].includes(stateOf(one, now)))
    .map((one) => ({ ...one, withdrawnAt: now, disownedAt: now }))

/** What was said before: nobody is told twice, and no second ticket is opened. */
const endOnly = ({ written }: Pick<Seen, 'written'>, now: Date): DisavowalDecision<Disavowed> => ({
  answer: { ok: true, written },
  others: (open) => endOther(open, { type: 'disavowed' }, now),
})

const received = (call: DisavowCall, { disavowal }: Seen, written: boolean, now: Date): AuditEvent => ({
  name: 'disavowal.received',
  tenant: disavowal.tenant,
  at: now,
  subject: disavowal.subject,
  flow: disavowal.flow,
  facts: { after: written ? 'completion' : 'request' },
  personal: personalOf(call.client),
})

/** `isIntrusion`: a password may have been written, or what its owner proves themselves with was changed. */
type Seen = Disavowable & { written: boolean; removed: readonly Enrolment[]; isIntrusion: boolean }

function decide(deps: DisavowDeps, call: DisavowCall, seen: Seen, now: Date): DisavowalDecision<Disavowed> {
  const { disavowal, ledger, written, removed, isIntrusion } = seen
  const touchesFactor = disavowal.about === 'method-removed' || asksAtSignIn(summaryOf(removed))
  const { tenant, subject, flow } = disavowal
  const { rules } = deps.tenant(tenant)
  const about = { tenant, at: now, subject, flow }
  const ticket = { tenant, id: newId(deps), subject, flow, because: 'disavowed', openedAt: now } as const
  const notice = orderNotice(deps, {
    kind: 'disavowed',
    at: now,
    tenant,
    subject,
    flow,
    generation: 0,
    to: disavowal.notify,
    username: disavowal.username,
    locale: disavowal.locale,
    service: null,
    client: call.client,
    notAfter: after(now, noticeSeconds),
    ...(written ? { facts: { because: 'disavowed' } } : {}),
  })
  const opened = {
    ...about,
    name: 'ticket.opened',
    facts: { because: ticket.because, ticket: ticket.id },
  } as const
  return {
    answer: { ok: true, written },
    others: (open) => endOther(open, { type: 'disavowed' }, now),
    ...(isIntrusion
      ? {
          ledger: {
            ...withSecondProof(
              afterSessionsEnded(ledger),
              // Whoever reads the mails must not take a factor away to come back by mail: people look at it meanwhile.
              after(now, touchesFactor ? rules.disavowalSeconds : rules.secondProofSeconds),
            ),
            writtenAt: writeIsUnderWay(ledger, rules) ? now : ledger.writtenAt,
          },
        }
      : {}),
    effects: {
      ...notice,
      events: [received(call, seen, written, now), ...(isIntrusion ? [opened] : [])],
      tickets: isIntrusion ? [ticket] : [],
    },
  }
}
