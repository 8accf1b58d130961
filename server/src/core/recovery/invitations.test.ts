import { describe, expect, it } from 'vitest'
import {
  aClient,
  anAccount,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  prove,
  setPassword,
  start,
  testTokens,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { DirectoryEntry } from '../accounts/ports.ts'
import { type InviteCall, makeInvite } from './invite.ts'
import { makeMessageSecrets } from './message-secrets.ts'
import { makeWithdraw } from './withdraw.ts'

const hour = 3_600
const ada = anAccount('ada', { recoveryAddresses: ['ada@home.example', 'ada@work.example'] })
const company = (over: Partial<DirectoryEntry> = {}) =>
  aWorld({ accounts: [{ ...ada, ...over }, anAccount('bob')] })

const invite = (world: World, over: Partial<InviteCall> = {}) =>
  makeInvite(world.deps)(
    {
      tenant: northwind,
      identifier: 'ada',
      address: null,
      locale: null,
      localeOtherwise: 'en',
      service: null,
      invitedBy: 'a test',
      again: false,
      dryRun: false,
      mayNameAddress: true,
      ...over,
    },
    AbortSignal.timeout(10_000),
  )

/** Invites, and returns the mail. */
async function invited(world: World, over: Partial<InviteCall> = {}) {
  const answer = await invite(world, over)
  if (!answer.ok) throw new Error(`no invitation: ${answer.because}`)
  await world.runJobs()
  return { ...lastMail(world), id: answer.id }
}

const activate = (world: World, token: string) =>
  world.recovery.activate({ tenant: northwind, token, client: aClient(), locale: 'de' })
const withdraw = (world: World, id: string) => makeWithdraw(world.deps)({ tenant: northwind, id })
const kinds = (world: World) => world.mails.map(({ order }) => order.kind)
const change = (world: World, over: Partial<DirectoryEntry>) => {
  const entry = world.directory.people.get(ada.key)
  if (entry !== undefined) world.directory.people.set(ada.key, { ...entry, ...over })
}
const unusable = { ok: false, because: 'link-unusable' }
const whyRefused = (world: World) =>
  world.store.rows.events
    .filter(({ name }) => name === 'invitation.refused')
    .map(({ facts }) => facts['because'])

async function opened(world: World, token: string): Promise<Holding> {
  const answer = await activate(world, token)
  if (!answer.ok) throw new Error(`not activated: ${answer.because}`)
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret }
}

