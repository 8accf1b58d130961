import { generateKeyPairSync } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AuditStore, auditMigration, makeAuditStore } from '../../src/adapters/stores/audit/index.ts'
import { sealedPlace } from '../../src/adapters/stores/resealing.ts'
import type { AuditEvent, HeldCheckpoint, SignedCheckpoint, Witness } from '../../src/core/audit/index.ts'
import { parseCheckpoint, readVerifierKey, verifyLog } from '../../src/core/audit/index.ts'
import { failuresOf } from '../../src/kernel/each-row.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { type Outside, systemOutside } from '../../src/kernel/outside.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'

const minuteMs = 60_000
const signingKey = generateKeyPairSync('ed25519')
const dataKey = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(1) })

/** Random as ever, with a clock that the test moves. */
function aClock(start = '2026-05-04T10:00:10.000Z'): Outside & { advance(ms: number): void } {
  let now = new Date(start).getTime()
  return {
    now: () => new Date(now),
    randomBytes: systemOutside.randomBytes,
    advance: (ms) => {
      now += ms
    },
  }
}

const anEvent = (event: Partial<AuditEvent> = {}): AuditEvent => ({
  name: 'flow.moved',
  tenant: 'acme',
  at: new Date('2026-05-04T10:00:00.000Z'),
  subject: 'subject-ada',
  flow: 'flow-1',
  facts: {},
  ...event,
})

const throttled = (at: Date): AuditEvent =>
  anEvent({ name: 'recovery.throttled', subject: null, flow: null, at, facts: { scope: 'address' } })

/** Keeps what it is handed, or fails as long as it is told to. */
function aWitness(): Witness & { notes: string[]; broken: boolean } {
  const witness = {
    name: 'memory',
    everyMs: 0,
    broken: false,
    notes: [] as string[],
    hold: async ({ note }: { note: string }) => {
      if (witness.broken) throw new Error('down')
      witness.notes.push(note)
    },
  }
  return witness
}

const heldBy = (notes: readonly string[]): (HeldCheckpoint & { file: string })[] =>
  notes.flatMap((note, index) => {
    const checkpoint = parseCheckpoint(note)
    return checkpoint === null ? [] : [{ ...checkpoint, line: index, file: 'witness' }]
  })

async function verdict(store: AuditStore, notes: readonly string[], tenant = 'acme') {
  const trusted = store.verifierKeys(tenant).flatMap((key) => readVerifierKey(key) ?? [])
  return store.withCopy(tenant, (copy) => verifyLog({ copy, trusted, held: heldBy(notes) }))
}

const count = async (database: Kysely<unknown>, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(
    database,
  )
  return rows[0]?.n ?? -1
}

/** As somebody with all rights in the database would. */
const tamper = (database: Kysely<unknown>, statement: string) =>
  database.transaction().execute(async (trx) => {
    await sql`alter table audit_event disable trigger user`.execute(trx)
    await sql`alter table audit_checkpoint disable trigger user`.execute(trx)
    await sql.raw(statement).execute(trx)
    await sql`alter table audit_event enable trigger user`.execute(trx)
    await sql`alter table audit_checkpoint enable trigger user`.execute(trx)
  })

function aStore(database: Kysely<unknown>, options: Partial<Parameters<typeof makeAuditStore>[0]> = {}) {
  const outside = aClock()
  const witness = aWitness()
  const store = makeAuditStore({
    database,
    dataKey,
    signingKeys: { all: () => [signingKey], current: () => signingKey },
    origin: 'rekey.example/audit',
    witnesses: [witness],
    outside,
    warn: () => {},
    ...options,
  })
  return { store, witness, outside }
}

const commit = (database: Kysely<unknown>, store: AuditStore, ...events: AuditEvent[]) =>
  database.transaction().execute((trx) => store.append(trx, events))

