import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../../kernel/fault.ts'
import { newId } from '../../kernel/ids.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Abilities, DirectoryEntry } from '../accounts/ports.ts'
import { type AgentRefusal, Outcome, readMessage } from './messages.ts'
import { kindOf, type Operation, type OperationName, type Order, orderSeconds } from './orders.ts'
import type { AgentRecords } from './ports.ts'
import { type Passwords, sealPasswords } from './sealed-passwords.ts'
import type { Exchange, ServerLine } from './server-line.ts'
import { digestOf } from './signing.ts'
import type { Switchboard } from './switchboard.ts'
import { type Answers, readAnswer } from './values.ts'
import { neverDone } from './within-rules.ts'

/** A directory that is reached through agents. */
export interface AgentDirectory {
  tenant: string
  name: string
  /** After which a read goes to the next agent, where there is one. */
  nextAgentSeconds: number
}

/** Where orders are written and handed to agents. Throws the faults of the `Directory` port. */
export interface AgentDesk {
  ask<Name extends OperationName>(
    directory: AgentDirectory,
    operation: Operation & { name: Name },
    how: { passwords?: Passwords; signal: AbortSignal },
  ): Promise<Answers[Name]>
  list(directory: AgentDirectory, signal: AbortSignal): AsyncIterable<readonly DirectoryEntry[]>
  /** What the agents that are connected say their directory can do. */
  abilitiesOf(directory: AgentDirectory): readonly { agent: string; abilities: Abilities }[]
}

/** How long the word of an agent is waited for that was told to stop: it alone knows whether it had begun. */
const lastWordMs = 1_500
const lookAgainMs = 100

interface Handed {
  line: ServerLine
  sealed: string | null
}

interface Prepared {
  id: string
  text: string
  operation: Operation
  handed: readonly Handed[]
}

/** What came of handing an order to one agent. */
type Attempt =
  /** Certainly nothing was done, and why as far as it is known. */
  { is: 'nothing'; fault: Fault | null } | { is: 'outcome'; outcome: Outcome }

