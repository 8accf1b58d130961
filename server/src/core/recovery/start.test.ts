import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
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
  type World,
} from '../../../test/support/recovery-world.ts'
import { isDecoy } from '../messages/index.ts'

const accounts = [
  anAccount('ada', { upn: 'ada@corp.northwind.example', locale: 'de' }),
  anAccount('disabled', { disabled: true }),
  anAccount('locked', { locked: true }),
  anAccount('federated', { federated: true }),
  anAccount('privileged', { privileged: true }),
  anAccount('factor', { secondFactor: true }),
  anAccount('mailless', { recoveryAddresses: [] }),
  anAccount('twin-1', { mails: ['shop@northwind.example'], recoveryAddresses: ['shop@home.example'] }),
  anAccount('twin-2', { mails: ['shop@northwind.example'], recoveryAddresses: ['shop@home.example'] }),
  anAccount('both', { username: 'both' }),
  anAccount('two', { recoveryAddresses: ['one@home.example', 'ONE@HOME.example', 'two@home.example'] }),
]
const partners = () => makeMemoryDirectory('partners', [anAccount('both')])

const company = () => aWorld({ accounts, directories: [partners()] })

interface StartCase {
  name: string
  identifier: string
  kind?: 'recovery' | 'recovery-explained'
  because?: string
  to: readonly string[]
  events: readonly string[]
}

const matched = ['recovery.requested', 'recovery.matched', 'challenge.issued']
const explained = ['recovery.requested', 'recovery.ineligible']
const unmatched = ['recovery.requested', 'recovery.unmatched']
const known = { kind: 'recovery', events: matched } as const
const told = { kind: 'recovery-explained', events: explained } as const

const cases: readonly StartCase[] = [
  { name: 'a user name', identifier: 'ada', ...known, to: ['ada@home.example'] },
  { name: 'a mail address', identifier: 'ada@northwind.example', ...known, to: ['ada@home.example'] },
  { name: 'a UPN', identifier: 'ada@corp.northwind.example', ...known, to: ['ada@home.example'] },
  { name: 'a user name in a domain', identifier: 'PEOPLE\\ada', ...known, to: ['ada@home.example'] },
  { name: 'a locked account', identifier: 'locked', ...known, to: ['locked@home.example'] },
  { name: 'several mailboxes', identifier: 'two', ...known, to: ['one@home.example', 'two@home.example'] },
  { name: 'one user of a shared mailbox', identifier: 'twin-1', ...known, to: ['shop@home.example'] },
  { name: 'the shared mailbox itself', identifier: 'shop@northwind.example', to: [], events: unmatched },
  { name: 'a name in two directories', identifier: 'both', to: [], events: unmatched },
  {
    name: 'that name with its domain',
    identifier: 'partners\\both',
    ...known,
    to: ['both@home.example'],
  },
  { name: 'a domain of nobody', identifier: 'elsewhere\\ada', to: [], events: unmatched },
  { name: 'an unknown name', identifier: 'nobody', to: [], events: unmatched },
  { name: 'what can name nobody', identifier: 'ada\u0000', to: [], events: unmatched },
  { name: 'an account without a mailbox', identifier: 'mailless', to: [], events: unmatched },
  {
    name: 'a disabled account',
    identifier: 'disabled',
    ...told,
    because: 'disabled',
    to: ['disabled@home.example'],
  },
  {
    name: 'a federated account',
    identifier: 'federated',
    ...told,
    because: 'federated',
    to: ['federated@home.example'],
  },
  {
    name: 'a privileged account',
    identifier: 'privileged',
    ...told,
    because: 'privileged',
    to: ['privileged@home.example'],
  },
  {
    name: 'an account with a second factor',
    identifier: 'factor',
    ...told,
    because: 'second-factor',
    to: ['factor@home.example'],
  },
]

const ask = async (world: World, holding: Holding, seconds = 30) => {
  world.clock.advance(seconds)
  const answer = await world.recovery.ask(holding)
  await world.runJobs()
  return answer
}

