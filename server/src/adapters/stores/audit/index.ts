import { type Kysely, sql } from 'kysely'
import {
  type AuditEvent,
  consistencyRanges,
  inclusionRanges,
  isSignedWith,
  type LogCopy,
  makeLogSigner,
  makeWitnessing,
  originOf,
  rangeHash,
  type SignedCheckpoint,
  type SigningKey,
  type SigningKeys,
  tenantOf,
  verifierKeysOf,
  type Witness,
  type WitnessStatus,
} from '../../../core/audit/index.ts'
import { eachRow } from '../../../kernel/each-row.ts'
import type { KeyRing } from '../../../kernel/keys.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { SealedColumn } from '../resealing.ts'
import { appendEvents } from './append.ts'
import { databaseCopy } from './copy.ts'
import { type Exported, writeExport } from './export.ts'
import { makePersonKeys } from './person-keys.ts'
import { type AuditRecord, type ReadQuery, readLog } from './read.ts'
import { sealBatch } from './seal.ts'
import {
  handNewest,
  logOf,
  type Sealer,
  type SealerOptions,
  type SealResult,
  sealPending,
  startSealer,
} from './sealer.ts'
import { hashReader, knowsCheckpoint, newestCheckpoint } from './tree.ts'

export { type Exported, writeExport } from './export.ts'
export { auditMigration } from './migration.ts'
export { type ExportFolder, openExport } from './open-export.ts'
export type { AuditRecord, ReadQuery } from './read.ts'
export type { Sealer, SealerOptions, SealResult } from './sealer.ts'

export interface AuditStoreOptions {
  database: Kysely<unknown>
  /** Wraps the persons' keys; kept outside the database. */
  dataKey: KeyRing
  /** Sign checkpoints; kept outside the database. */
  signingKeys: SigningKeys
  /** Names the logs to outsiders: a URL without scheme, such as `id.example.org/rekey/audit`. */
  origin: string
  witnesses: readonly Witness[]
  outside: Outside
  /** Told when a witness fails and, once, when it works again. */
  warn(status: WitnessStatus): void
}

export interface AuditStore {
  /** Writes events in the caller's transaction; they are sealed within a second of its commit. */
  append(trx: Kysely<unknown>, events: readonly AuditEvent[]): Promise<void>
  /** Seals all that is committed. Any number of processes may call it at once. */
  sealPending(): Promise<SealResult>
  startSealer(options: SealerOptions): Sealer
  /** Repeats handovers to witnesses that failed or had to wait. The sealer does it every round. */
  retryWitnesses(): void
  /** Resolves when no handover to a witness is under way. */
  witnessesSettled(): Promise<void>
  status(): Promise<AuditStatus>
  /** Sealed events with personal fields in the clear, for operators who may see them. */
  read(tenant: string, query: ReadQuery): Promise<AuditRecord[]>
  /**
   * Makes everything personal about the subject in the log unreadable and records that. Copies of the database from
   * before still hold the key; they end with their own retention. How many keys were destroyed.
   */
  erasePerson(person: { tenant: string; subject: string }): Promise<number>
  /** Does the same for events without a subject from days before this one. */
  eraseDaysBefore(day: { tenant: string; before: Date }): Promise<number>
  /** Persons' keys, which lie under the data key. */
  wrappedKeys: SealedColumn
  /** How many logs have not been handed over to this signing key yet, told by its place in the ring. */
  logsBefore(key: SigningKey): Promise<number>
  /** Lets something read one unchanging state of a tenant's log. */
  withCopy<Result>(tenant: string, use: (copy: LogCopy) => Promise<Result>): Promise<Result>
  /** Tenants that have a log. */
  tenants(): Promise<string[]>
  exportLog(tenant: string, folder: string): Promise<Exported>
  /** Hashes that prove that a leaf is in the log of this size, or that an older log is a prefix of a newer one. */
  inclusionProof(tenant: string, claim: { leaf: number; size: number }): Promise<Uint8Array[]>
  consistencyProof(tenant: string, claim: { older: number; newer: number }): Promise<Uint8Array[]>
  /**
   * What outsiders verify with, oldest key first. Publish the first where whoever runs the database can't change it; the
   * log says how it came to the others.
   */
  verifierKeys(tenant: string): readonly string[]
  /** Records a change of the signing key in every log now, and not only with its next event. */
  handOver(): Promise<void>
}

