import { describe, expect, it } from 'vitest'
import { aWorldOfMethods, signInFully, withApp } from '../../../test/support/enrolling.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  lastMail,
  northwind,
  prove,
  setPassword,
  signIn,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { RiskAssessor, RiskCase, RiskVerdict } from '../risk/ports.ts'

type Place = Parameters<RiskAssessor['remember']>[0]

/** Says the same of everybody, and keeps what it was asked. */
function aJudge(over: Partial<RiskVerdict> = {}) {
  const asked: RiskCase[] = []
  const remembered: Place[] = []
  const verdict: RiskVerdict = {
    ...{ mode: 'shadow', score: 45, band: 'medium', acting: 'low', weights: 'hand@1', reasons: [] },
    readings: { tor: 1, 'new-device': 'unknown' },
    ...over,
  }
  const risk: RiskAssessor = {
    ofRequest: () => Promise.reject(new Error('asked by nobody yet')),
    assess: async (about) => {
      asked.push(about)
      return Promise.resolve(verdict)
    },
    remember: async (at) => {
      await Promise.resolve(remembered.push(at))
    },
  }
  return { risk, asked, remembered }
}

const scores = (world: World) => world.store.rows.events.filter(({ name }) => name === 'risk.scored')

describe('the score of a start', () => {
  it('is made by the job, from what its directory says of the account, and told with the reasons', async () => {
    const { risk, asked } = aJudge()
    const world = aWorld({ risk, accounts: [anAccount('ada', { recoveryAddresses: ['ada@home.example'] })] })
    const call = { tenant: northwind, identifier: 'ada', service: null, locale: 'en', client: aClient() }
    await world.recovery.start(call)
    const before = asked.length
    await world.runJobs()

    expect(before).toBe(0)
    expect(asked).toMatchObject([
      { isPrivileged: false, failedProofs: { count: 0, max: 10 }, mailboxes: ['ada@home.example'] },
    ])
    expect(asked[0]?.name).not.toBe(asked[0]?.subject)
    expect(scores(world)).toMatchObject([
      {
        subject: asked[0]?.subject,
        facts: {
          ...{ step: 'start', mode: 'shadow', score: 45, band: 'medium', weights: 'hand@1' },
          ...{ 'signal.tor': 1, 'signal.new-device': 'unknown' },
        },
      },
    ])
    expect(scores(world)[0]?.flow).not.toBeNull()
  })

  it('is made for nobody too, under the name that was typed, and belongs to no account', async () => {
    const { risk, asked } = aJudge()
    const world = aWorld({ risk })
    await start(world, 'nobody')

    expect(asked).toMatchObject([{ isPrivileged: false, mailboxes: [] }])
    expect(asked[0]?.name).toBe(asked[0]?.subject)
    expect(scores(world)).toMatchObject([{ subject: null }])
  })

  it('is made for accounts that don’t come back by mail, and changes nothing that anybody gets', async () => {
    const shadow = aJudge({ score: 100, band: 'high' })
    const accounts = [anAccount('ada'), anAccount('root', { privileged: true })]
    const [scored, plain] = [aWorld({ risk: shadow.risk, accounts }), aWorld({ accounts })]
    for (const world of [scored, plain]) {
      for (const name of ['ada', 'root', 'nobody']) await start(world, name)
    }

    expect(shadow.asked.map(({ isPrivileged }) => isPrivileged)).toEqual([false, true, false])
    expect(scored.mails.map(({ order }) => order.kind)).toEqual(plain.mails.map(({ order }) => order.kind))
    expect(scored.events().filter((name) => name !== 'risk.scored')).toEqual(plain.events())
  })
})

describe('the score of a proof', () => {
  it('asks for more where it may act, of whoever brings the proof, and is told with it', async () => {
    const { risk, asked } = aJudge({ mode: 'act', band: 'medium', acting: 'medium' })
    const world = aWorld({ risk })
    await start(world, 'ada')
    const { link: token } = lastMail(world)
    const client = aClient({ network: '203.0.113.0/24' })

    const spent = await world.recovery.spendLink({ tenant: northwind, token, client, locale: 'en' })

    expect(spent).toMatchObject({
      flow: { state: 'awaiting-proof', wanted: { kinds: 2, because: ['policy', 'risk'] } },
    })
    expect(asked.at(-1)).toMatchObject({ name: null, client: { network: '203.0.113.0/24' } })
    expect(scores(world).map(({ facts }) => facts['step'])).toEqual(['start', 'proof'])
  })

  it('is no better than that of the start, however the proof looks', async () => {
    let acting: RiskVerdict['acting'] = 'medium'
    const judge = aJudge({ mode: 'act' })
    const assess: RiskAssessor['assess'] = async (about) => ({ ...(await judge.risk.assess(about)), acting })
    const world = aWorld({ risk: { ...judge.risk, assess } })
    const holding = await start(world, 'ada')
    acting = 'low'

    const { code } = lastMail(world)
    const proved = await world.recovery.prove({ ...holding, method: 'email_code', code, client: aClient() })

    expect(proved).toMatchObject({ flow: { state: 'awaiting-proof' } })
  })

  it('changes nothing while it only looks on', async () => {
    const { risk } = aJudge({ mode: 'shadow', band: 'high', acting: 'low' })

    expect(await prove(aWorld({ risk }), 'ada')).toMatchObject({ tenant: northwind })
  })
})

describe('the score of a sign-in', () => {
  it('is told with it, and counts no name twice', async () => {
    const { risk, asked } = aJudge()
    const world = aWorld({ risk })
    await signIn(world, 'ada')
    await signIn(world, 'ada', { password: 'wrong' })

    expect(asked).toMatchObject([{ name: null }])
    expect(scores(world)).toMatchObject([
      { flow: null, subject: asked[0]?.subject, facts: { step: 'sign-in' } },
    ])
  })
})

describe('where somebody was', () => {
  it('is remembered when the owner has signed in, unless it looks like somebody else', async () => {
    const [usual, strange] = [aJudge(), aJudge({ band: 'high' })]
    await signIn(aWorld({ risk: usual.risk }), 'ada')
    await signIn(aWorld({ risk: strange.risk }), 'ada')

    expect(usual.remembered).toMatchObject([{ client: aClient() }])
    expect(strange.remembered).toEqual([])
  })

  it('is remembered after the second proof where one is asked for, and not before', async () => {
    const { risk, remembered } = aJudge()
    const world = aWorldOfMethods({ risk })
    const { app } = await withApp(world)
    remembered.length = 0
    await signIn(world, 'ada')
    const before = remembered.length
    world.clock.advance(60)
    await signInFully(world, 'ada', app)

    expect(before).toBe(0)
    expect(remembered).toHaveLength(1)
  })

  it('is remembered when a flow has come to its end, and not when it was refused', async () => {
    const { risk, remembered } = aJudge()
    const world = aWorld({ risk })
    const holding = await prove(world, 'ada')
    await setPassword(world, holding, aPassword('short'))
    const before = remembered.length
    await setPassword(world, holding)

    expect(before).toBe(0)
    expect(remembered).toMatchObject([{ tenant: northwind, client: aClient() }])
  })
})
