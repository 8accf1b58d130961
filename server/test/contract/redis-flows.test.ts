import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRedis, type Redis } from '../../src/adapters/stores/redis.ts'
import type { Flow } from '../../src/core/recovery/flow.ts'
import type { Decision, Job, RecoveryStore } from '../../src/core/recovery/ports.ts'
import { after } from '../../src/core/recovery/rules.ts'
import { transition } from '../../src/core/recovery/transition.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aClock, seededBytes } from '../support/fake-outside.ts'
import { eventually } from '../support/person-at-api.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import { aClient, northwind } from '../support/recovery-world.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { aDisavowal, aFlow } from './recovery-store.contract.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
  return () => server[Symbol.asyncDispose]()
})
beforeEach(() => server.ask((client) => client.flushAll()))

const none = { events: [] }
const account = { directory: 'people', key: 'key-of-ada' }
const ofAda = (id: string) =>
  aFlow({ id, subject: 'ada', whose: { is: 'account', account, username: 'ada' } })
const at = (id: string) => ({ tenant: northwind, id })
const job: Job = { queue: 'resolve-recovery', payload: { tenant: northwind, flow: 'flow-1', ask: 1 } }

/** Two nodes; what stands between the first of them and Redis can be changed. */
async function aWorld(wrap: (redis: Redis) => Redis = (redis) => redis) {
  await using opening = new AsyncDisposableStack()
  const opened = opening.use(await aRecoveryDatabase())
  const clock = aClock()
  const nodeOf = async (seed: number, wrapped: (redis: Redis) => Redis) => {
    const redis = await openRedis({ url: new Secret(server.url), log: () => undefined })
    opening.defer(() => redis.close())
    const node = opened.node({ now: clock.now, randomBytes: seededBytes(seed) }, wrapped(redis))
    return { ...node, redis }
  }
  const one = await nodeOf(1, wrap)
  const two = await nodeOf(2, (redis) => redis)
  const running = opening.move()
  return {
    one,
    two,
    rowNode: opened.node({ now: clock.now, randomBytes: seededBytes(3) }),
    clock,
    pool: opened.database.pool,
    rows: async () => {
      const { rows } = await opened.database.pool.query<{ id: string }>('select id from flow order by id')
      return rows.map(({ id }) => id)
    },
    untilUp: async () => {
      await eventually('both nodes to have Redis again', () => one.redis.isUp() && two.redis.isUp())
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const next = (flow: Flow, event: Parameters<typeof transition>[1]): Flow => {
  const changed = transition(flow, event)
  if (changed === null) throw new Error(`a flow that is ${flow.state} takes no ${event.type}`)
  return changed
}

const wrongCode = (store: RecoveryStore, id: string) =>
  store.decide(at(id), ({ flow }) => ({ answer: true, flow: next(flow, { type: 'code-wrong' }) }))

/** A change that leaves the flow waiting: the holder asked for another mail. */
const ask = (store: RecoveryStore, id: string, jobs: readonly Job[] = []) =>
  store.decide(at(id), ({ flow }) => ({
    answer: true,
    flow: { ...flow, touchedAt: after(flow.touchedAt, 60) },
    effects: { events: [], jobs },
  }))

const spend =
  (to: string) =>
  ({ flow }: { flow: Flow }): Decision<'moved' | 'unusable'> => {
    if (flow.state !== 'awaiting-proof' || flow.whose.is !== 'account') return { answer: 'unusable' }
    const proofs = [{ method: 'email_link', at: flow.touchedAt }] as const
    const proved = next(flow, {
      type: 'proved',
      ...{ proofs, wanted: null, secretDigest: 'k1:new', at: flow.touchedAt },
    })
    return {
      answer: 'moved',
      flow: next(flow, { type: 'moved-away' }),
      opened: { ...proved, id: to },
    }
  }

const supersede = (flow: Flow) => ({ flow: next(flow, { type: 'superseded' }), events: [] })

describe('a flow that waits in Redis', () => {
  it('becomes a row when something about it must last, and not before', async () => {
    await using world = await aWorld()
    const { store } = world.one
    await store.begin(aFlow(), none)
    await ask(store, 'flow-1')
    expect(await world.rows()).toEqual([])

    await wrongCode(store, 'flow-1')

    expect(await world.rows()).toEqual(['flow-1'])
    expect(await world.two.store.read(northwind, 'flow-1')).toMatchObject({ codesTried: 1 })
  })

  it('is as PostgreSQL says while a decision is under way, after it, and when its process was killed', async () => {
    await using world = await aWorld()
    const { one, two, pool } = world
    await one.store.begin(aFlow(), none)
    const touched = async () => (await two.store.read(northwind, 'flow-1'))?.touchedAt
    const before = aFlow().touchedAt

    const blocker = await pool.connect()
    await blocker.query('begin; lock table test_job')
    const killed = ask(one.store, 'flow-1', [job])
    killed.catch(() => undefined)
    const pid = await someoneWaits(pool)
    expect(await server.ask((client) => client.keys('*'))).not.toEqual([])
    expect(await touched()).toEqual(before)
    await pool.query('select pg_terminate_backend($1)', [pid])
    await expect(killed).rejects.toThrow()
    expect(await touched()).toEqual(before)

    const going = ask(one.store, 'flow-1', [job])
    await someoneWaits(pool)
    expect(await touched()).toEqual(before)
    await blocker.query('commit')
    blocker.release()
    await going

    expect(await touched()).toEqual(after(before, 60))
  })

  it('is not changed by a decision that lost its lock before it wrote', async () => {
    let meanwhile: (() => Promise<unknown>) | null = null
    await using world = await aWorld((redis) => ({
      ...redis,
      async run(...words) {
        const first = meanwhile
        meanwhile = null
        await first?.()
        return redis.run(...words)
      },
    }))
    const { one, two, pool } = world
    await one.store.begin(aFlow(), none)

    meanwhile = async () => {
      const { rows } = await pool.query<{ pid: number }>(
        `select pid from pg_locks where locktype = 'advisory' and database =
          (select oid from pg_database where datname = current_database())`,
      )
      await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await ask(two.store, 'flow-1')
    }
    await expect(ask(one.store, 'flow-1')).rejects.toThrow()

    expect((await two.store.read(northwind, 'flow-1'))?.touchedAt).toEqual(after(aFlow().touchedAt, 60))
  })

  it('gets nothing back from an older copy of Redis: no try of a code, no spent link, no flow that was ended', async () => {
    await using world = await aWorld()
    const { store } = world.two
    for (const id of ['tried', 'moved', 'done', 'other']) await store.begin(ofAda(id), none)
    await server.save()
    for (const _ of [1, 2, 3]) await wrongCode(store, 'tried')
    expect(await store.decide(at('moved'), spend('mine'))).toBe('moved')
    await store.decide(at('done'), ({ flow }) => ({
      answer: null,
      others: (other) => (other.id === 'other' ? supersede(other) : null),
      flow,
    }))

    await server.goBack()
    await world.untilUp()

    expect(await store.read(northwind, 'tried')).toMatchObject({ codesTried: 3 })
    expect(await store.decide(at('moved'), spend('again'))).toBe('unusable')
    expect(await store.decide(at('other'), spend('again'))).toBe('unusable')
    expect(await store.decide(at('done'), spend('still'))).toBe('moved')
    expect(await store.read(northwind, 'mine')).toMatchObject({ state: 'proven' })
  })

  it('is gone when Redis lost everything, an account’s like nobody’s; a proven one goes on', async () => {
    await using world = await aWorld()
    const { store } = world.one
    await store.begin(ofAda('account'), none)
    await store.begin(ofAda('spent'), none)
    await store.begin(ofAda('tried'), none)
    await store.begin(aFlow({ id: 'nobody', whose: { is: 'nobody' } }), none)
    await store.decide(at('spent'), spend('proven'))
    await wrongCode(store, 'tried')

    await server.kill()
    await server.start('empty')
    await world.untilUp()

    for (const id of ['account', 'spent', 'tried', 'nobody']) {
      expect(await store.read(northwind, id), id).toBeNull()
      expect(await wrongCode(store, id), id).toBeNull()
    }
    expect(await store.read(northwind, 'proven')).toMatchObject({ state: 'proven' })
  })

  it('can’t be read while Redis is away; proven ones can, and new ones begin in PostgreSQL', async () => {
    await using world = await aWorld()
    const { store } = world.one
    await store.begin(ofAda('waiting'), none)
    await store.begin(ofAda('spent'), none)
    await store.decide(at('spent'), spend('proven'))

    await server.kill()

    for (const id of ['waiting', 'spent', 'unknown']) {
      await expect(store.read(northwind, id), id).rejects.toMatchObject({ code: 'redis-unavailable' })
      await expect(ask(store, id), id).rejects.toMatchObject({ code: 'redis-unavailable' })
    }
    expect(await store.read(northwind, 'proven')).toMatchObject({ state: 'proven' })
    await store.begin(aFlow({ id: 'new' }), none)
    expect(await ask(store, 'new')).toBe(true)
    await server.start('empty')
    await world.untilUp()
    expect(await world.two.store.read(northwind, 'new')).toMatchObject({ id: 'new' })
  })

  it('is over when another flow of its account ended it while Redis was away', async () => {
    await using world = await aWorld()
    const { one, two, clock } = world
    await one.store.begin(ofAda('waiting'), none)
    await one.store.begin(ofAda('done'), none)
    await one.store.decide(at('done'), spend('proven'))
    await server.save()
    await server.kill()
    clock.advance(5)

    await one.store.decide(at('proven'), ({ flow }) => ({ answer: null, flow, others: supersede }))
    await server.goBack()
    await world.untilUp()
    await two.store.begin({ ...ofAda('later'), startedAt: after(clock.now(), 1) }, none)

    expect(await two.store.decide(at('waiting'), spend('again'))).toBe('unusable')
    expect(await two.store.decide(at('later'), spend('mine'))).toBe('moved')
  })

  it.each([
    ['when it is looked into', 'texts'],
    ['when it is written', 'run'],
  ] as const)('holds up no reset when Redis goes away %s', async (_when, call) => {
    let isAway = false
    const gone = () => Promise.reject(new Fault('redis-unavailable'))
    await using world = await aWorld((redis) => ({
      ...redis,
      texts: (keys) => (isAway && call === 'texts' ? gone() : redis.texts(keys)),
      run: (...script) => (isAway && call === 'run' ? gone() : redis.run(...script)),
    }))
    const { store } = world.one
    for (const id of ['spent', 'waiting', 'tried']) await store.begin(ofAda(id), none)
    await store.decide(at('spent'), spend('proven'))
    await wrongCode(store, 'tried')

    isAway = true
    const reset = await store.decide(at('proven'), ({ flow }) => ({
      answer: 'done',
      flow,
      others: supersede,
    }))

    expect(reset).toBe('done')
    isAway = false
    for (const id of ['waiting', 'tried']) {
      expect(await store.decide(at(id), spend(`again-${id}`)), id).toBe('unusable')
    }
  })

  it('shows nobody who reads Redis a name, an address, a network, what was typed, or whose it is', async () => {
    await using world = await aWorld()
    const { store } = world.one
    const client = aClient({ network: 'canary-network' })
    await store.begin(aFlow({ client, whose: { is: 'unresolved', identifier: 'canary-typed' } }), none)
    const whose = { is: 'account', account, username: 'canary-name' } as const
    await store.begin({ ...ofAda('flow-2'), client, whose }, none)
    await ask(store, 'flow-2')

    const dump = await server.ask(async (redis) => {
      const keys = await redis.keys('rekey:*:flow:*')
      return [...keys, ...(await redis.mGet(keys))].join('\n')
    })

    expect(dump).toContain('flow-2')
    expect(dump).not.toMatch(/canary|key-of-ada|awaiting/)
  })

  it('is refused when its record was moved there from another flow', async () => {
    await using world = await aWorld()
    const { store } = world.one
    await store.begin(aFlow({ id: 'flow-1' }), none)
    await store.begin(ofAda('flow-2'), none)

    await server.ask((client) =>
      client.copy(`rekey:{${northwind}}:flow:flow-2`, `rekey:{${northwind}}:flow:flow-1`, { REPLACE: true }),
    )

    expect(await store.read(northwind, 'flow-1')).toBeNull()
    expect(await store.read(northwind, 'flow-2')).toEqual(ofAda('flow-2'))
  })

  it('does not hold up a reset or a disavowal when its record is garbage, and its holder starts again', async () => {
    await using world = await aWorld()
    const { one, two, clock } = world
    await one.store.begin(ofAda('done'), { ...none, disavowals: [aDisavowal({ subject: 'ada' })] })
    for (const id of ['garbage', 'waiting', 'unseen']) await one.store.begin(ofAda(id), none)
    const key = (id: string) => `rekey:{${northwind}}:flow:${id}`
    const unseen = await server.ask((redis) => redis.get(key('unseen')))
    await server.ask((redis) => redis.mSet([key('garbage'), 'k9.garbage', key('unseen'), 'k9.other-key']))
    clock.advance(5)

    await one.store.decide(at('done'), ({ flow }) => ({ answer: null, flow, others: supersede }))
    const by = { tenant: northwind, by: { id: 'disavowal-1' } }
    expect(await one.store.decideDisavowal(by, () => ({ answer: 'heard', others: supersede }))).toBe('heard')

    expect(await two.store.read(northwind, 'garbage')).toBeNull()
    expect(await two.store.decide(at('waiting'), spend('again'))).toBe('unusable')
    await server.ask((redis) => redis.set(key('unseen'), unseen ?? ''))
    expect(await two.store.decide(at('unseen'), spend('again'))).toBe('unusable')
    expect(one.warnings).toHaveLength(1)
  })
})

describe.each(['Redis', 'PostgreSQL'] as const)('thousands of flows that wait in %s', (place) => {
  it('hold up neither a reset nor a disavowal, and are decoys afterwards', { timeout: 120_000 }, async () => {
    await using world = await aWorld()
    const { clock } = world
    const stores = place === 'Redis' ? [world.one, world.two] : [world.rowNode, world.rowNode]
    const [store, other] = stores.map((node) => node.store) as [RecoveryStore, RecoveryStore]
    const flood = async (name: string, length: number) => {
      const ids = Array.from({ length }, (_, index) => `${name}-${index}`)
      const issued = { generation: 1, keyId: 'k1', expiresAt: after(clock.now(), 600) }
      const flows = ids.map((id) => ({ ...ofAda(id), startedAt: clock.now(), issued }))
      await Promise.all(flows.map((flow) => store.begin(flow, none)))
      // One has a wrong code, and is a row for it.
      await wrongCode(other, `${name}-1`)
      clock.advance(5)
      const some = [`${name}-0`, `${name}-1`, `${name}-${length - 1}`]
      return Promise.all(some.map(async (id) => ({ id, before: await other.read(northwind, id) })))
    }
    const expectDecoys = async (flows: readonly { id: string; before: Flow | null }[]) => {
      for (const { id, before } of flows) {
        const seen = await other.decide(at(id), ({ flow }) => ({ answer: flow }))
        expect(seen, id).toMatchObject({ whose: { is: 'nobody' }, subject: `~${id}`, issued: null })
        // What one statement makes of many is what the state machine makes of one.
        expect(seen, id).toEqual(before && next(before, { type: 'superseded' }))
        expect(await ask(other, id)).toBe(true)
        expect(await other.decide(at(id), spend('again')), id).toBe('unusable')
      }
    }
    let oneByOne = 0
    const others = (flow: Flow) => {
      oneByOne += 1
      return flow.state === 'completed' ? null : supersede(flow)
    }
    await store.begin(ofAda('done'), { ...none, disavowals: [aDisavowal({ subject: 'ada' })] })
    await store.begin(ofAda('proven-too'), none)
    await store.decide(at('done'), spend('proven'))
    await store.decide(at('proven-too'), spend('other'))
    const proofs = [{ method: 'email_code', at: clock.now() }] as const
    await store.begin({ ...ofAda('half'), proofs }, none)

    const before = await flood('before', 3_000)
    await store.decide(at('proven'), ({ flow }) => ({ answer: null, flow, others }))
    await expectDecoys(before)
    expect(await other.read(northwind, 'other')).toMatchObject({ state: 'ended' })
    // Somebody has given a proof in it, so the log tells of it by itself.
    expect(await other.read(northwind, 'half')).toMatchObject({ whose: { is: 'nobody' } })

    const since = await flood('since', 300)
    const by = { tenant: northwind, by: { id: 'disavowal-1' } }
    expect(await other.decideDisavowal(by, () => ({ answer: 'heard', others }))).toBe('heard')
    await expectDecoys(since)
    expect(await other.read(northwind, 'proven')).toMatchObject({ state: 'ended' })

    expect(oneByOne).toBe(3)
    await store.begin({ ...ofAda('later'), startedAt: after(clock.now(), 1) }, none)
    expect(await other.decide(at('later'), spend('mine'))).toBe('moved')
  })
})

/** Until a statement of another connection waits for a lock; its process. */
async function someoneWaits(pool: {
  query(text: string): Promise<{ rows: { pid?: number }[] }>
}): Promise<number> {
  for (;;) {
    const { rows } = await pool.query(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    const [row] = rows
    if (row?.pid !== undefined) return row.pid
  }
}
