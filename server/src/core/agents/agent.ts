import { Fault } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Directory } from '../accounts/index.ts'
import {
  type AgentRules,
  isDenied,
  makeMinuteCap,
  type Received,
  whyNotOrder,
  writeWaitSeconds,
} from './agent-rules.ts'
import { asShown, carryOut } from './carry-out.ts'
import { type AgentRefusal, type Beat, directoryFaultCode, type Outcome } from './messages.ts'
import { carriesPasswords, kindOf, type Order } from './orders.ts'
import type { IdentityStore, Journal } from './ports.ts'
import { openPasswords, type Passwords } from './sealed-passwords.ts'
import { entryToWire } from './values.ts'

export interface AgentDeps extends Outside {
  inner: Directory
  journal: Journal
  identity: IdentityStore
  rules: AgentRules
  version: string
  log(
    level: 'info' | 'warn' | 'error',
    message: string,
    facts: Record<string, string | number | boolean>,
  ): void
}

/** What cuts an order off. A write that was begun goes on when its line is gone: its outcome can be asked for. */
export interface Cutting {
  /** The server's word, or the order's own time. */
  cancelled: AbortSignal
  lineGone: AbortSignal
}

/** The part of an agent that all its lines have in common. */
export interface OrderTaker {
  /** Carries an order out that is signed and in its time. Never throws. */
  take(received: Received, cutting: Cutting): Promise<Outcome>
  /** Everybody, as they travel. */
  list(signal: AbortSignal): AsyncIterable<readonly object[]>
  /** Why it is not even looked at; null for one that may be carried out. */
  whyNot(received: Received): AgentRefusal | null
  checkDirectory(): Promise<void>
  directoryState(): Beat['directory']
}

