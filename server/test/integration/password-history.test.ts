import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compose } from '../../src/compose.ts'
import { composeInvitations } from '../../src/compose-invitations.ts'
import { loadConfig } from '../../src/config/load.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { type Attacked, anAttackedRekey, oldPassword } from '../attack/attacked.ts'
import { readText } from '../support/mailbox.ts'
import { eventually, type Held } from '../support/person-at-api.ts'
import { openPortal, sendPassword } from '../support/person-at-portal.ts'
import type { RawAnswer } from '../support/raw-http.ts'

const day = 86_400
const first = 'walnut orbit ferry 41'
const second = 'granite harbour whistle 37'
const third = 'copper lantern meadow 29'
const fourth = 'silver thimble canyon 88'
const shown = 'None of your last 3 passwords'
const told = 'This is one of your last 3 passwords. Choose one that is new.'

const opened = new AsyncDisposableStack()
let rekey: Attacked

beforeAll(async () => {
  const tenant = { policy: { password: { history: 3, maxAgeDays: 90, graceDays: 0 } } }
  rekey = opened.use(await anAttackedRekey({ tenant }))
})
afterAll(() => opened.disposeAsync())

const addressOf = (uid: string) => `${uid}.home@example.test`

async function aPerson(uid: string): Promise<string> {
  await rekey.addPerson({ username: uid, displayName: 'Somebody', recoveryAddresses: [addressOf(uid)] })
  return uid
}

/** A flow that waits for a password, by mail; notices about the one before have arrived. */
async function proven(uid: string): Promise<Held> {
  await rekey.settled()
  rekey.clock.advance(900)
  const { token } = await rekey.mailed(uid, addressOf(uid))
  return (await rekey.post('/v1/links', { token })).json as Held
}

const recover = ({ id, secret }: Held, password: string) =>
  rekey.post(`/v1/recoveries/${id}/password`, { password }, secret)

/** Signs in and opens a change; says why another password is asked for. */
async function changing(uid: string, current: string) {
  const signed = await rekey.post('/v1/sign-ins', { identifier: uid, password: current })
  if (signed.status !== 201) throw new Error(`the sign-in was answered ${signed.status}`)
  const { secret, mustChange } = signed.json as { secret: string; mustChange: string | null }
  const headers = { authorization: `Session ${secret}` }
  const held = (await rekey.ask('/v1/changes', { method: 'POST', headers })).json as Held
  const change = async (password: string): Promise<RawAnswer> => {
    const { json } = await rekey.post(`/v1/changes/${held.id}/action-tokens`, {}, held.secret)
    const { token: actionToken } = json as { token: string }
    const path = `/v1/changes/${held.id}/password`
    return rekey.post(path, { current, password, actionToken }, held.secret)
  }
  return { mustChange, change }
}

const refusal = ({ status, json }: RawAnswer) => [status, (json as { errors?: object[] }).errors]
const inHistory = [422, [expect.objectContaining({ code: 'password-in-history', count: 3 })]]

async function rowsOf(uid: string) {
  const { rows } = await rekey.database.pool.query<Record<string, unknown>>(
    `select r.* from remembered_password r
     join account a on a.tenant = r.tenant and a.subject = r.subject
     join local_account l on l.tenant = a.tenant and l.key::text = a.key
     where l.username = $1 order by r.number`,
    [uid],
  )
  return rows
}

