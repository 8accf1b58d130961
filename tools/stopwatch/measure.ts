import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountClass, Condition, Surroundings } from './conditions.ts'
import { classes } from './conditions.ts'
import { seededRandom, shuffled } from './statistics.ts'
import type { Measured } from './verdict.ts'
import { openWire, type Wire, type WireAnswer, type WireRequest } from './wire.ts'

/** What is asked, in the order in which it is measured. */
export const operations = [
  'start',
  'echo',
  'look',
  'page',
  'wrong code',
  'ask again',
  'mailbox full',
  'throttled',
  'unlock',
  'sign-in',
  'sign-in, quarters',
] as const
export type Operation = (typeof operations)[number]

/** What waits for a commit or a slow hash varies so much that the same interval takes four times as many pairs. */
const unsteady: ReadonlySet<string> = new Set([
  'start',
  'ask again',
  'mailbox full',
  'unlock',
  'sign-in, local',
])
/** … and twice as many where others keep the machine busy; a third where each answer takes a quarter of a second. */
export const pairsOf = (
  operation: string,
  { condition, pairs }: { condition: Condition; pairs: number },
): number => {
  const times = unsteady.has(operation) ? 4 : operation === 'sign-in, quarters' ? 1 / 3 : 1
  return Math.ceil(pairs * times * (condition === 'under load' ? 2 : 1))
}

/** Sign-ins are answered at full quarters of a second: how many of them, and what is beside them, are two questions. */
const isHeld = (operation: string) => operation === 'sign-in' || operation === 'sign-in, quarters'
const quarterNanoseconds = 250_000_000

interface Held {
  id: string
  secret: string
}

/** Where is asked, and a flow that nobody's start has to do with. */
interface Place {
  wire: Wire
  bystander: Held
}

interface Plan {
  surroundings: Surroundings
  condition: Condition
  operations: readonly Operation[]
  classes: readonly AccountClass[]
  pairs: number
}

/** Blocks that are asked and not counted: code is compiled, connections and caches are filled. */
const warmUpsMax = 30
/**
 * Looks in a row right after a start, at a flow that is not the one started. Together they last longer than the jobs
 * of a start, and are slowed down by all that these do on the same machine.
 */
const echoLooks = 50
/**
 * Looks between two answers that wait for a commit: the jobs of the first are over by then. In a rest without work the
 * machine falls asleep, and wakes up never the same: half of all starts lay within 1.5 ms after one of 50 ms, and within
 * 1.1 after these.
 */
const looksBetween = 40
/** The product's pause between two mails of one flow. */
const askPauseMs = 30_000

/** Measures one condition. Every block asks for each class once, in an order of its own. */
export async function measure(plan: Plan): Promise<Measured[]> {
  const { port, host, limitedHost } = plan.surroundings
  using wire = await openWire(port, host)
  const clock = new Times(plan)
  const bystander = JSON.parse((await wire.ask(startFor('bystander'))).body) as Held
  const flows = await start({ wire, bystander }, plan, clock)
  const lastStart = performance.now()
  const held = (of: AccountClass, block: number) => flows[block]?.get(of) as Held
  const wants = (operation: Operation) => plan.operations.includes(operation)
  if (wants('look')) await steps(plan, clock, 'look', (of, at) => wire.ask(look(held(of, at))))
  if (wants('page')) await steps(plan, clock, 'page', (of, at) => wire.ask(page(held(of, at))))
  if (wants('wrong code')) {
    await steps(plan, clock, 'wrong code', (of, at) => wire.ask(wrongCode(held(of, at))))
  }
  if (wants('ask again')) {
    await sleep(Math.max(0, askPauseMs + 1_000 - (performance.now() - lastStart)))
    await steps(plan, clock, 'ask again', async (of, at) => {
      const answer = await wire.ask(again(held(of, at)))
      await looks({ wire, bystander }, looksBetween)
      return answer
    })
  }
  if (wants('mailbox full') && plan.surroundings.mailboxFull.length > 0) {
    await mailboxFull({ wire, bystander }, plan, clock)
  }
  if (wants('throttled')) {
    using limited = await openWire(port, limitedHost)
    await throttled(limited, plan, clock)
  }
  if (wants('unlock')) {
    const { names } = plan.surroundings
    await steps(plan, clock, 'unlock', async (of, at) => {
      const answer = await wire.ask(startFor(names[of][at % names[of].length] ?? '', 'unlock'))
      await looks({ wire, bystander }, looksBetween)
      return answer
    })
  }
  // Last, because wrong passwords lock accounts. No mail comes of them.
  if (plan.operations.some(isHeld) && !plan.condition.startsWith('mail')) await signIn(wire, plan, clock)
  return clock.measured()
}

