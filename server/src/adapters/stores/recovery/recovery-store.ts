import { sql } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import { type Flow, keepsPassword } from '../../../core/recovery/flow.ts'
import { emptyLedger, type Ledger } from '../../../core/recovery/ledger.ts'
import type {
  Changed,
  Decidable,
  DecideTarget,
  Decision,
  Disavowable,
  Disavowal,
  DisavowalDecision,
  Effects,
  RecoveryStore,
} from '../../../core/recovery/ports.ts'
import { makeGather } from '../../../kernel/gather.ts'
import { newId } from '../../../kernel/ids.ts'
import { decideTogether, type Outcome, type Undecided, updateLedger } from './decide-together.ts'
import { aboutDisavowal, writeEffects } from './effects.ts'
import { readEnrolments } from './enrolments.ts'
import { encodeFlow } from './flow-codec.ts'
import { insertFlows, lockLedgers } from './flow-rows.ts'
import { atOnce, type Flows, type Held, makeFlowRows } from './flows.ts'
import { invitationsOf, makeInvitations, writeInvitation } from './invitations.ts'
import { decodeLedger } from './ledger-codec.ts'
import { cutHistories, readRemembered } from './remembered.ts'
import { readSession } from './sessions.ts'
import { inSharedTransaction, inTransaction, placed, type StoreDeps, type Trx } from './transaction.ts'
import { overdueWaits, readSeen, readWaiting, shred } from './waiting.ts'

type Deps = StoreDeps & { flows: Flows }

/**
 * Flows, ledgers and what changes with them, in PostgreSQL; flows that wait may be kept elsewhere. Locks are taken in
 * the order ledger, flow.
 */
export function makeRecoveryStore(given: StoreDeps): RecoveryStore {
  const { database } = given
  const deps: Deps = { ...given, flows: given.flows ?? makeFlowRows(given) }
  // Rows can be locked and written together; a flow that is kept elsewhere is decided about alone.
  const rowsOnly = given.flows === undefined
  const begin = makeGather<Beginning, undefined>({
    together: (beginnings) => beginAll(deps, beginnings),
    ...atOnce,
  })
  const record = makeGather<readonly AuditEvent[], undefined>({
    together: (lists) =>
      inSharedTransaction(deps, () =>
        Promise.resolve({ result: lists.map(() => undefined), events: lists.flat() }),
      ),
    ...atOnce,
  })
  const decide = makeGather<Undecided, Outcome>({
    together: (undecided) => decideTogether(deps, undecided),
    ...atOnce,
  })
  return {
    async begin(flow, effects) {
      const place = deps.here?.()
      const kept = await deps.flows.keep(flow)
      try {
        await begin({ flow, effects, place, asRow: kept === null })
      } catch (error) {
        await kept?.undo()
        throw error
      }
    },
    record: (events) => record(events),
    read: (tenant, id) => deps.flows.read({ tenant, id }),
    async readLedger(tenant, subject) {
      const query = database.selectFrom('ledger').selectAll()
      const row = await query.where('tenant', '=', tenant).where('subject', '=', subject).executeTakeFirst()
      return row === undefined ? emptyLedger(tenant, subject) : decodeLedger(row)
    },
    async subjectOf(tenant, { directory, key }) {
      const { rows } = await sql<{ subject: string }>`
        insert into account (tenant, directory, key, subject) values (${tenant}, ${directory}, ${key}, ${newId(deps.outside)})
        on conflict (tenant, directory, key) do update set subject = account.subject
        returning subject`.execute(database)
      const [row] = rows
      if (row === undefined) throw new RangeError('an upsert returned no row')
      return row.subject
    },
    async decide<Answer>(
      target: DecideTarget,
      decider: (seen: Decidable) => Decision<Answer>,
    ): Promise<Answer | null> {
      const together = rowsOnly && target.together === true
      const outcome = together ? await decide({ target, decider, place: deps.here?.() }) : 'again'
      // The answer is what this very decider gave.
      return outcome === 'again' ? decideFlow(deps, target, decider) : (outcome.answer as Answer | null)
    },
    decideSubject: ({ tenant, subject, enrolments: asked }, decider) =>
      inTransaction(deps, async (trx) => {
        const before = await lockLedger(trx, tenant, subject)
        const enrolments = asked === true ? await readEnrolments(trx, deps.sealer, before) : []
        const decision = decider({ ledger: before, enrolments })
        const events = await writeDecision(deps, trx, { held: null, before }, decision)
        return { ...decision.effects, events, result: decision.answer }
      }),
    decideDisavowal: (target, decider) => decideDisavowal(deps, target, decider),
    readSession: (tenant, id) => readSession(deps, { tenant, id }),
    ...makeInvitations(deps, {
      lockLedger,
      insertFlow: (trx, flow) => deps.flows.insert(trx, flow),
      changeOthers: (trx, ledger, except, change) => changeOthers(deps, trx, ledger, except, change),
    }),
    readEnrolments: (tenant, subject) => readEnrolments(database, deps.sealer, { tenant, subject }),
    async isKnownDevice(tenant, subject, deviceDigest) {
      const query = database.selectFrom('known_device').select('seen_at').where('tenant', '=', tenant)
      const row = await query
        .where('subject', '=', subject)
        .where('device_digest', '=', deviceDigest)
        .executeTakeFirst()
      return row !== undefined
    },
    readRemembered: (tenant, subject) => readRemembered(database, { tenant, subject }),
    cutHistories: (kept) => cutHistories(deps, kept, lockLedger),
    async overrunWrites(now, { limit, after }) {
      // Asked of the flows: a ledger keeps the lease of its last flow that ended, and may hold another flow's.
      const { rows } = await sql<{ tenant: string; id: string }>`
        select f.tenant, f.id from flow f
        left join ledger l on l.tenant = f.tenant and l.subject = f.subject
        where f.state = 'writing' and (l.lease_flow is distinct from f.id or l.lease_until <= ${now})
          and (f.tenant, f.id) > (${after?.tenant ?? ''}, ${after?.id ?? ''})
        order by f.tenant, f.id limit ${limit}`.execute(database)
      return rows
    },
    readWaiting: (tenant, flow) => readWaiting(deps, { tenant, id: flow }),
    overdueWaits: (now, page) => overdueWaits(database, now, page),
    readSeen: (tenant, subject) => readSeen(deps, { tenant, subject }),
    forget: (before) => forget(deps, before),
  }
}

