import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { Breaker } from '../../kernel/breaker.ts'
import type { LineState } from '../../kernel/turns.ts'

/** One directory, as its configuration names it. */
export interface DirectoryName {
  tenant: string
  directory: string
}

export interface DirectoryCall extends DirectoryName {
  operation: string
  /** Kinds of calls have places and waiting lines of their own. */
  kind: string
  outcome: string
  /** Null when nothing was sent. */
  seconds: number | null
}

export interface ObservedDirectory extends DirectoryName {
  state(): { breaker: Breaker['state']; lines: Readonly<Record<string, LineState>> }
}

export interface DirectoryServer extends DirectoryName {
  server: string
  state: Breaker['state']
}

export interface DirectoryMetrics {
  observeDirectoryCall(call: DirectoryCall): void
  observeDirectoryServer(server: DirectoryServer): void
  /** From now on its state is looked at while scraping. */
  observeDirectory(directory: ObservedDirectory): void
}

const states = ['closed', 'open'] as const
const serverStates = ['closed', 'open', 'on-trial'] as const

export function makeDirectoryMetrics(registry: Registry, now: () => Date): DirectoryMetrics {
  const observed: ObservedDirectory[] = []
  const calls = new Counter({
    name: 'rekey_directory_calls_total',
    help: 'Calls to a directory by operation and outcome: `answered`, the code of a fault, or why nothing was sent (resting, line-full, waited-too-long, gave-up).',
    labelNames: ['tenant', 'directory', 'operation', 'outcome'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'rekey_directory_seconds',
    help: 'Time until a directory answered or was given up, without the wait for a turn.',
    labelNames: ['tenant', 'directory', 'kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  const breakers: Gauge<'tenant' | 'directory' | 'state'> = new Gauge({
    name: 'rekey_directory_breaker',
    help: 'State of the breaker of each directory in this process: 1 for the state it is in, 0 for the others.',
    labelNames: ['tenant', 'directory', 'state'],
    registers: [registry],
    collect() {
      for (const { tenant, directory, state } of observed) {
        const { breaker } = state()
        for (const each of states) breakers.set({ tenant, directory, state: each }, each === breaker ? 1 : 0)
      }
    },
  })
  const servers = new Gauge({
    name: 'rekey_directory_server',
    help: 'State of the breaker of each server of a directory in this process: one that is open is asked after the others.',
    labelNames: ['tenant', 'directory', 'server', 'state'],
    registers: [registry],
  })
  const gaugeOfLines = (name: string, help: string, value: (line: LineState) => number) => {
    const gauge: Gauge<'tenant' | 'directory' | 'kind'> = new Gauge({
      ...{ name, help, labelNames: ['tenant', 'directory', 'kind'], registers: [registry] },
      collect() {
        for (const { tenant, directory, state } of observed) {
          for (const [kind, line] of Object.entries(state().lines)) {
            gauge.set({ tenant, directory, kind }, value(line))
          }
        }
      },
    })
  }
  gaugeOfLines(
    'rekey_directory_in_flight',
    'Calls to a directory that are under way in this process, by kind.',
    ({ working }) => working,
  )
  gaugeOfLines(
    'rekey_directory_waiting',
    'Calls to a directory that wait for their turn in this process, by kind.',
    ({ waiting }) => waiting,
  )
  gaugeOfLines(
    'rekey_directory_oldest_waiting_seconds',
    'How long the oldest of those calls has waited, by kind.',
    ({ waitingSince }) =>
      waitingSince === null ? 0 : Math.max(0, (now().getTime() - waitingSince.getTime()) / 1000),
  )
  return {
    observeDirectoryCall({ tenant, directory, operation, kind, outcome, seconds: took }) {
      calls.inc({ tenant, directory, operation, outcome })
      if (took !== null) seconds.observe({ tenant, directory, kind }, took)
    },
    observeDirectoryServer({ state, ...server }) {
      for (const each of serverStates) servers.set({ ...server, state: each }, each === state ? 1 : 0)
    },
    observeDirectory: (directory) => void observed.push(directory),
  }
}
