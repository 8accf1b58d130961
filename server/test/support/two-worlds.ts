import fc from 'fast-check'
import type { EnrolledMethod, TypedMethod } from '../../src/core/proofs/index.ts'
import {
  expiresAt,
  type Flow,
  type Recovery,
  type RecoveryRules,
  type Refused,
  type StartedKind,
} from '../../src/core/recovery/index.ts'
import { atPortal } from './enrol-passkey.ts'
import { aPasskey } from './passkey.ts'
import { aClient, aPassword, type Holding, northwind } from './recovery-world.ts'

/**
 * The same trace of requests by a stranger in two worlds: one in which the account exists and one in which it does
 * not. Whatever the stranger is told, and whatever happens to the account meanwhile, must read the same.
 */
export interface Reply {
  /** Everything the stranger can see of the answer, as it goes over the wire: compared as JSON. */
  seen: unknown
  /** The flow that it gives the stranger, if it gives one. */
  holding?: Holding
}

/** How a stranger talks to Rekey: to the core here, over HTTP elsewhere. */
export interface Client {
  start(identifier: string, kind: StartedKind): Promise<Reply>
  read(holding: Holding): Promise<Reply>
  ask(holding: Holding): Promise<Reply>
  proveByCode(holding: Holding, code: string): Promise<Reply>
  /** With something that only its owner can have set up. */
  proveBy(holding: Holding, method: EnrolledMethod & TypedMethod, code: string): Promise<Reply>
  /** Asks for a passkey, and shows the stranger's own. */
  showPasskey(holding: Holding): Promise<Reply>
  spendLink(token: string): Promise<Reply>
  setPassword(holding: Holding, password: string): Promise<Reply>
  unlock(holding: Holding): Promise<Reply>
  disavow(token: string): Promise<Reply>
}

export type StrangerStep =
  | { do: 'start'; spelling: number; kind: StartedKind }
  | { do: 'read' | 'ask' | 'code' | EnrolledMethod | 'password' | 'unlock'; holding: number; text: number }
  | { do: 'link'; text: number }
  | { do: 'disavow'; text: number }

/** What happens around the stranger. In the world without the account these come to nothing. */
export type WorldStep =
  | { do: 'jobs' }
  | { do: 'wait'; seconds: number }
  /** The owner comes back in by a flow of their own, or gets as far as the click. */
  | { do: 'owner-recovers' | 'owner-unlocks' | 'owner-clicks' | 'owner-disavows' }
  /** The owner sets an app up. */
  | { do: 'owner-enrols' }
  /** An operator invites the owner once more, and the owner sets the first password. */
  | { do: 'operator-invites' | 'owner-activates' }
  /** The owner clicks the link of the mail that the stranger caused. */
  | { do: 'owner-clicks-yours' }
  | { do: 'account'; is: 'disabled' | 'locked' | 'federated' | 'privileged' | 'secondFactor'; on: boolean }
  | { do: 'account-goes' }
  | { do: 'directory'; down: boolean }
  /** Another stranger uses up the quota of the mailbox. */
  | { do: 'flood' }
  | { do: 'sweep' }

export type TraceStep = { by: 'stranger'; step: StrangerStep } | { by: 'world'; step: WorldStep }

const garbage = ['00000000', '', 'k1.flow.1.tag', '12345678', 'zzzzzzzzzzzzzzzz', '\u0000']
const enrolledGarbage = ['000000', '7k3m-9x2p-qw5t-8hnd', '123456', 'nonsense', '0000 0000']
const some = fc.nat(5)
const is = <Name extends string>(...names: Name[]) => fc.constantFrom(...names)

const strangerStep: fc.Arbitrary<StrangerStep> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: is('start'), spelling: some, kind: is('recovery', 'unlock') }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: is('read', 'ask', 'code', 'code', 'totp', 'recovery_code', 'passkey', 'password', 'unlock'),
      holding: some,
      text: some,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('link', 'disavow'), text: some }) },
)

const worldStep: fc.Arbitrary<WorldStep> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: is('jobs') }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: is('wait'), seconds: fc.constantFrom(1, 29, 30, 600, 901, 1_800, 86_400) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: is('owner-recovers', 'owner-unlocks', 'owner-clicks', 'owner-disavows') }),
  },
  { weight: 2, arbitrary: fc.record({ do: is('operator-invites', 'owner-activates') }) },
  { weight: 2, arbitrary: fc.record({ do: is('owner-clicks-yours', 'owner-enrols') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is('account'),
      is: is('disabled', 'locked', 'federated', 'privileged', 'secondFactor'),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: is('account-goes') }) },
  { weight: 1, arbitrary: fc.record({ do: is('directory'), down: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: is('flood') }) },
  { weight: 1, arbitrary: fc.record({ do: is('sweep') }) },
)

