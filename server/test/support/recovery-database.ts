import { type Kysely, sql, type Transaction } from 'kysely'
import type pg from 'pg'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { storeMigrations } from '../../src/adapters/stores/migrations/index.ts'
import { makeAccountRecords } from '../../src/adapters/stores/recovery/account-records.ts'
import { makeOffboardingStore } from '../../src/adapters/stores/recovery/offboardings.ts'
import { makeRecoveryStore } from '../../src/adapters/stores/recovery/recovery-store.ts'
import { makeRedisFlows } from '../../src/adapters/stores/recovery/redis-flows.ts'
import type { RecoveryTables } from '../../src/adapters/stores/recovery/tables.ts'
import type { StoreDeps } from '../../src/adapters/stores/recovery/transaction.ts'
import type { Redis } from '../../src/adapters/stores/redis.ts'
import type { AuditEvent } from '../../src/core/audit/ports.ts'
import type { AccountRecords, OffboardingStore } from '../../src/core/helpdesk/ports.ts'
import type { Job, RecoveryStore } from '../../src/core/recovery/ports.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import type { Outside } from '../../src/kernel/outside.ts'
import { makeSealer } from '../../src/kernel/seal.ts'
import { aDatabase, type TestDatabase } from './database.ts'
import { anOutside } from './fake-outside.ts'

/** A recovery store on a pool of its own, as one node of the product has it. */
export interface StoreNode {
  store: RecoveryStore
  accounts: AccountRecords
  offboardings: OffboardingStore
  kysely: Kysely<RecoveryTables>
  failNextEnqueue(): void
  warnings: readonly string[]
}

export interface RecoveryDatabase extends AsyncDisposable {
  database: TestDatabase<RecoveryTables>
  /** Another node on the same database, by another way when there is one. Each gets chance of its own: two nodes never draw the same id. */
  node(outside?: Outside, redis?: Redis, through?: pg.PoolConfig): StoreNode
  events(): Promise<readonly AuditEvent['name'][]>
  jobs(): Promise<readonly Job[]>
}

/** Log and queue as plain tables: they commit with the transaction or not at all, like the product's own. */
const outbox = {
  name: 'test-outbox',
  async up(database: Kysely<unknown>) {
    await sql`create table test_event (number serial primary key, name text not null)`.execute(database)
    await sql`create table test_job (number serial primary key, job jsonb not null)`.execute(database)
  },
}

const ring = makeKeyRing({ id: 'd1', bytes: new Uint8Array(32).fill(9) })

export async function aRecoveryDatabase(): Promise<RecoveryDatabase> {
  const database = await aDatabase<RecoveryTables>([...storeMigrations, outbox])
  const pools: { close(): Promise<void> }[] = []
  return {
    database,
    node(outside = anOutside(undefined, pools.length + 1), redis, through = {}) {
      const { kysely, close } = openDatabase<RecoveryTables>({
        connection: { ...database.config, ...through },
        connectionsMax: 8,
      })
      pools.push({ close })
      let fails = false
      const sealer = makeSealer(ring, 'recovery', outside)
      const warnings: string[] = []
      const shared = { database: kysely, outside, sealer }
      const deps: StoreDeps = {
        ...shared,
        ...(redis === undefined
          ? {}
          : {
              flows: makeRedisFlows({
                ...shared,
                redis,
                keepSeconds: 7_200,
                warn: (message) => warnings.push(message),
              }),
            }),
        appendEvents: (trx, events) => appendNames(trx, events),
        async enqueue(trx, ...jobs) {
          for (const job of jobs) {
            await sql`insert into test_job (job) values (${JSON.stringify(job)})`.execute(trx)
          }
          if (!fails) return
          fails = false
          throw new Error('the queue is full')
        },
        report: () => {},
      }
      return {
        store: makeRecoveryStore(deps),
        accounts: makeAccountRecords(deps),
        offboardings: makeOffboardingStore(deps),
        kysely,
        warnings,
        failNextEnqueue: () => {
          fails = true
        },
      }
    },
    async events() {
      const { rows } = await sql<{
        name: AuditEvent['name']
      }>`select name from test_event order by number`.execute(database.kysely)
      return rows.map(({ name }) => name)
    },
    async jobs() {
      const { rows } = await sql<{ job: Job }>`select job from test_job order by number`.execute(
        database.kysely,
      )
      return rows.map(({ job }) => job)
    },
    async [Symbol.asyncDispose]() {
      for (const { close } of pools) await close()
      await database[Symbol.asyncDispose]()
    },
  }
}

async function appendNames(trx: Transaction<unknown>, events: readonly AuditEvent[]): Promise<void> {
  for (const { name } of events) await sql`insert into test_event (name) values (${name})`.execute(trx)
}
