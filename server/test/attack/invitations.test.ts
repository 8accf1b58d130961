import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Invitations } from '../../src/cli/invitations.ts'
import { composeInvitations } from '../../src/compose-invitations.ts'
import { loadConfig } from '../../src/config/load.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { readText } from '../support/mailbox.ts'
import { type Attacked, anAttackedRekey } from './attacked.ts'

const hourSeconds = 3_600

const opened = new AsyncDisposableStack()
let rekey: Attacked
let inviting: Invitations
let uid: string
let address: string
let count = 0

beforeAll(async () => {
  rekey = opened.use(await anAttackedRekey())
  const outside = { now: () => rekey.clock.now(), randomBytes: systemOutside.randomBytes }
  inviting = opened.use(await composeInvitations(loadConfig(rekey.env), outside, pino({ level: 'silent' })))
})

afterAll(() => opened.disposeAsync())

/** A newcomer of its own for every test. */
beforeEach(async () => {
  count += 1
  uid = `newcomer${count}`
  address = `${uid}.home@example.test`
  const newcomer = { username: uid, displayName: `Number ${count}`, recoveryAddresses: [address] }
  await rekey.addPerson(newcomer, { isNew: true })
})

interface Spent {
  status: number
  id: string
  secret: string
  kind?: string
  state?: string
}

const newPassword = () => `copper lantern ${count} meadow tundra`
const hasPassword = () => rekey.signsIn(uid, newPassword())

/** An operator invites; the mail's token and code. */
async function invited(again = false) {
  const before = rekey.mailsTo(address).length
  const call = { tenant: 'northwind', identifier: uid, address: null, locale: null, localeOtherwise: 'en' }
  const more = {
    service: null,
    invitedBy: 'an attacked operator',
    again,
    dryRun: false,
    mayNameAddress: true,
  }
  const answer = await inviting.invite({ ...call, ...more }, AbortSignal.timeout(10_000))
  if (!answer.ok) throw new Error(`nobody was invited: ${answer.because}`)
  await rekey.settled()
  const { text } = rekey.mailsTo(address)[before] ?? { text: '' }
  const code = /^\s*((?:[a-z0-9]{4}[ -]){3}[a-z0-9]{4})\s*$/m.exec(text)?.[1] ?? ''
  const token = readText(text).link?.split('/activate#')[1] ?? ''
  expect([token, code]).not.toContain('')
  return { id: answer.id, token, code }
}

async function spend(token: unknown): Promise<Spent> {
  const { status, json } = await rekey.post('/v1/links', { token })
  return { ...(json as Spent), status }
}
const set = async ({ id, secret }: Spent) =>
  (await rekey.post(`/v1/recoveries/${id}/password`, { password: newPassword() }, secret)).status

describe('[34] an invitation that is over, and a way round it', () => {
  const overs: readonly [string, (of: { id: string; token: string }) => Promise<unknown>][] = [
    [
      'has run out',
      async () => {
        rekey.clock.advance(73 * hourSeconds)
        await rekey.settled()
      },
    ],
    ['was withdrawn', ({ id }) => inviting.withdraw({ tenant: 'northwind', id })],
    ['was opened and left', async ({ token }) => (await spend(token)).status],
  ]

  it.each(overs)('does not come back to life through recovery when it %s', async (_, ends) => {
    const invitation = await invited()
    await ends(invitation)
    rekey.clock.advance(2 * hourSeconds)

    for (const kind of ['recovery', 'unlock']) {
      const before = rekey.mailsTo(address).length
      const { json, status } = await rekey.post('/v1/recoveries', { identifier: uid, kind })
      await rekey.settled()
      expect(status).toBe(202)
      const [mail] = rekey.mailsTo(address).slice(before)
      expect(mail?.text).toContain('has never been activated')
      // The way to say "this was not me" is none to a password.
      expect(mail?.text.match(/[\w-]+#[\w.-]{20}/g)?.map((link) => link.split('#')[0])).toEqual(['disavow'])
      const { id, secret } = json as Spent
      expect(await set({ status, id, secret })).toBe(409)
    }
    expect((await spend(invitation.token)).status).toBe(422)
    expect(await hasPassword()).toBe(false)
  })

  it('is told like any other start to a stranger', async () => {
    await invited()
    rekey.clock.advance(73 * hourSeconds)

    const [known, nobody] = [
      await rekey.post('/v1/recoveries', { identifier: uid }),
      await rekey.post('/v1/recoveries', { identifier: 'nobody-at-all' }),
    ]
    await rekey.settled()
    const look = async ({ json }: typeof known) => {
      const { id, secret } = json as Spent
      const seen = await rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } })
      return { ...(seen.json as object), id: '' }
    }

    expect(known.status).toBe(nobody.status)
    expect(await look(known)).toEqual(await look(nobody))
  })
})

