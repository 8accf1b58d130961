import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { methods } from '../../src/core/proofs/index.ts'
import { makeInvite, type RecoveryDeps, refuse, type StartedKind } from '../../src/core/recovery/index.ts'
import { transition } from '../../src/core/recovery/transition.ts'
import { enrolledLongAgo } from '../support/enrolling.ts'
import { seededBytes } from '../support/fake-outside.ts'
import {
  aClient,
  anAccount,
  aWorld,
  type Holding,
  northwind,
  setPassword,
  type World,
} from '../support/recovery-world.ts'
import { anyTrace, coreClient, playTrace, type TraceStep, type WorldStep } from '../support/two-worlds.ts'
import { isWayIn } from '../support/walk-observer.ts'

const spellings = ['ada', 'ADA', 'ada@northwind.example', 'people\\ada', ' Ada ', 'ada@corp.example']
const ada = anAccount('ada', { upn: 'ada@corp.example' })
const bob = anAccount('bob')
const owner = aClient({ network: '192.0.2.0/24', deviceDigest: 'cookie-of-ada', device: 'Safari on iPhone' })
const rules = { startsPerNetwork: { max: 8, windowSeconds: 600 } }

interface Settings {
  exists: boolean
  breakage?: (deps: RecoveryDeps) => RecoveryDeps
}

/** Chance for the stranger's requests and chance for everything else come from two sources, the same in both worlds. */
async function transcriptOf(trace: readonly TraceStep[], { exists, breakage = (deps) => deps }: Settings) {
  const world = aWorld({
    accounts: exists ? [ada, bob] : [bob],
    methods,
    rules,
    randomBytes: seededBytes(2),
    wrap: breakage,
  })
  const stranger = world.another({ randomBytes: seededBytes(1) })
  return playTrace(trace, {
    client: coreClient(stranger, world.rules),
    spellings,
    happens: (step) => happens(world, step),
  })
}

async function happens(world: World, step: WorldStep): Promise<void> {
  const { directory, clock, recovery } = world
  switch (step.do) {
    case 'jobs':
      return world.runJobs()
    case 'wait':
      clock.advance(step.seconds)
      return
    case 'owner-recovers':
    case 'owner-unlocks':
    case 'owner-clicks': {
      const holding = await ownerProves(world, step.do === 'owner-unlocks' ? 'unlock' : 'recovery')
      if (holding === null || step.do === 'owner-clicks') return
      if (step.do === 'owner-unlocks') await recovery.unlock({ ...holding, client: owner })
      else await setPassword(world, holding, undefined, owner)
      return world.runJobs()
    }
    case 'owner-disavows': {
      const token = world.mails.findLast(({ disavowLink }) => disavowLink !== null)?.disavowLink ?? 'none'
      await recovery.disavow({ tenant: northwind, token, client: owner })
      return world.runJobs()
    }
    case 'owner-enrols':
      if (directory.people.has(ada.key)) await enrolledLongAgo(world, 'ada')
      return
    case 'owner-clicks-yours': {
      const { link } = world.mails.findLast(({ order }) => isWayIn(order)) ?? { link: 'none' }
      await recovery.spendLink({ tenant: northwind, token: link, client: owner, locale: 'en' })
      return
    }
    case 'operator-invites': {
      const call = {
        tenant: northwind,
        identifier: 'ada',
        address: null,
        locale: null,
        localeOtherwise: 'en',
      }
      const more = {
        service: null,
        invitedBy: 'an operator',
        again: true,
        dryRun: false,
        mayNameAddress: true,
      }
      // An operator is told that a directory does not answer; nobody else is.
      await makeInvite(world.deps)({ ...call, ...more }, AbortSignal.timeout(10_000)).catch(() => null)
      return world.runJobs()
    }
    case 'owner-activates': {
      const token = world.mails.findLast(({ order }) => order.kind === 'invitation')?.link ?? 'none'
      const answer = await recovery.activate({ tenant: northwind, token, client: owner, locale: 'en' })
      if (!answer.ok) return
      const holding = { tenant: northwind, id: answer.flow.id, secret: answer.secret }
      await setPassword(world, holding, undefined, owner)
      return world.runJobs()
    }
    case 'account': {
      const entry = directory.people.get(ada.key)
      if (entry !== undefined) directory.people.set(ada.key, { ...entry, [step.is]: step.on })
      return
    }
    case 'account-goes':
      directory.people.delete(ada.key)
      return
    case 'directory':
      directory.down = step.down
      return
    case 'flood':
      for (let other = 0; other < 4; other += 1) {
        const client = aClient({ network: `flood-${other}` })
        await recovery.start({ tenant: northwind, identifier: 'ada', service: null, locale: 'en', client })
      }
      return world.runJobs()
    case 'sweep':
      await recovery.sweep()
      return
  }
}

