import { cpus } from 'node:os'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AwaitingProof, type Flow } from '../../src/core/recovery/flow.ts'
import type { RecoveryStore } from '../../src/core/recovery/ports.ts'
import { anyWalk, type Breakage, walk } from '../support/recovery-walk.ts'

const walks = 15_000
const walksToProve = 1_000_000
/** The long tier: `npm run prove`. */
const isProving = process.env['REKEY_PROVE'] === '1'

describe('whatever people, strangers, clocks and crashes do', () => {
  it('a password is written only for its proofs, and everything else that must hold holds', async () => {
    await fc.assert(
      fc.asyncProperty(anyWalk, async (one) => {
        expect((await walk(one)).violations).toEqual([])
      }),
      { numRuns: walks },
    )
  }, 300_000)

  it('the walks go everywhere, often enough to mean something', async () => {
    const went = new Map<string, number>()
    // So many that chance alone takes none below what is wanted of a thousand (five standard deviations for the rarest).
    const thousands = 5
    for (const one of fc.sample(anyWalk, thousands * 1_000)) {
      for (const name of new Set((await walk(one)).events)) went.set(name, (went.get(name) ?? 0) + 1)
    }

    const wanted = {
      'password.written': 200,
      'password.refused': 50,
      'password.write-failed': 20,
      'password.write-unexplained': 50,
      'disavowal.received': 100,
      'ticket.opened': 25,
      'flow.moved': 500,
      'flow.ended': 70,
      'account.sessions-ended': 50,
      'recovery.ineligible': 8,
      'account.unlocked': 25,
      'account.unlock-failed': 4,
      'invitation.spent': 50,
      'invitation.refused': 30,
      'invitation.withdrawn': 12,
    }
    for (const [name, often] of Object.entries(wanted))
      expect([name, went.get(name)]).toEqual([name, atLeast(often * thousands)])
  })

  it.runIf(isProving)(
    'so it is in a million walks',
    async () => {
      const workers = cpus().length
      const share = Math.ceil(walksToProve / workers)
      const seed = Math.trunc(Math.random() * 2 ** 30)

      const found = await Promise.all(
        Array.from({ length: workers }, (_, worker) => walksInWorker({ seed: seed + worker, walks: share })),
      )

      expect(found.flatMap(({ counterexample }) => counterexample ?? [])).toEqual([])
      expect(found.reduce((sum, { ran }) => sum + ran, 0)).toBeGreaterThanOrEqual(walksToProve)
    },
    4 * 3_600_000,
  )
})

const skipsProof = withStore((store) => ({
  read: async (tenant, id) => {
    const flow = await store.read(tenant, id)
    return flow && asProven(flow)
  },
  decide: (target, decider) =>
    store.decide(target, (seen) => decider({ ...seen, flow: asProven(seen.flow) })),
}))