export function makeDesk(
  deps: Outside & {
    switchboard: Pick<Switchboard, 'linesOf'>
    records: Pick<AgentRecords, 'enrolledOf'>
  },
): AgentDesk {
  const { switchboard, records, now } = deps

  const prepare = async (
    { tenant, name: directory }: AgentDirectory,
    operation: Operation,
    passwords: Passwords | null,
  ): Promise<Prepared> => {
    const lines = switchboard.linesOf(tenant, directory)
    if (lines.length === 0) throw nobodyThere()
    const id = newId(deps)
    // Asked now, so that nothing is sealed to a key that was revoked or replaced a moment ago.
    const enrolled = passwords === null ? [] : await records.enrolledOf(tenant, directory)
    const handed = lines.flatMap((line): Handed[] => {
      if (passwords === null) return [{ line, sealed: null }]
      const { name: agent } = line.agent
      const known = enrolled.find((each) => each.name === agent)
      if (known === undefined || !line.isOpenedBy(known)) return []
      const sealingKey = known.keys.sealing
      return [
        { line, sealed: sealPasswords(passwords, { tenant, directory, agent, order: id, sealingKey }, deps) },
      ]
    })
    if (handed.length === 0) throw nobodyThere()
    const issuedAt = now()
    const order: Order = {
      ...{ id, tenant, directory, operation },
      issuedAt: issuedAt.toISOString(),
      expiresAt: new Date(issuedAt.getTime() + orderSeconds * 1_000).toISOString(),
      for: handed.map(({ line, sealed }) => ({
        agent: line.agent.name,
        session: line.session,
        sealed: sealed === null ? null : digestOf(sealed),
      })),
    }
    return { id, text: JSON.stringify(order), operation, handed }
  }

  const hand = ({ id, text }: Prepared, { line, sealed }: Handed): Exchange | null =>
    line.hand({ id, text, digest: digestOf(text), sealed })

  /** What an agent's journal says of an order; null: it is not there, or gives no answer to that. */
  const askJournal = async (
    order: Prepared,
    { line }: Handed,
    signal: AbortSignal,
  ): Promise<Attempt | 'unknown' | null> => {
    const { tenant, directory, name } = line.agent
    const back = switchboard.linesOf(tenant, directory).find(({ agent }) => agent.name === name)
    if (back === undefined) return null
    const question: Operation = { name: 'outcome', order: order.id }
    const asked = await prepare({ tenant, name: directory, nextAgentSeconds: 1 }, question, null)
    const exchange = hand(asked, { line: back, sealed: null })
    const answer = (await exchange?.next(signal)) ?? 'lost'
    exchange?.end()
    if (answer === 'cut-off') return 'unknown'
    if (answer === 'lost' || answer.outcome.is !== 'value') return null
    const told = readAnswer('outcome', answer.outcome.value)
    if (told?.is === 'not-begun') return { is: 'nothing', fault: null }
    if (told?.is !== 'ended') return 'unknown'
    const outcome = readMessage(Outcome, JSON.stringify(told.outcome))
    return outcome === null ? 'unknown' : { is: 'outcome', outcome }
  }

  /** The same of an agent whose line was lost, as soon as it is back. */
  const askAgain = async (order: Prepared, handed: Handed, signal: AbortSignal): Promise<Attempt> => {
    while (!signal.aborted) {
      const told = await askJournal(order, handed, signal)
      if (told === 'unknown') break
      if (told !== null) return told
      // Never without a pause: an agent that is back may take nothing, and this process serves everybody.
      await sleep(lookAgainMs)
    }
    throw outcomeUnknown('the connection to the agent was lost')
  }

  /** A write is handed on only where it is certain that nothing was done. */
  const attemptWrite = async (order: Prepared, handed: Handed, signal: AbortSignal): Promise<Attempt> => {
    const exchange = hand(order, handed)
    if (exchange === null) return { is: 'nothing', fault: null }
    try {
      let answer = await exchange.next(signal)
      if (answer === 'cut-off') {
        exchange.cancel()
        answer = await exchange.next(AbortSignal.timeout(lastWordMs))
        if (answer === 'cut-off') throw outcomeUnknown('the agent gave no answer in time')
      }
      return answer === 'lost'
        ? await askAgain(order, handed, signal)
        : { is: 'outcome', outcome: answer.outcome }
    } finally {
      exchange.end()
    }
  }

  const attemptRead = async (order: Prepared, handed: Handed, signal: AbortSignal): Promise<Attempt> => {
    const exchange = hand(order, handed)
    if (exchange === null) return { is: 'nothing', fault: null }
    try {
      const answer = await exchange.next(signal)
      if (answer === 'lost')
        return { is: 'nothing', fault: unreachable('the connection to the agent was lost') }
      if (answer !== 'cut-off') return { is: 'outcome', outcome: answer.outcome }
      exchange.cancel()
      return { is: 'nothing', fault: unreachable('the agent gave no answer in time') }
    } finally {
      exchange.end()
    }
  }

  const attemptsOf = async function* (directory: AgentDirectory, order: Prepared, signal: AbortSignal) {
    const kind = kindOf(order.operation.name)
    for (const [at, handed] of order.handed.entries()) {
      if (signal.aborted) return
      if (kind === 'write') yield await attemptWrite(order, handed, signal)
      else {
        const isLast = at === order.handed.length - 1
        const patience = AbortSignal.timeout(directory.nextAgentSeconds * 1_000)
        const attempt = isLast || kind === 'proof' ? signal : AbortSignal.any([signal, patience])
        const result = await attemptRead(order, handed, attempt)
        yield result
        // A password that may have been tried is not tried a second time: wrong ones are counted.
        if (kind === 'proof' && result.is === 'nothing' && result.fault !== null) return
      }
    }
  }

  const ask = async (
    directory: AgentDirectory,
    operation: Operation,
    { passwords = null, signal }: { passwords?: Passwords | null; signal: AbortSignal },
  ): Promise<unknown> => {
    if (signal.aborted) throw unreachable('the deadline had passed')
    const order = await prepare(directory, operation, passwords)
    let fault = unreachable('no agent of this directory took the order')
    for await (const attempt of attemptsOf(directory, order, signal)) {
      if (attempt.is === 'nothing') fault = attempt.fault ?? fault
      else {
        const settled = settle(operation.name, attempt.outcome)
        if ('value' in settled) return settled.value
        if (!settled.nothingDone) throw settled.fault
        fault = settled.fault
      }
    }
    throw fault
  }

  return {
    async ask(directory, operation, how) {
      const answer = readAnswer(operation.name, await ask(directory, operation, how))
      if (answer === undefined) throw unusable()
      return answer
    },
    async *list(directory, signal) {
      if (signal.aborted) throw unreachable('the deadline had passed')
      const order = await prepare(directory, { name: 'list' }, null)
      let fault = unreachable('no agent of this directory took the order')
      for (const handed of order.handed) {
        const exchange = hand(order, handed)
        if (exchange === null) continue
        let given = 0
        try {
          for await (const page of pagesOf(exchange, signal)) {
            given += 1
            yield page
          }
          return
        } catch (error) {
          // Once a part was given out, another agent can't go on where this one stopped.
          if (!(error instanceof Fault) || error.code !== 'directory-unreachable' || given > 0) throw error
          fault = error
        } finally {
          exchange.cancel()
          exchange.end()
        }
      }
      throw fault
    },
    abilitiesOf: ({ tenant, name }) =>
      switchboard
        .linesOf(tenant, name)
        .map(({ agent, about }) => ({ agent: agent.name, abilities: about.abilities })),
  }
}

