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
  spend,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import { type KeyRing, makeKeyRing } from '../../kernel/keys.ts'
import type { Method } from '../proofs/index.ts'
import { makeMessageSecrets } from './message-secrets.ts'
import { makeTokens } from './tokens.ts'

const stranger = { client: aClient({ network: '203.0.113.0/24' }) }

const type = (world: World, holding: Holding, code: string, client = aClient()) =>
  world.recovery.prove({ ...holding, method: 'email_code', code, client })

const wrong = (code: string) => (code === '00000000' ? '00000001' : '00000000')

describe('a mailed code', () => {
  it('proves the mailbox in the flow that it was mailed for, and changes its secret', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')

    const answer = await type(world, holding, lastMail(world).code)

    expect(answer).toMatchObject({ ok: true, flow: { id: holding.id, state: 'proven' } })
    if (!answer.ok) return
    expect(answer.secret).not.toBe(holding.secret)
    expect(await world.recovery.read(holding)).toEqual({ ok: false, because: 'flow-unknown' })
    expect(await world.recovery.read({ ...holding, secret: answer.secret })).toMatchObject({ ok: true })
    expect(world.events().at(-1)).toBe('proof.accepted')
  })

  it('of a token key that was thrown away is wrong, as it is for nobody', async () => {
    const world = aWorld()
    const [k1, k2] = [7, 6].map((fill, at) => ({ id: `k${at + 1}`, bytes: new Uint8Array(32).fill(fill) }))
    if (k1 === undefined || k2 === undefined) throw new Error('two keys were asked for')
    const withTokens = (ring: KeyRing) =>
      world.another({ tokens: makeTokens(ring, new Uint8Array(32).fill(8)) })
    const answers: unknown[] = []
    for (const identifier of ['ada', 'nobody']) {
      const call = { tenant: northwind, identifier, service: null, locale: 'en', client: aClient() }
      const started = await withTokens(makeKeyRing(k2, [k1])).start(call)
      if (!started.ok) throw new Error(started.because)
      await world.runJobs()
      const holding = { tenant: northwind, id: started.flow.id, secret: started.secret }
      const { code } = lastMail(world)
      const answered = { ...holding, method: 'email_code' as const, code, client: aClient() }
      answers.push(await withTokens(makeKeyRing(k2)).prove(answered))
    }

    expect(answers[0]).toMatchObject({ ok: false, because: 'code-wrong', triesLeft: 4 })
    expect(answers[1]).toEqual(answers[0])
  })

  it('works for no other flow, not even of the same account', async () => {
    const world = aWorld()
    await start(world, 'ada')
    const { code } = lastMail(world)
    const other = await start(world, 'ada', stranger)

    expect(await type(world, other, code)).toMatchObject({ ok: false, because: 'code-wrong' })
  })

  it('has five tries, which a new mail does not give back; then the right one is refused and the link works', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')
    const bad = wrong(lastMail(world).code)
    const left: unknown[] = []
    for (let guess = 0; guess < 3; guess += 1) left.push(await type(world, holding, bad))
    world.clock.advance(30)
    await world.recovery.ask(holding)
    await world.runJobs()
    for (let guess = 0; guess < 2; guess += 1) left.push(await type(world, holding, bad))

    expect(left).toEqual(
      [4, 3, 2, 1, 0].map((triesLeft) => ({ ok: false, because: 'code-wrong', triesLeft })),
    )
    expect(await type(world, holding, lastMail(world).code)).toEqual({
      ok: false,
      because: 'code-tries-used-up',
    })
    expect(await spend(world, lastMail(world).link)).toMatchObject({ ok: true })
  })

  it('is refused after ten wrong ones over all flows and spellings of the account; the link works', async () => {
    const world = aWorld({ accounts: [anAccount('ada'), anAccount('bob')] })
    for (const identifier of ['ada', 'ADA@northwind.example']) {
      const holding = await start(world, identifier, stranger)
      for (let guess = 0; guess < 5; guess += 1) await type(world, holding, 'wrong', stranger.client)
    }
    world.clock.advance(901)
    const mine = await start(world, ' Ada ')
    const bobs = await start(world, 'bob')
    const [toAda, toBob] = [lastMail(world, 'ada@home.example'), lastMail(world, 'bob@home.example')]

    expect(await type(world, mine, toAda.code)).toEqual({ ok: false, because: 'code-wrong', triesLeft: 4 })
    expect(await type(world, bobs, toBob.code)).toMatchObject({ ok: true })
    expect([toAda.order.facts.codeWorks, toBob.order.facts.codeWorks]).toEqual([false, true])
    expect(await spend(world, toAda.link)).toMatchObject({ ok: true, flow: { state: 'proven' } })
  })

  it('counts again a day after the wrong ones', async () => {
    const world = aWorld()
    for (let flow = 0; flow < 2; flow += 1) {
      const holding = await start(world, 'ada', stranger)
      for (let guess = 0; guess < 5; guess += 1) await type(world, holding, 'wrong', stranger.client)
    }
    world.clock.advance(86_400)
    const mine = await start(world, 'ada')

    expect(await type(world, mine, lastMail(world).code)).toMatchObject({ ok: true })
  })

  it('stops after ten minutes, to the second', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')
    world.clock.advance(599)
    expect(await type(world, holding, 'wrong')).toMatchObject({ because: 'code-wrong' })
    world.clock.advance(1)

    expect(await type(world, holding, lastMail(world).code)).toEqual({ ok: false, because: 'code-expired' })
    expect(await spend(world, lastMail(world).link)).toEqual({ ok: false, because: 'link-unusable' })
  })

  it('of an earlier mail stays good while the new mail could not be sent', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')
    world.directory.down = true
    world.clock.advance(30)
    await world.recovery.ask(holding)
    await world.runJobs()

    expect(await type(world, holding, lastMail(world).code)).toMatchObject({ ok: true })
  })

  it('and wrong ones are answered alike in a decoy, try for try', async () => {
    const tell = async (identifier: string) => {
      const world = aWorld()
      const holding = await start(world, identifier)
      const answers = []
      for (let guess = 0; guess < 7; guess += 1) answers.push(await type(world, holding, '00000000'))
      world.clock.advance(600)
      answers.push(await type(world, holding, '00000000'))
      return answers
    }

    expect(await tell('nobody')).toEqual(await tell('ada'))
  })

  it('guessed two hundred times at once is two hundred guesses in a row', async () => {
    const world = aWorld({ rules: { proofsPerNetwork: { max: 1_000, windowSeconds: 600 } } })
    const holding = await start(world, 'ada')
    const guesses = Array.from({ length: 200 }, () => type(world, holding, '00000000'))

    const answers = await Promise.all(guesses)

    expect(answers.filter((answer) => !answer.ok && answer.because === 'code-wrong')).toHaveLength(5)
    const [ledger] = [...world.store.rows.ledgers.values()].filter(
      ({ failedTries }) => failedTries.length > 0,
    )
    expect(ledger?.failedTries).toHaveLength(5)
  })
})

