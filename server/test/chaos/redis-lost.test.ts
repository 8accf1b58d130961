import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { aDatabase } from '../support/database.ts'
import { readText } from '../support/mailbox.ts'
import { passwordWrites } from '../support/observer.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import {
  type ApiAnswer,
  call,
  eventually,
  type Held,
  proveByMail,
  setPassword,
  startFlow,
  tokensTo,
} from '../support/person-at-api.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const kills = process.env['REKEY_PROVE'] === '1' ? 20 : 2
/** On their way at each kill, each at a point of their own. */
const walkersAtOnce = 6
const before = 'before the loss 1'
const triesADay = 6

interface World {
  nodes: readonly [Rekey, Rekey]
  redis: RedisServer
  directory: OpenLdap
  mail: MailServer
}

interface Person {
  identifier: string
  address: string
}

/** Alternates between the nodes, as a proxy without a memory does. */
function inTurn({ nodes }: World): () => string {
  let turn = 0
  return () => nodes[turn++ % 2 === 0 ? 0 : 1].portalUrl
}

async function newPerson({ directory }: World, identifier: string): Promise<Person> {
  const address = `${identifier}.home@example.test`
  await directory.addPeople([{ uid: identifier, password: before, recoveryAddresses: [address] }])
  return { identifier, address }
}

const passwordOf = ({ identifier }: Person) => `copper ${identifier} lantern meadow tundra`