interface Beginning {
  flow: Flow
  effects: Effects
  place: string | null | undefined
  /** False when it is kept elsewhere. */
  asRow: boolean
}

/** Flows that start at the same time, in one transaction: the same statements whoever they are of. */
const beginAll = (deps: StoreDeps, beginnings: readonly Beginning[]): Promise<undefined[]> =>
  inSharedTransaction(deps, async (trx) => {
    const rows = beginnings.filter(({ asRow }) => asRow)
    await insertFlows(
      trx,
      rows.map(({ flow }) => encodeFlow(flow, deps.sealer)),
    )
    for (const { effects } of beginnings) await writeEffects(deps, trx, effects)
    return {
      result: beginnings.map(() => undefined),
      events: beginnings.flatMap(({ effects }) => effects.events),
      jobs: beginnings.flatMap(({ effects, place }) => placed(effects.jobs, place)),
    }
  })

/** A subject that changes between the two looks (the job binding the flow) means looking again. */
async function decideFlow<Answer>(
  deps: Deps,
  target: DecideTarget,
  decider: (seen: Decidable) => Decision<Answer>,
): Promise<Answer | null> {
  for (;;) {
    const outcome = await inTransaction<{ answer: Answer | null } | 'again'>(deps, async (trx) => {
      const none = { events: [] }
      if (target.inLine !== undefined) await waitInLine(trx, target.tenant, target.inLine)
      const seen = await deps.flows.subjectOf(trx, target)
      if (seen === null) return { ...none, result: { answer: null } }
      const subject = target.subject ?? seen
      const { ledger, linked } =
        target.alone === true
          ? { ledger: emptyLedger(target.tenant, subject), linked: [] }
          : await lockWithLinked(trx, target, subject)
      const held = await deps.flows.lock(trx, target, target.alone === true ? null : ledger)
      if (held === null) return { ...none, result: { answer: null } }
      if (target.subject === undefined && held.subject !== subject) return { ...none, result: 'again' }
      const enrolments = target.enrolments === true ? await readEnrolments(trx, deps.sealer, ledger) : []
      const decision = decider({ flow: held.flow, ledger, linked, enrolments })
      const events = await writeDecision(deps, trx, { held, before: ledger }, decision)
      return { ...decision.effects, events, result: { answer: decision.answer } }
    })
    if (outcome !== 'again') return outcome.answer
  }
}

async function decideDisavowal<Answer>(
  deps: Deps,
  target: { tenant: string; by: { id: string } | { codeDigest: string } },
  decider: (seen: Disavowable) => DisavowalDecision<Answer>,
): Promise<Answer | null> {
  const { tenant, by } = target
  return inTransaction(deps, async (trx) => {
    const found = trx.selectFrom('disavowal').select(['id', 'subject']).where('tenant', '=', tenant)
    const named = await ('id' in by
      ? found.where('id', '=', by.id)
      : found.where('code_digest', '=', by.codeDigest)
    ).executeTakeFirst()
    if (named === undefined) return { result: null, events: [] }
    const ledger = await lockLedger(trx, tenant, named.subject)
    const row = await trx
      .selectFrom('disavowal')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('id', '=', named.id)
      .executeTakeFirstOrThrow()
    const {
      code_digest: codeDigest,
      created_at: createdAt,
      expires_at: expiresAt,
      used_at: usedAt,
      sealed,
      ...rest
    } = row
    const personal = JSON.parse(deps.sealer.open(aboutDisavowal(row), sealed)) as Pick<
      Disavowal,
      'notify' | 'username'
    >
    const { changed = [], ...decision } = decider({
      disavowal: { ...rest, ...personal, codeDigest, createdAt, expiresAt, usedAt },
      ledger,
      invitations: await invitationsOf(trx, ledger, deps.sealer),
      enrolments: await readEnrolments(trx, deps.sealer, ledger),
    })
    for (const one of changed) await writeInvitation(trx, one, deps.sealer)
    const events = await writeDecision(deps, trx, { held: null, before: ledger }, decision)
    const used = trx.updateTable('disavowal').set({ used_at: deps.outside.now() })
    await used.where('tenant', '=', tenant).where('id', '=', row.id).execute()
    return { ...decision.effects, events, result: decision.answer }
  })
}

