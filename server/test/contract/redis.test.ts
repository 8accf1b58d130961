import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRateCounter, rateCounterMigration } from '../../src/adapters/stores/rate-counter.ts'
import { openRedis, type RedisOptions } from '../../src/adapters/stores/redis.ts'
import { makeRedisRateCounter, makeSharedLimiter } from '../../src/adapters/stores/redis-rate-counter.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { makeCertificates } from '../support/certificates.ts'
import { aDatabase } from '../support/database.ts'
import { aClock } from '../support/fake-outside.ts'
import { eventually } from '../support/person-at-api.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import { northwind } from '../support/recovery-world.ts'
import { startRedis } from '../support/redis-server.ts'
import { aFlow } from './recovery-store.contract.ts'

async function opened(options: Omit<RedisOptions, 'log'>) {
  const said: string[] = []
  const redis = await openRedis({
    ...options,
    log: (level, message, facts) => said.push([level, message, ...Object.values(facts)].join(' ')),
  })
  return { redis, said, [Symbol.asyncDispose]: () => redis.close() }
}

const urlOf = ({ url }: { url: string }) => ({ url: new Secret(url) })
const short = { max: 3, windowSeconds: 60 }
const long = { max: 3, windowSeconds: 900 }
const gone = { code: 'redis-unavailable' }

describe('the connection to Redis', () => {
  it('is refused when the server would throw keys away', async () => {
    await using server = await startRedis({ policy: 'allkeys-lru' })

    await expect(opened(urlOf(server))).rejects.toThrow(
      'config-invalid: Redis must have maxmemory-policy noeviction, and has allkeys-lru',
    )
  })

  it('may lead over a socket that the server has in a folder', async () => {
    await using server = await startRedis({ isSocket: true })
    await using connection = await opened(urlOf(server))

    expect(await connection.redis.run("return redis.call('PING').ok", [], [])).toBe('PONG')
    expect(server.url).toMatch(/^unix:/)
  })

  it('is not used again after the server came back with other settings', async () => {
    await using server = await startRedis()
    await using connection = await opened(urlOf(server))
    const { redis, said } = connection

    await server.ask((client) => client.configSet('maxmemory-policy', 'volatile-ttl'))
    await server.ask((client) => client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'NORMAL']))
    await eventually('word of it', () => said.find((line) => line.includes('volatile-ttl')))

    await expect(redis.texts(['a'])).rejects.toMatchObject({ code: 'config-invalid' })
  })

  it('stands when the server comes later, is lost and comes again, and says so once each time', async () => {
    await using server = await startRedis()
    await server.kill()
    await using connection = await opened(urlOf(server))
    const { redis, said } = connection
    await expect(redis.texts(['a'])).rejects.toMatchObject(gone)

    await server.start('empty')
    await eventually('the first connection', () => redis.isUp())
    await server.kill()
    await eventually('the loss', () => !redis.isUp())
    await server.start('empty')
    await eventually('the second connection', () => redis.isUp())

    expect(await redis.texts(['a'])).toEqual([null])
    const words = said.map((line) => line.split(' ').slice(0, 4).join(' '))
    expect(words).toEqual([
      'warn redis does not',
      'info redis works',
      'warn redis does not',
      'info redis works',
    ])
  })

  it('is given up when nothing is answered: nobody waits a second time, until it answers again', async () => {
    await using server = await startRedis()
    await using connection = await opened(urlOf(server))
    const { redis } = connection

    server.pause()
    const waiting = Array.from({ length: 50 }, () => redis.texts(['a']))
    for (const one of waiting) await expect(one).rejects.toMatchObject(gone)
    expect(redis.isUp()).toBe(false)
    // Were each of them waited for, this test would not come to its end.
    for (let turn = 0; turn < 1_000; turn += 1) await expect(redis.texts(['a'])).rejects.toMatchObject(gone)
    server.resume()

    await eventually('an answer', () => redis.isUp())
    expect(await redis.texts(['a'])).toEqual([null])
  })

  it('is encrypted, to a server whose authority and name are right', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rekey-redis-tls-'))
    const other = await mkdtemp(join(tmpdir(), 'rekey-redis-tls-'))
    try {
      const names = { names: ['localhost'], addresses: ['192.0.2.1'] }
      const certificates = await makeCertificates({ folder, ...names })
      const stranger = await makeCertificates({ folder: other, ...names })
      await using server = await startRedis({ certificates })
      const address = (name: string) => ({ url: new Secret(server.url.replace('localhost', name)) })
      await using right = await opened({ ...address('localhost'), caFile: certificates.caFile })
      await using unknown = await opened(address('localhost'))
      await using wrong = await opened({ ...address('localhost'), caFile: stranger.caFile })
      await using misnamed = await opened({ ...address('127.0.0.1'), caFile: certificates.caFile })

      expect(await right.redis.texts(['a'])).toEqual([null])
      for (const { redis } of [unknown, wrong, misnamed]) {
        await expect(redis.texts(['a'])).rejects.toMatchObject(gone)
      }
    } finally {
      await rm(folder, { recursive: true })
      await rm(other, { recursive: true })
    }
  })

  it('needs no right but those that its page names', async () => {
    await using server = await startRedis()
    const page = await readFile(join(import.meta.dirname, '../../../docs/operate/nodes.md'), 'utf8')
    const rights = /`(GET MGET [A-Z ]+)` on keys `(rekey:\*)`/.exec(page)
    const [, commands = '', keys = ''] = rights ?? []
    const words = commands.split(' ').map((command) => `+${command.toLowerCase()}`)
    await server.ask((client) =>
      client.aclSetUser('rekey', ['on', '>of-rekey-alone', `~${keys}`, '-@all', ...words]),
    )
    const url = new Secret(server.url.replace(/:[^:@]+@/, 'rekey:of-rekey-alone@'))
    await using connection = await opened({ url })
    const { redis, said } = connection
    await using database = await aRecoveryDatabase()
    const { store } = database.node(undefined, redis)
    const limiter = makeRedisRateCounter({ redis, outside: aClock() })

    expect(said).toEqual(['info redis works'])
    expect(await limiter.take(northwind, 'key', short)).toEqual({ ok: true })
    expect(await limiter.take(northwind, 'key', short)).toEqual({ ok: true })
    await store.begin(aFlow(), { events: [] })
    expect(await database.database.kysely.selectFrom('flow').select('id').execute()).toEqual([])
    const others = { answer: 'decided', others: () => null }
    expect(await store.decide({ tenant: northwind, id: 'flow-1' }, () => others)).toBe('decided')
    const failing = database.node(undefined, redis)
    failing.failNextEnqueue()
    const job = { queue: 'resolve-recovery', payload: { tenant: northwind, flow: 'flow-2', ask: 1 } } as const
    const refused = failing.store.begin(aFlow({ id: 'flow-2' }), { events: [], jobs: [job] })
    await expect(refused).rejects.toThrow('the queue is full')
    expect(await store.read(northwind, 'flow-2')).toBeNull()
    await redis.check()
  })

  it('says nothing of the password when it is wrong', async () => {
    await using server = await startRedis()
    const url = new Secret(server.url.replace(/:[^:@]+@/, ':canary-password@'))
    await using connection = await opened({ url })

    await expect(connection.redis.check()).rejects.toMatchObject(gone)
    expect(connection.said).toHaveLength(1)
    expect(connection.said.join()).not.toContain('canary')
  })
})

