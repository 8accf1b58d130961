import { type Kysely, sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeRateCounter, rateCounterMigration } from '../../src/adapters/stores/rate-counter.ts'
import { tokenKeyUse } from '../../src/adapters/stores/recovery/token-use.ts'
import { openRedis } from '../../src/adapters/stores/redis.ts'
import { makeRedisRateCounter } from '../../src/adapters/stores/redis-rate-counter.ts'
import type { MessageOrder } from '../../src/core/messages/ports.ts'
import type { Job, Limiter, RecoveryStore } from '../../src/core/recovery/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aDatabase } from '../support/database.ts'
import { aClock, anOutside, type FakeClock, seededBytes } from '../support/fake-outside.ts'
import { makeMemoryLimiter } from '../support/memory-limiter.ts'
import { makeMemoryStore } from '../support/memory-store.ts'
import { eventually } from '../support/person-at-api.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import { aClient, northwind } from '../support/recovery-world.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import {
  aDisavowal,
  aFlow,
  event,
  type OpenStore,
  recoveryStoreContract,
  type StoreHarness,
} from './recovery-store.contract.ts'
import { rememberedContract } from './remembered.contract.ts'
import { waitingContract } from './waiting.contract.ts'

const inMemory: StoreHarness = {
  name: 'memory',
  async open() {
    const clock = aClock()
    const jobs: Job[] = []
    let fails = false
    const store = makeMemoryStore({
      outside: anOutside(clock),
      enqueue(more) {
        if (fails) {
          fails = false
          throw new Error('the queue is full')
        }
        jobs.push(...more)
      },
    })
    return {
      nodes: [store, store],
      clock,
      timePasses(seconds) {
        clock.advance(seconds)
        return Promise.resolve()
      },
      failNextEnqueue: () => {
        fails = true
      },
      recorded: () =>
        Promise.resolve({
          events: store.rows.events.map(({ name }) => name),
          jobs,
          messages: store.rows.messages.length,
          tickets: store.rows.tickets.length,
        }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
  },
}

const onPostgres: StoreHarness = {
  name: 'PostgreSQL',
  open: () => twoNodes(null),
}

const onRedis: StoreHarness = {
  name: 'Redis and PostgreSQL',
  open: () => twoNodes(redisServer),
}

/** Two nodes on one database, and on one Redis when there is one. */
async function twoNodes(server: RedisServer | null): Promise<OpenStore> {
  await using opening = new AsyncDisposableStack()
  const opened = opening.use(await aRecoveryDatabase())
  const clock = aClock()
  await server?.ask((client) => client.flushAll())
  const nodeOf = async (seed: number) => {
    const redis =
      server === null
        ? undefined
        : opening.adopt(await openRedis({ url: new Secret(server.url), log: () => undefined }), (open) =>
            open.close(),
          )
    return opened.node({ now: clock.now, randomBytes: seededBytes(seed) }, redis)
  }
  const first = await nodeOf(1)
  const second = await nodeOf(2)
  const count = async (table: 'message' | 'ticket') => {
    const rows = await opened.database.kysely.selectFrom(table).select('id').execute()
    return rows.length
  }
  const running = opening.move()
  return {
    nodes: [first.store, second.store],
    clock,
    async timePasses(seconds) {
      clock.advance(seconds)
      if (server !== null) await agesBy(server, seconds)
    },
    failNextEnqueue: first.failNextEnqueue,
    recorded: async () => ({
      events: await opened.events(),
      jobs: await opened.jobs(),
      messages: await count('message'),
      tickets: await count('ticket'),
    }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Redis goes by a clock of its own, which no test can move: its keys are brought nearer to their end instead. */
const agesBy = ({ ask }: RedisServer, seconds: number) =>
  ask(async (client) => {
    for (const key of await client.keys('*')) {
      await client.pExpire(key, (await client.pTTL(key)) - seconds * 1_000)
    }
  })

let redisServer: RedisServer
beforeAll(async () => {
  redisServer = await startRedis()
  return () => redisServer[Symbol.asyncDispose]()
})

recoveryStoreContract(inMemory)
recoveryStoreContract(onPostgres)
recoveryStoreContract(onRedis)
for (const harness of [inMemory, onPostgres, onRedis]) {
  rememberedContract(harness)
  waitingContract(harness)
}

describe('the PostgreSQL recovery store', () => {
  it('locks the ledger before the flow, so that two decisions can never wait for each other', async () => {
    await using opened = await aRecoveryDatabase()
    const { store } = opened.node()
    const { pool } = opened.database
    await store.begin(aFlow(), { events: [] })
    await store.decide({ tenant: northwind, id: 'flow-1' }, () => ({ answer: null }))
    const holder = await pool.connect()
    await holder.query('begin')
    await holder.query(`select from ledger where subject = 'flow-1' for update`)

    const waiting = store.decide({ tenant: northwind, id: 'flow-1' }, () => ({ answer: 'decided' }))
    await someoneWaits(pool)
    // Would fail at once if the waiting decision held the flow's row.
    await holder.query(`select from flow where id = 'flow-1' for update nowait`)
    await holder.query('commit')
    holder.release()

    expect(await waiting).toBe('decided')
  })

  it('lets a decision that stands alone wait for no ledger', async () => {
    await using opened = await aRecoveryDatabase()
    const { store } = opened.node()
    const { pool } = opened.database
    await store.begin(aFlow(), { events: [] })
    await store.decide({ tenant: northwind, id: 'flow-1' }, () => ({ answer: null }))
    const holder = await pool.connect()
    await holder.query('begin')
    await holder.query(`select from ledger where subject = 'flow-1' for update`)

    const alone = await store.decide({ tenant: northwind, id: 'flow-1', alone: true }, () => ({
      answer: 'yes',
    }))
    await holder.query('rollback')
    holder.release()

    expect(alone).toBe('yes')
  })

  it('lets decisions in one line wait for each other, whoever they are about', async () => {
    await using opened = await aRecoveryDatabase()
    const { store } = opened.node()
    const { pool } = opened.database
    await store.begin(aFlow(), { events: [] })
    const holder = await pool.connect()
    await holder.query('begin')
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('${northwind}/192.0.2.1', 0))`)

    const inLine = store.decide({ tenant: northwind, id: 'flow-1', inLine: '192.0.2.1' }, () => ({
      answer: 'mine',
    }))
    const elsewhere = await store.decide({ tenant: northwind, id: 'flow-1', inLine: '192.0.2.2' }, () => ({
      answer: 'theirs',
    }))
    await someoneWaits(pool)
    await holder.query('commit')
    holder.release()

    expect([elsewhere, await inLine]).toEqual(['theirs', 'mine'])
  })

  it.each(['as rows', 'in Redis'] as const)(
    'writes nothing twice when the connection breaks after a shared commit, with flows %s',
    async (kept) => {
      await using stack = new AsyncDisposableStack()
      const opened = stack.use(await aRecoveryDatabase())
      const { host = '', port = 0 } = opened.database.config
      const proxy = stack.use(await startTcpProxy({ path: `${host}/.s.PGSQL.${port}` }))
      const redis =
        kept === 'as rows'
          ? undefined
          : stack.adopt(await openRedis({ url: new Secret(redisServer.url), log: () => undefined }), (open) =>
              open.close(),
            )
      await redisServer.ask((client) => client.flushAll())
      const { store } = opened.node(undefined, redis, { host: '127.0.0.1', port: proxy.port })
      const ended = event('flow.ended')
      const job: Job = { queue: 'resolve-recovery', payload: { tenant: northwind, flow: 'flow-1', ask: 1 } }
      /** The next commit arrives and its answer does not; once it is to be seen, the connection breaks. */
      const answerIsLost = async (calls: readonly Promise<unknown>[], events: number) => {
        proxy.delay = (direction, bytes) => {
          if (direction === 'to-server' && bytes.includes('commit')) proxy.lost = new Set(['to-client'])
          return 0
        }
        const settled = Promise.allSettled(calls)
        await eventually('the commit', async () => (await opened.events()).length >= events)
        proxy.delay = () => 0
        proxy.lost = new Set()
        proxy.reset()
        return (await settled).map((one) => (one.status === 'rejected' ? String(one.reason) : 'done'))
      }
      const lost = expect.stringMatching(/ECONNRESET|Connection terminated/)

      const recorded = await answerIsLost([store.record([ended]), store.record([ended])], 2)
      expect(recorded).toEqual([lost, lost])
      expect(await opened.events()).toHaveLength(2)

      const effects = { events: [ended], jobs: [job] }
      const flows = ['flow-1', 'flow-2'].map((id) => aFlow({ id }))
      const begun = await answerIsLost(
        flows.map((flow) => store.begin(flow, effects)),
        4,
      )
      expect(begun).toEqual([lost, lost])
      expect([(await opened.events()).length, (await opened.jobs()).length]).toEqual([4, 2])
    },
  )

  it('shows nobody who reads the database a name, an address, a network or what was typed', async () => {
    await using opened = await aRecoveryDatabase()
    const { store } = opened.node()
    const client = aClient({ network: 'canary-network' })
    const account = { directory: 'people', key: 'key-of-ada' }
    const base = { ...aFlow({ client }), proofs: [], account, username: 'canary-name' }
    const at = aFlow().startedAt
    const facts = { username: 'canary-name', at: at.toISOString(), device: null, place: null }
    const order: MessageOrder = {
      id: 'message-1',
      tenant: northwind,
      kind: 'recovery',
      subject: 'subject-1',
      flow: 'flow-1',
      generation: 1,
      keyId: 'k1',
      disavowal: null,
      to: 'canary-address',
      locale: 'en',
      service: null,
      facts,
      notAfter: at,
    }

    await store.begin(aFlow({ client, whose: { is: 'unresolved', identifier: 'canary-typed' } }), {
      events: [],
      messages: [order],
      disavowals: [aDisavowal({ notify: ['canary-address'], username: 'canary-name' })],
    })
    const named = { is: 'account', account, username: 'canary-name' } as const
    await store.begin(aFlow({ id: 'flow-2', client, whose: named }), { events: [] })
    const writing = { state: 'writing', refusals: 0, attempts: 1, notify: ['canary-address'] } as const
    await store.begin({ ...base, ...writing, id: 'flow-3' }, { events: [] })
    await store.begin({ ...base, id: 'flow-4', state: 'proven', refusals: 0, attempts: 0 }, { events: [] })
    await store.begin(
      { ...base, id: 'flow-5', state: 'completed', outcome: 'password-set', completedAt: at },
      { events: [] },
    )

    const dump = await dumpOf(opened.database.pool)
    expect(dump).toContain('key-of-ada')
    expect(dump).not.toContain('canary')
  })

  it('destroys remembered passwords without waiting for a decision about one of them', async () => {
    await using opened = await aRecoveryDatabase()
    const { store } = opened.node()
    const { pool } = opened.database
    for (const subject of ['ada', 'bob']) await remember(store, subject)
    const holder = await pool.connect()
    await holder.query('begin')
    await holder.query(`select from remembered_password where subject = 'ada' for update`)

    const gone = await store.cutHistories([])
    await holder.query('rollback')
    holder.release()

    expect(gone).toBe(1)
    expect(await store.readRemembered(northwind, 'ada')).toHaveLength(1)
    expect(await store.cutHistories([])).toBe(1)
  })

  it('says that a token key is needed as long as a password is remembered under it', async () => {
    await using opened = await aRecoveryDatabase()
    const { store, kysely } = opened.node()
    const use = async () =>
      Promise.all(['k1', 'k2'].map((key) => tokenKeyUse(kysely as unknown as Kysely<unknown>, key)))
    await remember(store, 'ada')

    expect(await use()).toEqual([1, 0])
    await store.cutHistories([])
    expect(await use()).toEqual([0, 0])
  })

  it('refuses a sealed part that was moved from another row', async () => {
    await using opened = await aRecoveryDatabase()
    const { store, kysely } = opened.node()
    await store.begin(aFlow({ id: 'flow-1' }), { events: [] })
    await store.begin(aFlow({ id: 'flow-2' }), { events: [] })

    await sql`update flow set sealed = (select sealed from flow where id = 'flow-2') where id = 'flow-1'`.execute(
      kysely,
    )

    await expect(store.read(northwind, 'flow-1')).rejects.toThrow()
    expect(await store.read(northwind, 'flow-2')).toEqual(aFlow({ id: 'flow-2' }))
  })
})

const remember = (store: RecoveryStore, subject: string) =>
  store.decideSubject({ tenant: northwind, subject }, () => ({
    answer: null,
    effects: {
      events: [],
      history: {
        ...{ tenant: northwind, subject, change: 'write-begun', current: null },
        next: { keyId: 'k1', salt: 'c2FsdA', digest: 'digest' },
        ...{ write: { flow: 'flow-1', attempt: 1 }, at: aFlow().startedAt },
      },
    },
  }))

const limiters: readonly {
  name: string
  open(clock: FakeClock): Promise<{ limiter: Limiter } & AsyncDisposable>
}[] = [
  {
    name: 'memory',
    open: async (clock) => ({
      limiter: makeMemoryLimiter(clock),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  },
  {
    name: 'PostgreSQL',
    async open(clock) {
      const database = await aDatabase([rateCounterMigration])
      return {
        limiter: makeRateCounter({ database: database.kysely, outside: clock }),
        [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
      }
    },
  },
  {
    name: 'Redis',
    async open(clock) {
      await redisServer.ask((client) => client.flushAll())
      const redis = await openRedis({ url: new Secret(redisServer.url), log: () => undefined })
      return {
        limiter: makeRedisRateCounter({ redis, outside: clock }),
        [Symbol.asyncDispose]: () => redis.close(),
      }
    },
  },
]

describe.each(limiters)('the $name limiter', ({ open }) => {
  const quota = { max: 3, windowSeconds: 900 }

  it('lets exactly the quota through in a window, whoever races, and says when the window ends', async () => {
    const clock = aClock()
    await using opened = await open(clock)
    const racers = await Promise.all(
      Array.from({ length: 20 }, () => opened.limiter.take(northwind, 'key', quota)),
    )
    clock.advance(899)

    expect(racers.filter(({ ok }) => ok)).toHaveLength(3)
    expect(await opened.limiter.take(northwind, 'key', quota)).toEqual({ ok: false, retryAfterSeconds: 1 })
    clock.advance(1)
    expect(await opened.limiter.take(northwind, 'key', quota)).toEqual({ ok: true })
  })

  it('counts every key of every tenant for itself', async () => {
    await using opened = await open(aClock())
    const one = { max: 1, windowSeconds: 60 }
    const take = async (tenant: string, key: string) => (await opened.limiter.take(tenant, key, one)).ok

    expect(await take(northwind, 'key')).toBe(true)
    expect(await take(northwind, 'KEY')).toBe(true)
    expect(await take('other-tenant', 'key')).toBe(true)
    expect(await take(northwind, 'key')).toBe(false)
  })
})

/** Until a statement of another connection waits for a lock. */
async function someoneWaits(pool: { query(text: string): Promise<{ rowCount: number | null }> }) {
  for (;;) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if ((rowCount ?? 0) > 0) return
  }
}

/** Every row of every table, as text. */
async function dumpOf(pool: { query(text: string): Promise<{ rows: Record<string, unknown>[] }> }) {
  const { rows: tables } = await pool.query(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const { rows } = await pool.query(`select t::text as row from ${String(name)} t`)
    texts.push(...rows.map(({ row }) => `${String(name)} ${String(row)}`))
  }
  return texts.join('\n')
}