describe('a mailed link', () => {
  it('moves the flow to whoever spends it, once', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada', stranger)
    const { link } = lastMail(world)

    const answer = await spend(world, link)
    const again = await spend(world, link)

    expect(answer).toMatchObject({ ok: true, flow: { state: 'proven' } })
    expect(again).toEqual({ ok: false, because: 'link-unusable' })
    if (!answer.ok) return
    expect(answer.flow.id).not.toBe(holding.id)
    expect(await setPassword(world, holding)).toEqual({ ok: false, because: 'not-proven' })
    expect(world.events().slice(3)).toEqual(['flow.moved', 'proof.accepted', 'proof.refused'])
  })

  it('is spent by one of thirty who race for it', async () => {
    const world = aWorld()
    await start(world, 'ada')
    const { link } = lastMail(world)

    const answers = await Promise.all(Array.from({ length: 30 }, () => spend(world, link)))

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('leaves its starter with a flow that can’t be told from a decoy, to its end', async () => {
    const watch = async (identifier: string, click: boolean) => {
      const world = aWorld()
      const holding = await start(world, identifier, stranger)
      if (click) {
        const answer = await spend(world, lastMail(world).link)
        if (!answer.ok) throw new Error(answer.because)
        await setPassword(world, { ...holding, id: answer.flow.id, secret: answer.secret })
        await world.runJobs()
      }
      const seen: unknown[] = [hidden(await world.recovery.read(holding))]
      seen.push(hidden(await type(world, holding, '00000000', stranger.client)))
      world.clock.advance(30)
      seen.push(hidden(await world.recovery.ask(holding)))
      await world.runJobs()
      seen.push(hidden(await world.recovery.read(holding)), await setPassword(world, holding))
      world.clock.advance(1_800)
      seen.push(hidden(await world.recovery.read(holding)), hidden(await world.recovery.ask(holding)))
      return { seen, mails: world.mails.length }
    }

    const decoy = await watch('nobody', false)
    const moved = await watch('ada', true)

    expect(moved.seen).toEqual(decoy.seen)
    // The click's owner got the mail and the notice; the starter's second mail was never sent.
    expect([decoy.mails, moved.mails]).toEqual([0, 2])
  })

  it.each([
    ['nothing', ''],
    ['text', 'not a link'],
    ['a link of another tenant', 'k1.flow.1.tag'],
  ])('that is %s is refused like a used one', async (_, token) => {
    const world = aWorld()

    expect(await spend(world, token)).toEqual({ ok: false, because: 'link-unusable' })
  })

  it('that was changed anywhere is refused', async () => {
    const world = aWorld()
    await start(world, 'ada')
    const { link } = lastMail(world)

    for (let at = 0; at < link.length; at += 1) {
      const changed = `${link.slice(0, at)}${link[at] === 'A' ? 'B' : 'A'}${link.slice(at + 1)}`
      const client = aClient({ network: `net-${at}` })
      expect(await spend(world, changed, client)).toEqual({ ok: false, because: 'link-unusable' })
    }
    expect(await spend(world, link)).toMatchObject({ ok: true })
  })

  it('is spent for the tenant it was made for only', async () => {
    const world = aWorld()
    await start(world, 'ada')
    const call = { tenant: 'elsewhere', token: lastMail(world).link, client: aClient(), locale: 'en' }

    expect(await world.recovery.spendLink(call)).toEqual({ ok: false, because: 'link-unusable' })
  })
})

describe('policy', () => {
  const secretsOf = (world: World, methods: readonly Method[]) => {
    const { store, tokens, clock } = world
    const secretsFor = makeMessageSecrets({
      store,
      tokens,
      now: clock.now,
      publicUrl: () => '',
      methods: () => methods,
    })
    return secretsFor(lastMail(world).order)
  }

  it('that does not offer codes mails none and takes none, from nobody', async () => {
    const world = aWorld({ methods: ['email_link'] })
    const holding = await start(world, 'ada')
    const mailed = await secretsOf(world, ['email_link'])
    const decoy = await start(world, 'nobody')
    const { link } = lastMail(world)
    const refused = { ok: false, because: 'method-not-offered' }

    expect(mailed).toMatchObject({ link: expect.stringContaining('/recover#') })
    expect(mailed).not.toHaveProperty('code')
    expect(await type(world, holding, '00000000')).toEqual(refused)
    expect(await type(world, decoy, '00000000')).toEqual(refused)
    expect(await spend(world, link)).toMatchObject({ ok: true })
  })

  it('that does not offer links mails none and takes none', async () => {
    const world = aWorld({ methods: ['email_code'] })
    const holding = await start(world, 'ada')
    const { link, code } = lastMail(world)
    const mailed = await secretsOf(world, ['email_code'])

    expect(mailed).toMatchObject({ code })
    expect(mailed).not.toHaveProperty('link')
    expect(await spend(world, link)).toEqual({ ok: false, because: 'link-unusable' })
    expect(await type(world, holding, code)).toMatchObject({ ok: true })
  })
})

describe('flows of nobody', () => {
  it('by one name share a ledger, as those of one account do, before and after they lost an account', async () => {
    const world = aWorld()
    const subjects = () => [...world.store.rows.flows.values()].map(({ subject }) => subject)
    await start(world, 'nobody')
    await start(world, ' NOBODY ')
    await start(world, 'somebody else')
    const [one, same, other] = subjects()

    expect(one).toBe(same)
    expect(one).not.toBe(other)

    await start(world, 'ada', stranger)
    await start(world, 'ada', stranger)
    await setPassword(world, await prove(world, 'ada'))
    const [, , , first, second] = subjects()
    expect(first).toBe(second)
    expect(first).toMatch(/^~/)
  })
})

describe('success', () => {
  it('makes every other link, code and flow of the account worthless, and waiting ones look as before', async () => {
    const world = aWorld()
    const waiting = await start(world, 'ada', stranger)
    const old = lastMail(world)
    const proven = await prove(world, 'ada', aClient({ network: 'a second browser' }))
    const mine = await prove(world, 'ada')

    expect(await setPassword(world, mine)).toMatchObject({ ok: true, flow: { state: 'completed' } })

    expect(await spend(world, old.link)).toEqual({ ok: false, because: 'link-unusable' })
    expect(await type(world, waiting, old.code)).toMatchObject({ because: 'code-wrong', triesLeft: 4 })
    expect(await world.recovery.read(waiting)).toMatchObject({ ok: true, flow: { state: 'awaiting-proof' } })
    expect(await setPassword(world, proven)).toMatchObject({
      ok: false,
      because: 'flow-ended',
      flow: { because: 'superseded' },
    })
    expect(world.directory.writes).toHaveLength(1)
    // The flow that the link had moved away belongs to nobody any more; the other two are told of.
    expect(world.events().filter((name) => name === 'flow.ended')).toHaveLength(2)
  })
})

describe('time', () => {
  it('ends a flow after thirty minutes without a step, and after an hour in all', async () => {
    const world = aWorld()
    const idle = await start(world, 'ada')
    world.clock.advance(1_799)
    expect(await world.recovery.read(idle)).toMatchObject({ flow: { state: 'awaiting-proof' } })
    world.clock.advance(1)
    expect(await world.recovery.read(idle)).toMatchObject({ flow: { state: 'ended', because: 'expired' } })

    const busy = await start(world, 'ada')
    for (const seconds of [1_500, 1_500, 599]) {
      world.clock.advance(seconds)
      expect(await world.recovery.ask(busy)).toMatchObject({ ok: seconds !== 599 || expect.anything() })
    }
    expect(await world.recovery.read(busy)).toMatchObject({ flow: { state: 'awaiting-proof' } })
    world.clock.advance(1)
    expect(await world.recovery.read(busy)).toMatchObject({ flow: { state: 'ended', because: 'expired' } })
  })

  it('is written down by the first step after it, once', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')
    world.clock.advance(1_800)

    await world.recovery.read(holding)
    await world.recovery.ask(holding)
    await world.recovery.ask(holding)

    expect(world.events().filter((name) => name === 'flow.ended')).toHaveLength(1)
  })
})