describe('an invitation', () => {
  it('goes to every recovery address, in the language of the directory, behind the mails of people', async () => {
    const world = company({ locale: 'fr' })
    const answer = await invite(world)

    expect(answer).toMatchObject({ ok: true, username: 'ada', sentTo: ada.recoveryAddresses })
    expect(world.jobs.map((job) => ('priority' in job ? job.priority : 0))).toEqual([-1, -1])
    await world.runJobs()
    expect(world.mails.map(({ order }) => [order.kind, order.to, order.locale])).toEqual([
      ['invitation', 'ada@home.example', 'fr'],
      ['invitation', 'ada@work.example', 'fr'],
    ])
    expect(world.events()).toEqual(['invitation.created'])
  })

  it('goes to the address and in the language that the operator gives', async () => {
    const world = company({ recoveryAddresses: [], locale: 'fr' })
    const { order } = await invited(world, { address: 'new.ada@private.example', locale: 'ja' })

    expect([order.to, order.locale]).toEqual(['new.ada@private.example', 'ja'])
  })

  it.each(['link', 'code'] as const)(
    'opens a proven flow by its %s, and the first password is set in it',
    async (by) => {
      const world = company()
      const mail = await invited(world)
      const token = by === 'link' ? mail.link : mail.code.replace(/^(.{4})/, '$1 - ').toUpperCase()

      const answer = await activate(world, token)

      expect(answer).toMatchObject({
        ok: true,
        flow: { state: 'proven', kind: 'activation', locale: 'de', proofs: [{ method: 'invitation' }] },
      })
      if (!answer.ok) return
      const holding = { tenant: northwind, id: answer.flow.id, secret: answer.secret }
      expect(await setPassword(world, holding)).toMatchObject({ ok: true, flow: { outcome: 'password-set' } })
      await world.runJobs()
      expect(kinds(world).slice(-2)).toEqual(['account-activated', 'account-activated'])
      expect(lastMail(world).disavowLink).not.toBeNull()
      expect(world.events()).toEqual([
        'invitation.created',
        'invitation.spent',
        'proof.accepted',
        'password.write-started',
        'password.written',
      ])
    },
  )

  it('works once', async () => {
    const world = company()
    const { link, code } = await invited(world)
    const holding = await opened(world, link)

    expect(await activate(world, link)).toEqual(unusable)
    expect(await activate(world, code)).toEqual(unusable)
    await setPassword(world, holding)
    expect(await activate(world, link)).toEqual(unusable)
    expect(whyRefused(world)).toEqual(['spent', 'spent', 'spent'])
  })

  it('is spent by one of thirty who come at once', async () => {
    const world = company()
    const { link, code } = await invited(world)

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, racer) => activate(world, racer % 2 === 0 ? link : code)),
    )

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(world.store.rows.flows.size).toBe(1)
  })

  it('runs out', async () => {
    const world = company()
    const { link } = await invited(world)
    world.clock.advance(72 * hour - 1)
    const early = await activate(world, 'nothing')
    world.clock.advance(1)

    expect(early).toEqual(unusable)
    expect(await activate(world, link)).toEqual(unusable)
    expect(whyRefused(world)).toEqual(['expired'])
  })

  it('is worthless once it is withdrawn, also in the mail that has not been sent yet', async () => {
    const world = company()
    const { link, id, order } = await invited(world)
    const secretsFor = makeMessageSecrets({
      store: world.store,
      tokens: testTokens,
      publicUrl: () => 'https://northwind.example',
      methods: () => [],
      now: () => world.clock.now(),
    })
    expect(await secretsFor(order)).toEqual({
      link: `https://northwind.example/activate#${link}`,
      code: testTokens.invitationCode({ tenant: northwind, id, keyId: 'k1' }),
    })

    expect(await withdraw(world, id)).toEqual({ ok: true, writeUnderWay: false })
    expect(await activate(world, link)).toEqual(unusable)
    expect(await secretsFor(order)).toBeNull()
    expect(await withdraw(world, id)).toEqual({ ok: false, because: 'invitation-over', state: 'withdrawn' })
    expect(await withdraw(world, 'x')).toEqual({ ok: false, because: 'invitation-unknown' })
  })

  it('opens nothing when it is forged, or made for something else', async () => {
    const world = company()
    const { link, code, id } = await invited(world)
    const [key = '', name = '', tag = ''] = link.split('.')
    const of = { tenant: northwind, id, keyId: 'k1' }

    const forged = [
      `${key}.${name}.${tag.slice(0, -1)}`,
      `${key}.${name}`,
      `${key}.${name}.${tag}.${tag}`,
      `x.${name}.${tag}`,
      testTokens.disavowLink(of),
      testTokens.disavowCode(of),
      testTokens.link({ tenant: northwind, flow: id, generation: 1, keyId: 'k1' }),
      testTokens.invitationLink({ ...of, tenant: 'southwind' }),
      code.slice(0, -1),
      '',
    ]
    for (const token of forged) expect(await activate(world, token)).toEqual(unusable)
    expect(await activate(world, link)).toMatchObject({ ok: true })
    expect(await world.recovery.disavow({ tenant: northwind, token: link, client: aClient() })).toMatchObject(
      {
        because: 'disavowal-unusable',
      },
    )
  })

  it.each([
    ['disabled', { disabled: true }],
    ['federated', { federated: true }],
    ['privileged', { privileged: true }],
    ['given a second factor', { secondFactor: true }],
  ])('opens nothing for an account that was %s since, and is not used up', async (_, over) => {
    const world = company()
    const { link } = await invited(world)
    change(world, over)

    expect(await activate(world, link)).toEqual(unusable)
    expect(whyRefused(world)).toEqual(['account-unavailable'])
    change(world, ada)
    expect(await activate(world, link)).toMatchObject({ ok: true })
  })

  it('finds its account by the key, whatever it is called by now, and not another one of that name', async () => {
    const world = company()
    const { link } = await invited(world)
    world.directory.people.delete(ada.key)
    const newcomer = anAccount('ada', { key: 'key-of-another-ada' })
    world.directory.people.set(newcomer.key, { ...newcomer, password: ada.password })
    expect(await activate(world, link)).toEqual(unusable)

    change(world, {})
    world.directory.people.set(ada.key, {
      ...newcomer,
      key: ada.key,
      username: 'ada.lovelace',
      password: ada.password,
    })
    expect(await activate(world, link)).toMatchObject({ ok: true, flow: { account: { key: ada.key } } })
  })

  it('is not used up while the directory does not answer', async () => {
    const world = company()
    const { link } = await invited(world)
    world.directory.down = true
    expect(await activate(world, link)).toEqual({ ok: false, because: 'directory-unreachable' })

    world.directory.down = false
    expect(await activate(world, link)).toMatchObject({ ok: true })
  })

  it('counts with the proofs of a network', async () => {
    const world = aWorld({ accounts: [ada], rules: { proofsPerNetwork: { max: 1, windowSeconds: 600 } } })
    const { link } = await invited(world)
    await activate(world, 'x')

    expect(await activate(world, link)).toMatchObject({ because: 'too-many-requests' })
  })
})

