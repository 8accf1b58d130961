import { type Selectable, sql } from 'kysely'
import type { FailedBecause, Offboarding, VoidBecause } from '../../../core/helpdesk/index.ts'
import type { OffboardingStore } from '../../../core/helpdesk/ports.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { makeFlowRows } from './flows.ts'
import { lockLedger, writeDecision } from './recovery-store.ts'
import type { OffboardingTable } from './tables.ts'
import { inTransaction, type StoreDeps } from './transaction.ts'

/** Requests to close an account, in PostgreSQL. Locks are taken in the order ledger, request. */
export function makeOffboardingStore(given: StoreDeps): OffboardingStore {
  const deps = { ...given, flows: given.flows ?? makeFlowRows(given) }
  const { database, sealer } = deps
  return {
    begin: (offboarding, events) =>
      inTransaction(deps, async (trx) => {
        await trx.insertInto('offboarding').values(encode(offboarding, sealer)).execute()
        return { result: undefined, events }
      }),
    async read(tenant, id) {
      const row = await database
        .selectFrom('offboarding')
        .selectAll()
        .where(at({ tenant, id }))
        .executeTakeFirst()
      return row === undefined ? null : decode(row, sealer)
    },
    decide: (name, decider) =>
      inTransaction(deps, async (trx) => {
        // Whose account it is about never changes, so the ledger can be locked before the request.
        const found = await trx.selectFrom('offboarding').select('subject').where(at(name)).executeTakeFirst()
        if (found === undefined) return { result: null, events: [] }
        const before = await lockLedger(trx, name.tenant, found.subject)
        const row = await trx
          .selectFrom('offboarding')
          .selectAll()
          .where(at(name))
          .forUpdate()
          .executeTakeFirstOrThrow()
        const decision = decider({ offboarding: decode(row, sealer), ledger: before })
        if (decision.offboarding !== undefined) {
          const { tenant: _tenant, id: _id, ...columns } = encode(decision.offboarding, sealer)
          await trx.updateTable('offboarding').set(columns).where(at(name)).execute()
        }
        const events = await writeDecision(deps, trx, { held: null, before }, decision)
        return { ...decision.effects, events, result: decision.answer }
      }),
    async overrun(now, { limit, after }) {
      const { rows } = await sql<{ tenant: string; id: string }>`
        select o.tenant, o.id from offboarding o
        left join ledger l on l.tenant = o.tenant and l.subject = o.subject
        where o.state = 'writing' and (l.lease_flow is distinct from o.id or l.lease_until <= ${now})
          and (o.tenant, o.id) > (${after?.tenant ?? ''}, ${after?.id ?? ''})
        order by o.tenant, o.id limit ${limit}`.execute(database)
      return rows
    },
    async forget(before) {
      const { numDeletedRows } = await database
        .deleteFrom('offboarding')
        .where('asked_at', '<', before)
        .where('state', '<>', 'writing')
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

const at = ({ tenant, id }: { tenant: string; id: string }) => sql<boolean>`tenant = ${tenant} and id = ${id}`

export const aboutOffboarding = ({ tenant, id }: { tenant: string; id: string }): string =>
  `offboarding/${tenant}/${id}`

interface Sealed {
  username: string
  reason: string
}

function encode(offboarding: Offboarding, sealer: Sealer) {
  const { tenant, id, subject, account, username, reason, askedBy, askedAt, expiresAt, digest, state } =
    offboarding
  const isApproved = 'approvedBy' in offboarding
  const sealed: Sealed = { username, reason }
  return {
    tenant,
    id,
    subject,
    state,
    directory: account.directory,
    account_key: account.key,
    sealed: sealer.seal(aboutOffboarding(offboarding), JSON.stringify(sealed)),
    digest,
    asked_by: askedBy,
    asked_at: askedAt,
    expires_at: expiresAt,
    approved_by: isApproved ? offboarding.approvedBy : null,
    approved_at: isApproved ? offboarding.approvedAt : null,
    attempts: isApproved ? offboarding.attempts : 0,
    because: becauseOf(offboarding),
    done_at: state === 'done' ? offboarding.doneAt : null,
  }
}

/** The column says of one that is done what became of the password; none means that it was replaced. */
function becauseOf(offboarding: Offboarding): string | null {
  if (offboarding.state === 'done') return offboarding.password === 'elsewhere' ? 'elsewhere' : null
  return 'because' in offboarding ? offboarding.because : null
}

function decode(row: Selectable<OffboardingTable>, sealer: Sealer): Offboarding {
  const personal = JSON.parse(sealer.open(aboutOffboarding(row), row.sealed)) as Sealed
  const asked = {
    tenant: row.tenant,
    id: row.id,
    subject: row.subject,
    account: { directory: row.directory, key: row.account_key },
    ...personal,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    digest: row.digest,
  }
  const { approved_by: approvedBy, approved_at: approvedAt, attempts, state } = row
  if (state === 'pending') return { ...asked, state }
  if (state === 'void') return { ...asked, state, because: said(row.because) as VoidBecause }
  const approved = { ...asked, approvedBy: said(approvedBy), approvedAt: said(approvedAt), attempts }
  switch (state) {
    case 'done':
      return {
        ...approved,
        state,
        doneAt: said(row.done_at),
        password: row.because === 'elsewhere' ? 'elsewhere' : 'replaced',
      }
    case 'failed':
      return { ...approved, state, because: said(row.because) as FailedBecause }
    default:
      return { ...approved, state }
  }
}

/** What a row of this state always has. */
function said<Value>(value: Value | null): Value {
  if (value === null) throw new RangeError('a row of an offboarding lacks what its state needs')
  return value
}
