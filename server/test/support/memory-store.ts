import type { AuditEvent } from '../../src/core/audit/ports.ts'
import type { MessageOrder } from '../../src/core/messages/ports.ts'
import { afterHistory, type RememberedPassword } from '../../src/core/passwords/index.ts'
import type { Enrolment } from '../../src/core/proofs/index.ts'
import { type Flow, keepsPassword } from '../../src/core/recovery/flow.ts'
import { emptyLedger, type Ledger } from '../../src/core/recovery/ledger.ts'
import type {
  Decision,
  Disavowal,
  Effects,
  Invitation,
  InvitationName,
  Job,
  KeptHistory,
  RecoveryStore,
  SeenAccount,
  Ticket,
  WaitingPassword,
} from '../../src/core/recovery/ports.ts'
import type { PortalSession, SessionChange } from '../../src/core/sessions/ports.ts'
import { newId } from '../../src/kernel/ids.ts'
import type { Outside } from '../../src/kernel/outside.ts'

/** What is in the store, for tests to look at. Everything in it is the committed state. */
export interface MemoryRows {
  flows: Map<string, Flow>
  ledgers: Map<string, Ledger>
  /** Subject by account. */
  subjects: Map<string, string>
  disavowals: Map<string, Disavowal>
  invitations: Map<string, Invitation>
  messages: MessageOrder[]
  tickets: Ticket[]
  sessions: Map<string, PortalSession>
  /** By account. */
  remembered: Map<string, readonly RememberedPassword[]>
  knownDevices: Map<string, Date>
  /** By flow. */
  waiting: Map<string, WaitingPassword>
  seen: Map<string, SeenAccount>
  enrolments: Map<string, Enrolment>
  events: AuditEvent[]
}

export interface MemoryStoreDeps {
  outside: Outside
  /** Called within the transaction: when it throws, nothing was written. */
  enqueue(jobs: readonly Job[]): void
}

export type MemoryStore = RecoveryStore & { rows: MemoryRows }

/**
 * The recovery store in memory. It passes the contract suite of the one on PostgreSQL. A decision runs without
 * giving up its turn, which is what the row locks are to the other one.
 */