async function* pagesOf(exchange: Exchange, signal: AbortSignal): AsyncGenerator<readonly DirectoryEntry[]> {
  for (let page = 0; ; page += 1) {
    const answer = await exchange.next(signal)
    if (answer === 'lost') throw unreachable('the connection to the agent was lost')
    if (answer === 'cut-off') throw unreachable('the list was cut off')
    const settled = settle('list', answer.outcome)
    if (!('value' in settled)) throw settled.fault
    const entries = readAnswer('list', settled.value)
    if (entries === undefined || answer.page !== page) throw unusable()
    if (answer.last) return
    yield entries
    exchange.more()
  }
}

const unreachable = (detail: string) => new Fault('directory-unreachable', { detail })
const outcomeUnknown = (detail: string) => new Fault('directory-outcome-unknown', { detail })
const unusable = () =>
  new Fault('directory-answer-unusable', { detail: 'the agent answered with what is no answer to the order' })
const nobodyThere = () =>
  unreachable('no agent of this directory is connected; `rekey agent list` says which were enrolled')

/** `nothingDone`: another agent may be asked. */
type Settled = { value: unknown } | { fault: Fault; nothingDone: boolean }

function settle(operation: OperationName, outcome: Outcome): Settled {
  switch (outcome.is) {
    case 'value':
      return { value: outcome.value }
    case 'fault': {
      const { code, detail } = outcome
      return {
        fault: new Fault(code, detail === null ? {} : { detail }),
        nothingDone: code === 'directory-unreachable',
      }
    }
    case 'refused':
      if (outcome.because === 'account-denied')
        return { value: { ok: false, because: 'account-unavailable' } }
      return refusals[outcome.because](operation, outcome.retryAfterSeconds ?? null)
  }
}

const refusals: Readonly<
  Record<
    Exclude<AgentRefusal, 'account-denied'>,
    (operation: OperationName, retryAfterSeconds: number | null) => Settled
  >
> = {
  'order-not-for-this-agent': () => ({
    fault: unreachable('the agent took the order for another one’s'),
    nothingDone: true,
  }),
  'order-outside-its-time': () => ({
    fault: new Fault('directory-misconfigured', {
      detail: 'the clocks of server and agent are too far apart; set both by NTP',
    }),
    nothingDone: true,
  }),
  // It was carried out before, or is just being.
  'order-repeated': (operation) => ({
    fault:
      kindOf(operation) === 'write'
        ? outcomeUnknown('the order had come before')
        : unreachable('it had come before'),
    nothingDone: false,
  }),
  'operation-not-allowed': (operation) => ({
    fault: neverDone(operation),
    nothingDone: false,
  }),
  'sealed-part-unusable': () => ({
    fault: unreachable('the agent could not open what was sealed for it'),
    nothingDone: true,
  }),
  // The cap is there for servers in foreign hands: going to the next agent would be a way around it.
  'rate-cap': (_, retryAfterSeconds) => ({
    fault: new Fault('directory-unreachable', {
      detail: 'the agent has reached its cap; `caps` in its configuration says how much it does',
      retryAfterSeconds,
    }),
    nothingDone: false,
  }),
  'journal-unusable': () => ({
    fault: unreachable('the agent can’t write to its journal, so it writes nothing else'),
    nothingDone: true,
  }),
}