describe('one of the last three passwords', () => {
  it('is refused alike in a recovery, on the page, in a change and in one that is forced, and then taken again', async () => {
    const uid = await aPerson('ada')
    expect((await recover(await proven(uid), first)).status).toBe(200)

    // A recovery does not know what was in force before it; a change does.
    const asked = await changing(uid, first)
    expect(asked.mustChange).toBeNull()
    expect(refusal(await asked.change(oldPassword))).toEqual([200, undefined])
    const back = await changing(uid, oldPassword)
    expect(refusal(await back.change(first))).toEqual(inHistory)
    expect((await back.change(second)).status).toBe(200)

    const held = await proven(uid)
    const page = await openPortal(rekey.url, held)
    expect(page.rules).toContain(shown)
    for (const password of [oldPassword, first]) {
      expect(refusal(await recover(held, password))).toEqual(inHistory)
      const sent = await sendPassword(rekey.url, held, password)
      expect([sent.status, sent.problems]).toEqual([422, [told]])
    }

    await rekey.database.pool.query(`update local_account set must_change = true where username = $1`, [uid])
    const forced = await changing(uid, second)
    expect(forced.mustChange).toBe('directory')
    expect(refusal(await forced.change(first))).toEqual(inHistory)
    expect((await forced.change(third)).status).toBe(200)

    rekey.clock.advance(91 * day)
    const expired = await changing(uid, third)
    expect(expired.mustChange).toBe('expired')
    expect(refusal(await expired.change(oldPassword))).toEqual(inHistory)
    expect((await expired.change(first)).status).toBe(200)
    expect(await rekey.signsIn(uid, first)).toBe(true)
    expect(await rowsOf(uid)).toHaveLength(3)
  })

  it('is the first of an account that was invited, too', async () => {
    const uid = await aPerson('grace')
    const outside = { now: () => rekey.clock.now(), randomBytes: systemOutside.randomBytes }
    await using inviting = await composeInvitations(loadConfig(rekey.env), outside, pino({ level: 'silent' }))
    const call = { tenant: 'northwind', identifier: uid, address: null, locale: null, localeOtherwise: 'en' }
    const more = { service: null, invitedBy: 'a test', again: false, dryRun: false, mayNameAddress: false }
    await inviting.invite({ ...call, ...more }, AbortSignal.timeout(10_000))
    await rekey.settled()
    const token = readText(rekey.mailsTo(addressOf(uid))[0]?.text ?? '').link?.split('/activate#')[1]
    const held = (await rekey.post('/v1/links', { token })).json as Held
    expect((await recover(held, first)).status).toBe(200)

    expect(refusal(await (await changing(uid, first)).change(second))).toEqual([200, undefined])
    expect(refusal(await recover(await proven(uid), first))).toEqual(inHistory)
  })

  it('is nothing that a look at the rules tells, and its rows say nothing without the key', async () => {
    const uid = await aPerson('barbara')
    await recover(await proven(uid), first)
    const { id, secret } = await proven(uid)

    const checked = await rekey.post('/v1/policy-checks', { flow: id, password: first }, secret)
    expect(checked.json).toMatchObject({ errors: [] })
    expect(checked.json).toMatchObject({
      rules: expect.arrayContaining([{ rule: 'not-in-history', count: 3 }]),
    })
    const [row] = await rowsOf(uid)
    expect(Object.keys(row ?? {}).toSorted()).toEqual([
      'at',
      'digest',
      'key_id',
      'number',
      'salt',
      'subject',
      'tenant',
      'write_attempt',
      'write_flow',
    ])
    const events = JSON.stringify((await rekey.database.pool.query('select * from audit_pending')).rows)
    for (const column of ['digest', 'salt']) {
      expect(events).not.toContain(String(row?.[column]))
      expect(rekey.log()).not.toContain(String(row?.[column]))
    }
  })
})

it('nothing is remembered any more once a service starts that is not to', async () => {
  const uid = await aPerson('dorothy')
  await recover(await proven(uid), fourth)
  expect(await rowsOf(uid)).toHaveLength(1)
  const loaded = loadConfig(rekey.env)
  const tenants = loaded.config.tenants.map((tenant) => ({
    ...tenant,
    policy: { ...tenant.policy, password: { ...tenant.policy.password, history: 0 } },
  }))
  const listen = {
    portal: { ...loaded.config.listen.portal, port: 0 },
    console: { ...loaded.config.listen.console, port: 0 },
  }
  const outside = { now: () => rekey.clock.now(), randomBytes: systemOutside.randomBytes }

  await using _other = await compose(
    { ...loaded, config: { ...loaded.config, tenants, listen } },
    outside,
    pino({ level: 'silent' }),
  )

  await eventually('the tidying', async () => {
    const { rows } = await rekey.database.pool.query('select from remembered_password')
    return rows.length === 0
  })
})
