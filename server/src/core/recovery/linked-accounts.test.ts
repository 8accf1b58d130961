import { describe, expect, it } from 'vitest'
import { type MemoryDirectory, makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  changePassword,
  type Holding,
  initialPassword,
  lastMail,
  northwind,
  openChangeFor,
  prove,
  setPassword,
  signIn,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import { flowBody } from '../../http/api/resource.ts'
import { Secret } from '../../kernel/secret.ts'
import { defaultAssurance } from '../proofs/index.ts'
import type { Answered, Refused } from './answers.ts'
import type { RecoveryTenant } from './deps.ts'
import { endOther } from './end-other.ts'
import { makeInvite } from './invite.ts'
import { neverByMail } from './ledger.ts'
import { leaseSeconds } from './rules.ts'

const fresh = 'correct horse battery staple'

interface Company {
  world: World
  /** Follows by user name. */
  app: MemoryDirectory
  /** Its user names are others: it follows by the mail address. */
  shop: MemoryDirectory
}

/** Passwords may wait for a directory that is away, where a person has one account. */
const degraded = { acceptSeconds: 900 }

type Over = Parameters<typeof anAccount>[1]

/** Ada leads from `people`, with an account in `app` and one in `shop`. */
function company(
  over: {
    ada?: Over
    app?: Over
    shop?: Over
    history?: number
    acceptSeconds?: number
    assuranceOf?: RecoveryTenant['assuranceOf']
  } = {},
): Company {
  const app = makeMemoryDirectory('app', [anAccount('ada', { key: 'app-ada', ...over.app })], {
    history: over.history ?? 0,
  })
  const shop = makeMemoryDirectory('shop', [
    anAccount('lovelace', { key: 'shop-ada', mails: ['ada@northwind.example'], ...over.shop }),
  ])
  const world = aWorld({
    accounts: [anAccount('ada', over.ada), anAccount('bob')],
    directories: [app, shop],
    rules: { followSeconds: 13, acceptSeconds: over.acceptSeconds ?? 0 },
    wrap: (deps) => ({
      ...deps,
      tenant(id) {
        const tenant = deps.tenant(id)
        const leads = tenant.directory('people')
        if (leads === null) throw new Error('nobody leads')
        const follow = [
          { directory: app, by: 'username', as: 'username' },
          { directory: shop, by: 'mail', as: 'mail' },
        ] as const
        const { assuranceOf = tenant.assuranceOf } = over
        return { ...tenant, assuranceOf, links: [{ leads, follow }] }
      },
    }),
  })
  return { world, app, shop }
}

/** What each of the three has, and in which order they were written to. */
const passwords = ({ world, app, shop }: Company) =>
  [
    world.directory.passwords.get('key-of-ada'),
    app.passwords.get('app-ada'),
    shop.passwords.get('shop-ada'),
  ].map((password) => (password === fresh ? 'new' : password === undefined ? 'none' : 'old'))

const outcomes = (answer: Answered | Refused) =>
  answer.ok && 'targets' in answer.flow
    ? [answer.flow.state, ...(answer.flow.targets ?? []).map(({ outcome }) => outcome.is)]
    : answer

const eventsOf = (world: World, ...names: string[]) =>
  world.store.rows.events
    .filter(({ name }) => names.includes(name))
    .map(({ name, facts }) =>
      `${name} ${String(facts['directory'])} ${String(facts['because'] ?? '')}`.trim(),
    )

const ledgersOf = async (world: World) => {
  const of = (directory: string, key: string) =>
    world.store
      .subjectOf(northwind, { directory, key })
      .then((subject) => world.store.readLedger(northwind, subject))
  return Promise.all([of('people', 'key-of-ada'), of('app', 'app-ada'), of('shop', 'shop-ada')])
}

const again = (world: World, held: Holding, password = fresh) => setPassword(world, held, aPassword(password))

describe('one reset', () => {
  it('gives every account of the person the new password, the leading one first', async () => {
    const all = company()
    const { world, app, shop } = all
    const order: string[] = []
    for (const directory of [world.directory, app, shop])
      directory.onWrite = () => void order.push(directory.name)

    const held = await prove(world, 'ada')
    const answer = await again(world, held)
    await world.runJobs()

    expect(outcomes(answer)).toEqual(['completed', 'written', 'written', 'written'])
    expect(passwords(all)).toEqual(['new', 'new', 'new'])
    expect(order[0]).toBe('people')
    expect(order.toSorted()).toEqual(['app', 'people', 'shop'])
    expect((await ledgersOf(world)).map(({ tokenVersion, lease }) => [tokenVersion, lease])).toEqual(
      Array.from({ length: 3 }, () => [1, null]),
    )
    expect(eventsOf(world, 'password.write-started', 'password.written')).toEqual([
      'password.write-started people',
      'password.write-started app',
      'password.write-started shop',
      'password.written people',
      'password.written app',
      'password.written shop',
    ])
    expect(lastMail(world).order.facts.applications).toEqual({
      written: ['the people', 'the app', 'the shop'],
      unchanged: [],
      unknown: [],
    })
  })

  it('is of the leading account, by whichever name it was asked for', async () => {
    const { world } = company({ shop: { recoveryAddresses: ['lovelace@shop.example'] } })

    await start(world, 'lovelace')
    await start(world, 'app\\ada')
    await start(world, 'ada@northwind.example')

    expect(world.mails.map(({ order }) => order.to)).toEqual(
      Array.from({ length: 3 }, () => 'ada@home.example'),
    )
    expect(await signIn(world, 'lovelace', { password: initialPassword('ada') })).toMatchObject({
      ok: true,
      session: { username: 'ada', account: { directory: 'people' } },
    })
  })

  it('is told to the addresses of every account that it is written to', async () => {
    const { world } = company({
      app: { recoveryAddresses: [] },
      shop: { recoveryAddresses: ['lovelace@shop.example', 'ADA@home.example'] },
    })
    const held = await prove(world, 'ada')
    world.mails.splice(0)

    await again(world, held)
    await world.runJobs()

    expect(world.mails.map(({ order }) => [order.kind, order.to])).toEqual([
      ['password-changed', 'ada@home.example'],
      ['password-changed', 'lovelace@shop.example'],
    ])
  })

  it('of somebody with one account is as ever', async () => {
    const { world } = company()

    const answer = await again(world, await prove(world, 'bob'))

    expect(outcomes(answer)).toEqual(['completed', 'written'])
    if (answer.ok) expect(bodyOf(answer)).not.toHaveProperty('targets')
  })

  it('leaves the others alone while the leading account does not take it', async () => {
    const all = company()
    const { world } = all
    const held = await prove(world, 'ada')
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }

    const refused = await again(world, held)
    world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }
    const away = await again(world, held)
    const before = passwords(all)
    const leases = (await ledgersOf(world)).map(({ lease }) => lease)

    expect(refused).toMatchObject({ because: 'password-refused', reasons: [{ code: 'password-in-history' }] })
    expect(away).toMatchObject({ because: 'directory-unreachable' })
    expect(before).toEqual(['old', 'old', 'old'])
    expect(leases).toEqual([null, null, null])
    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
  })

  it('writes to nobody while one of the accounts is written to by somebody else', async () => {
    const all = company()
    const { world } = all
    const held = await prove(world, 'ada')
    const subject = await world.store.subjectOf(northwind, { directory: 'app', key: 'app-ada' })
    const until = new Date(world.clock.now().getTime() + 10_000)
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, lease: { flow: 'an offboarding', attempt: 1, until } },
    }))

    expect(await again(world, held)).toEqual({ ok: false, because: 'write-in-progress' })
    expect(passwords(all)).toEqual(['old', 'old', 'old'])
    world.clock.advance(11)
    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
  })
})

