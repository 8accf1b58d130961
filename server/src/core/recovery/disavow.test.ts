import { describe, expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  lastMail,
  type Mail,
  northwind,
  prove,
  setPassword,
  spend,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'

const account = anAccount('ada', { recoveryAddresses: ['ada@home.example', 'ada@work.example'] })
const company = () => aWorld({ accounts: [account] })
const stranger = { client: aClient({ network: '203.0.113.0/24' }) }

const sayNo = (world: World, token: string | null) =>
  world.recovery.disavow({ tenant: northwind, token: token ?? '', client: aClient() })

const ways: readonly [string, (mail: Mail) => string | null][] = [
  ['the link', (mail) => mail.disavowLink],
  ['the code', (mail) => mail.disavowCode],
  [
    'the code as people type it',
    ({ disavowCode }) => ` ${(disavowCode ?? '').toUpperCase().replaceAll(/(.{4})/g, '$1 - ')} `,
  ],
]

describe('"this was not me" by', () => {
  it.each(ways)('%s, before anything was written, ends the flows and nothing else', async (_, way) => {
    const world = company()
    const waiting = await start(world, 'ada', stranger)
    const mail = lastMail(world)
    const proven = await prove(world, 'ada', stranger.client)
    const before = world.events().length

    expect(await sayNo(world, way(mail))).toEqual({ ok: true, written: false })
    await world.runJobs()

    expect(await spend(world, mail.link)).toEqual({ ok: false, because: 'link-unusable' })
    expect(await world.recovery.read(waiting)).toMatchObject({ flow: { state: 'awaiting-proof' } })
    expect(await setPassword(world, proven)).toMatchObject({ flow: { because: 'disavowed' } })
    expect(world.events().slice(before, before + 1)).toEqual(['disavowal.received'])
    expect(world.store.rows.tickets).toEqual([])
    expect(world.mails.slice(-2).map(({ order }) => [order.kind, order.to])).toEqual([
      ['disavowed', 'ada@home.example'],
      ['disavowed', 'ada@work.example'],
    ])
    // The owner can start again at once, and one proof is enough.
    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
  })

  it.each(ways)(
    '%s, after a password was written, ends sessions, opens a ticket and asks for more',
    async (_, way) => {
      const world = company()
      await setPassword(world, await prove(world, 'ada'))
      await world.runJobs()
      const mail = lastMail(world)
      expect(mail.order.kind).toBe('password-changed')
      world.clock.advance(3_600)

      expect(await sayNo(world, way(mail))).toEqual({ ok: true, written: true })

      expect(world.store.rows.tickets).toMatchObject([{ because: 'disavowed' }])
      expect(world.events().slice(-2)).toEqual(['disavowal.received', 'ticket.opened'])
      const version = () => Math.max(...[...world.store.rows.ledgers.values()].map((row) => row.tokenVersion))
      expect(version()).toBe(2)
      expect(await prooflessAttempt(world)).toMatchObject({ state: 'awaiting-proof', proofs: 1 })
      world.clock.advance(86_400)
      expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
    },
  )
})

describe('"this was not me"', () => {
  it('said at once after the write is one after the write, though the clock ticks between two looks', async () => {
    const still = aClock()
    const ticking = {
      ...still,
      now: () => {
        still.advance(0.001)
        return still.now()
      },
    }
    const world = aWorld({ clock: ticking })
    await setPassword(world, await prove(world, 'ada'))
    await world.runJobs()

    expect(await sayNo(world, lastMail(world).disavowLink)).toEqual({ ok: true, written: true })
  })

  it('makes strangers of the browsers that got in since, by a password or by lifting a lock, and of no others', async () => {
    const world = company()
    const own = aClient({ deviceDigest: 'own' })
    const writer = aClient({ deviceDigest: 'writer' })
    const unlocker = aClient({ deviceDigest: 'unlocker' })
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: account.key })
    const known = () =>
      Promise.all(
        ['own', 'writer', 'unlocker'].map((device) => world.store.isKnownDevice(northwind, subject, device)),
      )
    await setPassword(world, await prove(world, 'ada', own), aPassword(), own)
    world.clock.advance(60)
    await setPassword(world, await prove(world, 'ada', writer), aPassword('another one, longer'), writer)
    await world.runJobs()
    const written = lastMail(world)
    world.clock.advance(60)
    await world.recovery.unlock({ ...(await prove(world, 'ada', unlocker)), client: unlocker })
    expect(await known()).toEqual([true, true, true])
    const asked = lastMail(world)

    await sayNo(world, asked.disavowLink)
    expect(await known()).toEqual([true, true, false])

    await sayNo(world, written.disavowLink)
    expect(await known()).toEqual([true, false, false])
    // Also when it is said once more, of what came since.
    world.clock.advance(86_400)
    await setPassword(world, await prove(world, 'ada', own), aPassword(), own)
    await sayNo(world, written.disavowLink)
    expect(await known()).toEqual([false, false, false])
  })

  it('of the mail that started it all counts as after the write, when the write came first', async () => {
    const world = company()
    await start(world, 'ada')
    const mail = lastMail(world)
    const answer = await spend(world, mail.link)
    if (!answer.ok) throw new Error(answer.because)
    await setPassword(world, { tenant: northwind, id: answer.flow.id, secret: answer.secret })

    expect(await sayNo(world, mail.disavowLink)).toEqual({ ok: true, written: true })
  })

  it('said twice does nothing more', async () => {
    const world = company()
    await setPassword(world, await prove(world, 'ada'))
    await world.runJobs()
    const { disavowLink, disavowCode } = lastMail(world)
    await sayNo(world, disavowLink)
    await world.runJobs()
    const before = [world.mails.length, world.events().length, world.store.rows.tickets.length]

    expect(await sayNo(world, disavowCode)).toEqual({ ok: true, written: true })
    await world.runJobs()

    expect([world.mails.length, world.events().length, world.store.rows.tickets.length]).toEqual(before)
  })

  it('said again ends what was opened since, also a flow with its proof', async () => {
    const world = company()
    await start(world, 'ada')
    const { disavowLink } = lastMail(world)
    await sayNo(world, disavowLink)
    const proven = await prove(world, 'ada')

    expect(await sayNo(world, disavowLink)).toEqual({ ok: true, written: false })

    expect(await setPassword(world, proven)).toMatchObject({ flow: { because: 'disavowed' } })
    expect(world.directory.writes).toEqual([])
  })

  it('said again after a write since then asks for more, like the first time', async () => {
    const world = company()
    await start(world, 'ada')
    const { disavowLink } = lastMail(world)
    await sayNo(world, disavowLink)
    world.clock.advance(60)
    await setPassword(world, await prove(world, 'ada'))

    expect(await sayNo(world, disavowLink)).toEqual({ ok: true, written: true })

    expect(world.store.rows.tickets).toHaveLength(1)
    await start(world, 'ada')
    const again = await spend(world, lastMail(world).link)
    expect(again).toMatchObject({ ok: true, flow: { state: 'awaiting-proof' } })
  })

  it('while the directory is asked stops that flow from ever writing again, and is taken as after a write', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { disavowLink } = lastMail(world)
    let said: unknown
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }
    world.directory.onWrite = () => {
      said = sayNo(world, disavowLink)
    }

    const answer = await setPassword(world, holding)

    expect(await said).toEqual({ ok: true, written: true })
    expect(answer).toMatchObject({ because: 'flow-ended', flow: { because: 'disavowed' } })
    expect(await setPassword(world, holding, aPassword('another password'))).toMatchObject({
      because: 'flow-ended',
    })
    expect(world.directory.writes).toHaveLength(1)
    expect(world.store.rows.tickets).toHaveLength(1)
  })

  it('works for a week, and what is no "this was not me" is refused alike', async () => {
    const world = company()
    await start(world, 'ada')
    const mail = lastMail(world)
    world.clock.advance(7 * 86_400)
    const unusable = { ok: false, because: 'disavowal-unusable' }

    for (const token of [mail.disavowLink, mail.disavowCode, mail.link, mail.code, '', 'x', 'k1.id.tag']) {
      expect(await sayNo(world, token)).toEqual(unusable)
    }
    world.clock.advance(-1)
    expect(await sayNo(world, mail.disavowLink)).toEqual({ ok: true, written: false })
  })

  it('is shown to nobody who holds a flow of the account and has proven nothing', async () => {
    const world = company()
    const waiting = await start(world, 'ada', stranger)
    const seen = await world.recovery.read(waiting)
    await sayNo(world, lastMail(world).disavowLink)
    const after = await world.recovery.read(waiting)

    expect(visible(after)).toEqual(visible(seen))
    world.clock.advance(30)
    expect(await world.recovery.ask(waiting)).toMatchObject({ ok: true, flow: { state: 'awaiting-proof' } })
  })
})

/** A link alone, while two kinds of proof are wanted. */
async function prooflessAttempt(world: World) {
  await start(world, 'ada')
  const answer = await spend(world, lastMail(world).link)
  if (!answer.ok) throw new Error(answer.because)
  const holding = { tenant: northwind, id: answer.flow.id, secret: answer.secret }
  expect(await setPassword(world, holding)).toEqual({ ok: false, because: 'not-proven' })
  expect(await spend(world, lastMail(world).link)).toEqual({ ok: false, because: 'link-unusable' })
  const { flow } = answer
  return { state: flow.state, proofs: 'proofs' in flow ? flow.proofs.length : 0 }
}

function visible(answer: Awaited<ReturnType<World['recovery']['read']>>): unknown {
  if (!answer.ok || answer.flow.state !== 'awaiting-proof') throw new Error('expected a waiting flow')
  const { whose: _, issued: __, subject: ___, ...flow } = answer.flow
  return flow
}
