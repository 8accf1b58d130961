import { describe, expect, it } from 'vitest'
import { aDatabase } from '../support/database.ts'
import { passwordWrites } from '../support/observer.ts'
import { startOpenLdap } from '../support/openldap.ts'
import { call, eventually, type Held, setPassword, startFlow, tokensTo } from '../support/person-at-api.ts'
import { startRedis } from '../support/redis-server.ts'
import { onOpenLdap, startRekey } from '../support/rekey-process.ts'
import { aMailServer } from '../support/smtp.ts'

const prove = process.env['REKEY_PROVE'] === '1'
const racers = 30
/** Passwords that whoever wins the link sends at once. */
const writers = 3

const addressOf = (uid: string) => `${uid}.home@example.test`
const passwordOf = (round: number, racer: number, writer: number) =>
  `copper ${round} lantern ${racer} meadow ${writer} tundra`

/** Runs at most `width` at a time. */
async function inTurns<Item>(items: readonly Item[], width: number, work: (item: Item) => Promise<void>) {
  const queue = [...items]
  const turn = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: width }, turn))
}

describe.each([
  { over: 'PostgreSQL', rounds: prove ? 1_000 : 30, open: () => Promise.resolve(null) },
  { over: 'Redis and PostgreSQL', rounds: prove ? 1_000 : 12, open: () => startRedis() },
])('over $over', ({ rounds, open }) => {
  it(`gives each of ${rounds} mailed links to one of ${racers} racers over two processes, and one of their passwords is the one that works`, {
    timeout: 600_000,
  }, async () => {
    await using directory = await startOpenLdap()
    await using database = await aDatabase()
    await using mail = await aMailServer({ tls: 'none' })
    await using redis = await open()
    const people = Array.from({ length: rounds }, (_, round) => `racer${round}`)
    await directory.addPeople(
      people.map((uid) => ({ uid, password: 'before the race 1', recoveryAddresses: [addressOf(uid)] })),
    )
    const installation = onOpenLdap(directory, {
      database: database.url,
      ...(redis === null ? {} : { redis: redis.url }),
    })
    await using one = await startRekey({ ...installation, smtp: mail })
    await using two = await startRekey({ ...installation, smtp: mail, beside: one })
    const urls = [one.portalUrl, two.portalUrl]
    const processOf = (racer: number) => urls[racer % urls.length] ?? one.portalUrl

    await inTurns(people, 8, async (uid) => {
      await startFlow(processOf(uid.length), uid)
    })
    await inTurns([...people.keys()], 2, async (round) => {
      const uid = people[round] ?? ''
      const token = await eventually(`the mail to ${uid}`, () => tokensTo(mail, addressOf(uid))[0])

      const spent = await Promise.all(
        Array.from({ length: racers }, (_, racer) => call(processOf(racer), '/v1/links', { token })),
      )
      const winners = spent.flatMap((answer, racer) =>
        answer?.status === 200 ? [{ racer, ...(answer.body as unknown as Held) }] : [],
      )
      expect(winners).toHaveLength(1)
      expect(new Set(spent.map((answer) => answer?.status))).toEqual(new Set([200, 422]))

      const [winner] = winners
      if (winner === undefined) return
      const passwords = Array.from({ length: writers }, (_, writer) =>
        passwordOf(round, winner.racer, writer),
      )
      const set = await Promise.all(
        passwords.map((password, writer) => setPassword(processOf(writer), winner, password)),
      )
      const written = passwords.filter((_, writer) => set[writer]?.status === 200)
      expect(set.map((answer) => answer?.status).toSorted()).toEqual([200, 409, 409])
      expect(await directory.canBind(uid, written[0] ?? '')).toBe(true)
    })

    const counted = await eventually('the last line of the directory', () => {
      const writes = passwordWrites(directory)
      return writes.size === rounds && writes
    })
    expect([...counted.values()].filter((writes) => writes !== 1)).toEqual([])
  })
})
