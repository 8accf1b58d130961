import { Value } from 'typebox/value'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { LocalConfig } from '../../src/adapters/connectors/local/config.ts'
import { type Attacked, anAttackedRekey, attackerAddress, oldPassword, secretsOf } from './attacked.ts'

let rekey: Attacked
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  rekey = await anAttackedRekey()
})

afterAll(() => rekey[Symbol.asyncDispose]())

/** A victim of its own for every test, whose account somebody has locked by guessing. */
beforeEach(async () => {
  count += 1
  uid = `victim${count}`
  address = `${uid}.home@example.test`
  await rekey.addPerson({
    username: uid,
    displayName: `Number ${count}`,
    mails: [`${uid}@example.test`],
    recoveryAddresses: [address],
    locked: true,
  })
})

interface Held {
  id: string
  secret: string
}

/** Starts for somebody and waits for the mail. */
async function asked(identifier: string, to: string, kind = 'unlock') {
  const before = rekey.mailsTo(to).length
  const { json } = await rekey.post('/v1/recoveries', { identifier, kind })
  await rekey.settled()
  const mail = rekey.mailsTo(to)[before]
  if (mail === undefined) throw new Error(`no mail came to ${to}`)
  return { ...(json as Held), ...secretsOf(mail), text: mail.text }
}

const mine = (kind?: string) => asked(uid, address, kind)
const spend = async (token: string) => (await rekey.post('/v1/links', { token })).json as Held
const unlock = async ({ id, secret }: Held) =>
  (await rekey.post(`/v1/recoveries/${id}/unlock`, {}, secret)).status
const isLocked = async () => !(await rekey.signsIn(uid, oldPassword))

describe('[160] a lock that somebody else wants lifted, to go on guessing', () => {
  it.each(['unlock', 'recovery'])('stays before the proof, in a flow of kind %s', async (kind) => {
    const flow = await mine(kind)

    expect(await unlock(flow)).toBe(409)
    for (const path of ['unlock?kind=unlock', 'unlock?force=true', 'lift', 'unlocks'])
      await rekey.post(`/v1/recoveries/${flow.id}/${path}`, {}, flow.secret)
    expect(await isLocked()).toBe(true)
  })

  it('stays for a proof of another account', async () => {
    const victims = await mine()
    const attackers = await spend((await asked('attacker', attackerAddress)).token)

    expect(await unlock({ id: victims.id, secret: attackers.secret })).toBe(404)
    const { status } = await rekey.post(
      `/v1/recoveries/${attackers.id}/unlock`,
      { identifier: uid },
      attackers.secret,
    )
    expect(status).toBe(400)
    expect(await isLocked()).toBe(true)
  })

  it('stays for whoever started the flow that its owner proved', async () => {
    const started = await mine()
    const owners = await spend(started.token)

    expect(await unlock(started)).toBe(409)
    expect(await isLocked()).toBe(true)
    expect(await unlock(owners)).toBe(200)
    expect(await unlock(started)).toBe(409)
  })

  it('stays when the page’s last form is sent first', async () => {
    const flow = await mine()
    const csrf = 'A'.repeat(43)
    for (const more of ['', '&state=proven', `&id=${flow.id}`]) {
      const answer = await rekey.ask('/unlock/confirm', {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          cookie: `__Host-rekey-csrf=${csrf}; __Host-rekey-flow=${flow.id}.${flow.secret}`,
        },
        body: `csrf=${csrf}${more}`,
      })
      expect(answer.status).toBe(303)
    }
    expect(await isLocked()).toBe(true)
  })
})

describe('[161] one proof, lifting lock after lock', () => {
  it('lifts one: what was used and what was there before lift none', async () => {
    const flow = await mine()
    const proven = await spend(flow.token)
    expect(await unlock(proven)).toBe(200)
    expect(await isLocked()).toBe(false)

    await lockAgain()
    const again = await spend(flow.token)
    const tries = [proven, { ...proven, secret: flow.secret }, flow, again]
    const statuses = await Promise.all(tries.map((held) => unlock(held)))

    expect(statuses.filter((status) => status < 400)).toEqual([])
    expect(await isLocked()).toBe(true)
  })

  it('ends one flow once, however many ask at once, and everybody is told once', async () => {
    const proven = await spend((await mine()).token)
    const before = await rekey.audit('account.unlocked')
    const statuses = await Promise.all(Array.from({ length: 10 }, () => unlock(proven)))
    await rekey.settled()

    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    const told = rekey.mailsTo(address).filter(({ subject }) => subject === 'Your account was unlocked')
    expect(told).toHaveLength(1)
    expect((await rekey.audit('account.unlocked')) - before).toBe(1)
  })
})

describe('[162] a proof that was given for a lock', () => {
  it('sets no password', async () => {
    const proven = await spend((await mine()).token)
    const password = `copper lantern ${count} meadow tundra`

    for (let time = 0; time < 2; time += 1) {
      const { status } = await rekey.post(`/v1/recoveries/${proven.id}/password`, { password }, proven.secret)
      expect(status).toBe(409)
    }
    expect(await unlock(proven)).toBe(200)
    const after = await rekey.post(`/v1/recoveries/${proven.id}/password`, { password }, proven.secret)
    expect(after.status).toBe(409)
    expect(await rekey.signsIn(uid, password)).toBe(false)
    expect(await rekey.signsIn(uid, oldPassword)).toBe(true)
  })
})

describe('[163] a flow that its owner has put an end to', () => {
  it('lifts no lock after "this was not me"', async () => {
    const flow = await mine()
    const proven = await spend(flow.token)
    const token = /\/disavow#([\w.-]+)/.exec(flow.text)?.[1]
    expect((await rekey.post('/v1/disavowals', { token })).status).toBe(200)

    expect(await unlock(proven)).toBe(410)
    expect(await isLocked()).toBe(true)
  })

  it('lifts no lock after a new password, though a stranger may have locked the account again', async () => {
    const proven = await spend((await mine()).token)
    const other = await spend((await mine('recovery')).token)
    const password = `copper lantern ${count} meadow tundra`
    const { status } = await rekey.post(`/v1/recoveries/${other.id}/password`, { password }, other.secret)
    expect(status).toBe(200)

    await lockAgain()
    expect(await unlock(proven)).toBe(410)
    expect(await rekey.signsIn(uid, password)).toBe(false)
  })
})

/** As a guesser does it. */
async function lockAgain(): Promise<void> {
  const { lockoutTries: tries } = Value.Create(LocalConfig)
  for (let time = 0; time < tries; time += 1) await rekey.signsIn(uid, 'none of these 7')
}