describe('whoever has opened an invitation and set no password', () => {
  it.each(['withdrawn', 'sent again'])('holds nothing any more once it is %s', async (what) => {
    const world = company()
    const { link, id } = await invited(world)
    const holding = await opened(world, link)

    if (what === 'withdrawn') expect(await withdraw(world, id)).toEqual({ ok: true, writeUnderWay: false })
    else await invited(world, { again: true })

    expect(await setPassword(world, holding)).toMatchObject({
      because: 'flow-ended',
      flow: { state: 'ended', because: 'ended-by-operator' },
    })
    expect(world.directory.writes).toEqual([])
    expect(world.events()).toContain('flow.ended')
  })

  it('keeps what was set, and nothing is left to withdraw', async () => {
    const world = company()
    const { link, id } = await invited(world)
    await setPassword(world, await opened(world, link))

    expect(await withdraw(world, id)).toEqual({ ok: false, because: 'invitation-over', state: 'spent' })
  })
})

describe('recovery', () => {
  it.each(['recovery', 'unlock'] as const)(
    '(kind %s) leaves an account alone that was invited and never activated',
    async (kind) => {
      const world = company()
      await invited(world)
      world.clock.advance(73 * hour)
      const before = world.mails.length

      const holding = await start(world, 'ada', { kind })

      const mails = world.mails.slice(before).map(({ order }) => [order.kind, order.facts.because])
      expect(mails).toEqual([
        [`${kind}-explained`, 'not-activated'],
        [`${kind}-explained`, 'not-activated'],
      ])
      expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'awaiting-proof' } })
      expect(world.events()).toContain('recovery.ineligible')
    },
  )

  it('also when the invitation was withdrawn, or spent and left', async () => {
    for (const ends of ['withdrawn', 'spent']) {
      const world = company()
      const { link, id } = await invited(world)
      if (ends === 'withdrawn') await withdraw(world, id)
      else await opened(world, link)
      world.clock.advance(2 * hour)
      await start(world, 'ada')

      expect(lastMail(world).order.facts.because).toBe('not-activated')
    }
  })

  it('brings back whoever has activated the account, and who was never invited', async () => {
    const world = company()
    const { link } = await invited(world)
    await setPassword(world, await opened(world, link))
    await world.runJobs()

    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
    expect(await setPassword(world, await prove(world, 'bob'))).toMatchObject({ ok: true })
  })

  it('brings back whose first write got no answer: the password may be there', async () => {
    const world = company()
    const { link } = await invited(world)
    const holding = await opened(world, link)
    world.directory.nextWrite = { is: 'unanswered', applied: true }
    world.directory.probeFails = true
    expect(await setPassword(world, holding)).toMatchObject({ because: 'flow-ended' })
    world.clock.advance(60)
    await world.runJobs()

    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
  })
})