/** Begins with a start and its job: a trace in which the stranger holds nothing shows nothing. */
export const anyTrace: fc.Arbitrary<readonly TraceStep[]> = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ by: is('stranger'), step: strangerStep }) },
      { weight: 2, arbitrary: fc.record({ by: is('world'), step: worldStep }) },
    ),
    { minLength: 3, maxLength: 25, size: 'max' },
  )
  .chain((steps) =>
    fc
      .constantFrom('recovery' as const, 'unlock' as const)
      .map((kind): readonly TraceStep[] => [
        { by: 'stranger', step: { do: 'start', spelling: 0, kind } },
        { by: 'world', step: { do: 'jobs' } },
        ...steps,
      ]),
  )

export interface Stage {
  client: Client
  /** Of the account that exists in one world only. */
  spellings: readonly string[]
  happens(step: WorldStep): Promise<void>
}

/** Plays a trace in one world and returns what the stranger saw, step by step, as text. */
export async function playTrace(trace: readonly TraceStep[], world: Stage): Promise<readonly string[]> {
  const { client, spellings, happens } = world
  const holdings: Holding[] = []
  const transcript: string[] = []
  for (const { by, step } of trace) {
    if (by === 'world') {
      await happens(step)
      continue
    }
    const reply = await strangerDoes(client, { step, spellings, holdings })
    if (reply === null) continue
    if (reply.holding !== undefined) holdings.push(reply.holding)
    transcript.push(`${step.do} ${JSON.stringify(reply.seen)}`)
  }
  return transcript
}

async function strangerDoes(
  client: Client,
  {
    step,
    spellings,
    holdings,
  }: { step: StrangerStep; spellings: readonly string[]; holdings: readonly Holding[] },
): Promise<Reply | null> {
  if (step.do === 'start') return client.start(spellings[step.spelling % spellings.length] ?? '', step.kind)
  const text = garbage[step.text % garbage.length] ?? ''
  if (step.do === 'link') return client.spendLink(text)
  if (step.do === 'disavow') return client.disavow(text)
  const holding = holdings.at(-1 - (step.holding % Math.max(1, holdings.length)))
  if (holding === undefined) return null
  switch (step.do) {
    case 'read':
      return client.read(holding)
    case 'ask':
      return client.ask(holding)
    case 'code':
      return client.proveByCode(holding, text)
    case 'totp':
    case 'recovery_code':
      return client.proveBy(holding, step.do, enrolledGarbage[step.text % enrolledGarbage.length] ?? '')
    case 'passkey':
      return client.showPasskey(holding)
    case 'password':
      return client.setPassword(holding, `a long password ${text}`)
    case 'unlock':
      return client.unlock(holding)
  }
}

/**
 * The core as a client sees it at most: every field of a flow that any screen could show, and none that is kept for
 * the account behind it.
 */
export function coreClient(recovery: Recovery, rules: RecoveryRules, network = '203.0.113.0/24'): Client {
  const client = aClient({ network })
  const reply = (answer: ({ ok: true; flow?: Flow; secret?: string } & object) | Refused): Reply => {
    const { flow, ...rest } = answer as { flow?: Flow; ok: boolean; secret?: string }
    const seen = flow === undefined ? rest : { ...rest, flow: publicPart(flow, rules) }
    return answer.ok && flow !== undefined && answer.secret !== undefined
      ? { seen, holding: { tenant: northwind, id: flow.id, secret: answer.secret } }
      : { seen }
  }
  return {
    start: async (identifier, kind) =>
      reply(
        await recovery.start({ tenant: northwind, identifier, kind, service: null, locale: 'en', client }),
      ),
    read: async (holding) => reply(await recovery.read(holding)),
    ask: async (holding) => reply(await recovery.ask(holding)),
    proveByCode: async (holding, code) =>
      reply(await recovery.prove({ ...holding, method: 'email_code', code, client })),
    proveBy: async (holding, method, code) =>
      reply(await recovery.prove({ ...holding, method, code, client })),
    showPasskey: async (holding) => {
      const asked = await recovery.askForPasskey(holding)
      if (!asked.ok) return reply(asked)
      const { challenge, ...options } = asked.passkey
      const credential = aPasskey().use(atPortal(challenge))
      const shown = reply(await recovery.prove({ ...holding, method: 'passkey', credential, client }))
      return { ...shown, seen: [options, shown.seen] }
    },
    spendLink: async (token) =>
      reply(await recovery.spendLink({ tenant: northwind, token, client, locale: 'en' })),
    setPassword: async (holding, password) =>
      reply(await recovery.setPassword({ ...holding, password: aPassword(password), client })),
    unlock: async (holding) => reply(await recovery.unlock({ ...holding, client })),
    disavow: async (token) => ({ seen: await recovery.disavow({ tenant: northwind, token, client }) }),
  }
}

function publicPart(flow: Flow, rules: RecoveryRules): unknown {
  const until = expiresAt(flow, rules)
  if (flow.state !== 'awaiting-proof') {
    const { subject: _, secretDigest: __, ...rest } = flow
    return { ...rest, until }
  }
  const { subject: _, secretDigest: __, whose: ___, issued: ____, issuedText: _____, ...rest } = flow
  return { ...rest, until }
}
