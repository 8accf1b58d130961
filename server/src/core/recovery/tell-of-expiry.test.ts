import { describe, expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  anAccount,
  aWorld,
  changePassword,
  northwind,
  openChange,
  signIn,
  type World,
  type WorldOptions,
} from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import { type AgePolicy, passwordPolicyDefaults } from '../passwords/index.ts'
import type { RecoveryTenant } from './deps.ts'
import { neverByMail } from './ledger.ts'

const day = 86_400
const start = aClock().now()
const quarterly: AgePolicy = { ...passwordPolicyDefaults.age, maxSeconds: 90 * day }

const aged = (name: string, over: Parameters<typeof anAccount>[1] = {}) =>
  anAccount(name, {
    password: { changedAt: start, mustChange: false, expiresAt: null, failedTries: 0 },
    ...over,
  })

/** A company whose passwords end after ninety days, all of them set at the start. */
function aCompany(
  options: WorldOptions & { age?: AgePolicy; signsInElsewhere?: RecoveryTenant['signsInElsewhere'] } = {},
) {
  const { age = quarterly, signsInElsewhere = () => false, ...more } = options
  return aWorld({
    accounts: [aged('ada')],
    ...more,
    wrap: (deps) => ({
      ...deps,
      tenant: (id) => ({ ...deps.tenant(id), ageOf: () => age, signsInElsewhere }),
    }),
  })
}

const round = (world: World) =>
  world.recovery.tellOfExpiry({ tenant: northwind }, AbortSignal.timeout(60_000))

async function after(world: World, days: number) {
  world.clock.advance(days * day)
  await round(world)
}

const orders = (world: World) => world.store.rows.messages.splice(0).map(({ kind, to }) => `${kind} to ${to}`)
const events = (world: World) =>
  world.store.rows.events.splice(0).map(({ name, facts }) => [name, facts] as const)
const mustChange = (world: World, name = 'ada') =>
  world.directory.people.get(`key-of-${name}`)?.password.mustChange