describe('the audit log', () => {
  let database: TestDatabase<unknown>
  beforeAll(async () => {
    database = await aDatabase([auditMigration])
  })
  afterAll(async () => {
    await database[Symbol.asyncDispose]()
  })
  // Every test works for a tenant of its own: tenants share nothing.
  let tenants = 0
  const aTenant = () => `tenant-${(tenants += 1)}`

  it('is sealed for every tenant but one whose log can’t be gone on with, and says which that is', async () => {
    const { store } = aStore(database.kysely)
    await commit(database.kysely, store, anEvent({ tenant: '!broken' }))
    await store.sealPending()
    await tamper(database.kysely, `update audit_checkpoint set note = 'none' where tenant = '!broken'`)
    const tenant = aTenant()
    await commit(database.kysely, store, anEvent({ tenant: '!broken' }), anEvent({ tenant }))

    const error = await store.sealPending().catch((thrown: unknown) => thrown)

    expect(failuresOf(error)).toMatchObject([{ message: 'failed for the log of !broken' }])
    expect(await store.read(tenant, { from: 0, limit: 9 })).toHaveLength(1)
    await sql`delete from audit_pending where tenant = '!broken'`.execute(database.kysely)
    await tamper(database.kysely, `delete from audit_checkpoint where tenant = '!broken'`)
  })

  it('records what was committed, in order and as it was, and nothing that was rolled back', async () => {
    const { store, outside } = aStore(database.kysely)
    const tenant = aTenant()
    const facts = { because: 'wrong', tries: 3, 'odd "name"': 'a\0b\ud800c', ratio: 0.1, nothing: Number.NaN }

    await commit(
      database.kysely,
      store,
      anEvent({ tenant, name: 'flow.moved', at: outside.now(), facts }),
      anEvent({ tenant, name: 'flow.ended', at: outside.now(), subject: null }),
    )
    const rolledBack = database.kysely.transaction().execute(async (trx) => {
      await store.append(trx, [anEvent({ tenant, name: 'password.written' })])
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    await store.sealPending()

    const records = await store.read(tenant, { from: 0, limit: 10 })
    expect(records.map(({ leaf, name, subject }) => ({ leaf, name, subject }))).toEqual([
      { leaf: 0, name: 'flow.moved', subject: 'subject-ada' },
      { leaf: 1, name: 'flow.ended', subject: null },
    ])
    expect(records[0]).toMatchObject({
      at: outside.now(),
      flow: 'flow-1',
      facts: { ...facts, 'odd "name"': 'a\ufffdb\ufffdc', nothing: 'NaN' },
    })
  })

  it('takes part in the transaction with one statement, and two when there are personal fields', async () => {
    const statements: string[] = []
    const { store } = aStore(database.kysely)
    const tenant = aTenant()
    const personal = { network: '192.0.2.1', device: 'Firefox on Linux' }
    const run = (events: AuditEvent[]) =>
      database.kysely.transaction().execute(async (trx) => {
        const executor = trx.withPlugin({
          transformQuery: ({ node }) => {
            statements.push(node.kind)
            return node
          },
          transformResult: async ({ result }) => result,
        })
        await store.append(executor, events)
      })

    await run(Array.from({ length: 20 }, () => anEvent({ tenant })))
    expect(statements).toHaveLength(1)
    await run(Array.from({ length: 20 }, () => anEvent({ tenant, name: 'proof.accepted', personal })))
    expect(statements).toHaveLength(3)
  })

  it('gives a late commit its place after what was sealed before it', async () => {
    const { store, witness } = aStore(database.kysely)
    const tenant = aTenant()
    const begun = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const late = database.kysely.transaction().execute(async (trx) => {
      await store.append(trx, [anEvent({ tenant, facts: { order: 'late' } })])
      begun.resolve()
      await release.promise
    })
    await begun.promise
    await commit(database.kysely, store, anEvent({ tenant, facts: { order: 'early' } }))
    await store.sealPending()

    release.resolve()
    await late
    await store.sealPending()

    const records = await store.read(tenant, { from: 0, limit: 10 })
    expect(records.map(({ facts }) => facts['order'])).toEqual(['early', 'late'])
    await store.witnessesSettled()
    expect(await verdict(store, witness.notes, tenant)).toMatchObject({ outcome: 'intact', provenSize: 2 })
  })

  it('never leaves a gap or a duplicate when several sealers and writers work at once', async () => {
    const tenant = aTenant()
    const sealers = [aStore(database.kysely), aStore(database.kysely), aStore(database.kysely)]
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let turn = 0; turn < 40; turn += 1) {
        const events = Array.from({ length: 1 + (turn % 4) }, () =>
          anEvent({ tenant, facts: { writer, turn } }),
        )
        await commit(database.kysely, sealers[writer % 3]?.store as AuditStore, ...events)
      }
    })
    let writing = true
    const sealing = sealers.map(async ({ store }) => {
      while (writing) await store.sealPending()
    })
    await Promise.all(writers)
    writing = false
    await Promise.all(sealing)
    const [{ store }] = sealers as [(typeof sealers)[number]]
    await store.sealPending()

    const { rows } = await sql<{ n: number; ids: number; first: number; last: number }>`
      select count(*)::int n, count(distinct id)::int ids, min(leaf)::int first, max(leaf)::int last
      from audit_event where tenant = ${tenant}`.execute(database.kysely)
    expect(rows).toEqual([{ n: 600, ids: 600, first: 0, last: 599 }])
    await Promise.all(sealers.map((sealer) => sealer.store.witnessesSettled()))
    const notes = sealers.flatMap(({ witness }) => witness.notes)
    expect(await verdict(store, notes, tenant)).toMatchObject({
      outcome: 'intact',
      provenSize: 600,
      findings: [],
    })
  })

  it('seals by itself while it runs, hands checkpoints out, and finishes before it stops', async () => {
    const { store, witness } = aStore(database.kysely, { outside: systemOutside })
    const tenant = aTenant()
    const sealer = store.startSealer({ everyMs: 20, warn: () => {} })
    await commit(database.kysely, store, anEvent({ tenant }))

    const own = () => heldBy(witness.notes).filter(({ origin }) => origin.endsWith(`/${tenant}`))
    await expect.poll(() => own().map(({ size }) => size), { timeout: 10_000 }).toContain(1)
    await commit(database.kysely, store, anEvent({ tenant }))
    await sealer.stop()

    expect(await store.read(tenant, { from: 0, limit: 10 })).toHaveLength(2)
    expect(own().at(-1)?.size).toBe(2)
  })

  it('keeps every acknowledged event when connections are killed at any point', async () => {
    await using own = await aDatabase([auditMigration])
    // Without a listener the death of a connection between two statements would end the test run.
    own.pool.on('connect', (client) => client.on('error', () => {}))
    const { store, witness } = aStore(own.kysely)
    const tenant = aTenant()
    const acknowledged: number[] = []
    let done = false
    const kill = async () => {
      while (!done) {
        await own.pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
        )
      }
    }
    const killer = kill().catch(() => {})
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 0; turn < 60; turn += 1) {
        const number = writer * 1000 + turn
        const event = anEvent({ tenant, facts: { number } })
        await commit(own.kysely, store, event).then(
          () => acknowledged.push(number),
          () => {},
        )
        await store.sealPending().catch(() => {})
      }
    })
    await Promise.all(writers)
    done = true
    await killer
    await store.sealPending()
    await store.witnessesSettled()

    const records = await store.read(tenant, { from: 0, limit: 1000 })
    const recorded = new Set(records.map(({ facts }) => facts['number']))
    expect(acknowledged.filter((number) => !recorded.has(number))).toEqual([])
    expect(records).toHaveLength(recorded.size)
    expect(acknowledged.length).toBeLessThan(240)
    expect(await verdict(store, witness.notes, tenant)).toMatchObject({ findings: [] })
  })

  it('makes a few records of ten thousand repeats, the first of them at once', async () => {
    const { store, outside } = aStore(database.kysely)
    const tenant = aTenant()
    const flood = Array.from({ length: 1000 }, () => ({ ...throttled(outside.now()), tenant }))
    const other = { ...throttled(outside.now()), tenant, facts: { scope: 'account' } }

    await commit(database.kysely, store, ...flood, other)
    await store.sealPending()
    expect(await store.read(tenant, { from: 0, limit: 100 })).toHaveLength(2)

    for (let turn = 0; turn < 9; turn += 1) await commit(database.kysely, store, ...flood)
    outside.advance(minuteMs)
    await store.sealPending()

    const records = await store.read(tenant, { from: 0, limit: 100 })
    expect(records.map(({ name, facts }) => ({ name, ...facts }))).toEqual([
      { name: 'recovery.throttled', scope: 'address' },
      { name: 'recovery.throttled', scope: 'account' },
      { name: 'recovery.throttled', scope: 'address', repeats: 9999, since: '2026-05-04T10:00:00.000Z' },
    ])
    expect(await count(database.kysely, 'audit_pending')).toBe(0)
    expect(await count(database.kysely, 'audit_roll_up')).toBe(0)
  })

  it('does not roll up events of another minute or of other labels', async () => {
    const { store, outside } = aStore(database.kysely)
    const tenant = aTenant()
    const at = outside.now()
    const later = new Date(at.getTime() + minuteMs)

    await commit(database.kysely, store, { ...throttled(at), tenant }, { ...throttled(later), tenant })
    await store.sealPending()
    outside.advance(3 * minuteMs)
    await store.sealPending()

    expect((await store.read(tenant, { from: 0, limit: 100 })).map((record) => record.at)).toEqual([
      at,
      later,
    ])
  })

  it('forgets a person and stays whole', async () => {
    const { store, witness } = aStore(database.kysely)
    const tenant = aTenant()
    const personal = { network: '192.0.2.1', device: 'Firefox on Linux' }
    const of = (subject: string) => anEvent({ tenant, subject, name: 'proof.accepted', personal })
    await commit(database.kysely, store, of('ada'), of('grace'), of('ada'))
    await store.sealPending()
    const before = await store.read(tenant, { from: 0, limit: 10 })

    expect(await store.erasePerson({ tenant, subject: 'ada' })).toBe(1)
    await store.sealPending()
    const after = await store.read(tenant, { from: 0, limit: 10 })

    expect(before.map((record) => record.personal)).toEqual([personal, personal, personal])
    const gone = { network: null, device: null }
    expect(after.map((record) => record.personal)).toEqual([gone, personal, gone, {}])
    expect(after[3]).toMatchObject({ name: 'person.erased', subject: 'ada' })
    await store.witnessesSettled()
    expect(await verdict(store, witness.notes, tenant)).toMatchObject({ outcome: 'intact', provenSize: 4 })
  })

  it('forgets a person whose first event is just being written', async () => {
    const { store } = aStore(database.kysely)
    const tenant = aTenant()
    const appended = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const writing = database.kysely.transaction().execute(async (trx) => {
      const personal = { network: '192.0.2.1' }
      await store.append(trx, [anEvent({ tenant, name: 'proof.accepted', subject: 'ada', personal })])
      appended.resolve()
      await release.promise
    })
    await appended.promise
    const erasing = store.erasePerson({ tenant, subject: 'ada' })
    // The erasure must be waiting for the writer now; PostgreSQL says so itself.
    await expect
      .poll(async () => (await database.pool.query(`select 1 from pg_locks where not granted`)).rowCount)
      .toBeGreaterThan(0)

    release.resolve()
    await writing

    expect(await erasing).toBe(1)
    await store.sealPending()
    const [record] = await store.read(tenant, { from: 0, limit: 10, subject: 'ada' })
    expect(record?.personal).toEqual({ network: null })
  })

  it('stores no personal field in the clear and forgets those without a subject by the day', async () => {
    const { store } = aStore(database.kysely)
    const tenant = aTenant()
    const personal = { network: '198.51.100.77', device: 'Safari on iOS', secret: 'not in the catalogue' }
    const on = (day: string) =>
      anEvent({
        tenant,
        name: 'recovery.requested',
        subject: null,
        at: new Date(`${day}T12:00:00Z`),
        personal,
      })
    await commit(database.kysely, store, on('2026-05-01'), on('2026-05-03'))
    await store.sealPending()

    const { rows } = await sql<{ entry: string }>`
      select entry from audit_event where tenant = ${tenant}`.execute(database.kysely)
    expect(rows.map(({ entry }) => entry).join()).not.toMatch(/198\.51|Safari|not in the catalogue/)
    expect(await store.eraseDaysBefore({ tenant, before: new Date('2026-05-02T00:00:00Z') })).toBe(1)
    expect((await store.read(tenant, { from: 0, limit: 10 })).map((record) => record.personal)).toEqual([
      { network: null, device: null },
      { network: '198.51.100.77', device: 'Safari on iOS' },
    ])
  })

  it('moves persons’ keys under a new data key', async () => {
    const tenant = aTenant()
    const personal = { network: '192.0.2.1' }
    const old = aStore(database.kysely).store
    await commit(database.kysely, old, anEvent({ tenant, name: 'proof.accepted', personal }))
    await old.sealPending()
    const next = { id: 'k2', bytes: new Uint8Array(32).fill(2) }
    const both = aStore(database.kysely, { dataKey: makeKeyRing(next, [dataKey.current]) }).store

    const signal = new AbortController().signal
    const reseal = () => sealedPlace(database.kysely, both.wrappedKeys).reseal({ signal, progress: () => {} })
    expect((await reseal()).resealed).toBeGreaterThan(0)
    expect(await reseal()).toEqual({ resealed: 0, unreadable: 0 })

    const onlyNew = aStore(database.kysely, { dataKey: makeKeyRing(next) }).store
    expect((await onlyNew.read(tenant, { from: 0, limit: 1 }))[0]?.personal).toEqual(personal)
    await expect(old.read(tenant, { from: 0, limit: 1 })).rejects.toThrow('not in the ring')
  })

  it('refuses changes of sealed rows to whoever does not take the trouble to switch that off', async () => {
    const { store } = aStore(database.kysely)
    await commit(database.kysely, store, anEvent({ tenant: aTenant() }))
    await store.sealPending()

    for (const statement of [
      'update audit_event set id = id',
      'delete from audit_event',
      'truncate audit_event',
    ]) {
      await expect(sql.raw(statement).execute(database.kysely)).rejects.toThrow('append-only')
    }
  })

  it('is not continued when the stored tree contradicts the last checkpoint', async () => {
    const { store } = aStore(database.kysely)
    const tenant = aTenant()
    await commit(database.kysely, store, anEvent({ tenant }))
    await store.sealPending()
    await sql`update audit_tile set hashes = decode(repeat('00', 32), 'hex') where tenant = ${tenant}`.execute(
      database.kysely,
    )
    await commit(database.kysely, store, anEvent({ tenant }))

    await expect(store.sealPending()).rejects.toMatchObject({
      errors: [{ cause: { code: 'audit-log-broken' } }],
    })
    await sql`delete from audit_pending where tenant = ${tenant}`.execute(database.kysely)
  })

  it('is verified from the database, and names every kind of tampering', async () => {
    const { store, witness } = aStore(database.kysely)
    const check = async (statement: (tenant: string) => string) => {
      const tenant = aTenant()
      for (const size of [300, 5, 40]) {
        await commit(database.kysely, store, ...Array.from({ length: size }, () => anEvent({ tenant })))
        await store.sealPending()
      }
      await store.witnessesSettled()
      await tamper(database.kysely, statement(tenant))
      const { outcome, findings } = await verdict(store, witness.notes, tenant)
      return { outcome, found: findings.map(({ kind, leaf }) => `${kind} ${leaf ?? ''}`.trim()) }
    }
    const of = (tenant: string) => `tenant = '${tenant}'`

    expect(await check(() => 'select 1')).toEqual({ outcome: 'intact', found: [] })
    expect(
      (
        await check(
          (t) =>
            `update audit_event set entry = replace(entry, 'flow-1', 'flow-2') where ${of(t)} and leaf = 7`,
        )
      ).found,
    ).toEqual(['changed 7'])
    expect((await check((t) => `delete from audit_event where ${of(t)} and leaf = 344`)).found).toEqual([
      'dropped 344',
    ])
    expect(
      (
        await check(
          (
            t,
          ) => `update audit_event set leaf = case leaf when 3 then -1 else 3 end where ${of(t)} and leaf in (3);
        update audit_event set leaf = 3 where ${of(t)} and leaf = 4; update audit_event set leaf = 4 where ${of(t)} and leaf = -1`,
        )
      ).found,
    ).toEqual(['moved 3', 'moved 4'])
    expect(
      (
        await check(
          (
            t,
          ) => `insert into audit_event select tenant, 345, 'x', at, name, subject, replace(entry, 'flow-1', 'flow-3')
        from audit_event where ${of(t)} and leaf = 0`,
        )
      ).found,
    ).toEqual(['inserted 345'])
    expect(
      (await check((t) => `update audit_event set subject = null where ${of(t)} and leaf = 12`)).found,
    ).toEqual(['columns-changed 12'])
    expect(
      (await check((t) => `update audit_event set at = at + interval '1 ms' where ${of(t)} and leaf = 12`))
        .found,
    ).toEqual(['columns-changed 12'])
    expect(
      (
        await check(
          (
            t,
          ) => `delete from audit_event where ${of(t)} and leaf >= 305; delete from audit_checkpoint where ${of(t)} and size > 305;
        delete from audit_tile where ${of(t)} and level = 0 and tile = 1;
        insert into audit_tile select tenant, 0, 1, substr(sha256('x'), 1, 0) from audit_event where ${of(t)} and leaf = 0`,
        )
      ).outcome,
    ).toBe('tampered')
    expect(
      (
        await check(
          (t) =>
            `update audit_tile set hashes = set_byte(hashes, 40, (get_byte(hashes, 40) + 1) % 256) where ${of(t)} and level = 0 and tile = 1`,
        )
      ).found,
    ).toEqual(['hash-changed 257'])
  })

  it('proves to an outsider that an event is in the log and that the log only grew', async () => {
    const { inclusionHolds, consistencyHolds, leafHash } = await import('../../src/core/audit/merkle.ts')
    const { store, witness } = aStore(database.kysely)
    const tenant = aTenant()
    for (const size of [300, 400]) {
      await commit(database.kysely, store, ...Array.from({ length: size }, () => anEvent({ tenant })))
      await store.sealPending()
      await store.witnessesSettled()
    }
    const [older, newer] = heldBy(witness.notes)
    if (older === undefined || newer === undefined) throw new Error('no checkpoints')

    const proof = await store.inclusionProof(tenant, { leaf: 299, size: 700 })
    const growth = await store.consistencyProof(tenant, { older: 300, newer: 700 })

    const { rows } = await sql<{ entry: string }>`
      select entry from audit_event where tenant = ${tenant} and leaf = 299`.execute(database.kysely)
    const leaf = leafHash(Buffer.from(rows[0]?.entry ?? ''))
    expect(inclusionHolds({ index: 299, size: 700, root: newer.root, leaf, proof })).toBe(true)
    expect(inclusionHolds({ index: 298, size: 700, root: newer.root, leaf, proof })).toBe(false)
    const claim = { older: 300, newer: 700, olderRoot: older.root, newerRoot: newer.root, proof: growth }
    expect(consistencyHolds(claim)).toBe(true)
  })

  it('seals although a witness is down, says so, and hands over the newest checkpoint later', async () => {
    const warned: (string | null)[] = []
    const warn = (status: { failing: { because: string } | null }) =>
      warned.push(status.failing?.because ?? null)
    const { store, witness, outside } = aStore(database.kysely, { warn })
    const tenant = aTenant()
    witness.broken = true
    for (let turn = 0; turn < 3; turn += 1) {
      await commit(database.kysely, store, anEvent({ tenant }))
      await store.sealPending()
      await store.witnessesSettled()
    }

    expect((await store.status()).witnesses).toMatchObject([
      { witness: 'memory', heldSize: null, newestSize: 3, failing: { because: 'down' } },
    ])
    witness.broken = false
    store.retryWitnesses()
    await store.witnessesSettled()
    expect(witness.notes).toEqual([])
    outside.advance(minuteMs)
    store.retryWitnesses()
    await store.witnessesSettled()

    expect(heldBy(witness.notes).map(({ size }) => size)).toEqual([3])
    expect((await store.status()).witnesses).toMatchObject([{ heldSize: 3, failing: null }])
    expect(warned).toEqual(['down', null])
  })

  it('notices, by a witness that can be asked, a database that was set back', async () => {
    const holding = { newest: null as SignedCheckpoint | null, warnings: [] as string[] }
    const witness: Witness = {
      name: 'ask me',
      everyMs: 0,
      newest: async () => holding.newest,
      hold: async (checkpoint) => {
        holding.newest = checkpoint
      },
    }
    const warn = (status: { failing: { because: string } | null }) => {
      holding.warnings.push(status.failing?.because ?? 'works')
    }
    const tenant = aTenant()
    const seal = async (store: AuditStore) => {
      await commit(database.kysely, store, anEvent({ tenant }))
      await store.sealPending()
      await store.witnessesSettled()
    }
    const { store, outside } = aStore(database.kysely, { witnesses: [witness], warn })
    const colleague = aStore(database.kysely, { witnesses: [witness], warn }).store
    await seal(store)
    await seal(colleague)
    await seal(store)
    expect(holding).toMatchObject({ newest: { size: 3 }, warnings: [] })

    await tamper(
      database.kysely,
      `delete from audit_event where tenant = '${tenant}' and leaf > 0;
       delete from audit_checkpoint where tenant = '${tenant}' and size > 1;
       update audit_tile set hashes = substr(hashes, 1, 32) where tenant = '${tenant}'`,
    )
    const restarted = aStore(database.kysely, { witnesses: [witness], warn, outside }).store
    await seal(restarted)
    await seal(restarted)

    expect(holding.newest?.size).toBe(3)
    expect(holding.warnings[0]).toContain('size 3 that the log does not have')
  })
})