/** Each is one line of the core undone. Every one of them has to be found, or the walks prove nothing. */
const breakages: readonly { name: string; breakage: Breakage; seen: string }[] = [
  {
    name: 'takes any code for right',
    breakage: (deps) => ({ ...deps, tokens: { ...deps.tokens, isCode: () => true } }),
    seen: 'a code was accepted that was never mailed',
  },
  {
    name: 'forgets what is enrolled',
    breakage: withStore((store) => ({
      decide: (target, decider) =>
        store.decide(target, (seen) => decider({ ...seen, ledger: { ...seen.ledger, enrolled: [] } })),
    })),
    seen: 'a password reached the directory without its proof',
  },
  {
    name: 'forgets that a code of an app was used',
    breakage: withStore((store) => ({
      decide: (target, decider) =>
        store.decide(target, (seen) => {
          const decision = decider(seen)
          const { enrolments: _, ...effects } = decision.effects ?? { events: [] }
          return decision.effects === undefined ? decision : { ...decision, effects }
        }),
    })),
    seen: 'a code of an app was accepted twice',
  },
  {
    name: 'skips the proof',
    breakage: skipsProof,
    seen: 'a password reached the directory without its proof',
  },
  {
    name: 'skips the proof, for who wants an account unlocked',
    breakage: skipsProof,
    seen: 'a lock was lifted without its proof',
  },
  {
    name: 'gives a password to a flow that was opened for a lock',
    breakage: withStore((store) => ({
      read: async (tenant, id) => {
        const flow = await store.read(tenant, id)
        return flow && { ...flow, kind: 'recovery' }
      },
      decide: (target, decider) =>
        store.decide(target, (seen) => {
          const { flow, ...rest } = decider({ ...seen, flow: { ...seen.flow, kind: 'recovery' } })
          return flow === undefined ? rest : { ...rest, flow: { ...flow, kind: seen.flow.kind } }
        }),
    })),
    seen: 'a flow for a lock wrote a password',
  },
  {
    name: 'forgets that an invitation was used',
    breakage: withStore((store) => ({
      decideInvitations: (target, decider) =>
        store.decideInvitations(target, (seen) => {
          const { changed, ...rest } = decider(seen)
          return changed === undefined || rest.opened !== undefined ? rest : { ...rest, changed }
        }),
    })),
    seen: 'an invitation was accepted twice',
  },
  {
    name: 'leaves invitations alive that were replaced',
    breakage: withStore((store) => ({
      decideInvitations: (target, decider) =>
        store.decideInvitations(target, (seen) => {
          const { changed, ...rest } = decider(seen)
          const kept = changed?.filter((one) => one.withdrawnAt === null)
          return kept === undefined ? rest : { ...rest, changed: kept }
        }),
    })),
    seen: 'newer one had replaced it',
  },
  {
    name: 'brings accounts back that were never activated',
    breakage: withStore(() => ({ lastInvitation: () => Promise.resolve(null) })),
    seen: 'recovery brought back an account that was never activated',
  },
  {
    name: 'tells nobody of a lifted lock',
    breakage: withStore((store) => ({
      decide: (target, decider) =>
        store.decide(target, (seen) => {
          const decision = decider(seen)
          const messages = decision.effects?.messages?.filter(({ kind }) => kind !== 'account-unlocked')
          if (decision.effects === undefined || messages === undefined) return decision
          return { ...decision, effects: { ...decision.effects, messages } }
        }),
    })),
    seen: 'not every address was told of a lifted lock',
  },
  {
    name: 'looks at a flow without locking it',
    breakage: withStore((store) => ({
      decide: async (target, decider) => {
        const flow = await store.read(target.tenant, target.id)
        if (flow === null) return null
        const ledger = await store.readLedger(target.tenant, target.subject ?? flow.subject)
        const decision = decider({ flow, ledger, linked: [], enrolments: [] })
        return store.decide(target, () => decision)
      },
    })),
    seen: 'accepted though the flow',
  },
  {
    name: 'leaves the other flows of an account alone',
    breakage: withStore((store) => ({
      decide: (target, decider) => store.decide(target, (seen) => withoutOthers(decider(seen))),
      decideDisavowal: (target, decider) =>
        store.decideDisavowal(target, (seen) => withoutOthers(decider(seen))),
    })),
    seen: 'dead',
  },
  {
    name: 'gives a flow back that an operator ended while it wrote',
    breakage: withStore((store) => ({
      decide: (target, decider) =>
        store.decide(target, (seen) => {
          if (seen.flow.state !== 'writing') return decider(seen)
          const { endsAs: _, ...flow } = seen.flow
          return decider({ ...seen, flow })
        }),
    })),
    seen: 'a dead flow wrote a password',
  },
  {
    name: 'ignores the lease',
    breakage: withStore((store) => ({
      decide: (target, decider) =>
        store.decide(target, (seen) => {
          const isFirstLook = seen.flow.state === 'proven'
          return decider(isFirstLook ? { ...seen, ledger: { ...seen.ledger, lease: null } } : seen)
        }),
    })),
    seen: 'a write began while another may have been under way',
  },
  {
    name: 'does not let time pass',
    breakage: (deps) => {
      const start = deps.now()
      return { ...deps, now: () => start }
    },
    seen: 'too late',
  },
  {
    name: 'forgets to ask for more after a "this was not me"',
    breakage: withStore((store) => ({
      decideDisavowal: (target, decider) =>
        store.decideDisavowal(target, (seen) => {
          const decision = decider(seen)
          const { ledger } = decision
          return ledger === undefined
            ? decision
            : { ...decision, ledger: { ...ledger, secondProofUntil: null } }
        }),
    })),
    seen: 'a password reached the directory without its proof',
  },
  {
    name: 'keeps the generation that a newer mail replaced',
    breakage: (deps) => ({
      ...deps,
      tokens: {
        ...deps.tokens,
        readLink: (tenant, text) => {
          const name = deps.tokens.readLink(tenant, text)
          return name && { ...name, generation: generations.get(name.flow) ?? name.generation }
        },
      },
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            const decision = decider(seen)
            const issued = decision.flow?.state === 'awaiting-proof' ? decision.flow.issued : null
            if (issued !== null) generations.set(target.id, issued.generation)
            return decision
          }),
      },
    }),
    seen: 'newer mail had replaced it',
  },
]

describe('the walks find a build that', () => {
  it.each(breakages)('$name', async ({ breakage, seen }) => {
    const found = new Set<string>()
    const details = await fc.check(
      fc.asyncProperty(anyWalk, async (one) => {
        const { violations } = await walk(one, breakage)
        for (const violation of violations) found.add(violation)
        return !violations.some((violation) => violation.includes(seen))
      }),
      { numRuns: 20_000, endOnFailure: true },
    )

    expect({ found: [...found], failed: details.failed }).toMatchObject({ failed: true })
  })
})

const atLeast = (least: number) => expect.toSatisfy((often: number) => often >= least, `at least ${least}`)

const generations = new Map<string, number>()

function withStore(breaks: (store: RecoveryStore) => Partial<RecoveryStore>): Breakage {
  return (deps) => ({ ...deps, store: { ...deps.store, ...breaks(deps.store) } })
}

const withoutOthers = <Made extends { others?: unknown }>({ others: _, ...rest }: Made) => rest

/** What `accept` would have made of the flow, had somebody proven something. */
function asProven(flow: Flow): Flow {
  if (flow.state !== 'awaiting-proof' || flow.whose.is !== 'account') return flow
  const { whose: _, codesTried: __, asked: ___, issued: ____, ...rest }: AwaitingProof = flow
  const { account, username } = flow.whose
  // Nobody has given one: a flow without any is refused by itself.
  const proofs = [{ method: 'email_link' as const, at: flow.startedAt }]
  return { ...rest, proofs, state: 'proven', account, username, refusals: 0, attempts: 0 }
}

interface Share {
  seed: number
  walks: number
}

function walksInWorker(share: Share): Promise<{ ran: number; counterexample: string | null }> {
  const worker = new Worker(new URL('../support/walk-worker.ts', import.meta.url), { workerData: share })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