const bodyOf = ({ flow }: Answered) =>
  flowBody(
    flow,
    { methods: [], rules: company().world.rules, titleOf: (name) => `the ${name}` },
    { secret: undefined, mailIsDelayed: false },
  )

describe('a directory that follows and does not take it', () => {
  it('is told of, and gets it when the same password is typed once more', async () => {
    const all = company()
    const { world, app, shop } = all
    const held = await prove(world, 'ada')
    app.down = true
    shop.nextWrite = { is: 'refused', because: 'password-too-weak-for-directory' }

    const partly = await again(world, held)
    await world.runJobs()
    const told = lastMail(world).order.facts.applications
    const another = await again(world, held, 'another horse battery staple')
    const shown = partly.ok ? bodyOf(partly) : null
    app.down = false
    const done = await again(world, held)
    await world.runJobs()

    expect(outcomes(partly)).toEqual(['proven', 'written', 'unreachable', 'refused'])
    expect(shown?.targets).toEqual([
      { directory: 'people', title: 'the people', outcome: 'written' },
      { directory: 'app', title: 'the app', outcome: 'unreachable' },
      {
        directory: 'shop',
        title: 'the shop',
        outcome: 'refused',
        because: 'password-too-weak-for-directory',
      },
    ])
    expect(told).toEqual({ written: ['the people'], unchanged: ['the app', 'the shop'], unknown: [] })
    expect(another).toEqual({ ok: false, because: 'current-password-wrong' })
    expect(outcomes(done)).toEqual(['completed', 'written', 'written', 'written'])
    expect(passwords(all)).toEqual(['new', 'new', 'new'])
    // The leading account was written to once, and its sessions ended once.
    expect(world.directory.writes).toHaveLength(1)
    expect((await ledgersOf(world)).map(({ tokenVersion }) => tokenVersion)).toEqual([1, 1, 1])
    expect(eventsOf(world, 'password.write-failed').toSorted()).toEqual([
      'password.write-failed app directory-unreachable',
      'password.write-failed shop password-too-weak-for-directory',
    ])
    expect(lastMail(world).order.facts.applications?.unchanged).toEqual([])
  })

  it('is still told of when nobody has typed the password once more in time', async () => {
    const { world, app } = company()
    const held = await prove(world, 'ada')
    app.down = true
    await again(world, held)
    const { flowTotalSeconds } = world.rules

    world.clock.advance(flowTotalSeconds)
    const late = await world.recovery.read(held)
    const tried = await again(world, held)

    expect(outcomes(late)).toEqual(['completed', 'written', 'unreachable', 'written'])
    expect(tried).toMatchObject({ ok: false })
  })

  it('is tried once more at once when nothing had reached it', async () => {
    const all = company()
    const { world, app } = all
    const held = await prove(world, 'ada')
    app.nextWrite = { is: 'fault', code: 'directory-unreachable' }

    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
    expect(app.writes).toHaveLength(2)
  })

  it('has it when its answer got lost and the new password opens', async () => {
    const { world, app, shop } = company()
    const held = await prove(world, 'ada')
    app.nextWrite = { is: 'unanswered', applied: true }
    shop.nextWrite = { is: 'unanswered', applied: false }

    const answer = await again(world, held)

    expect(outcomes(answer)).toEqual(['proven', 'written', 'written', 'unknown'])
    // A late write of that directory must not overtake the next.
    expect(await again(world, held)).toEqual({ ok: false, because: 'write-in-progress' })
    world.clock.advance(leaseSeconds(world.rules) + 1)
    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
  })

  it('has it when it says that it has had it before, and the password opens', async () => {
    const { world, app } = company({ history: 3 })
    const held = await prove(world, 'ada')
    await app.setPassword('app-ada', new Secret(fresh), AbortSignal.timeout(1_000))

    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
  })

  it('whose rights are missing is for the help desk', async () => {
    const { world, app } = company()
    const held = await prove(world, 'ada')
    app.nextWrite = { is: 'fault', code: 'directory-rights-missing' }

    const answer = await again(world, held)

    expect(answer.ok && 'targets' in answer.flow ? answer.flow.targets[1]?.outcome : null).toEqual({
      is: 'refused',
      because: 'directory-not-writable',
    })
  })

  it('is told of in the log when its flow was ended while it was written to', async () => {
    const { world, app } = company()
    const held = await prove(world, 'ada')
    await start(world, 'ada')
    const token = lastMail(world).disavowLink ?? ''
    const { setPassword: write } = app
    app.setPassword = async (...asked) => {
      await world.recovery.disavow({ tenant: northwind, token, client: anyClient })
      return write(...asked)
    }

    expect(await again(world, held)).toMatchObject({ because: 'flow-ended' })
    expect(eventsOf(world, 'password.written')).toEqual(['password.written app', 'password.written shop'])
    expect((await ledgersOf(world)).map(({ tokenVersion }) => tokenVersion)).toEqual([1, 1, 1])
  })

  it('gets nothing when somebody says that it was not they while the leading account is written to', async () => {
    const all = company()
    const { world, app, shop } = all
    const held = await prove(world, 'ada')
    await start(world, 'ada')
    const token = lastMail(world).disavowLink ?? ''
    const { setPassword: write } = world.directory
    world.directory.setPassword = async (...asked) => {
      const written = await write(...asked)
      await world.recovery.disavow({ tenant: northwind, token, client: anyClient })
      return written
    }

    expect(await again(world, held)).toMatchObject({
      because: 'flow-ended',
      flow: { because: 'disavowed' },
    })
    expect([app.writes, shop.writes]).toEqual([[], []])
    expect(passwords(all)).toEqual(['new', 'old', 'old'])
    expect((await ledgersOf(world)).map(({ lease }) => lease).slice(1)).toEqual([null, null])
  })

  it('gets nothing more once somebody says that it was not they', async () => {
    const all = company()
    const { world, app } = all
    const held = await prove(world, 'ada')
    app.down = true
    await again(world, held)
    await world.runJobs()
    const token = lastMail(world).disavowLink ?? ''
    await world.recovery.disavow({ tenant: northwind, token, client: anyClient })
    app.down = false

    expect(await again(world, held)).toMatchObject({ because: 'flow-ended' })
    expect(passwords(all)).toEqual(['new', 'old', 'new'])
  })
})