/** Says it again for as long as the answer is "try again in a minute", which is the only thing it may be besides. */
async function patiently(
  say: () => Promise<ApiAnswer | null>,
  allowed: readonly number[],
): Promise<ApiAnswer> {
  return eventually('an answer', async () => {
    const answer = await say()
    if (answer?.status === 503) {
      expect(String(answer.body['type'])).toMatch(/#unavailable$/)
      return sleep(50)
    }
    expect(answer, JSON.stringify(answer)).toMatchObject({
      status: expect.toSatisfy((status: number) => allowed.includes(status)),
    })
    return answer
  })
}

/** One whole recovery; starts again when told so, and says how often that was. */
async function walk(world: World, person: Person): Promise<number> {
  const { mail } = world
  const url = inTurn(world)
  for (let again = 0; ; again += 1) {
    const seen = tokensTo(mail, person.address).length
    const started = await patiently(
      () => call(url(), '/v1/recoveries', { identifier: person.identifier }),
      [202],
    )
    const flow = { id: String(started.body['id']), secret: String(started.body['secret']) }
    const token = await mailOrEnd(world, { person, flow, seen, url })
    if (token === null) continue
    const spent = await patiently(() => call(url(), '/v1/links', { token }), [200, 422])
    if (spent.status === 422) {
      expect(String(spent.body['type'])).toMatch(/#link-unusable$/)
      continue
    }
    const proven = { id: String(spent.body['id']), secret: String(spent.body['secret']) }
    await patiently(() => setPassword(url(), proven, passwordOf(person)), [200])
    return again
  }
}

/** The token of the mail; null when the flow that asked for it is no longer known. */
const mailOrEnd = (
  { mail }: World,
  { person, flow, seen, url }: { person: Person; flow: Held; seen: number; url: () => string },
): Promise<string | null> =>
  eventually(`the mail to ${person.address}, or that its flow is gone`, async () => {
    const token = tokensTo(mail, person.address)[seen]
    if (token !== undefined) return { token }
    const look = await call(url(), `/v1/recoveries/${flow.id}`, undefined, flow.secret)
    if (look?.status === 404) return { token: null }
    return sleep(50)
  }).then(({ token }) => token)

async function guess({ nodes }: World, { id, secret }: Held, times: number): Promise<number[]> {
  const answers: number[] = []
  for (let turn = 0; turn < times; turn += 1) {
    const body = { method: 'email_code', code: '00000000' }
    const answer = await call(
      nodes[turn % 2 === 0 ? 0 : 1].portalUrl,
      `/v1/recoveries/${id}/proofs`,
      body,
      secret,
    )
    answers.push(answer?.status ?? 0)
  }
  return answers
}

describe('Redis killed in the middle of recoveries and started again empty', () => {
  it('loses no write and refunds no guess, and everybody is done or told to start again', {
    timeout: 900_000,
  }, async () => {
    await using redis = await startRedis()
    await using directory = await startOpenLdap()
    await using database = await aDatabase()
    await using mail = await aMailServer({ tls: 'none' })
    const limits = { codeTries: 3, failedTriesPerDay: triesADay, requestsPerNetworkPerMinute: 100_000 }
    const installation = onOpenLdap(directory, { database: database.url, redis: redis.url, limits })
    await using one = await startRekey({ ...installation, smtp: mail })
    await using two = await startRekey({ ...installation, smtp: mail, beside: one })
    const world: World = { nodes: [one, two], redis, directory, mail }
    const people: Person[] = []
    let startedAgain = 0

    for (let kill = 0; kill < kills; kill += 1) {
      const named = (what: string) => newPerson(world, `${what}${String(kill)}`)
      const [proven, waiting, guessed] = [
        await named('proven'),
        await named('waiting'),
        await named('guessed'),
      ]
      const walkers = await Promise.all(
        Array.from({ length: walkersAtOnce }, (_, at) => named(`walker${String(at)}n`)),
      )
      people.push(proven, waiting, guessed, ...walkers)
      const ready = await proveByMail(one.portalUrl, proven, mail)
      const idle = await startFlow(two.portalUrl, waiting.identifier)
      const token = await eventually('the mail', () => tokensTo(mail, waiting.address)[0])
      const first = await startFlow(one.portalUrl, guessed.identifier)
      await eventually('the mail', () => tokensTo(mail, guessed.address)[0])
      expect(await guess(world, first, 3)).toEqual([422, 422, 422])

      const walks = walkers.map(async (person) => {
        await sleep(Math.random() * 500)
        return walk(world, person)
      })
      await sleep(Math.random() * 800)
      await redis.kill()
      // A proof that was given is in PostgreSQL: the password can be set without Redis.
      expect(await setPassword(two.portalUrl, ready, passwordOf(proven))).toMatchObject({ status: 200 })
      const away = await call(one.portalUrl, `/v1/recoveries/${idle.id}`, undefined, idle.secret)
      expect(away).toMatchObject({ status: 503, body: { detail: 'Try again in a minute.' } })
      await sleep(Math.random() * 300)
      await redis.start('empty')
      startedAgain += (await Promise.all(walks)).reduce((sum, again) => sum + again, 0)

      // Who waited is told to start again, by flow and by link, and does.
      const url = inTurn(world)
      const asked = () => call(url(), `/v1/recoveries/${idle.id}`, undefined, idle.secret)
      expect(await patiently(asked, [404])).toMatchObject({
        body: { detail: expect.stringContaining('Start again') as string },
      })
      expect(await patiently(() => call(url(), '/v1/links', { token }), [422])).toMatchObject({ status: 422 })
      startedAgain += 1 + (await walk(world, waiting))

      // The tries of the lost flow still count: three more and the right code of another flow is refused.
      const second = await startFlow(one.portalUrl, guessed.identifier)
      const mails = () => mail.received.filter(({ to }) => to.includes(guessed.address))
      await eventually('the second mail', () => mails().length > 1)
      expect(await guess(world, second, 3)).toEqual([422, 422, 422])
      const third = await startFlow(two.portalUrl, guessed.identifier)
      const last = await eventually('the third mail', () => mails()[2])
      // Past the budget a mail offers no code that would work, and its link works.
      expect(readText(last.text).code).toBeNull()
      const body = { method: 'email_code', code: '00000000' }
      const refused = await call(one.portalUrl, `/v1/recoveries/${third.id}/proofs`, body, third.secret)
      expect(refused).toMatchObject({ status: 422 })
      const link = tokensTo(mail, guessed.address)[2]
      const spent = await call(two.portalUrl, '/v1/links', { token: link })
      const held = { id: String(spent?.body['id']), secret: String(spent?.body['secret']) }
      expect(await setPassword(one.portalUrl, held, passwordOf(guessed))).toMatchObject({ status: 200 })
    }

    const writes = await eventually('the last line of the directory', () => {
      const counted = passwordWrites(directory)
      return counted.size >= people.length && counted
    })
    for (const person of people) {
      expect(writes.get(person.identifier), person.identifier).toBe(1)
      expect(await directory.canBind(person.identifier, passwordOf(person)), person.identifier).toBe(true)
    }
    expect(startedAgain).toBeGreaterThanOrEqual(kills)
  })
})