describe('a start', () => {
  it.each(cases)(
    'with $name: mails, messages and events',
    async ({ identifier, kind, because, to, events }) => {
      const world = company()

      await start(world, identifier)

      expect(world.mails.map(({ order }) => order.to)).toEqual(to)
      expect(new Set(world.mails.map(({ order }) => order.kind))).toEqual(
        new Set(kind === undefined ? [] : [kind]),
      )
      expect(world.mails.map(({ order }) => order.facts.because)).toEqual(to.map(() => because))
      expect(world.events()).toEqual(events)
      expect(world.jobs).toEqual([])
    },
  )

  it.each(cases)(
    'with $name names a provider of passwords in no mail but that of who has one',
    async (each) => {
      const world = company()

      await start(world, each.identifier)

      const named = each.because === 'federated' ? 'contoso' : undefined
      expect(world.mails.map(({ order }) => order.facts.provider)).toEqual(each.to.map(() => named))
    },
  )

  it.each(cases)(
    'with $name lets whoever gets a mail say that it was not them',
    async ({ identifier, to }) => {
      const world = company()

      await start(world, identifier)

      const orders = world.mails.map(({ order }) => order.disavowal)
      expect(orders).toEqual(to.map(() => expect.any(String)))
    },
  )

  it.each(cases)('with $name answers the same, and reads the same after its job', async ({ identifier }) => {
    const [world, other] = [company(), company()]

    const holding = await start(world, identifier)
    const decoy = await start(other, 'nobody at all')
    const seen = await world.recovery.read(holding)
    const expected = await other.recovery.read(decoy)

    expect(holding).toEqual(decoy)
    expect(visible(seen)).toEqual(visible(expected))
  })

  it.each(cases)('with $name orders as many messages as any other', async ({ identifier, to }) => {
    const world = company()

    const holding = await start(world, identifier)
    await ask(world, holding)

    const { messages } = world.store.rows
    const real = messages.filter((order) => !isDecoy(order))
    // More than one mailbox is the one thing that is more work.
    expect(messages).toHaveLength(2 * Math.max(1, to.length))
    expect(new Set(real.map((order) => order.to))).toEqual(new Set(to))
  })

  it('for nobody orders nothing when its job is late, as in a flood', async () => {
    const world = company()
    const call = { tenant: northwind, service: null, locale: 'en', client: aClient() }

    await world.recovery.start({ ...call, identifier: 'nobody' })
    await world.recovery.start({ ...call, identifier: 'ada' })
    world.clock.advance(3)
    await world.runJobs()

    expect(world.store.rows.messages.map(({ to }) => to)).toEqual(['ada@home.example'])
  })

  it('asks no directory before it has answered', async () => {
    const world = company()
    const { client } = { client: aClient() }

    await world.recovery.start({ tenant: northwind, identifier: 'ada', service: null, locale: 'en', client })

    expect(world.directory.calls).toEqual([])
    expect(world.jobs).toHaveLength(1)
  })

  it('leaves nothing that was typed in events, jobs or mails', async () => {
    const world = company()

    await start(world, 'ada@northwind.example')

    const { events, messages } = world.store.rows
    expect(JSON.stringify([events, messages])).not.toContain('ada@northwind.example')
  })

  it('writes in the language that the directory knows, and in the browser’s where it knows none', async () => {
    const world = company()

    await start(world, 'ada', { locale: 'fr' })
    await start(world, 'twin-1', { locale: 'fr' })

    expect(world.mails.map(({ order }) => order.locale)).toEqual(['de', 'fr'])
  })

  it('waits for a directory that is down, and is answered when it is back', async () => {
    const world = company()
    world.directory.down = true

    await start(world, 'ada')
    expect([world.mails.length, world.jobs.length]).toEqual([0, 1])
    world.directory.down = false
    await world.runJobs()

    expect(world.mails.map(({ order }) => order.to)).toEqual(['ada@home.example'])
    expect(world.events()).toEqual(matched)
  })

  it('mails once, however often its job runs', async () => {
    const world = company()
    await start(world, 'ada')
    const [flow] = world.store.rows.flows.values()

    const job = { tenant: northwind, flow: flow?.id ?? '', ask: 1 }
    await world.recovery.resolve(job, AbortSignal.timeout(1_000))
    await world.runJobs()

    expect(world.mails).toHaveLength(1)
    expect(world.events()).toEqual(matched)
  })

  it('is refused to a network that started too often, before anything is looked up, and says when to come back', async () => {
    const world = aWorld({ rules: { startsPerNetwork: { max: 2, windowSeconds: 600 } } })
    const begin = (network: string) =>
      world.recovery.start({
        tenant: northwind,
        identifier: 'ada',
        service: null,
        locale: 'en',
        client: aClient({ network }),
      })
    await begin('192.0.2.0/24')
    await begin('192.0.2.0/24')
    world.clock.advance(200)

    expect(await begin('192.0.2.0/24')).toEqual({
      ok: false,
      because: 'too-many-requests',
      retryAfterSeconds: 400,
    })
    expect(await begin('198.51.100.0/24')).toMatchObject({ ok: true })
    expect(world.events().filter((name) => name === 'recovery.throttled')).toHaveLength(1)
  })
})