export function makeMemoryStore(deps: MemoryStoreDeps): MemoryStore {
  const rows: MemoryRows = {
    flows: new Map(),
    ledgers: new Map(),
    subjects: new Map(),
    disavowals: new Map(),
    invitations: new Map(),
    messages: [],
    tickets: [],
    sessions: new Map(),
    remembered: new Map(),
    knownDevices: new Map(),
    waiting: new Map(),
    seen: new Map(),
    enrolments: new Map(),
    events: [],
  }
  const ledgerOf = (tenant: string, subject: string) =>
    rows.ledgers.get(key(tenant, subject)) ?? emptyLedger(tenant, subject)

  return {
    rows,
    async begin(flow, effects) {
      await turn()
      refuseDuplicate(rows, flow)
      commit(deps, rows, [flow], effects)
    },
    async record(events) {
      await turn()
      commit(deps, rows, [], { events })
    },
    async read(tenant, id) {
      await turn()
      return rows.flows.get(key(tenant, id)) ?? null
    },
    async readLedger(tenant, subject) {
      await turn()
      return ledgerOf(tenant, subject)
    },
    async subjectOf(tenant, account) {
      await turn()
      const name = key(tenant, account.directory, account.key)
      const subject = rows.subjects.get(name) ?? newId(deps.outside)
      rows.subjects.set(name, subject)
      return subject
    },
    async decide(target, decider) {
      await turn()
      const flow = rows.flows.get(key(target.tenant, target.id))
      if (flow === undefined) return null
      const subject = target.subject ?? flow.subject
      const ledger =
        target.alone === true ? emptyLedger(target.tenant, subject) : ledgerOf(target.tenant, subject)
      const linked = (target.linked ?? []).map((each) => ledgerOf(target.tenant, each))
      const enrolments = target.enrolments === true ? enrolmentsOf(rows, target.tenant, subject) : []
      const decision = decider({ flow, ledger, linked, enrolments })
      writeDecision(deps, rows, ledger, decision)
      return decision.answer
    },
    async decideDisavowal({ tenant, by }, decider) {
      await turn()
      const disavowal = [...rows.disavowals.values()].find(
        (one) => one.tenant === tenant && ('id' in by ? one.id === by.id : one.codeDigest === by.codeDigest),
      )
      if (disavowal === undefined) return null
      const ledger = ledgerOf(tenant, disavowal.subject)
      const invitations = invitationsOf(rows, tenant, disavowal.subject)
      const { changed = [], ...decision } = decider({
        ...{ disavowal, ledger, invitations },
        enrolments: enrolmentsOf(rows, tenant, disavowal.subject),
      })
      writeDecision(deps, rows, ledger, decision)
      for (const one of changed) rows.invitations.set(key(tenant, one.id), one)
      const usedAt = deps.outside.now()
      rows.disavowals.set(key(tenant, disavowal.id), { ...disavowal, usedAt })
      return decision.answer
    },
    async decideSubject({ tenant, subject, enrolments: asked }, decider) {
      await turn()
      const ledger = ledgerOf(tenant, subject)
      const decision = decider({
        ledger,
        enrolments: asked === true ? enrolmentsOf(rows, tenant, subject) : [],
      })
      writeDecision(deps, rows, ledger, decision)
      return decision.answer
    },
    async readSession(tenant, id) {
      await turn()
      return rows.sessions.get(key(tenant, id)) ?? null
    },
    async decideInvitations({ tenant, by }, decider) {
      await turn()
      const subject = 'subject' in by ? by.subject : invitationBy(rows, tenant, by)?.subject
      if (subject === undefined) return null
      const invitations = invitationsOf(rows, tenant, subject)
      const ledger = ledgerOf(tenant, subject)
      const { changed = [], ...decision } = decider({ invitations, ledger })
      writeDecision(deps, rows, ledger, decision)
      for (const one of changed) rows.invitations.set(key(tenant, one.id), one)
      return decision.answer
    },
    async readInvitation(tenant, by) {
      await turn()
      return invitationBy(rows, tenant, by)
    },
    async lastInvitation(tenant, subject) {
      await turn()
      return invitationsOf(rows, tenant, subject)[0] ?? null
    },
    async listInvitations(tenant, { after, limit }) {
      await turn()
      return [...rows.invitations.values()]
        .filter((one) => one.tenant === tenant && one.id > (after ?? ''))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
    },
    async readEnrolments(tenant, subject) {
      await turn()
      return enrolmentsOf(rows, tenant, subject)
    },
    async isKnownDevice(tenant, subject, deviceDigest) {
      await turn()
      return rows.knownDevices.has(key(tenant, subject, deviceDigest))
    },
    async readRemembered(tenant, subject) {
      await turn()
      return rows.remembered.get(key(tenant, subject)) ?? []
    },
    async cutHistories(kept) {
      await turn()
      return cutHistories(rows, kept)
    },
    async overrunWrites(now, { limit, after }) {
      await turn()
      return [...rows.flows.values()]
        .filter(
          (flow) => flow.state === 'writing' && !holdsLease(flow, ledgerOf(flow.tenant, flow.subject), now),
        )
        .map(({ tenant, id }) => ({ tenant, id }))
        .toSorted((one, other) => (isBehind(one, other) ? 1 : -1))
        .filter((name) => after === null || isBehind(name, after))
        .slice(0, limit)
    },
    async readWaiting(tenant, flow) {
      await turn()
      return rows.waiting.get(key(tenant, flow)) ?? null
    },
    async overdueWaits(now, { limit, after }) {
      await turn()
      return [...rows.waiting.values()]
        .filter(({ expiresAt }) => expiresAt <= now)
        .map(({ tenant, flow }) => ({ tenant, id: flow }))
        .toSorted((one, other) => (isBehind(one, other) ? 1 : -1))
        .filter((name) => after === null || isBehind(name, after))
        .slice(0, limit)
    },
    async readSeen(tenant, subject) {
      await turn()
      return rows.seen.get(key(tenant, subject)) ?? null
    },
    async forget(before) {
      await turn()
      return forget(rows, before)
    },
  }
}

/** Oldest first. */
const enrolmentsOf = (rows: MemoryRows, tenant: string, subject: string): readonly Enrolment[] =>
  [...rows.enrolments.values()]
    .filter((one) => one.tenant === tenant && one.subject === subject)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))

