import { describe, expect, it } from 'vitest'
import { aCall, aHelpdesk } from '../../../test/support/helpdesk-world.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  prove,
  setPassword,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { DirectoryEntry, PasswordFacts } from '../accounts/ports.ts'
import { type InviteCall, makeInvite } from './invite.ts'
import { neverByMail } from './ledger.ts'
import { makeWithdraw } from './withdraw.ts'

const elsewhere = 'ada@attacker.example'
const own = ['ada@home.example', 'ada@work.example']
/** Of the clock of the directory, which need not be ours. */
const longAgo = new Date('2020-05-05T05:05:05Z')
const noPassword: PasswordFacts = { changedAt: null, mustChange: false, expiresAt: null, failedTries: 0 }
const initial = { ...noPassword, changedAt: longAgo }

const days = 24 * 3_600
const company = (over: Partial<DirectoryEntry> = {}) =>
  aWorld({
    accounts: [anAccount('ada', { recoveryAddresses: own, ...over })],
    rules: { invitationSeconds: 14 * days },
  })

async function invite(world: World, over: Partial<InviteCall> = {}) {
  const call: InviteCall = {
    tenant: northwind,
    identifier: 'ada',
    address: elsewhere,
    mayNameAddress: true,
    locale: 'ja',
    localeOtherwise: 'de',
    service: null,
    invitedBy: 'a key',
    again: false,
    dryRun: false,
    ...over,
  }
  const answer = await makeInvite(world.deps)(call, AbortSignal.timeout(10_000))
  await world.runJobs()
  return answer
}

const activate = (world: World, token: string) =>
  world.recovery.activate({ tenant: northwind, token, client: aClient(), locale: 'en' })

async function opened(world: World, token: string): Promise<Holding> {
  const answer = await activate(world, token)
  if (!answer.ok) throw new Error(answer.because)
  return { tenant: northwind, id: answer.flow.id, secret: answer.secret }
}

const disavow = (world: World, token: string | null) =>
  world.recovery.disavow({ tenant: northwind, token: token ?? '', client: aClient() })

/** Somebody sets a password past Rekey, as a workstation or an administrator would. */
function setInDirectory({ directory, clock }: World, facts: Partial<PasswordFacts> = {}) {
  const entry = directory.people.get('key-of-ada')
  if (entry === undefined) throw new Error('ada is gone')
  const password = { ...entry.password, changedAt: clock.now(), ...facts }
  directory.people.set('key-of-ada', { ...entry, password })
}

const kinds = (world: World) => world.mails.map(({ order }) => [order.kind, order.to, order.locale])
const unusable = { ok: false, because: 'link-unusable' }
const eventsOf = (world: World, name: string) =>
  world.store.rows.events.filter((event) => event.name === name)

describe('an invitation to an address that is none of the account’s', () => {
  it('is told to all of those, with a "this was not me" that lasts as long as the invitation', async () => {
    const world = company({ locale: 'fr' })
    await invite(world)

    expect(kinds(world)).toEqual([
      ['invitation', elsewhere, 'ja'],
      ['invited-elsewhere', own[0], 'fr'],
      ['invited-elsewhere', own[1], 'fr'],
    ])
    expect(lastMail(world, own[0]).order.facts).toMatchObject({ username: 'ada', byHelp: true })
    world.clock.advance(14 * days - 1)
    expect(await disavow(world, lastMail(world, own[0]).disavowLink)).toEqual({ ok: true, written: false })
  })

  it('is over when one of them says so, in the mail and in the hands of who opened it', async () => {
    for (const isOpened of [false, true]) {
      const world = company()
      await invite(world)
      const { link } = lastMail(world, elsewhere)
      const holding = isOpened ? await opened(world, link) : null

      await disavow(world, lastMail(world, own[1]).disavowLink)

      expect(eventsOf(world, 'invitation.withdrawn')).toHaveLength(1)
      expect(await activate(world, link)).toEqual(unusable)
      if (holding === null) continue
      expect(await setPassword(world, holding)).toMatchObject({
        because: 'flow-ended',
        flow: { because: 'disavowed' },
      })
      expect(world.directory.writes).toEqual([])
    }
  })

  it('is not sent again once it was disowned, whoever asks: only to those that the directory has', async () => {
    const world = company()
    await invite(world)
    await disavow(world, lastMail(world, own[1]).disavowLink)
    world.clock.advance(3 * days)

    const refused = { ok: false, because: 'invitation-disowned' }
    expect(await invite(world)).toEqual(refused)
    expect(await invite(world, { again: true, address: 'other@attacker.example' })).toEqual(refused)
    expect(await invite(world, { address: null })).toMatchObject({ ok: true, sentTo: own })
  })

  it('may be sent again when an operator withdrew it', async () => {
    const world = company()
    const { id } = { id: '', ...(await invite(world)) }
    await makeWithdraw(world.deps)({ tenant: northwind, id })

    expect(await invite(world)).toMatchObject({ ok: true, sentTo: [elsewhere] })
  })

  it('that has set a password, is disowned as any write: sessions end, and more is asked for', async () => {
    const world = company()
    await invite(world)
    await setPassword(world, await opened(world, lastMail(world, elsewhere).link))
    const { disavowLink } = world.mails.findLast(({ order }) => order.kind === 'invited-elsewhere') ?? {}

    expect(await disavow(world, disavowLink ?? null)).toEqual({ ok: true, written: true })

    expect(world.store.rows.tickets).toMatchObject([{ because: 'disavowed', flow: null }])
    expect(eventsOf(world, 'invitation.withdrawn')).toEqual([])
  })

  it('needs a right of its own, unless it is one of theirs in another spelling: that is written to as stored', async () => {
    const world = company()
    const refused = { ok: false, because: 'address-not-theirs' }

    expect(await invite(world, { mayNameAddress: false })).toEqual(refused)
    expect(world.store.rows.invitations.size).toBe(0)
    expect(world.mails).toEqual([])
    expect(await invite(world, { mayNameAddress: false, address: 'Ada@HOME.example' })).toMatchObject({
      ok: true,
      sentTo: [own[0]],
    })
    expect(kinds(world)).toEqual([['invitation', own[0], 'ja']])
  })

  it('is asked of keys as `invitations.address`', async () => {
    const world = company()
    const asked = { identifier: 'ada', address: elsewhere, locale: null, again: false }
    const desk = aHelpdesk(world)

    expect(await desk.invite(aCall('desk', ['invitations.write']), asked)).toEqual({
      ok: false,
      because: 'permission-missing',
      why: 'invitations.address',
    })
    const may = ['invitations.write', 'invitations.address'] as const
    expect(await desk.invite(aCall('desk', may), asked)).toMatchObject({ ok: true })
  })

  it('to an account without any address is told to nobody', async () => {
    const world = company({ recoveryAddresses: [] })
    await invite(world)

    expect(kinds(world)).toEqual([['invitation', elsewhere, 'ja']])
  })
})