/** Held until the transaction ends. Two words that fall on one number only wait for nothing. */
const waitInLine = (trx: Trx, tenant: string, word: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${word}`}, 0))`.execute(trx)

/** Creates the row at first sight, so that there is always something to lock, also for a flow of nobody. */
export async function lockLedger(trx: Trx, tenant: string, subject: string): Promise<Ledger> {
  const row = await trx
    .insertInto('ledger')
    .values({ tenant, subject })
    .onConflict((conflict) => conflict.columns(['tenant', 'subject']).doUpdateSet({ subject }))
    .returningAll()
    .executeTakeFirstOrThrow()
  return decodeLedger(row)
}

/** All in the one order in which everybody locks several. */
async function lockWithLinked(
  trx: Trx,
  { tenant, linked = [] }: DecideTarget,
  subject: string,
): Promise<{ ledger: Ledger; linked: readonly Ledger[] }> {
  if (linked.length === 0) return { ledger: await lockLedger(trx, tenant, subject), linked: [] }
  const locked = await lockLedgers(
    trx,
    [subject, ...linked].map((id) => ({ tenant, id })),
  )
  const of = (wanted: string) => {
    const found = locked.find((one) => one.subject === wanted)
    if (found === undefined) throw new RangeError('a ledger that was locked is not there')
    return found
  }
  return { ledger: of(subject), linked: linked.map(of) }
}

/** Returns the events of the decision and of what it did to other flows. */
export async function writeDecision<Answer>(
  deps: Deps,
  trx: Trx,
  { held, before }: { held: Held | null; before: Ledger },
  decision: Decision<Answer>,
): Promise<readonly AuditEvent[]> {
  const { flow, opened, ledger, others, linked = [] } = decision
  // A link that was spent must stay spent, whatever else is lost.
  if (flow !== undefined) await held?.write(flow, { lasting: opened !== undefined })
  if (flow !== undefined && held !== null) await shredUnlessKept(trx, held.flow, flow)
  if (opened !== undefined) await deps.flows.insert(trx, opened)
  if (ledger !== undefined) await updateLedger(trx, ledger)
  const also = others === undefined ? [] : await changeOthers(deps, trx, before, flow?.id ?? null, others)
  for (const one of linked) {
    await updateLedger(trx, one.ledger)
    if (one.others === undefined) continue
    also.push(...(await changeOthers(deps, trx, one.ledger, flow?.id ?? null, one.others)))
  }
  await writeEffects(deps, trx, decision.effects)
  return [...(decision.effects?.events ?? []), ...also]
}

/** A password lies there for as long as its flow waits, and for no statement longer. */
const shredUnlessKept = async (trx: Trx, before: Flow, after: Flow): Promise<void> => {
  if (keepsPassword(before) && !keepsPassword(after)) await shred(trx, after)
}

/** The ledger is locked, so no decision about another flow of this subject is under way. */
async function changeOthers(
  deps: Deps,
  trx: Trx,
  ledger: Ledger,
  except: string | null,
  change: (flow: Flow) => Changed | null,
): Promise<AuditEvent[]> {
  const events: AuditEvent[] = []
  for (const { flow, write } of await deps.flows.lockOpen(trx, ledger, except)) {
    const changed = change(flow)
    if (changed === null) continue
    await write(changed.flow, { lasting: true })
    await shredUnlessKept(trx, flow, changed.flow)
    events.push(...changed.events)
  }
  return events
}

/** Ledgers of accounts stay: they carry the token version. Those of flows go with the flow. */
async function forget(deps: StoreDeps, before: Date): Promise<number> {
  const counts = await Promise.all(
    [
      sql`delete from flow where touched_at < ${before} and state not in ('writing', 'accepted')`,
      // Guesses are not given back by tidying up.
      sql`delete from ledger l where lease_until is null and token_version = 0
          and not exists (select 1 from unnest(l.failed_tries) tried where tried >= ${before})
          and not exists (select 1 from account a where a.tenant = l.tenant and a.subject = l.subject)
          and not exists (select 1 from flow f where f.tenant = l.tenant and f.subject = l.subject)`,
      sql`delete from disavowal where expires_at < ${before}`,
      sql`delete from portal_session where started_at < ${before}`,
      sql`delete from invitation i where expires_at < ${before}
          and exists (select 1 from ledger l where l.tenant = i.tenant and l.subject = i.subject
            and l.written_at is not null)`,
      sql`delete from enrolment where confirmed_at is null and created_at < ${before}`,
      sql`delete from seen_account where at < ${before}`,
      sql`delete from message where settled_at < ${before} or not_after < ${before}`,
    ].map(async (statement) => Number((await statement.execute(deps.database)).numAffectedRows ?? 0n)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