const anyClient = { device: null, place: null, network: '192.0.2.0/24', deviceDigest: null }

describe('who is kept from it', () => {
  const reasons: readonly [string, Over][] = [
    ['privileged', { privileged: true }],
    ['second-factor', { secondFactor: true }],
  ]
  it.each(reasons)('is told by mail when an account that follows is %s', async (because, shop) => {
    const { world } = company({ shop })

    await start(world, 'ada')

    expect(world.mails.map(({ order }) => [order.to, order.kind, order.facts.because])).toEqual([
      ['ada@home.example', 'recovery-explained', because],
    ])
  })

  const without: readonly [string, Over][] = [
    ['disabled', { disabled: true }],
    ['federated', { federated: true }],
  ]
  it.each(without)(
    'is nobody because of one that is %s: that has no password to be written',
    async (_, shop) => {
      const all = company({ shop })
      const { world } = all

      expect(outcomes(await again(world, await prove(world, 'ada')))).toEqual([
        'completed',
        'written',
        'written',
      ])
      expect(passwords(all)).toEqual(['new', 'new', 'old'])
    },
  )

  it.each(['before it began', 'after the proof'])(
    'is nobody because of one that two operators closed %s: it stays closed',
    async (moment) => {
      const all = company()
      const { world } = all
      const subject = await world.store.subjectOf(northwind, { directory: 'app', key: 'app-ada' })
      const close = () =>
        world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
          answer: null,
          ledger: { ...ledger, secondProofUntil: neverByMail },
        }))
      if (moment === 'before it began') await close()
      const held = await prove(world, 'ada')
      if (moment === 'after the proof') await close()

      expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written'])
      expect(passwords(all)).toEqual(['new', 'old', 'new'])
    },
  )

  it('is nobody because of one that is closed while the password is judged: it is asked for again', async () => {
    const all = company()
    const { world } = all
    const subject = await world.store.subjectOf(northwind, { directory: 'app', key: 'app-ada' })
    const held = await prove(world, 'ada')
    const { decide } = world.store
    world.store.decide = async (...asked) => {
      world.store.decide = decide
      await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
        answer: null,
        ledger: { ...ledger, secondProofUntil: neverByMail },
      }))
      return decide(...asked)
    }

    expect(await again(world, held)).toEqual({ ok: false, because: 'write-in-progress' })
    expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written'])
    expect(passwords(all)).toEqual(['new', 'old', 'new'])
  })

  it('is whoever becomes privileged in one of them after the proof', async () => {
    const all = company()
    const { world, app } = all
    const held = await prove(world, 'ada')
    app.people.set('app-ada', anAccount('ada', { key: 'app-ada', privileged: true }))

    expect(await again(world, held)).toMatchObject({
      because: 'flow-ended',
      flow: { because: 'account-unavailable' },
    })
    expect(passwords(all)).toEqual(['old', 'old', 'old'])
  })

  it('is whoever shares the name that links with somebody else, on either side', async () => {
    const twice = company()
    twice.shop.people.set('other', anAccount('other', { key: 'other', mails: ['ada@northwind.example'] }))
    const shared = company()
    shared.world.directory.people.set('key-of-bob', anAccount('bob', { mails: ['ada@northwind.example'] }))

    for (const { world } of [twice, shared]) {
      await start(world, 'ada')
      expect(world.mails).toEqual([])
      expect(world.store.rows.events.at(-1)).toMatchObject({
        name: 'recovery.unmatched',
        facts: { because: 'ambiguous', directories: 'people shop' },
      })
    }
  })

  it('waits while a directory that follows can’t say, and is served when it can', async () => {
    const { world, app } = company()
    app.down = true

    await start(world, 'people\\ada')
    const meanwhile = world.mails.length
    app.down = false
    await world.runJobs()

    expect(meanwhile).toBe(0)
    expect(world.mails).toHaveLength(1)
  })
})