/** An agent does what it is ordered within its own rules, and remembers it. */
export function makeOrderTaker(deps: AgentDeps): OrderTaker {
  const { inner, journal, rules, log, now } = deps
  /** A server in foreign hands must not guess, or lock people out, at will. */
  const proofWait = makeMinuteCap(rules.caps.proofsPerMinute)
  const noteWait = makeMinuteCap(notesPerMinute)
  /** Said to be never begun; so they never are. */
  const forsworn = new Set<string>()
  let directory: Beat['directory'] = null

  const refused = (because: AgentRefusal, detail: string | null = null) => {
    log('warn', 'an order was refused', { because })
    return { is: 'refused', because, detail } as const
  }
  const capReached = (retryAfterSeconds: number): Outcome => ({ ...refused('rate-cap'), retryAfterSeconds })

  const outcomeOf = async (order: Order, work: () => Promise<unknown>): Promise<Outcome> => {
    try {
      return { is: 'value', value: await work() }
    } catch (error) {
      const known = error instanceof Fault ? directoryFaultCode(error.code) : null
      if (known !== null && error instanceof Fault) {
        return { is: 'fault', code: known, detail: error.detail?.slice(0, 2_000) ?? null }
      }
      log('error', 'the directory failed in a way of its own', {
        operation: order.operation.name,
        error: nameOf(error),
      })
      const isWrite = kindOf(order.operation.name) === 'write'
      const code = isWrite ? 'directory-outcome-unknown' : 'directory-answer-unusable'
      return { is: 'fault', code, detail: null }
    }
  }

  const passwordsOf = ({ order, sealed, line }: Received): Passwords | null => {
    const { keys, nextKeys, formerKeys } = deps.identity.read()
    const present = formerKeys.filter(({ until }) => Date.parse(until) > now().getTime())
    const all = [keys, ...(nextKeys === null ? [] : [nextKeys]), ...present].map(({ sealing }) => sealing)
    return sealed === null ? null : openPasswords(sealed, { ...line, order: order.id }, all)
  }

  const prove = async (received: Received, passwords: Passwords, signal: AbortSignal): Promise<Outcome> => {
    const { operation } = received.order
    if (operation.name !== 'verify-password') return refused('operation-not-allowed')
    const wait = proofWait(now())
    if (wait > 0) return capReached(wait)
    return outcomeOf(received.order, async () => {
      const entry = await inner.read(operation.key, signal)
      // As for nobody, and in the time of nobody: what is out of reach is not to be guessed at either.
      const key = entry === null || isDenied(entry, rules.deny) ? '' : operation.key
      return carryOut({ inner, deny: rules.deny }, { ...operation, key }, { passwords, signal })
    })
  }

  /** What is in the journal is answered from it: an order is carried out once. */
  const earlier = (order: string): Outcome | null => {
    const known = journal.find(order)
    if (known === null) return null
    return known.outcome ?? { is: 'fault', code: 'directory-outcome-unknown', detail: null }
  }

  const note = async ({ id, operation }: Order, username: string, because: AgentRefusal): Promise<void> => {
    const at = now()
    if (kindOf(operation.name) !== 'write' || !('key' in operation) || noteWait(at) > 0) return
    const key = operation.key.slice(0, notedKeyMax)
    const entry = { order: id, operation: operation.name, key, username, at, because }
    await journal.note(entry).catch(() => undefined)
  }

  const write = async (
    { order }: Received,
    passwords: Passwords | null,
    { cancelled, lineGone }: Cutting,
  ): Promise<Outcome> => {
    const { operation } = order
    if (kindOf(operation.name) !== 'write' || !('key' in operation)) return refused('operation-not-allowed')
    const before = AbortSignal.any([cancelled, lineGone])
    let username = ''
    const looked = await outcomeOf(order, async () => {
      const entry = await inner.read(operation.key, before)
      username = entry?.username ?? ''
      // Whom this copy of the directory does not know yet, the one that is written to may know and deny.
      return entry === null || isDenied(entry, rules.deny)
    })
    // Nothing was written, whatever went wrong.
    if (looked.is === 'fault') return looked.code === 'directory-outcome-unknown' ? unreachable : looked
    const entry = { order: order.id, operation: operation.name, key: operation.key, username, at: now() }
    const because = looked.is === 'value' && looked.value === false ? null : 'account-denied'
    const wait = because === null ? writeWaitSeconds(journal.begunSince, now(), rules.caps) : 0
    if (because !== null || wait > 0) {
      await note(order, username, because ?? 'rate-cap')
      return because === null ? capReached(wait) : refused(because)
    }
    // The same order may have been begun over another line while the entry was read.
    const begun = earlier(order.id)
    if (begun !== null) return begun
    if (before.aborted || forsworn.has(order.id)) return unreachable
    try {
      await journal.begin(entry)
    } catch (error) {
      return refused('journal-unusable', nameOf(error))
    }
    const outcome = await outcomeOf(order, () =>
      carryOut({ inner, deny: rules.deny }, operation, { passwords, signal: cancelled }),
    )
    try {
      await journal.end({ order: order.id, at: now(), outcome })
    } catch (error) {
      log('error', 'the journal can not be written to', { error: nameOf(error) })
    }
    return outcome
  }

  const outcomeAsked = (order: string): Outcome => {
    const known = journal.find(order)
    if (known === null) forsworn.add(order)
    // The oldest of so many is of an order that is out of its time.
    const [oldest] = forsworn
    if (forsworn.size > 10_000 && oldest !== undefined) forsworn.delete(oldest)
    if (known === null) return { is: 'value', value: { is: 'not-begun' } }
    const { outcome } = known
    return { is: 'value', value: outcome === null ? { is: 'unknown' } : { is: 'ended', outcome } }
  }

  return {
    whyNot(received) {
      const because = whyNotOrder(received, rules)
      if (because !== null) void note(received.order, '', because)
      return because
    },
    async take(received, cutting) {
      const { order } = received
      const { operation } = order
      if (operation.name === 'outcome') return outcomeAsked(operation.order)
      if (operation.name === 'list') return refused('operation-not-allowed')
      const known = earlier(order.id)
      if (known !== null) return known
      const passwords = passwordsOf(received)
      if (passwords === null && carriesPasswords(operation.name)) return refused('sealed-part-unusable')
      const signal = AbortSignal.any([cutting.cancelled, cutting.lineGone])
      switch (kindOf(operation.name)) {
        case 'read':
          return outcomeOf(order, () =>
            carryOut({ inner, deny: rules.deny }, operation, { passwords: null, signal }),
          )
        case 'proof':
          return passwords === null ? refused('sealed-part-unusable') : prove(received, passwords, signal)
        case 'write':
          return write(received, passwords, cutting)
      }
    },
    async *list(signal) {
      for await (const page of inner.list(signal)) {
        yield* shortPages(page.map((entry) => entryToWire(asShown(entry, rules.deny))))
      }
    },
    async checkDirectory() {
      try {
        await inner.check(AbortSignal.timeout(checkMs))
        directory = { ok: true }
      } catch (error) {
        const [code, problem] =
          error instanceof Fault ? [error.code, error.detail ?? error.code] : ['unexpected', nameOf(error)]
        if (directory?.ok !== false || directory.code !== code)
          log('error', 'the directory can not be worked with', { code, problem })
        directory = { ok: false, code, problem: problem.slice(0, 2_000) }
      }
    },
    directoryState: () => directory,
  }
}

/** So that a page of long entries is still a short message; its text is quoted once more on the way. */
const pageCharacters = 200_000

function* shortPages(entries: readonly object[]): Generator<readonly object[]> {
  let page: object[] = []
  let characters = 0
  for (const entry of entries) {
    const length = JSON.stringify(entry).length
    if (page.length > 0 && characters + length > pageCharacters) {
      yield page
      page = []
      characters = 0
    }
    page.push(entry)
    characters += length
  }
  if (page.length > 0) yield page
}

const checkMs = 10_000

/** Enough to see what a server tries, and not so much that it fills the disk, without which nothing is written any more. */
const notesPerMinute = 100
const notedKeyMax = 200

const unreachable: Outcome = { is: 'fault', code: 'directory-unreachable', detail: null }

/** Any message of an unknown error may quote anything. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown')