describe('sending it again', () => {
  it('is refused too soon and too often, for a decoy as for an account', async () => {
    for (const identifier of ['ada', 'nobody']) {
      const world = company()
      const holding = await start(world, identifier)
      world.clock.advance(12)

      expect(await world.recovery.ask(holding)).toEqual({
        ok: false,
        because: 'asked-too-soon',
        retryAfterSeconds: 18,
      })
      const answers = [await ask(world, holding), await ask(world, holding), await ask(world, holding)]
      expect(answers.map(({ ok }) => ok)).toEqual([true, true, true])
      expect(await ask(world, holding)).toEqual({ ok: false, because: 'no-more-mails' })
    }
  })

  it('makes the mail before it worthless, and only once the new one is there', async () => {
    const world = company()
    const holding = await start(world, 'ada')
    const first = lastMail(world)
    world.clock.advance(30)
    await world.recovery.ask(holding)
    const { flows } = world.store.rows
    expect([...flows.values()]).toMatchObject([{ issued: { generation: 1 } }])
    await world.runJobs()

    const [old, fresh] = [first.link, lastMail(world).link]
    expect(old).not.toBe(fresh)
    const click = (token: string) =>
      world.recovery.spendLink({ tenant: northwind, token, client: aClient(), locale: 'en' })
    expect(await click(old)).toMatchObject({ ok: false, because: 'link-unusable' })
    expect(await click(fresh)).toMatchObject({ ok: true, flow: { state: 'proven' } })
  })

  it('by a stranger in a flow of their own leaves the mail of another flow as good as it was', async () => {
    const world = company()
    const mine = await start(world, 'ada')
    const { link } = lastMail(world)
    const theirs = await start(world, 'ada', { client: aClient({ network: '203.0.113.0/24' }) })
    await ask(world, theirs)

    const click = await world.recovery.spendLink({
      tenant: northwind,
      token: link,
      client: aClient(),
      locale: 'en',
    })

    expect(click).toMatchObject({ ok: true, flow: { state: 'proven' } })
    expect(await world.recovery.read(mine)).toMatchObject({ ok: true, flow: { state: 'awaiting-proof' } })
  })
})

describe('[88] the quota of a mailbox', () => {
  const from = (network: string, deviceDigest: string | null = null) => ({
    client: aClient({ network, deviceDigest }),
  })

  it('ends the mails to it in silence, whoever asks and however it is spelled', async () => {
    const world = company()
    for (const identifier of ['twin-1', 'twin-2', 'TWIN-1', 'twin-2']) await start(world, identifier)

    expect(world.mails).toHaveLength(3)
    expect(world.events().at(-1)).toBe('recovery.throttled')
    world.clock.advance(901)
    await start(world, 'twin-1')
    expect(world.mails).toHaveLength(4)
  })

  it('leaves as much to do when it is used up', async () => {
    const world = aWorld({ accounts, rules: { mailbox: [{ max: 1, windowSeconds: 900 }] } })

    for (const identifier of ['ada', 'ada', 'disabled', 'disabled']) await start(world, identifier)

    expect(world.mails).toHaveLength(2)
    expect(world.store.rows.messages.map(isDecoy)).toEqual([false, true, false, true])
  })

  it('is used up for the day by mails that were sent, not by those that were not', async () => {
    const world = company()
    for (let stranger = 0; stranger < 20; stranger += 1) await start(world, 'ada', from(`net-${stranger}`))
    expect(world.mails).toHaveLength(3)

    const sent: number[] = []
    for (let quarter = 0; quarter < 4; quarter += 1) {
      world.clock.advance(901)
      for (let stranger = 0; stranger < 5; stranger += 1) await start(world, 'ada', from(`later-${stranger}`))
      sent.push(world.mails.length)
    }

    expect(sent).toEqual([6, 9, 10, 10])
  })

  it('is shorter for strangers in a crowd, never below two, and as it was for known devices', async () => {
    const crowded = (factor: number) =>
      aWorld({ accounts, wrap: (deps) => ({ ...deps, quotaFactor: () => factor }) })
    const [some, most] = [crowded(2 / 3), crowded(1 / 10)]
    for (const world of [some, most])
      for (let stranger = 0; stranger < 9; stranger += 1) await start(world, 'ada', from(`net-${stranger}`))

    expect([some.mails.length, most.mails.length]).toEqual([2, 2])
    const home = from('home', 'cookie-of-ada')
    some.clock.advance(901)
    await setPassword(some, await prove(some, 'ada', home.client), undefined, home.client)
    some.clock.advance(901)
    const before = some.mails.filter(({ order }) => order.kind === 'recovery').length
    for (let again = 0; again < 9; again += 1) await start(some, 'ada', home)
    expect(some.mails.filter(({ order }) => order.kind === 'recovery')).toHaveLength(before + 3)
  })

  it('of a device that its owner came back with can’t be used up by strangers', async () => {
    const world = company()
    const home = from('home', 'cookie-of-ada')
    await setPassword(world, await prove(world, 'ada', home.client), undefined, home.client)
    const before = world.mails.filter(({ order }) => order.kind === 'recovery').length
    for (let stranger = 0; stranger < 9; stranger += 1) await start(world, 'ada', from(`net-${stranger}`))
    const flooded = world.mails.filter(({ order }) => order.kind === 'recovery').length

    await start(world, 'ada', home)

    expect([before, flooded]).toEqual([1, 3])
    expect(world.mails.filter(({ order }) => order.kind === 'recovery')).toHaveLength(4)
  })
})

/** What any screen or client could be shown of an answer, in full. */
function visible(answer: Awaited<ReturnType<World['recovery']['read']>>) {
  if (!answer.ok || answer.flow.state !== 'awaiting-proof') throw new Error('expected a waiting flow')
  const { whose: _, issued: __, subject: ___, decoySubject: ____, ...rest } = answer.flow
  return rest
}