export interface AuditStatus {
  /** The oldest event that waits to be sealed; more than a few seconds old means that sealing has stopped. */
  oldestPendingAt: Date | null
  witnesses: WitnessStatus[]
}

export function makeAuditStore(options: AuditStoreOptions): AuditStore {
  const { database, outside, witnesses, warn } = options
  const personKeys = makePersonKeys(options)
  const keysAt = (tenant: string, newest: SignedCheckpoint | null) =>
    verifierKeysOf(originOf(options.origin, tenant), options.signingKeys, newest)
  const signerOf = (tenant: string, newest: SignedCheckpoint | null) =>
    makeLogSigner(originOf(options.origin, tenant), options.signingKeys, newest)
  const witnessing = makeWitnessing({
    witnesses,
    outside,
    warn,
    knows: (checkpoint) => knowsCheckpoint(database, tenantOf(options.origin, checkpoint.origin), checkpoint),
  })
  const deps = { database, outside, signerOf }
  const append: AuditStore['append'] = (trx, events) => appendEvents(trx, events, { personKeys, outside })
  const withCopy: AuditStore['withCopy'] = (tenant, use) =>
    database
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute((trx) => use(databaseCopy(trx, { tenant, origin: originOf(options.origin, tenant) })))

  return {
    append,
    withCopy,
    sealPending: () => sealPending(deps, witnessing),
    startSealer: (sealer) =>
      startSealer(sealer, {
        outside,
        start: async () => handNewest(deps, await sealedTenants(database), witnessing),
        round: async () => {
          witnessing.retry()
          await sealPending(deps, witnessing)
        },
        settled: witnessing.settled,
      }),
    retryWitnesses: witnessing.retry,
    witnessesSettled: witnessing.settled,
    status: async () => ({
      oldestPendingAt: await oldestPendingAt(database),
      witnesses: witnessing.status(),
    }),
    read: (tenant, query) => readLog(database, personKeys, { ...query, tenant }),
    erasePerson: ({ tenant, subject }) =>
      database.transaction().execute(async (trx) => {
        const keys = await personKeys.destroyPerson(trx, { tenant, subject })
        const about = { tenant, subject, flow: null, at: outside.now() }
        await append(trx, [{ name: 'person.erased', ...about, facts: { keys } }])
        return keys
      }),
    eraseDaysBefore: (day) => personKeys.destroyDaysBefore(database, day),
    wrappedKeys: personKeys.wrapped,
    logsBefore: async (key) => {
      let before = 0
      for (const tenant of await sealedTenants(database)) {
        const newest = await newestCheckpoint(database, tenant)
        if (newest !== null && !isSignedWith(newest, key)) before += 1
      }
      return before
    },
    exportLog: (tenant, folder) =>
      withCopy(tenant, (copy) => writeExport(copy, { folder, keysAt: (newest) => keysAt(tenant, newest) })),
    inclusionProof: (tenant, { leaf, size }) =>
      Promise.all(inclusionRanges(leaf, size).map((range) => rangeHash(range, hashReader(database, tenant)))),
    consistencyProof: (tenant, { older, newer }) =>
      Promise.all(
        consistencyRanges(older, newer).map((range) => rangeHash(range, hashReader(database, tenant))),
      ),
    tenants: () => sealedTenants(database),
    // One ring for all tenants, under a name for each: the name is part of what every signature is bound to.
    verifierKeys: (tenant) => keysAt(tenant, null),
    handOver: async () =>
      eachRow(await sealedTenants(database), logOf, async (tenant) => {
        const { checkpoint } = await sealBatch(deps, tenant, { handOver: true })
        if (checkpoint !== null) witnessing.hand(checkpoint)
      }),
  }
}

async function oldestPendingAt(database: Kysely<unknown>): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select min(at) as at from audit_pending`.execute(database)
  return rows[0]?.at ?? null
}

/** By jumping from tenant to tenant in the key, because a log has many checkpoints and few tenants. */
async function sealedTenants(database: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ tenant: string }>`
    with recursive known as (
      (select tenant from audit_checkpoint order by tenant limit 1)
      union all
      select (select tenant from audit_checkpoint where tenant > known.tenant order by tenant limit 1)
      from known where known.tenant is not null
    )
    select tenant from known where tenant is not null`.execute(database)
  return rows.map(({ tenant }) => tenant)
}
