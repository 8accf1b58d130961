import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey } from './attacked.ts'

let rekey: Attacked

/** What an account can be, and what a stranger must not be able to tell apart. */
const classes: Readonly<Record<string, object | null>> = {
  nobody: null,
  'an account': {},
  disabled: { disabled: true },
  locked: { locked: true },
  'with its password elsewhere': { federated: true },
  privileged: { privileged: true },
  'with a second factor': { secondFactor: true },
  'without a recovery address': { recoveryAddresses: [] },
}

const names = Object.keys(classes)
const nameOf = (at: number) => `someone${at}`

beforeAll(async () => {
  rekey = await anAttackedRekey()
  for (const [at, facts] of Object.values(classes).entries()) {
    if (facts === null) continue
    const username = nameOf(at)
    await rekey.addPerson({
      username,
      displayName: username,
      recoveryAddresses: [`${username}.home@example.test`],
      ...facts,
    })
  }
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** An answer without what is drawn for it: ids, secrets, request ids, dates. */
function withoutIds({ status, headers, text }: RawAnswer): string {
  const { date: _date, 'x-request-id': _id, ...kept } = headers
  return JSON.stringify([status, kept, text])
    .replaceAll(/urn:rekey:request:\w+/g, 'urn:rekey:request:*')
    .replaceAll(/[a-z0-9]{26}\b/g, '*')
    .replaceAll(/[A-Za-z0-9_-]{43}/g, '*')
}

const csrf = 'E'.repeat(43)
const page = (path: string, cookie: string, fields: Record<string, string>) =>
  rekey.ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
    body: new URLSearchParams({ csrf, ...fields }).toString(),
  })

/** The whole life of a flow of somebody who knows a name and nothing else, on the API. */
async function onTheApi(identifier: string): Promise<string[]> {
  const heard: RawAnswer[] = []
  const started = await rekey.post('/v1/recoveries', { identifier })
  const { id, secret } = started.json as { id: string; secret: string }
  const step = (path: string, body: object) => rekey.post(`/v1/recoveries/${id}/${path}`, body, secret)
  const look = () => rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })
  heard.push(started, await look())
  await rekey.settled()
  heard.push(await look(), await step('challenges', { method: 'email_link' }))
  for (let tried = 0; tried < 7; tried += 1) {
    heard.push(await step('proofs', { method: 'email_code', code: '00000000' }))
  }
  heard.push(await step('password', { password: 'copper lantern meadow tundra 5' }))
  for (let asked = 0; asked < 5; asked += 1) {
    rekey.clock.advance(31)
    heard.push(await step('challenges', { method: 'email_link' }))
    await rekey.settled()
  }
  heard.push(await look())
  return heard.map(withoutIds)
}

/** The same on the pages. */
async function onThePages(identifier: string): Promise<string[]> {
  const own = `__Host-rekey-csrf=${csrf}`
  const started = await page('/recover/start', own, { identifier })
  const cookie = `${own}; __Host-rekey-flow=${started.cookies['__Host-rekey-flow'] ?? ''}`
  const heard = [started, await rekey.ask('/recover', { headers: { cookie } })]
  await rekey.settled()
  heard.push(await rekey.ask('/recover', { headers: { cookie } }))
  for (let tried = 0; tried < 6; tried += 1) {
    const method = tried % 2 === 0 ? 'email_code' : 'totp'
    heard.push(await page('/recover/code', cookie, { method, code: '00000000' }))
    heard.push(await rekey.ask('/recover?method=recovery_code', { headers: { cookie } }))
  }
  heard.push(await page('/recover/password', cookie, { password: 'copper lantern meadow tundra 5' }))
  heard.push(await page('/recover/resend', cookie, {}))
  return heard.map(withoutIds)
}

/** Every account at the same times of day: what an answer says about time is then the same. */
async function fromTheSameMoment(run: (identifier: string) => Promise<string[]>) {
  const from = rekey.clock.now().getTime()
  const told: Record<string, string[]> = {}
  for (const [at, name] of names.entries()) {
    rekey.clock.advance((from - rekey.clock.now().getTime()) / 1_000)
    told[name] = await run(nameOf(at))
  }
  return told
}

describe('[125] what a stranger is told about a name', () => {
  it.each([
    ['the API', onTheApi],
    ['the pages', onThePages],
  ] as const)('is the same on %s for every kind of account and for nobody, step by step', async (_, run) => {
    const told = await fromTheSameMoment(run)

    expect(told['nobody']?.length).toBeGreaterThan(10)
    for (const name of names) expect(told[name], name).toEqual(told['nobody'])
  })

  it('is the same when the limit of a network is reached', async () => {
    await using strict = await anAttackedRekey({ limits: { requestsPerNetworkPerMinute: 5 } })
    const answers: RawAnswer[] = []
    for (let at = 0; at < 12; at += 1) {
      answers.push(await strict.post('/v1/recoveries', { identifier: at % 2 === 0 ? 'victim' : 'nobody' }))
    }

    expect(answers.map(({ status }) => status)).toEqual([
      ...Array<number>(5).fill(202),
      ...Array<number>(7).fill(429),
    ])
    expect(new Set(answers.slice(0, 5).map(withoutIds)).size).toBe(1)
    expect(new Set(answers.slice(5).map(withoutIds)).size).toBe(1)
  })
})