describe('the daily round', () => {
  it('does not speak to who has left, and marks nothing of theirs', async () => {
    const world = aCompany()
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, secondProofUntil: neverByMail },
    }))

    await after(world, 89)
    await after(world, 30)

    expect(orders(world)).toEqual([])
    expect(mustChange(world)).toBe(false)
  })

  it('says nothing of a password that is fresh, and asks nobody about it', async () => {
    const world = aCompany()

    await after(world, 75)

    expect(orders(world)).toEqual([])
    expect(world.directory.calls).toEqual(['list'])
  })

  it('reminds the owner at every address, with the end and without a secret', async () => {
    const world = aCompany({
      accounts: [aged('ada', { recoveryAddresses: ['a@home.example', 'A@home.example', 'b@home.example'] })],
    })

    await after(world, 76)

    const [order] = world.store.rows.messages
    expect(order).toMatchObject({
      kind: 'password-expires',
      flow: null,
      disavowal: null,
      locale: 'en',
      facts: { username: 'ada', endsAt: new Date(start.getTime() + 90 * day * 1_000).toISOString() },
    })
    expect(orders(world)).toEqual([
      'password-expires to a@home.example',
      'password-expires to b@home.example',
    ])
    expect(world.jobs.map(({ queue }) => queue)).toEqual(['deliver-message', 'deliver-message'])
    expect(events(world)).toEqual([['password.expiry-reminded', { directory: 'people', days: 14 }]])
  })

  it('writes in the language of the person', async () => {
    const world = aCompany({ accounts: [aged('ada', { locale: 'ja' })] })
    await after(world, 76)

    expect(world.store.rows.messages[0]?.locale).toBe('ja')
  })

  it('says each thing once, however often and wherever it runs', async () => {
    const world = aCompany()
    const other = world.another({})
    const rounds = () =>
      Promise.all(
        [world.recovery, other, other].map(({ tellOfExpiry }) =>
          tellOfExpiry({ tenant: northwind }, AbortSignal.timeout(60_000)),
        ),
      )

    const said = []
    for (const days of [76, 0, 1, 10, 2, 1, 6, 1, 30]) {
      world.clock.advance(days * day)
      await rounds()
      said.push(orders(world))
    }

    const once = (kind: string) => [`${kind} to ada@home.example`]
    expect(said).toEqual([
      once('password-expires'),
      [],
      [],
      once('password-expires'),
      once('password-expires'),
      once('password-expired'),
      [],
      [],
      [],
    ])
    expect(events(world)).toEqual([
      ['password.expiry-reminded', { directory: 'people', days: 14 }],
      ['password.expiry-reminded', { directory: 'people', days: 3 }],
      ['password.expiry-reminded', { directory: 'people', days: 1 }],
      ['password.expired', { directory: 'people', mark: 'later' }],
      ['password.expired', { directory: 'people', mark: 'set' }],
    ])
  })

  it('has the directory ask for another password once the grace is over, and not before', async () => {
    const world = aCompany()

    await after(world, 90)
    expect(mustChange(world)).toBe(false)
    await after(world, 7)
    expect(mustChange(world)).toBe(true)

    const signed = await signIn(world, 'ada')
    expect(signed).toMatchObject({ ok: true, session: { mustChange: 'expired' } })
    await changePassword(world, await openChange(world, 'ada'))
    expect(mustChange(world)).toBe(false)
    orders(world)
    await after(world, 1)
    expect(orders(world)).toEqual([])
  })

  it('remembers why, where the mark takes the date of the last change away', async () => {
    const world = aCompany()
    await after(world, 97)
    const ada = world.directory.people.get('key-of-ada') ?? aged('ada')
    world.directory.people.set(ada.key, { ...ada, password: { ...ada.password, changedAt: null } })

    expect(await signIn(world, 'ada')).toMatchObject({ session: { mustChange: 'expired' } })
  })

  it('tells and does without the mark where the directory has none', async () => {
    const world = aCompany()
    Object.assign(world.directory.abilities, { mustChange: false })

    await after(world, 97)

    expect(orders(world)).toEqual(['password-expired to ada@home.example'])
    expect(events(world)).toEqual([['password.expired', { directory: 'people', mark: 'none' }]])
    expect(world.directory.calls).not.toContain('requireChange')
  })

  it('leaves those alone who can’t change a password here, or whose password does not end', async () => {
    const world = aCompany({
      accounts: [
        aged('off', { disabled: true }),
        aged('far', { federated: true }),
        aged('root', { privileged: true }),
        aged('two', { secondFactor: true }),
        anAccount('undated'),
      ],
    })
    await after(world, 400)
    expect([orders(world), events(world), world.directory.calls]).toEqual([[], [], ['list']])

    const endless = aCompany({ age: passwordPolicyDefaults.age })
    await after(endless, 4_000)
    expect(orders(endless)).toEqual([])
  })

  it('speaks to who has a second factor and a sign-in that asks for it, and has their password marked', async () => {
    const accounts = ['off', 'two'].map((name) => aged(name, { secondFactor: true }))
    const partners = makeMemoryDirectory('partners', [aged('far', { secondFactor: true })], {
      now: () => start,
    })
    const world = aCompany({
      accounts: [{ ...(accounts[0] ?? aged('off')), disabled: true }, accounts[1] ?? aged('two')],
      directories: [partners],
      signsInElsewhere: (directory) => directory === 'people',
    })

    await after(world, 97)

    expect(orders(world)).toEqual(['password-expired to two@home.example'])
    expect([mustChange(world, 'two'), mustChange(world, 'off')]).toEqual([true, false])
    expect(partners.people.get('key-of-far')?.password.mustChange).toBe(false)
  })

  it('notes the end also of somebody who has no address', async () => {
    const world = aCompany({ accounts: [aged('ada', { recoveryAddresses: [] })] })
    await after(world, 97)
    await after(world, 1)

    expect([orders(world), events(world)]).toEqual([
      [],
      [['password.expired', { directory: 'people', mark: 'set' }]],
    ])
  })

  it('fills no mailbox: what is too much waits for another round, and strangers can’t use the quota up', async () => {
    const shared = ['team@northwind.example']
    const names = ['a1', 'a2', 'a3', 'a4', 'a5']
    const world = aCompany({ accounts: names.map((name) => aged(name, { recoveryAddresses: shared })) })
    const { max } = world.rules.mailbox[0] ?? { max: 0 }
    world.clock.advance(76 * day)
    for (const { windowSeconds } of world.rules.mailbox) {
      const mailbox = world.tokens.mailbox(northwind, 'team@northwind.example')
      const quota = { max: 1, windowSeconds }
      for (let taken = 0; taken < 10; taken += 1)
        await world.limiter.take(northwind, `mail:${String(windowSeconds)}:${mailbox}`, quota)
    }

    await round(world)
    expect(orders(world)).toHaveLength(max)
    expect(events(world).filter(([name]) => name === 'recovery.throttled')).toHaveLength(names.length - max)
    await after(world, 1)
    expect(orders(world)).toHaveLength(names.length - max)
  })

  it('does not mark a password that was changed since its page was read', async () => {
    const world = aCompany()
    world.clock.advance(97 * day)
    const { list } = world.directory
    world.directory.list = async function* (signal) {
      for await (const page of list(signal)) {
        await changePassword(world, await openChange(world, 'ada'))
        yield page
      }
    }

    await round(world)

    expect(mustChange(world)).toBe(false)
    expect(orders(world).filter((order) => order.startsWith('password-expire'))).toEqual([])
  })

  it('tells the owner although the directory fails to set the mark, which is tried again day by day', async () => {
    const world = aCompany({ accounts: [aged('ada'), aged('eve')] })
    const { requireChange } = world.directory
    world.directory.requireChange = (key, signal) =>
      key === 'key-of-ada'
        ? Promise.reject(new Fault('directory-rights-missing'))
        : requireChange(key, signal)
    const failed = ['password.mark-failed', { directory: 'people', because: 'directory-rights-missing' }]

    await after(world, 97)
    await after(world, 0.2)
    expect(orders(world)).toEqual([
      'password-expired to ada@home.example',
      'password-expired to eve@home.example',
    ])
    expect(events(world)).toEqual([
      ['password.expired', { directory: 'people', mark: 'later' }],
      failed,
      ['password.expired', { directory: 'people', mark: 'set' }],
    ])
    expect(mustChange(world)).toBe(false)

    await after(world, 0.8)
    await after(world, 0.2)
    expect([orders(world), events(world)]).toEqual([[], [failed]])

    world.directory.requireChange = requireChange
    await after(world, 0.8)
    await after(world, 1)
    expect(orders(world)).toEqual([])
    expect(events(world)).toEqual([['password.expired', { directory: 'people', mark: 'set' }]])
    expect(mustChange(world)).toBe(true)
  })

  it('says nothing of what Rekey has written since, whatever a replica that lags tells', async () => {
    const world = aCompany()
    world.clock.advance(97 * day)
    const behind = world.directory.people.get('key-of-ada') ?? aged('ada')
    await changePassword(world, await openChange(world, 'ada'))
    orders(world)
    events(world)
    world.directory.list = async function* () {
      yield [behind]
    }
    world.directory.read = async () => behind

    await round(world)

    expect([orders(world), events(world), mustChange(world)]).toEqual([[], [], false])
    await after(world, 76)
    expect(events(world)).toEqual([['password.expiry-reminded', { directory: 'people', days: 14 }]])
  })

  it('marks nothing that was changed elsewhere, or is being changed, while its owner was about to be told', async () => {
    const world = aCompany()
    world.clock.advance(97 * day)
    const { read } = world.directory
    const ada = world.directory.people.get('key-of-ada') ?? aged('ada')
    let reads = 0
    world.directory.read = async (key, signal) => {
      const entry = await read(key, signal)
      reads += 1
      if (reads === 1) {
        const password = { ...ada.password, changedAt: world.clock.now() }
        world.directory.people.set(key, { ...ada, password })
      }
      return entry
    }

    await round(world)
    expect([orders(world), mustChange(world)]).toEqual([[], false])

    world.directory.people.set('key-of-ada', ada)
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    const lease = { flow: 'a flow', attempt: 1, until: new Date(world.clock.now().getTime() + 18_000) }
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, lease },
    }))
    await round(world)
    expect([orders(world), mustChange(world)]).toEqual([[], false])
  })

  it('goes on where it was stopped, and says nothing twice', async () => {
    const names = ['a1', 'a2', 'a3', 'a4']
    const world = aCompany({ accounts: names.map((name) => aged(name)) })
    world.clock.advance(76 * day)
    const { decideSubject } = world.store
    let left = 2
    world.store.decideSubject = (target, decider) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('the process died')) : decideSubject(target, decider)
    }
    await expect(round(world)).rejects.toThrow('the process died')
    world.store.decideSubject = decideSubject
    expect(orders(world)).toHaveLength(2)

    await round(world)

    expect(orders(world)).toEqual([
      'password-expires to a3@home.example',
      'password-expires to a4@home.example',
    ])
  })

  it('tells everybody behind a row that can’t be decided', async () => {
    const world = aCompany({ accounts: [aged('ada'), aged('eve')] })
    world.clock.advance(76 * day)
    const { decideSubject } = world.store
    let isFirst = true
    world.store.decideSubject = (target, decider) => {
      const breaks = isFirst
      isFirst = false
      return breaks ? Promise.reject(new Error('this row is broken')) : decideSubject(target, decider)
    }

    await expect(round(world)).rejects.toThrow('this row is broken')

    expect(orders(world)).toEqual(['password-expires to eve@home.example'])
  })

  it('lets no directory and no account keep the others from being told', async () => {
    const partners = makeMemoryDirectory('partners', [aged('bob')], { now: () => start })
    const world = aCompany({ accounts: [aged('ada'), aged('eve')], directories: [partners] })
    const { read } = world.directory
    world.directory.read = (key, signal) =>
      key === 'key-of-ada' ? Promise.reject(new Fault('directory-misconfigured')) : read(key, signal)
    world.clock.advance(97 * day)

    await expect(round(world)).rejects.toMatchObject({ code: 'directory-misconfigured' })
    expect(orders(world)).toEqual([
      'password-expired to eve@home.example',
      'password-expired to bob@home.example',
    ])

    world.directory.down = true
    await expect(round(world)).rejects.toMatchObject({ code: 'directory-unreachable' })
    world.directory.down = false
    world.directory.read = read
    await round(world)
    expect(orders(world)).toEqual(['password-expired to ada@home.example'])
  })
})