const invitationBy = (rows: MemoryRows, tenant: string, by: InvitationName): Invitation | null =>
  [...rows.invitations.values()].find(
    (one) => one.tenant === tenant && ('id' in by ? one.id === by.id : one.codeDigest === by.codeDigest),
  ) ?? null

interface FlowName {
  tenant: string
  id: string
}

const isBehind = (one: FlowName, other: FlowName): boolean =>
  one.tenant === other.tenant ? one.id > other.id : one.tenant > other.tenant

/** Newest first. */
const invitationsOf = (rows: MemoryRows, tenant: string, subject: string): Invitation[] =>
  [...rows.invitations.values()]
    .filter((one) => one.tenant === tenant && one.subject === subject)
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1))

/** No caller may rely on being answered in the same turn. */
const turn = () => Promise.resolve()

const key = (...parts: readonly string[]) => JSON.stringify(parts)

const isOpen = (flow: Flow) => flow.state !== 'completed' && flow.state !== 'ended'

const holdsLease = (flow: Flow, { lease }: Ledger, now: Date) =>
  lease !== null && lease.flow === flow.id && lease.until > now

function writeDecision<Answer>(
  deps: MemoryStoreDeps,
  rows: MemoryRows,
  before: Ledger,
  decision: Decision<Answer>,
): void {
  const { flow, opened, ledger, others, linked = [], effects = { events: [] } } = decision
  if (opened !== undefined) refuseDuplicate(rows, opened)
  const changed = [flow, opened].filter((one) => one !== undefined)
  const after = new Map(rows.flows)
  for (const one of changed) after.set(key(one.tenant, one.id), one)
  const also = [...after.values()]
    .filter((one) => isOther(one, before, flow) && one.id !== opened?.id)
    .map((one) => others?.(one) ?? null)
    .filter((one) => one !== null)
  for (const one of linked) {
    const theirs = [...rows.flows.values()].filter((each) => isOther(each, one.ledger, flow))
    also.push(...theirs.map((each) => one.others?.(each) ?? null).filter((each) => each !== null))
  }
  const events = [...effects.events, ...also.flatMap((one) => one.events)]
  commit(deps, rows, [...changed, ...also.map((one) => one.flow)], { ...effects, events })
  if (ledger !== undefined) rows.ledgers.set(key(before.tenant, before.subject), ledger)
  for (const one of linked) rows.ledgers.set(key(before.tenant, one.ledger.subject), one.ledger)
}

const isOther = (flow: Flow, { tenant, subject }: Ledger, except: Flow | undefined) =>
  flow.tenant === tenant && flow.subject === subject && flow.id !== except?.id && isOpen(flow)

/** Whatever may throw comes first, so that it is all or nothing. */
function commit(deps: MemoryStoreDeps, rows: MemoryRows, flows: readonly Flow[], effects: Effects): void {
  const { events, jobs = [], messages = [], disavowals = [], tickets = [], session, history } = effects
  const { knownDevice, forgetDevices, waiting, seen, enrolments = [] } = effects
  if (jobs.length > 0) deps.enqueue(jobs)
  for (const flow of flows) writeFlow(rows, flow)
  if (waiting !== undefined) rows.waiting.set(key(waiting.tenant, waiting.flow), waiting)
  if (seen !== undefined) rows.seen.set(key(seen.tenant, seen.subject), seen)
  for (const one of disavowals) rows.disavowals.set(key(one.tenant, one.id), one)
  for (const one of enrolments) {
    if (one.change === 'kept') rows.enrolments.set(key(one.enrolment.tenant, one.enrolment.id), one.enrolment)
    else if (rows.enrolments.get(key(one.tenant, one.id))?.subject === one.subject)
      rows.enrolments.delete(key(one.tenant, one.id))
  }
  rows.messages.push(...messages)
  rows.tickets.push(...tickets)
  rows.events.push(...events)
  if (session !== undefined) changeSession(rows, session)
  if (history !== undefined) changeHistory(rows, history)
  if (knownDevice !== undefined) {
    const { tenant, subject, deviceDigest, at } = knownDevice
    rows.knownDevices.set(key(tenant, subject, deviceDigest), at)
  }
  if (forgetDevices !== undefined) {
    const { tenant, subject, seenSince } = forgetDevices
    drop(rows.knownDevices, (seenAt, name) => {
      const [ofTenant, ofSubject] = JSON.parse(name) as string[]
      return ofTenant === tenant && ofSubject === subject && seenAt >= seenSince
    })
  }
}

