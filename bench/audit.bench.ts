import { generateKeyPairSync, hash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { auditMigration, makeAuditStore } from '../server/src/adapters/stores/audit/index.ts'
import { openDatabase } from '../server/src/adapters/stores/database.ts'
import { openEmbedded } from '../server/src/adapters/stores/embedded/open-embedded.ts'
import { migrate } from '../server/src/adapters/stores/migrate.ts'
import {
  type AuditEvent,
  parseCheckpoint,
  readVerifierKey,
  verifyLog,
} from '../server/src/core/audit/index.ts'
import { makeKeyRing } from '../server/src/kernel/keys.ts'
import { systemOutside } from '../server/src/kernel/outside.ts'
import { otherCore, pin, serverCore } from './harness/pinned.ts'
import { print } from './harness/rows.ts'

/**
 * Sealing and verifying the audit log: this process on one core, PostgreSQL on the other. An event is as large as that
 * of a start. Beside them, in the same run: for sealing, the same rows moved from one table to another by bare SQL
 * in batches of the same size; for verifying, the two SHA-256 a leaf costs, over bytes that are in memory.
 */
const rounds = 5
const eventsPerRound = 20_000

const folder = await mkdtemp(join(tmpdir(), 'rekey-bench-'))
await using stack = new AsyncDisposableStack()
stack.defer(() => rm(folder, { recursive: true, force: true }))
const embedded = await openEmbedded({ folder, outside: systemOutside, log: () => {} })
stack.defer(() => embedded.stop())
pin(embedded.processId, otherCore)
pin(process.pid, serverCore)
const database = openDatabase<unknown>({ connection: embedded.connection })
stack.defer(() => database.close())
const { kysely } = database
await migrate(kysely, [auditMigration])
const notes: string[] = []
const signingKey = generateKeyPairSync('ed25519')
const store = makeAuditStore({
  database: kysely,
  dataKey: makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(1) }),
  signingKeys: { all: () => [signingKey], current: () => signingKey },
  origin: 'bench.example/rekey',
  witnesses: [{ name: 'memory', everyMs: 0, hold: ({ note }) => Promise.resolve(void notes.push(note)) }],
  outside: systemOutside,
  warn: () => {},
})
await sql`create table bare_from (tenant text, seq bigint generated always as identity primary key, id text,
  at timestamptz(3), name text, subject text, entry text)`.execute(kysely)
await sql`create table bare_to (tenant text, leaf bigint, id text, at timestamptz(3), name text, subject text,
  entry text, primary key (tenant, leaf))`.execute(kysely)

const sealed: number[] = []
const moved: number[] = []
for (let round = 0; round < rounds; round += 1) {
  await appendEvents()
  await sql`insert into bare_from (tenant, id, at, name, subject, entry)
    select tenant, id, at, name, subject, entry from audit_pending`.execute(kysely)
  moved.push(await perSecond(moveBare))
  sealed.push(await perSecond(async () => (await store.sealPending()).sealed))
}
await store.witnessesSettled()

const verified: number[] = []
const hashed: number[] = []
const trusted = store.verifierKeys('northwind').flatMap((key) => readVerifierKey(key) ?? [])
const held = notes.flatMap((note, at) => {
  const checkpoint = parseCheckpoint(note)
  return checkpoint === null ? [] : [{ ...checkpoint, line: at + 1, file: 'memory' }]
})
for (let round = 0; round < rounds; round += 1) {
  hashed.push(await perSecond(hashBare))
  verified.push(
    await perSecond(async () => {
      const verdict = await store.withCopy('northwind', (copy) => verifyLog({ copy, trusted, held }))
      if (verdict.outcome !== 'intact') throw new Error(`the log is ${verdict.outcome}`)
      return verdict.leaves
    }),
  )
}

print({
  what: 'audit events sealed per second',
  values: sealed,
  unit: '/s',
  beside: { what: 'the rows moved by bare SQL', values: moved },
  aim: { atLeast: 20_000 },
})
print({
  what: 'audit events verified per second, from the database',
  values: verified,
  unit: '/s',
  beside: { what: 'two SHA-256 an event', values: hashed },
  aim: { atLeast: 200_000 },
})

async function perSecond(work: () => Promise<number> | number): Promise<number> {
  const began = performance.now()
  const done = await work()
  return done / ((performance.now() - began) / 1_000)
}

async function appendEvents(): Promise<void> {
  const at = systemOutside.now()
  for (let from = 0; from < eventsPerRound; from += 1_000) {
    const events = Array.from(
      { length: 1_000 },
      (_, index): AuditEvent => ({
        name: 'recovery.requested',
        tenant: 'northwind',
        at,
        subject: null,
        flow: `06f5j3v1c8q2m4n7p9r0s${from + index}`,
        facts: {},
        personal: { network: '192.0.2.17', device: 'Firefox on Windows' },
      }),
    )
    await kysely.transaction().execute((trx) => store.append(trx, events))
  }
}

/** Five thousand rows a transaction, as the sealer takes them. */
async function moveBare(): Promise<number> {
  for (let all = 0; ; ) {
    const { numAffectedRows } = await sql`
      with taken as (
        delete from bare_from where seq in (select seq from bare_from order by seq limit 5000) returning *
      ) insert into bare_to select tenant, seq, id, at, name, subject, entry from taken`.execute(kysely)
    all += Number(numAffectedRows ?? 0)
    if (numAffectedRows === 0n) return all
  }
}

function hashBare(): number {
  const events = rounds * eventsPerRound
  const entry = new Uint8Array(420)
  const node = new Uint8Array(65)
  for (let event = 0; event < events; event += 1) {
    hash('sha256', entry, 'buffer')
    hash('sha256', node, 'buffer')
  }
  return events
}
