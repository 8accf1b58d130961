import { type Selectable, sql } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { Flow } from '../../../core/recovery/flow.ts'
import { emptyLedger, type Ledger } from '../../../core/recovery/ledger.ts'
import type {
  Changed,
  DecideTarget,
  Decision,
  Disavowal,
  Effects,
  RecoveryStore,
} from '../../../core/recovery/ports.ts'
import { makeGather } from '../../../kernel/gather.ts'
import { newId } from '../../../kernel/ids.ts'
import { decideTogether, type Outcome, type Undecided, updateLedger } from './decide-together.ts'
import { aboutDisavowal, writeEffects } from './effects.ts'
import { decodeFlow, encodeFlow } from './flow-codec.ts'
import { type At, insertFlows, keyOf, readFlows } from './flow-rows.ts'
import { decodeLedger } from './ledger-codec.ts'
import type { FlowTable } from './tables.ts'
import { inTransaction, placed, type StoreDeps, type Trx } from './transaction.ts'

/** Flows, ledgers and what changes with them, in PostgreSQL. Locks are taken in the order ledger, flow. */
export function makeRecoveryStore(deps: StoreDeps): RecoveryStore {
  const { database, sealer } = deps
  const begin = makeGather<Beginning, undefined>({
    together: (beginnings) => beginAll(deps, beginnings),
    ...atOnce,
  })
  const record = makeGather<readonly AuditEvent[], undefined>({
    together: (lists) =>
      inTransaction(deps, () =>
        Promise.resolve({ result: lists.map(() => undefined), events: lists.flat() }),
      ),
    ...atOnce,
  })
  const read = makeGather<At, Selectable<FlowTable> | null>({
    together: async (flows) => {
      const found = new Map((await readFlows(database, flows)).map((row) => [keyOf(row), row]))
      return flows.map((flow) => found.get(keyOf(flow)) ?? null)
    },
    ...atOnce,
  })
  const decide = makeGather<Undecided, Outcome>({
    together: (undecided) => decideTogether(deps, undecided),
    ...atOnce,
  })
  return {
    begin: (flow, effects) => begin({ flow, effects, place: deps.here?.() }),
    record: (events) => record(events),
    async read(tenant, id) {
      const row = await read({ tenant, id })
      return row === null ? null : decodeFlow(row, sealer)
    },
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
      decider: (seen: { flow: Flow; ledger: Ledger }) => Decision<Answer>,
    ): Promise<Answer | null> {
      const outcome =
        target.together === true ? await decide({ target, decider, place: deps.here?.() }) : 'again'
      // The answer is what this very decider gave.
      return outcome === 'again' ? decideFlow(deps, target, decider) : (outcome.answer as Answer | null)
    },
    decideDisavowal: (target, decider) => decideDisavowal(deps, target, decider),
    async isKnownDevice(tenant, subject, deviceDigest) {
      const query = database.selectFrom('known_device').select('seen_at').where('tenant', '=', tenant)
      const row = await query
        .where('subject', '=', subject)
        .where('device_digest', '=', deviceDigest)
        .executeTakeFirst()
      return row !== undefined
    },
    async overrunWrites(now, limit) {
      // Asked of the flows: a ledger keeps the lease of its last flow that ended, and may hold another flow's.
      const { rows } = await sql<{ tenant: string; id: string }>`
        select f.tenant, f.id from flow f
        left join ledger l on l.tenant = f.tenant and l.subject = f.subject
        where f.state = 'writing' and (l.lease_flow is distinct from f.id or l.lease_until <= ${now})
        order by f.touched_at limit ${limit}`.execute(database)
      return rows
    },
    forget: (before) => forget(deps, before),
  }
}

/** Small enough that nobody waits long for those who share the flush; while one is made, the next is written. */
const atOnce = { itemsMax: 64, goesMax: 2 }

interface Beginning {
  flow: Flow
  effects: Effects
  place: string | null | undefined
}