function writeFlow(rows: MemoryRows, flow: Flow): void {
  const name = key(flow.tenant, flow.id)
  const before = rows.flows.get(name)
  if (before !== undefined && keepsPassword(before) && !keepsPassword(flow)) rows.waiting.delete(name)
  rows.flows.set(name, flow)
}

function changeSession({ sessions }: MemoryRows, what: SessionChange): void {
  if (what.change === 'begun') {
    sessions.set(key(what.session.tenant, what.session.id), what.session)
    return
  }
  const name = key(what.tenant, what.id)
  const session = sessions.get(name)
  if (session === undefined || session.endedAt !== null) return
  if (what.change === 'proven') {
    const { secretDigest, at: provenAt } = what
    if (session.awaits !== null) sessions.set(name, { ...session, awaits: null, secretDigest, provenAt })
    return
  }
  if (what.change === 'carried') {
    const { tokenVersion } = what
    if (session.tokenVersion === tokenVersion - 1) sessions.set(name, { ...session, tokenVersion })
    return
  }
  const { change } = what
  if (change === 'kept' && session.tokenVersion !== what.tokenVersion - 1) return
  sessions.set(
    name,
    change === 'kept'
      ? { ...session, tokenVersion: what.tokenVersion, mustChange: null, passwordEndsAt: null, flaw: null }
      : { ...session, endedAt: what.at },
  )
}

function changeHistory({ remembered }: MemoryRows, change: NonNullable<Effects['history']>): number {
  const name = key(change.tenant, change.subject)
  const before = remembered.get(name) ?? []
  const after = afterHistory(before, change)
  if (after.length === 0) remembered.delete(name)
  else remembered.set(name, after)
  return before.length - after.length
}

function cutHistories(rows: MemoryRows, kept: readonly KeptHistory[]): number {
  const directories = new Map(
    [...rows.subjects].map(([account, subject]) => {
      const [tenant = '', directory = ''] = JSON.parse(account) as string[]
      return [key(tenant, subject), directory]
    }),
  )
  let gone = 0
  for (const name of [...rows.remembered.keys()]) {
    const [tenant = '', subject = ''] = JSON.parse(name) as string[]
    const of = kept.find((one) => one.tenant === tenant && one.directory === directories.get(name))
    gone += changeHistory(rows, { tenant, subject, change: 'cut', keep: of?.keep ?? 0 })
  }
  return gone
}

function refuseDuplicate(rows: MemoryRows, { tenant, id }: Flow): void {
  if (rows.flows.has(key(tenant, id))) throw new RangeError(`there is a flow ${id} already`)
}

function forget(rows: MemoryRows, before: Date): number {
  const accounts = new Set(rows.subjects.values())
  const flows = drop(
    rows.flows,
    (flow) => flow.touchedAt < before && !['writing', 'accepted'].includes(flow.state),
  )
  const ledgers = drop(
    rows.ledgers,
    ({ tenant, subject, lease, tokenVersion, failedTries }) =>
      lease === null &&
      tokenVersion === 0 &&
      failedTries.every((tried) => tried < before) &&
      !accounts.has(subject) &&
      !rows.flows.has(key(tenant, subject)),
  )
  const invitations = drop(
    rows.invitations,
    ({ tenant, subject, expiresAt }) =>
      expiresAt < before && (rows.ledgers.get(key(tenant, subject))?.writtenAt ?? null) !== null,
  )
  const disavowals = drop(rows.disavowals, ({ expiresAt }) => expiresAt < before)
  const sessions = drop(rows.sessions, ({ startedAt }) => startedAt < before)
  const unconfirmed = drop(
    rows.enrolments,
    ({ confirmedAt, createdAt }) => confirmedAt === null && createdAt < before,
  )
  const seen = drop(rows.seen, ({ at }) => at < before)
  const kept = rows.messages.filter(({ notAfter }) => notAfter >= before)
  const messages = rows.messages.splice(0).length - kept.length
  rows.messages.push(...kept)
  return flows + ledgers + disavowals + invitations + sessions + seen + unconfirmed + messages
}

function drop<Row>(table: Map<string, Row>, isOver: (row: Row, name: string) => boolean): number {
  const over = [...table].filter(([name, row]) => isOver(row, name))
  for (const [name] of over) table.delete(name)
  return over.length
}