describe('an activation that is not what it seems', () => {
  it('is told of, may be said to be somebody else’s, and no further invitation brings it back', async () => {
    const world = company()
    const { link } = await invited(world)
    await setPassword(world, await opened(world, link))
    await world.runJobs()
    const token = lastMail(world).disavowLink ?? ''

    expect(await world.recovery.disavow({ tenant: northwind, token, client: aClient() })).toEqual({
      ok: true,
      written: true,
    })
    expect(await invite(world, { again: true })).toEqual({ ok: false, because: 'already-activated' })
  })
})

describe('nobody is invited', () => {
  it.each([
    ['whom no directory knows', { identifier: 'nobody' }, {}, { because: 'account-unknown' }],
    ['by a text that can name nobody', { identifier: '\u0000' }, {}, { because: 'account-unknown' }],
    ['without an address', {}, { recoveryAddresses: [] }, { because: 'no-address' }],
    ['at what is no mailbox', { address: 'Ada <ada@home.example>' }, {}, { because: 'address-unusable' }],
    [
      'at two mailboxes in one',
      { address: 'a@home.example,b@evil.example' },
      {},
      { because: 'address-unusable' },
    ],
    ['who is switched off', {}, { disabled: true }, { because: 'account-ineligible', why: 'disabled' }],
    [
      'with far-reaching rights',
      {},
      { privileged: true },
      { because: 'account-ineligible', why: 'privileged' },
    ],
  ])('%s', async (_, call, over, expected) => {
    const world = company(over)

    expect(await invite(world, call)).toEqual({ ok: false, ...expected })
    expect(world.store.rows.invitations.size).toBe(0)
    expect(world.jobs).toEqual([])
  })

  it('twice, unless that is asked for; then the first mail is dead', async () => {
    const world = company()
    const first = await invited(world)
    expect(await invite(world)).toEqual({ ok: false, because: 'invited-before' })
    world.clock.advance(100 * hour)
    expect(await invite(world)).toEqual({ ok: false, because: 'invited-before' })

    const second = await invited(world, { again: true })
    const third = await invited(world, { again: true })

    for (const { link } of [first, second]) expect(await activate(world, link)).toEqual(unusable)
    expect(whyRefused(world)).toEqual(['expired', 'withdrawn'])
    expect(await activate(world, third.link)).toMatchObject({ ok: true })
  })

  it('who was invited and withdrawn is invited anew without being asked twice', async () => {
    const world = company()
    await withdraw(world, (await invited(world)).id)

    expect(await invite(world)).toMatchObject({ ok: true })
  })

  it('who has set a password with Rekey', async () => {
    const world = company()
    await setPassword(world, await prove(world, 'ada'))

    expect(await invite(world)).toEqual({ ok: false, because: 'already-activated' })
  })

  it('in a dry run', async () => {
    const world = company()

    expect(await invite(world, { dryRun: true })).toMatchObject({ ok: true, sentTo: ada.recoveryAddresses })
    expect(world.store.rows.invitations.size).toBe(0)
    expect([...world.jobs, ...world.events()]).toEqual([])
  })

  it('when the queue is full: then there is no invitation either', async () => {
    const world = company()
    world.failNextEnqueue()

    await expect(invite(world)).rejects.toThrow('the queue is full')
    expect(world.store.rows.invitations.size).toBe(0)
  })
})