it('a process that dies in the middle leaves every account explained', async () => {
  const { world, app } = company()
  const held = await prove(world, 'ada')
  const { setPassword: write } = app
  app.setPassword = async (...asked) => {
    await write(...asked)
    return new Promise(() => undefined)
  }
  void again(world, held)
  await expect.poll(() => app.writes.length).toBe(1)
  world.clock.advance(leaseSeconds(world.rules) + 1)
  await world.recovery.sweep()

  expect(eventsOf(world, 'password.write-unexplained')).toEqual([
    'password.write-unexplained people',
    'password.write-unexplained app',
    'password.write-unexplained shop',
  ])
  expect((await ledgersOf(world)).map(({ tokenVersion }) => tokenVersion)).toEqual([1, 1, 1])
  expect(await again(world, held)).toMatchObject({
    because: 'flow-ended',
    flow: { because: 'outcome-unknown' },
  })
})

describe('a change', () => {
  it('is of all accounts as well, and says which have not got it', async () => {
    const all = company()
    const { world, shop } = all
    const changing = await openChangeFor(world, await signIn(world, 'ada'))
    shop.nextWrite = { is: 'refused', because: 'password-in-history' }

    const answer = await changePassword(world, changing, { current: initialPassword('ada'), password: fresh })

    expect(outcomes(answer)).toEqual(['completed', 'written', 'written', 'refused'])
    expect(passwords(all)).toEqual(['new', 'new', 'old'])
  })

  it('is not begun for who has a second factor in one that follows, however they came in', async () => {
    const all = company({ shop: { secondFactor: true } })
    const { world } = all
    const changing = await openChangeFor(world, await signIn(world, 'ada'))
    const { readSession } = world.store
    world.store.readSession = async (...asked) => {
      const session = await readSession(...asked)
      return session === null ? null : { ...session, provenBy: 'provider' }
    }

    const answer = await changePassword(world, changing, { current: initialPassword('ada'), password: fresh })

    expect(answer).toMatchObject({ because: 'flow-ended', flow: { because: 'account-unavailable' } })
    expect(passwords(all)).toEqual(['old', 'old', 'old'])
  })

  it('waits for a directory of which nothing is known', async () => {
    const all = company()
    const { world, shop } = all
    const changing = await openChangeFor(
      world,
      await signIn(world, 'people\\ada', { password: initialPassword('ada') }),
    )
    shop.down = true

    expect(
      await changePassword(world, changing, { current: initialPassword('ada'), password: fresh }),
    ).toEqual({ ok: false, because: 'directory-unreachable' })
    expect(passwords(all)).toEqual(['old', 'old', 'old'])
  })
})

