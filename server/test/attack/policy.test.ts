import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, oldPassword } from './attacked.ts'

const lost = 'seven otters borrow umbrellas'
const refusalsPerFlow = 20
const checksPerFlow = 200

/** A list of lost passwords that knows one, and counts how often it is asked. */
let asked = 0
const list = createServer((_, reply) => {
  asked += 1
  reply.end(`${createHash('sha1').update(lost).digest('hex').slice(5).toUpperCase()}:7\r\n`)
})
let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  list.listen(0, '127.0.0.1')
  await once(list, 'listening')
  const url = `http://127.0.0.1:${(list.address() as AddressInfo).port}`
  rekey = await anAttackedRekey({
    tenant: { directories: [{ name: 'people', kind: 'local', history: 3 }] },
    config: { breach: { range: { url }, whenUnanswered: 'refuse' } },
  })
})

afterAll(async () => {
  await rekey[Symbol.asyncDispose]()
  list.close()
})

/** A victim of its own for every test. */
beforeEach(async () => {
  count += 1
  uid = `chooser${count}`
  address = `${uid}.home@example.test`
  await rekey.addPerson({ username: uid, displayName: `Number ${count}`, recoveryAddresses: [address] })
})

interface Held {
  id: string
  secret: string
}

const codesOf = ({ json }: RawAnswer) =>
  ((json as { errors?: { code: string }[] }).errors ?? []).map(({ code }) => code)
const check = ({ id, secret }: Held, password: unknown) =>
  rekey.post('/v1/policy-checks', { flow: id, password }, secret)
const send = ({ id, secret }: Held, password: string) =>
  rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)

async function proven(): Promise<Held> {
  const { token } = await rekey.mailed(uid, address)
  return (await rekey.post('/v1/links', { token })).json as Held
}

describe('[210] the check while somebody types', () => {
  it('knows neither the password in use nor a lost one, and asks nobody outside about what is typed', async () => {
    const held = await proven()
    const before = asked

    for (const password of [oldPassword, lost]) {
      const answer = await check(held, password)
      expect([answer.status, codesOf(answer)]).toEqual([200, []])
    }
    expect(asked).toBe(before)
    expect(codesOf(await send(held, oldPassword))).toEqual(['password-in-history'])
    expect(codesOf(await send(held, lost))).toEqual(['password-breached'])
  })

  it('is answered to nobody but the holder of a flow that waits for a password', async () => {
    const stranger = await rekey.start(uid)
    const nobody = await rekey.start('nobody-at-all')
    const held = await proven()
    const answers = [
      await check(stranger, oldPassword),
      await check(nobody, oldPassword),
      await check({ ...held, secret: stranger.secret }, oldPassword),
      await check({ ...stranger, secret: held.secret }, oldPassword),
      await rekey.post('/v1/policy-checks', { flow: held.id, password: oldPassword }),
    ]

    const told = answers.map(({ status, json }) => [status, { ...(json as object), instance: '' }])
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 404, 404, 401])
    expect(told[0]).toEqual(told[1])
    expect(answers.flatMap(codesOf)).toEqual([])
  })

  it.each([
    ['no password', undefined],
    ['null', null],
    ['a number', 15],
    ['a list', ['correct', 'horse']],
    ['an object', { $ne: '' }],
  ])('is refused with %s in place of one, before anybody judges it', async (_, password) => {
    expect((await check(await proven(), password)).status).toBe(400)
  })
})

describe('[211] guessing old passwords on sending', () => {
  it('ends with the flow: twenty refusals, however many come at once, and another flow wants another proof', async () => {
    const held = await proven()
    const guesses = Array.from({ length: 2 * refusalsPerFlow }, (_, at) => send(held, `guess ${at}`))
    const answers = await Promise.all(guesses)

    const judged = answers.filter(({ status }) => status === 422).length
    expect(judged).toBeLessThan(refusalsPerFlow)
    expect((await send(held, 'walnut orbit ferry 42')).status).toBe(410)
    expect((await check(held, oldPassword)).status).toBe(410)
    expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
  })
})

describe('[212] checks without end', () => {
  it('are answered two hundred times in a flow, and cost nobody else the answer', async () => {
    const held = await proven()
    const all = await Promise.all(Array.from({ length: checksPerFlow + 40 }, () => check(held, 'short')))
    const other = await proven()

    expect(all.filter(({ status }) => status === 200)).toHaveLength(checksPerFlow)
    expect(all.filter(({ status }) => status === 429)).toHaveLength(40)
    expect((await check(other, 'short')).status).toBe(200)
    expect((await send(held, 'walnut orbit ferry 42')).status).toBe(200)
  })
})

describe('[213] what the page would not have sent', () => {
  it('is refused by whoever writes: the check of a page is no permit', async () => {
    const held = await proven()
    expect(codesOf(await check(held, 'walnut orbit ferry 42'))).toEqual([])

    for (const weak of ['', 'short', 'passwordpassword', 'aaaaaaaaaaaaaaaaaaaa', uid.repeat(3), lost]) {
      const { status } = await send(held, weak)
      expect([weak, status]).toEqual([weak, 422])
      expect(await rekey.signsIn(uid, weak)).toBe(false)
    }
    expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
  })
})