describe('[170] one invitation for two', () => {
  it('is spent by one of thirty who come at once, by link and by code, and sets one password', async () => {
    const { token, code } = await invited()
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, racer) => spend(racer % 2 === 0 ? token : code)),
    )

    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 422]))
    expect(winners[0]).toMatchObject({ kind: 'activation', state: 'proven' })
    for (const winner of winners) expect(await set(winner)).toBe(200)
    expect(await hasPassword()).toBe(true)
    expect(await rekey.audit('invitation.spent')).toBeGreaterThan(0)
  })

  it('is dead after use, whoever has the mail, and however often somebody tries', async () => {
    const { token, code } = await invited()
    const owner = await spend(token)

    for (const again of [token, code, code.replaceAll(/[ -]/g, ''), code.toUpperCase()])
      expect((await spend(again)).status).toBe(422)
    expect(await set(owner)).toBe(200)
    expect(await set(owner)).toBe(409)
    expect((await spend(token)).status).toBe(422)
  })
})

describe('[171] an invitation that was taken back or replaced', () => {
  it('opens nothing, with the same answer as one that never was', async () => {
    const first = await invited()
    const second = await invited(true)
    await inviting.withdraw({ tenant: 'northwind', id: second.id })
    const third = await invited()

    const told = async (token: string) => {
      const { json } = await rekey.post('/v1/links', { token })
      return { ...(json as object), instance: '' }
    }
    const never = await told('never.was.one')
    for (const { token, code } of [first, second])
      for (const dead of [token, code]) expect(await told(dead)).toEqual(never)
    expect(await set(await spend(third.token))).toBe(200)
  })
})

describe('[172] an invitation that nobody sent', () => {
  it('opens nothing when it was changed, cut or made from something else', async () => {
    const { token, code, id } = await invited()
    const [key = '', name = '', tag = ''] = token.split('.')
    const recovery = await rekey.mailed('attacker', 'attacker.home@evil.test')
    const forged: unknown[] = [
      `${key}.${name}.${tag.slice(0, -1)}`,
      `${key}.${name}.${tag}=`,
      `${key}.${name}.${tag}.${tag}`,
      `${key}.${name}`,
      `x.${name}.${tag}`,
      `__proto__.${name}.${tag}`,
      `${key}.${name.toUpperCase()}.${tag}`,
      recovery.token.split('.').slice(0, 3).join('.'),
      recovery.code,
      code.slice(0, -1),
      `${code}a`,
      '0000 0000 0000 0000',
      id,
    ]

    for (const text of forged) expect((await spend(text)).status, String(text)).toBe(422)
    for (const odd of [null, 0, {}, [], '', { $ne: '' }]) expect((await spend(odd)).status).toBe(400)
    expect((await rekey.post('/v1/disavowals', { token })).status).toBe(422)
    expect((await rekey.post('/v1/disavowals', { token: code })).status).toBe(422)
    expect((await spend(token)).status).toBe(200)
  })

  it('opens nothing with the address that somebody else reads', async () => {
    const { token } = await invited()
    const mails = rekey.mail.received.filter(({ text }) => text.includes(token))

    expect(mails.flatMap(({ to }) => to)).toEqual([address])
  })
})

describe('[173] an invitation that a scanner opens', () => {
  it('is spent by no GET and no HEAD, whatever the address', async () => {
    const { token, code } = await invited()
    for (const path of [
      '/activate',
      `/activate?token=${token}`,
      `/activate?code=${encodeURIComponent(code)}`,
      `/activate/link?token=${token}`,
      `/activate/code?code=${encodeURIComponent(code)}`,
      `/activate/${token}`,
      `/v1/links?token=${token}`,
      `/recover?token=${token}`,
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const { cookies } = await rekey.ask(path, { method })
        expect(cookies['__Host-rekey-flow']).toBeUndefined()
      }
    }

    expect((await spend(token)).status).toBe(200)
  })

  it('is spent by no form of another site', async () => {
    const { token } = await invited()
    const { status } = await rekey.ask('/activate/link', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `token=${token}`,
    })

    expect(status).toBe(403)
    expect((await spend(token)).status).toBe(200)
  })
})