describe('a leading directory that is away', () => {
  it.each(['when the account is read', 'when it is written to'])(
    'lets no password wait that is for several accounts: it went away %s',
    async (moment) => {
      const all = company(degraded)
      const { world } = all
      const held = await prove(world, 'ada')
      if (moment === 'when the account is read') world.directory.down = true
      else world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }

      expect(await again(world, held)).toMatchObject({ ok: false, because: 'directory-unreachable' })
      expect([...world.store.rows.waiting]).toEqual([])
      world.directory.down = false
      expect(outcomes(await again(world, held))).toEqual(['completed', 'written', 'written', 'written'])
      expect(passwords(all)).toEqual(['new', 'new', 'new'])
    },
  )
})

describe('an invitation to an address that is none of theirs', () => {
  const invite = ({ world }: Company, address: string | null = 'ada@elsewhere.example') =>
    makeInvite(world.deps)(
      {
        ...{ tenant: northwind, identifier: 'ada', address, mayNameAddress: true, service: null },
        ...{ locale: null, localeOtherwise: 'en', invitedBy: 'a test', again: false, dryRun: false },
      },
      AbortSignal.timeout(1_000),
    )

  it('is not for somebody who has set a password in an account that follows', async () => {
    const all = company()
    const { world } = all
    const subject = await world.store.subjectOf(northwind, { directory: 'app', key: 'app-ada' })
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, writtenAt: world.clock.now() },
    }))

    expect(await invite(all)).toEqual({ ok: false, because: 'already-activated' })
    expect(await invite(all, null)).toMatchObject({ ok: true, sentTo: ['ada@home.example'] })
  })

  it('is told to the addresses of every account that gets the password', async () => {
    const all = company({ shop: { recoveryAddresses: ['lovelace@shop.example', 'ada@home.example'] } })

    expect(await invite(all)).toMatchObject({ ok: true, sentTo: ['ada@elsewhere.example'] })
    await all.world.runJobs()
    expect(all.world.mails.map(({ order }) => [order.kind, order.to])).toEqual([
      ['invitation', 'ada@elsewhere.example'],
      ['invited-elsewhere', 'ada@home.example'],
      ['invited-elsewhere', 'lovelace@shop.example'],
    ])
  })

  it('is not made where one that follows gets no password by mail, or can’t be asked', async () => {
    const privileged = company({ app: { privileged: true } })
    const twice = company()
    twice.shop.people.set('other', anAccount('other', { key: 'other', mails: ['ada@northwind.example'] }))
    const away = company()
    away.app.down = true

    const why = { ok: false, because: 'account-ineligible', why: 'privileged' }
    for (const address of [null, 'ada@elsewhere.example'])
      expect(await invite(privileged, address)).toEqual(why)
    expect(await invite(twice)).toEqual({ ok: false, because: 'account-ambiguous' })
    await expect(invite(away)).rejects.toMatchObject({ code: 'directory-unreachable' })
  })
})