describe('an invitation to an account whose directory shows a password', () => {
  it('sets the first one in place of an initial one, which is no news, whatever the directory’s clock says', async () => {
    const ahead = { ...noPassword, changedAt: new Date('2099-01-01T00:00:00Z') }
    for (const password of [noPassword, initial, ahead]) {
      const world = company({ password })
      await invite(world)

      expect(await activate(world, lastMail(world, elsewhere).link)).toMatchObject({ ok: true })
    }
  })

  it.each([
    ['there was none', noPassword],
    ['there was an initial one', initial],
  ])(
    'is over as soon as one is set elsewhere, where %s, and the owner comes back by mail',
    async (_, password) => {
      const world = company({ password })
      await invite(world)
      const { link } = lastMail(world, elsewhere)
      world.clock.advance(60)
      setInDirectory(world)

      expect(await activate(world, link)).toEqual(unusable)
      expect(eventsOf(world, 'invitation.refused')).toMatchObject([{ facts: { because: 'password-set' } }])
      expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
    },
  )

  it.each([
    ['of its own', {}],
    ['that is behind ours', { changedAt: longAgo }],
    ['that it does not tell any more', { changedAt: null, mustChange: true }],
  ])(
    'writes nothing over one that was set while the first was being chosen, at a moment %s',
    async (_, facts) => {
      const world = company({ password: { ...initial, changedAt: new Date('2026-01-01T00:00:00Z') } })
      await invite(world)
      const holding = await opened(world, lastMail(world, elsewhere).link)
      world.clock.advance(60)
      setInDirectory(world, facts)

      expect(await setPassword(world, holding)).toMatchObject({
        because: 'flow-ended',
        flow: { because: 'account-unavailable' },
      })
      expect(world.directory.writes).toEqual([])
    },
  )

  it('shuts nobody out of recovery whose password may be in use', async () => {
    const world = company({ password: initial })
    await invite(world)

    expect(await setPassword(world, await prove(world, 'ada'), aPassword())).toMatchObject({ ok: true })
  })

  it('leaves to itself whose password has to be changed first, unless Rekey itself had ordered that', async () => {
    const world = company({ password: { ...initial, mustChange: true } })
    await invite(world, { address: null })
    await start(world, 'ada')
    expect(lastMail(world).order.facts.because).toBe('not-activated')

    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await aHelpdesk(world).requireChange(aCall(), subject)
    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
  })

  it('does not come back to life when a mark takes the date of a password in use away', async () => {
    const marked = { changedAt: null, mustChange: true }
    const world = company({ password: initial })
    await invite(world)
    const { link } = lastMail(world, elsewhere)
    setInDirectory(world, marked)
    expect(await activate(world, link)).toEqual(unusable)
    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })

    const another = company()
    await invite(another)
    setInDirectory(another)
    const subject = await another.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await aHelpdesk(another).requireChange(aCall(), subject)
    setInDirectory(another, marked)
    expect(await activate(another, lastMail(another, elsewhere).link)).toEqual(unusable)
    expect(await setPassword(another, await prove(another, 'ada'))).toMatchObject({ ok: true })
  })

  it('brings nobody back whose account was closed, whatever its password was then', async () => {
    const world = company()
    await invite(world)
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, secondProofUntil: neverByMail },
    }))

    expect(await activate(world, lastMail(world, elsewhere).link)).toEqual(unusable)
    expect(await invite(world, { again: true })).toEqual({ ok: false, because: 'already-activated' })
  })
})