/** Flows that start at the same time, in one transaction: the same statements whoever they are of. */
const beginAll = (deps: StoreDeps, beginnings: readonly Beginning[]): Promise<undefined[]> =>
  inTransaction(deps, async (trx) => {
    await insertFlows(
      trx,
      beginnings.map(({ flow }) => encodeFlow(flow, deps.sealer)),
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
  deps: StoreDeps,
  target: DecideTarget,
  decider: (seen: { flow: Flow; ledger: Ledger }) => Decision<Answer>,
): Promise<Answer | null> {
  for (;;) {
    const outcome = await inTransaction<{ answer: Answer | null } | 'again'>(deps, async (trx) => {
      const none = { events: [] }
      if (target.inLine !== undefined) await waitInLine(trx, target.tenant, target.inLine)
      const query = trx.selectFrom('flow').select('subject').where(at(target))
      const seen = await query.executeTakeFirst()
      if (seen === undefined) return { ...none, result: { answer: null } }
      const subject = target.subject ?? seen.subject
      const ledger =
        target.alone === true
          ? emptyLedger(target.tenant, subject)
          : await lockLedger(trx, target.tenant, subject)
      const row = await trx.selectFrom('flow').selectAll().where(at(target)).forUpdate().executeTakeFirst()
      if (row === undefined) return { ...none, result: { answer: null } }
      if (target.subject === undefined && row.subject !== subject) return { ...none, result: 'again' }
      const decision = decider({ flow: decodeFlow(row, deps.sealer), ledger })
      const events = await writeDecision(deps, trx, ledger, decision)
      return { ...decision.effects, events, result: { answer: decision.answer } }
    })
    if (outcome !== 'again') return outcome.answer
  }
}

async function decideDisavowal<Answer>(
  deps: StoreDeps,
  target: { tenant: string; by: { id: string } | { codeDigest: string } },
  decider: (seen: { disavowal: Disavowal; ledger: Ledger }) => Omit<Decision<Answer>, 'flow' | 'opened'>,
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
    const decision = decider({
      disavowal: { ...rest, ...personal, codeDigest, createdAt, expiresAt, usedAt },
      ledger,
    })
    const events = await writeDecision(deps, trx, ledger, decision)
    const used = trx.updateTable('disavowal').set({ used_at: deps.outside.now() })
    await used.where('tenant', '=', tenant).where('id', '=', row.id).execute()
    return { ...decision.effects, events, result: decision.answer }
  })
}

/** Held until the transaction ends. Two words that fall on one number only wait for nothing. */
const waitInLine = (trx: Trx, tenant: string, word: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${word}`}, 0))`.execute(trx)

/** Creates the row at first sight, so that there is always something to lock, also for a flow of nobody. */
async function lockLedger(trx: Trx, tenant: string, subject: string): Promise<Ledger> {
  const row = await trx
    .insertInto('ledger')
    .values({ tenant, subject })
    .onConflict((conflict) => conflict.columns(['tenant', 'subject']).doUpdateSet({ subject }))
    .returningAll()
    .executeTakeFirstOrThrow()
  return decodeLedger(row)
}

/** Returns the events of the decision and of what it did to other flows. */
async function writeDecision<Answer>(
  deps: StoreDeps,
  trx: Trx,
  before: Ledger,
  decision: Decision<Answer>,
): Promise<readonly AuditEvent[]> {
  const { flow, opened, ledger, others } = decision
  if (flow !== undefined) await updateFlow(deps, trx, flow)
  if (opened !== undefined) await trx.insertInto('flow').values(encodeFlow(opened, deps.sealer)).execute()
  if (ledger !== undefined) await updateLedger(trx, ledger)
  const also = others === undefined ? [] : await changeOthers(deps, trx, before, flow?.id ?? null, others)
  await writeEffects(deps, trx, decision.effects)
  return [...(decision.effects?.events ?? []), ...also]
}

/** The ledger is locked, so no decision about another flow of this subject is under way. */
async function changeOthers(
  deps: StoreDeps,
  trx: Trx,
  { tenant, subject }: Ledger,
  except: string | null,
  change: (flow: Flow) => Changed | null,
): Promise<AuditEvent[]> {
  const open = trx.selectFrom('flow').selectAll().where('tenant', '=', tenant).where('subject', '=', subject)
  const inOrder = open.where('state', 'in', ['awaiting-proof', 'proven', 'writing']).orderBy('id')
  const rows = await inOrder.forUpdate().execute()
  const events: AuditEvent[] = []
  for (const row of rows) {
    const changed = row.id === except ? null : change(decodeFlow(row, deps.sealer))
    if (changed === null) continue
    await updateFlow(deps, trx, changed.flow)
    events.push(...changed.events)
  }
  return events
}

async function updateFlow(deps: StoreDeps, trx: Trx, flow: Flow): Promise<void> {
  const { tenant, id, ...columns } = encodeFlow(flow, deps.sealer)
  await trx.updateTable('flow').set(columns).where(at({ tenant, id })).execute()
}

/** Ledgers of accounts stay: they carry the token version. Those of flows go with the flow. */
async function forget(deps: StoreDeps, before: Date): Promise<number> {
  const counts = await Promise.all(
    [
      sql`delete from flow where touched_at < ${before} and state <> 'writing'`,
      sql`delete from ledger l where lease_until is null and token_version = 0
          and not exists (select 1 from account a where a.tenant = l.tenant and a.subject = l.subject)
          and not exists (select 1 from flow f where f.tenant = l.tenant and f.subject = l.subject)`,
      sql`delete from disavowal where expires_at < ${before}`,
      sql`delete from message where settled_at < ${before} or not_after < ${before}`,
    ].map(async (statement) => Number((await statement.execute(deps.database)).numAffectedRows ?? 0n)),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

const at = ({ tenant, id }: { tenant: string; id: string }) => sql<boolean>`tenant = ${tenant} and id = ${id}`
