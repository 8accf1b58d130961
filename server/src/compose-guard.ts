import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { operations } from './adapters/connectors/calls.ts'
import { type GuardRules, guarded } from './adapters/connectors/guarded.ts'
import { connectors } from './adapters/connectors/registry.ts'
import type { Metrics } from './adapters/metrics/metrics.ts'
import type { TenantConfig } from './config/schema.ts'
import type { Directory } from './core/accounts/index.ts'
import type { Outside } from './kernel/outside.ts'

type EntryConfig = TenantConfig['directories'][number]

export interface GuardOutside {
  outside: Outside
  log: Logger
  metrics: Metrics
  /** Told when a directory answers again: jobs that wait for it need not wait any longer. Must not throw. */
  isBack(): void
}

/** A directory behind its breaker and its lines, as its entry says; what happens there is logged and counted. */
export function guardDirectory(
  directory: Directory,
  { tenant, entry }: { tenant: TenantConfig; entry: EntryConfig },
  deps: GuardOutside,
): Directory {
  const name = { tenant: tenant.id, directory: entry.name }
  const { outside, log, metrics } = deps
  const guard = guarded(directory, rulesOf(tenant, entry), {
    ...outside,
    timeout: (seconds) => AbortSignal.timeout(seconds * 1000),
    pause: (ms, signal) => wait(Math.max(0, ms), undefined, { signal }).catch(() => undefined),
    called: ({ operation, ...call }) =>
      metrics.observeDirectoryCall({ ...name, operation, kind: operations[operation].kind, ...call }),
    changed({ before, state }) {
      log[state === 'open' ? 'warn' : 'info']({ ...name, state, before }, 'directory')
      if (state === 'closed') deps.isBack()
    },
  })
  metrics.observeDirectory({ ...name, state: guard.state })
  return guard.directory
}

function rulesOf({ limits }: TenantConfig, { kind, resilience }: EntryConfig): GuardRules {
  const { concurrency, queueMax, queueSeconds, failures, coolDownSeconds, coolDownSecondsMax } = resilience
  const isOwn = connectors.some((connector) => connector.kind === kind && connector.isOwn === true)
  const unbounded = Number.POSITIVE_INFINITY
  return {
    concurrency: isOwn ? unbounded : concurrency,
    waitingMax: queueMax,
    waitSeconds: Math.min(queueSeconds, limits.directorySeconds / 2),
    answerSeconds: limits.directorySeconds,
    breaker: { failuresMax: isOwn ? unbounded : failures, coolDownSeconds, coolDownSecondsMax },
  }
}