describe('counting requests with Redis', () => {
  async function aWorld() {
    await using opening = new AsyncDisposableStack()
    const server = opening.use(await startRedis())
    const database = opening.use(await aDatabase([rateCounterMigration]))
    const clock = aClock()
    const inDatabase = makeRateCounter({ database: database.kysely, outside: clock })
    const aNode = async () => {
      const { redis } = opening.use(await opened(urlOf(server)))
      const inRedis = makeRedisRateCounter({ redis, outside: clock })
      return { redis, limiter: makeSharedLimiter({ inRedis, inDatabase }) }
    }
    const nodes = [await aNode(), await aNode()] as const
    const running = opening.move()
    const take = async (quota: typeof short, times: number) => {
      const takes = Array.from({ length: times }, (_, at) =>
        nodes[at % 2 === 0 ? 0 : 1].limiter.take(northwind, 'key', quota),
      )
      return (await Promise.all(takes)).filter(({ ok }) => ok).length
    }
    return { server, clock, nodes, take, [Symbol.asyncDispose]: () => running.disposeAsync() }
  }
  type World = Awaited<ReturnType<typeof aWorld>>
  const untilAll = ({ nodes }: World, up: boolean) =>
    eventually('Redis', () => nodes.every(({ redis }) => redis.isUp() === up))

  it('lets exactly the quota through of 200 requests at once from two nodes, round after round', async () => {
    await using world = await aWorld()
    for (let round = 0; round < 5; round += 1) {
      expect(await world.take(short, 200)).toBe(3)
      world.clock.advance(60)
    }
  })

  it('goes on in PostgreSQL while Redis is away, and is unlimited at no time', async () => {
    await using world = await aWorld()
    expect(await world.take(short, 10)).toBe(3)
    await world.server.kill()
    expect(await world.take(short, 10)).toBe(3)
    expect(await world.take(short, 10)).toBe(0)
    await world.server.start('empty')
    await untilAll(world, true)
    expect(await world.take(short, 10)).toBe(3)
  })

  it('gives nothing back of a long window when Redis is lost', async () => {
    await using world = await aWorld()
    expect(await world.take(long, 10)).toBe(3)
    await world.server.kill()
    await world.server.start('empty')
    await untilAll(world, true)
    expect(await world.take(long, 10)).toBe(0)
  })
})
