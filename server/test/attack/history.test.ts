import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey } from './attacked.ts'

const first = 'walnut orbit ferry 41'
const second = 'granite harbour whistle 37'

let rekey: Attacked
let count = 0

beforeAll(async () => {
  rekey = await anAttackedRekey({ tenant: { policy: { password: { history: 5 } } } })
})
afterAll(() => rekey[Symbol.asyncDispose]())

interface Held {
  id: string
  secret: string
}

const addressOf = (uid: string) => `${uid}.home@example.test`

async function aPerson(name: string): Promise<string> {
  const uid = `${name}${count}`
  await rekey.addPerson({ username: uid, displayName: 'Somebody', recoveryAddresses: [addressOf(uid)] })
  return uid
}

/** A flow that waits for a password, in the hands of whoever reads the mails. */
async function proven(uid: string): Promise<Held> {
  await rekey.settled()
  rekey.clock.advance(900)
  const { token } = await rekey.mailed(uid, addressOf(uid))
  return (await rekey.post('/v1/links', { token })).json as Held
}

const set = ({ id, secret }: Held, password: string) =>
  rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)
const codesOf = ({ json }: RawAnswer) =>
  ((json as { errors?: { code: string }[] }).errors ?? []).map(({ code }) => code)

/** Somebody who has had both passwords, and has the second. */
let victim: string
beforeEach(async () => {
  count += 1
  victim = await aPerson('remembered')
  for (const password of [first, second]) {
    expect((await set(await proven(victim), password)).status).toBe(200)
  }
})

describe('[207] asking a history what somebody’s passwords were', () => {
  it('is answered nobody before a proof, whatever is sent', async () => {
    const started = await rekey.mailed(victim, addressOf(victim))
    const answers = await Promise.all([first, 'copper lantern meadow 29'].map((guess) => set(started, guess)))

    const [had, never] = answers.map(({ status, headers, json }) => {
      const { instance: _, ...body } = json as { instance: string }
      return { status, headers: Object.keys(headers).toSorted(), body }
    })
    expect(had).toEqual(never)
    expect(had?.status).toBe(409)
  })

  it('is answered nineteen times after one, and the twentieth ends the flow', async () => {
    const held = await proven(victim)
    const answers: RawAnswer[] = []
    for (let guess = 0; guess < 25; guess += 1)
      answers.push(await set(held, guess % 2 === 0 ? first : second))

    expect(answers.filter((answer) => codesOf(answer).includes('password-in-history'))).toHaveLength(19)
    expect(answers.slice(19).map(({ status }) => status)).toEqual(Array(6).fill(410))
    expect(await rekey.signsIn(victim, second)).toBe(true)
  })

  it('is answered by no question about the rules, however often it is asked', async () => {
    const { id, secret } = await proven(victim)
    const ask = async (password: string) => {
      const { json } = await rekey.post('/v1/policy-checks', { flow: id, password }, secret)
      return json
    }

    expect(await ask(first)).toEqual(await ask('copper lantern meadow 29'))
  })

  it('is not answered by the history of an account of one’s own, not even with the victim’s rows in it', async () => {
    const attacker = await aPerson('asking')
    const subjectOf = `select subject from account a join local_account l on l.key::text = a.key where l.username`
    const own = await proven(attacker)
    await rekey.database.pool.query(
      `insert into remembered_password
       select tenant, (${subjectOf} = $1), number, key_id, salt, digest, at, null, null
       from remembered_password where subject = (${subjectOf} = $2)`,
      [attacker, victim],
    )

    const answer = await set(own, first)

    expect([answer.status, codesOf(answer)]).toEqual([200, []])
  })
})
