import { makeApproveOffboarding, makeSweepOffboardings } from '../../src/core/helpdesk/approve-offboarding.ts'
import { makeAskOffboarding, makeReadOffboarding } from '../../src/core/helpdesk/ask-offboarding.ts'
import type { OffboardingDeps } from '../../src/core/helpdesk/deps.ts'
import type { Caller, DeskCall } from '../../src/core/helpdesk/index.ts'
import {
  makeRecovery,
  type Recovery,
  type RecoveryDeps,
  type RecoveryRules,
} from '../../src/core/recovery/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { aClock, type FakeClock } from './fake-outside.ts'
import { type MemoryDirectory, makeMemoryDirectory } from './memory-directory.ts'
import { makeMemoryLimiter } from './memory-limiter.ts'
import { noRisk } from './no-risk.ts'
import { aRecoveryDatabase, type RecoveryDatabase } from './recovery-database.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aRecoveryTenant,
  northwind,
  testDigests,
  testPasskeys,
  testTokens,
} from './recovery-world.ts'

/** Closing accounts on a real database, with a directory that does what a test says and a clock that tests move. */
export interface OffboardingWorld extends AsyncDisposable {
  deps: OffboardingDeps
  recovery: Recovery
  directory: MemoryDirectory
  database: RecoveryDatabase
  clock: FakeClock
  /** Keys of the configuration; tests take some away. */
  callers: Map<string, Caller>
  call(name: string): DeskCall
  ask: ReturnType<typeof makeAskOffboarding>
  read: ReturnType<typeof makeReadOffboarding>
  approve: ReturnType<typeof makeApproveOffboarding>
  sweep: ReturnType<typeof makeSweepOffboardings>
  /** Asks for one of ada's account, as `desk`. */
  asked(): Promise<{ id: string; digest: string; subject: string }>
  /** A link that was mailed to ada. */
  link(): Promise<string>
  click(link: string): ReturnType<Recovery['spendLink']>
  setPassword(holding: { id: string; secret: string }): ReturnType<Recovery['setPassword']>
}

export async function anOffboardingWorld(
  wrap: (deps: OffboardingDeps) => Partial<OffboardingDeps> = () => ({}),
  rules: Partial<RecoveryRules> = {},
): Promise<OffboardingWorld> {
  const database = await aRecoveryDatabase()
  const clock = aClock()
  const outside = { now: clock.now, randomBytes: systemOutside.randomBytes }
  const node = database.node(outside)
  const directory = makeMemoryDirectory('people', [
    anAccount('ada', { upn: 'ada@corp.example' }),
    anAccount('grace'),
    anAccount('root', { privileged: true }),
    anAccount('admin', { privileged: true, federated: true, disabled: true }),
    anAccount('gone', { disabled: true, secondFactor: true }),
    anAccount('elsewhere', { federated: true, disabled: true }),
  ])
  const tenant = aRecoveryTenant([directory], rules)
  const callers = new Map(
    ['desk', 'chief', 'ada', 'ada@corp.example'].map((name): [string, Caller] => [
      name,
      { name, tenants: null, may: ['offboarding.ask', 'offboarding.approve'] },
    ]),
  )
  const shared: RecoveryDeps = {
    ...outside,
    store: node.store,
    limiter: makeMemoryLimiter(clock),
    tokens: testTokens,
    digests: testDigests,
    risk: noRisk,
    passkeys: testPasskeys,
    texts: null,
    tenant: () => tenant,
  }
  const plain: OffboardingDeps = {
    ...shared,
    accounts: node.accounts,
    offboardings: node.offboardings,
    languageOf: () => 'en',
    callerNamed: (name) => callers.get(name) ?? null,
  }
  const deps = { ...plain, ...wrap(plain) }
  const recovery = makeRecovery(shared)
  const ask = makeAskOffboarding(deps)
  const call = (name: string): DeskCall => ({
    tenant: northwind,
    caller: callers.get(name) ?? { name, tenants: null, may: [] },
    network: '192.0.2.7',
  })
  return {
    ...{ deps, recovery, directory, database, clock, callers, call, ask },
    read: makeReadOffboarding(deps),
    approve: makeApproveOffboarding(deps),
    sweep: makeSweepOffboardings(deps),
    async asked() {
      const answer = await ask(call('desk'), { name: { identifier: 'ada' }, reason: 'Left on Friday' })
      if (!answer.ok) throw new Error(answer.because)
      return answer.offboarding
    },
    async link() {
      const started = await recovery.start({
        ...{ tenant: northwind, identifier: 'ada', service: null, locale: 'en', kind: 'recovery' },
        client: aClient(),
      })
      if (!started.ok) throw new Error(started.because)
      const flow = started.flow.id
      await recovery.resolve({ tenant: northwind, flow, ask: 1 }, AbortSignal.timeout(10_000))
      return testTokens.link({ tenant: northwind, flow, generation: 1, keyId: testTokens.keyId })
    },
    click: (token) => recovery.spendLink({ tenant: northwind, token, client: aClient(), locale: 'en' }),
    setPassword: ({ id, secret }) =>
      recovery.setPassword({ tenant: northwind, id, secret, password: aPassword(), client: aClient() }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