describe('what has some accounts and not the others', () => {
  /** Written to the leading account, while `app` was away. */
  async function partly() {
    const all = company()
    const held = await prove(all.world, 'ada')
    all.app.down = true
    await again(all.world, held)
    all.app.down = false
    return { ...all, held }
  }
  const read = ({ world, held }: { world: World; held: Holding }) => world.recovery.read(held)
  const done = ['completed', 'written', 'unreachable', 'written']

  it('is done with what it has when its time is over', async () => {
    const all = await partly()
    all.world.clock.advance(all.world.rules.flowTotalSeconds + 1)

    expect(outcomes(await read(all))).toEqual(done)
    expect(await again(all.world, all.held)).toMatchObject({ because: 'already-completed' })
    expect(passwords(all)).toEqual(['new', 'old', 'new'])
  })

  it('is done with what it has when the rest can’t get one any more', async () => {
    const all = await partly()
    all.app.people.set('app-ada', anAccount('ada', { key: 'app-ada', privileged: true }))

    expect(outcomes(await again(all.world, all.held))).toEqual(done)
    expect(outcomes(await read(all))).toEqual(done)
    expect(passwords(all)).toEqual(['new', 'old', 'new'])
  })

  it('is done with what it has when an operator ends what is open', async () => {
    const all = await partly()
    const { world, held } = all
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await world.store.decideSubject({ tenant: northwind, subject }, () => ({
      answer: null,
      others: (open) => endOther(open, { type: 'ended-by-operator' }, world.clock.now()),
    }))

    expect(outcomes(await read(all))).toEqual(done)
    expect(await again(world, held)).toMatchObject({ because: 'already-completed' })
    expect(eventsOf(world, 'flow.ended')).toHaveLength(1)
  })

  it('is done with what it has where nobody can prove that it is the same password', async () => {
    const all = company()
    const { world, app } = all
    Object.assign(world.directory, { abilities: { ...world.directory.abilities, verifies: false } })
    const held = await prove(world, 'ada')
    app.down = true

    expect(outcomes(await again(world, held))).toEqual(done)
  })

  it('is done with what it has when too many passwords were not taken', async () => {
    const all = await partly()
    const { world, held } = all
    const short = 'short'
    await all.world.directory.setPassword('key-of-ada', new Secret(short), AbortSignal.timeout(1_000))
    const answers = []
    for (let tries = 0; tries < world.rules.policyRefusalsPerFlow; tries++) {
      answers.push(await again(world, held, short))
    }

    expect(answers[0]).toMatchObject({ because: 'password-refused' })
    expect(outcomes(await read(all))).toEqual(done)
  })
})

describe('what has to be proven for linked accounts', () => {
  it('is as much as the strictest of them asks for', async () => {
    const two = { ...defaultAssurance, everybody: { ...defaultAssurance.everybody, kinds: 2 } }
    const { world } = company({
      assuranceOf: ({ directory }) => (directory === 'shop' ? two : defaultAssurance),
    })
    await start(world, 'ada')
    const { link: token } = lastMail(world)

    const spent = await world.recovery.spendLink({
      tenant: northwind,
      token,
      client: aClient(),
      locale: 'en',
    })

    expect(spent).toMatchObject({ flow: { state: 'awaiting-proof', wanted: { kinds: 2 } } })
  })
})