/** Starts a flow for each class in each block, and listens for what its jobs do to other requests. */
async function start(at: Place, plan: Plan, clock: Times): Promise<Map<AccountClass, Held>[]> {
  const flows: Map<AccountClass, Held>[] = []
  const { names } = plan.surroundings
  const warmUps = Math.min(warmUpsMax, plan.pairs)
  const blocks = Math.max(...plan.operations.map((operation) => pairsOf(operation, plan)))
  for (let block = 0; block < blocks + warmUps; block += 1) {
    const listens = plan.operations.includes('echo') && block < pairsOf('echo', plan) + warmUps
    const started = new Map<AccountClass, Held>()
    const told = new Map<AccountClass, WireAnswer>()
    const echoes = new Map<AccountClass, WireAnswer>()
    for (const of of shuffled(plan.classes, random)) {
      const answer = await at.wire.ask(startFor(names[of][block % names[of].length] ?? ''))
      told.set(of, answer)
      const flow = JSON.parse(answer.body) as Held
      started.set(of, flow)
      const heard = await looks(at, listens ? echoLooks : looksBetween)
      if (listens) echoes.set(of, heard)
    }
    flows.push(started)
    if (block < warmUps) continue
    clock.add('start', told)
    if (listens) clock.add('echo', echoes)
  }
  return flows.slice(warmUps)
}

/** Looks in a row, as one answer that took as long as all of them. */
async function looks({ wire, bystander }: Place, count: number): Promise<WireAnswer> {
  let nanoseconds = 0
  let last: WireAnswer | null = null
  for (let looked = 0; looked < count; looked += 1) {
    last = await wire.ask(look(bystander))
    nanoseconds += last.nanoseconds
  }
  if (last === null) throw new RangeError('nothing was asked')
  return { ...last, nanoseconds }
}

/** Starts for accounts that get no mail any more, whose flows go on in silence. */
function mailboxFull(at: Place, plan: Plan, clock: Times): Promise<void> {
  const { mailboxFull: full, names } = plan.surroundings
  const both = { ...plan, classes: ['unknown', 'known'] as const }
  return steps(both, clock, 'mailbox full', async (of, block) => {
    const from = of === 'known' ? full : names[of]
    const answer = await at.wire.ask(startFor(from[block % from.length] ?? ''))
    await looks(at, looksBetween)
    return answer
  })
}

/** The whole of `POST /v1/sign-ins`, with a wrong password. */
async function signIn(wire: Wire, plan: Plan, clock: Times): Promise<void> {
  const { names } = plan.surroundings
  const warmUps = Math.min(warmUpsMax / 10, plan.pairs)
  for (let block = -warmUps; block < pairsOf('sign-in', plan); block += 1) {
    const quarters = new Map<AccountClass, WireAnswer>()
    const beside = new Map<AccountClass, WireAnswer>()
    for (const of of shuffled(plan.classes, random)) {
      const answer = await wire.ask(signInAs(names[of].at(block % names[of].length) ?? ''))
      const nanoseconds = Math.round(answer.nanoseconds / quarterNanoseconds) * quarterNanoseconds
      quarters.set(of, { ...answer, nanoseconds })
      beside.set(of, { ...answer, nanoseconds: answer.nanoseconds - nanoseconds })
    }
    if (block < 0) continue
    clock.add('sign-in', beside)
    clock.add('sign-in, quarters', quarters)
  }
}