describe('an answer to a challenge', () => {
  it('is refused to a network that answered too often, links, codes and disavowals together', async () => {
    const world = aWorld({ rules: { proofsPerNetwork: { max: 2, windowSeconds: 600 } } })
    const holding = await start(world, 'ada')
    await type(world, holding, 'wrong')
    await spend(world, 'garbage')
    const refused = { ok: false, because: 'too-many-requests', retryAfterSeconds: 600 }

    expect(await type(world, holding, lastMail(world).code)).toEqual(refused)
    expect(await spend(world, lastMail(world).link)).toEqual(refused)
    const call = { tenant: northwind, token: 'garbage', client: aClient() }
    expect(await world.recovery.disavow(call)).toEqual(refused)
    expect(world.events().filter((name) => name === 'recovery.throttled')).toHaveLength(3)
  })

  it('with a secret that is not the flow’s tells nothing, not even that the flow exists', async () => {
    const world = aWorld()
    const holding = await start(world, 'ada')
    const unknown = { ok: false, because: 'flow-unknown' }

    for (const call of [
      { ...holding, secret: 'x' },
      { ...holding, id: 'x' },
      { ...holding, tenant: 'x' },
    ]) {
      expect(await world.recovery.read(call)).toEqual(unknown)
      expect(await world.recovery.ask(call)).toEqual(unknown)
      expect(await type(world, call, lastMail(world).code)).toEqual(unknown)
      expect(await setPassword(world, call)).toEqual(unknown)
    }
  })
})

/** What could be shown of an answer: what only Rekey knows is left out. */
function hidden(answer: Awaited<ReturnType<World['recovery']['read']>>): unknown {
  if (!('flow' in answer)) return answer
  const { subject: _, decoySubject: __, ...flow } = answer.flow
  if (flow.state !== 'awaiting-proof') return { ...answer, flow }
  const { whose: ___, issued: ____, ...waiting } = flow
  return { ...answer, flow: waiting }
}