/** Where there is no owner, the same is done in the name of nobody. */
async function ownerProves(world: World, kind: StartedKind): Promise<Holding | null> {
  const { recovery } = world
  const call = { tenant: northwind, identifier: 'ada', kind, service: null, locale: 'en', client: owner }
  const started = await recovery.start(call)
  await world.runJobs()
  if (!started.ok) return null
  const mail = world.mails.findLast(({ order }) => order.flow === started.flow.id)
  const token = mail?.link ?? 'none'
  const answer = await recovery.spendLink({ tenant: northwind, token, client: owner, locale: 'en' })
  return answer.ok ? { tenant: northwind, id: answer.flow.id, secret: answer.secret } : null
}

const differs = async (trace: readonly TraceStep[], breakage?: Settings['breakage']) => {
  const broken = breakage === undefined ? {} : { breakage }
  const there = await transcriptOf(trace, { exists: true, ...broken })
  const not = await transcriptOf(trace, { exists: false, ...broken })
  return JSON.stringify(there) !== JSON.stringify(not)
}

describe('a stranger who asks about an account', () => {
  it('is told the same, byte for byte, whether or not it exists, whatever happens to it meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(anyTrace, async (trace) => {
        const there = await transcriptOf(trace, { exists: true })
        const not = await transcriptOf(trace, { exists: false })

        expect(there).toEqual(not)
      }),
      { numRuns: 3_000 },
    )
  }, 120_000)
})

const breakages: readonly { name: string; breakage: (deps: RecoveryDeps) => RecoveryDeps }[] = [
  {
    name: 'ends a stranger’s flow when the owner succeeds',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            if (decision.others === undefined) return decision
            return {
              ...decision,
              others: (flow) => {
                const ended = transition(flow, { type: 'expired' })
                return ended === null ? null : { flow: ended, events: [] }
              },
            }
          }),
      },
    }),
  },
  {
    name: 'lets no proof of an account that is not locked be waited for by who wants to unlock',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const { flow } = decision
            const isMatched = flow?.state === 'awaiting-proof' && flow.whose.is === 'account'
            const ended = isMatched && flow.kind === 'unlock' ? transition(flow, { type: 'expired' }) : null
            return ended === null ? decision : { ...decision, flow: ended }
          }),
      },
    }),
  },
  {
    name: 'ends a flow that waits for an account that was never activated',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const isTold = decision.effects?.messages?.some(({ facts }) => facts.because === 'not-activated')
            const ended = isTold === true ? transition(seen.flow, { type: 'expired' }) : null
            return ended === null ? decision : { ...decision, flow: ended }
          }),
      },
    }),
  },
  {
    name: 'counts no wrong codes in a flow of nobody',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const { flow } = seen
            const isDecoy = flow.state === 'awaiting-proof' && flow.whose.is === 'nobody'
            if (!isDecoy || decision.flow?.state !== 'awaiting-proof') return decision
            return { ...decision, flow: { ...decision.flow, codesTried: flow.codesTried } }
          }),
      },
    }),
  },
  {
    name: 'tells who has set nothing up that there is nothing',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const isEmpty = target.enrolments === true && seen.enrolments.length === 0
            if (!isEmpty || decision.flow?.state !== 'awaiting-proof') return decision
            // Whatever the decider is asked for, a refusal is one of its answers.
            return {
              ...decision,
              answer: refuse({ because: 'method-not-offered' }) as typeof decision.answer,
            }
          }),
      },
    }),
  },
  {
    name: 'lets a flow run out sooner when it has an account',
    breakage: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const { flow } = decision
            const isMatched = flow?.state === 'awaiting-proof' && flow.whose.is === 'account'
            return isMatched ? { ...decision, flow: { ...flow, touchedAt: seen.flow.startedAt } } : decision
          }),
      },
    }),
  },
]

describe('the traces find a build that', () => {
  it.each(breakages)('$name', async ({ breakage }) => {
    const details = await fc.check(
      fc.asyncProperty(anyTrace, async (trace) => !(await differs(trace, breakage))),
      { numRuns: 1_000, endOnFailure: true },
    )

    expect(details.failed).toBe(true)
  })
})