async function steps(
  plan: Pick<Plan, 'condition' | 'classes' | 'pairs'>,
  clock: Times,
  operation: Operation,
  step: (of: AccountClass, block: number) => Promise<WireAnswer>,
): Promise<void> {
  for (let block = 0; block < pairsOf(operation, plan); block += 1) {
    const told = new Map<AccountClass, WireAnswer>()
    for (const of of shuffled(plan.classes, random)) told.set(of, await step(of, block))
    clock.add(operation, told)
  }
}

/** A network that may ask five times a minute: all but the first five of a minute are refused. */
async function throttled(wire: Wire, plan: Plan, clock: Times): Promise<void> {
  const { names } = plan.surroundings
  for (let block = 0; block < pairsOf('throttled', plan); ) {
    const told = new Map<AccountClass, WireAnswer>()
    for (const of of shuffled(plan.classes, random)) {
      told.set(of, await wire.ask(startFor(names[of][block % names[of].length] ?? '')))
    }
    if (![...told.values()].every(({ status }) => status === 429)) continue
    clock.add('throttled', told)
    block += 1
  }
}

const random = seededRandom(20_261_121)
const json = { 'content-type': 'application/json' }
const secretOf = ({ secret }: Held) => ({ authorization: `Flow ${secret}` })

const startFor = (identifier: string, kind?: 'unlock'): WireRequest => ({
  method: 'POST',
  path: '/v1/recoveries',
  headers: json,
  body: JSON.stringify({ kind, identifier }),
})
const signInAs = (identifier: string): WireRequest => ({
  method: 'POST',
  path: '/v1/sign-ins',
  headers: json,
  body: JSON.stringify({ identifier, password: 'not the password of anybody' }),
})
const look = (held: Held): WireRequest => ({
  method: 'GET',
  path: `/v1/recoveries/${held.id}`,
  headers: secretOf(held),
})
const page = ({ id, secret }: Held): WireRequest => ({
  method: 'GET',
  path: '/recover',
  headers: { cookie: `__Host-rekey-flow=${id}.${secret}` },
})
const wrongCode = (held: Held): WireRequest => ({
  method: 'POST',
  path: `/v1/recoveries/${held.id}/proofs`,
  headers: { ...json, ...secretOf(held) },
  body: JSON.stringify({ method: 'email_code', code: '00000000' }),
})
const again = (held: Held): WireRequest => ({
  method: 'POST',
  path: `/v1/recoveries/${held.id}/challenges`,
  headers: { ...json, ...secretOf(held) },
  body: JSON.stringify({ method: 'email_link' }),
})

/** What was measured so far. Answers that are not alike in status and length need no stopwatch. */
class Times {
  readonly #condition: Condition
  readonly #operations: readonly Operation[]
  readonly #times = new Map<Operation, Partial<Record<AccountClass, number[]>>>()

  constructor({ condition, operations: chosen }: Plan) {
    this.#condition = condition
    this.#operations = chosen
  }

  add(operation: Operation, told: ReadonlyMap<AccountClass, WireAnswer>): void {
    const times = this.#times.get(operation) ?? {}
    this.#times.set(operation, times)
    const shapes = new Set([...told.values()].map(({ status, body }) => `${status}/${body.length}`))
    if (shapes.size > 1) throw new Error(`${operation} is answered ${[...shapes].join(' or ')}`)
    for (const [of, { nanoseconds }] of told) (times[of] ??= []).push(nanoseconds)
  }

  measured(): Measured[] {
    return this.#operations
      .filter((operation) => this.#times.has(operation))
      .map((operation) => {
        const times = this.#times.get(operation) ?? {}
        const ordered = classes.flatMap((of) => (times[of] === undefined ? [] : [[of, times[of]]]))
        return {
          operation,
          condition: this.#condition,
          times: Object.fromEntries(ordered) as Measured['times'],
        }
      })
  }
}
