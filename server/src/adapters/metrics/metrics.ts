import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from '@prometheus-io/client'
import type { AuditName } from '../../core/audit/catalogue.ts'
import { catalogue } from '../../core/audit/catalogue.ts'
import type { MessageOutcome } from '../../core/messages/delivery.ts'
import type { Outside } from '../../kernel/outside.ts'
import { type DirectoryMetrics, makeDirectoryMetrics } from './directories.ts'
import { makeMailHistogram, type ObservedMail, observeMail } from './mail.ts'
import { makeTextMetrics, type ObservedTexts, observeTexts, type TextMetrics } from './texts.ts'

/** What is measured while scraping rather than while it happens. */
export interface Observed extends ObservedMail {
  jobs(): Promise<
    readonly { queue: string; ready: number; delayed: number; active: number; failed: number }[]
  >
  auditOldestPendingSeconds(): Promise<number>
  /** Passwords that wait for their directory, of each tenant that has any. */
  waitingPasswords(): Promise<readonly { tenant: string; count: number; oldestSeconds: number }[]>
  /** How far this node's clock is ahead of the database's. */
  clockOffsetSeconds(): number
  /** Absent when the service uses no Redis. */
  redisIsUp?: () => boolean
  /** How hard the work is that strangers are asked for, by tenant; 0: none. */
  gatePressure?: () => readonly { tenant: string; factor: number }[]
  /** Of each directory behind agents, how many are connected to this node and answer for it. */
  agents?: () => readonly { tenant: string; directory: string; connected: number; working: number }[]
  /** Absent where no texts are sent. */
  texts?: ObservedTexts
}

/** What is done again and again beside the requests, without a job. */
export type Sweep = 'sweep' | 'tidy' | 'daily-round' | 'seal'

export interface Metrics extends DirectoryMetrics, Pick<TextMetrics, 'observeReceipt'> {
  countEvent(name: AuditName, labels: Readonly<Record<string, string>>): void
  observeRequest(request: {
    listener: string
    route: string
    method: string
    status: number
    seconds: number
  }): void
  observeMessage(outcome: MessageOutcome): void
  countSweepFailure(sweep: Sweep): void
  observe(observed: Observed): void
  render(): Promise<{ contentType: string; body: string }>
}

/** Prometheus metrics. Labels come from closed lists, never from what somebody typed. */
export function makeMetrics({ now }: Pick<Outside, 'now'>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelNames = [
    'name',
    'tenant',
    ...new Set(Object.values(catalogue).flatMap(({ labels }): readonly string[] => labels)),
  ]
  const events = new Counter({
    name: 'rekey_events_total',
    help: 'Events of the audit catalogue, by name and by the labels the catalogue gives them.',
    labelNames,
    registers: [registry],
  })
  const requests = new Histogram({
    name: 'rekey_http_request_seconds',
    help: 'Time to answer, by listener, route pattern, method and status.',
    labelNames: ['listener', 'route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const failures = new Counter({
    name: 'rekey_sweep_failures_total',
    help: 'Rows and parts of what is swept again and again that failed; the log names each.',
    labelNames: ['sweep'],
    registers: [registry],
  })
  const observeMailed = makeMailHistogram(registry)
  const { observeText, observeReceipt } = makeTextMetrics(registry)
  return {
    countEvent: (name, labels) => {
      events.inc({ name, ...labels })
    },
    observeRequest: ({ listener, route, method, status, seconds }) => {
      requests.observe({ listener, route, method, status: String(status) }, seconds)
    },
    observeMessage: (outcome) => (outcome.channel === 'email' ? observeMailed : observeText)(outcome),
    observeReceipt,
    ...makeDirectoryMetrics(registry, now),
    countSweepFailure: (sweep) => {
      failures.inc({ sweep })
    },
    observe: (observed) => {
      observeMail(registry, observed)
      observeJobs(registry, observed)
      observeAudit(registry, observed)
      observeWaiting(registry, observed)
      observeClock(registry, observed)
      observeRedis(registry, observed)
      observeAgents(registry, observed)
      if (observed.texts !== undefined) observeTexts(registry, observed.texts)
      observeGate(registry, observed)
    },
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}

function observeJobs(registry: Registry, observed: Observed): void {
  const gauge: Gauge<'queue' | 'state'> = new Gauge({
    name: 'rekey_jobs',
    help: 'Jobs by queue and state.',
    labelNames: ['queue', 'state'],
    registers: [registry],
    async collect() {
      for (const { queue, ready, delayed, active, failed } of await observed.jobs()) {
        for (const [state, count] of Object.entries({ ready, delayed, active, failed })) {
          gauge.set({ queue, state }, count)
        }
      }
    },
  })
}

function observeAudit(registry: Registry, observed: Observed): void {
  const gauge: Gauge = new Gauge({
    name: 'rekey_audit_oldest_pending_seconds',
    help: 'Age of the oldest audit event that is not sealed yet; more than a few seconds means sealing has stopped.',
    registers: [registry],
    async collect() {
      gauge.set(await observed.auditOldestPendingSeconds())
    },
  })
}

function observeWaiting(registry: Registry, { waitingPasswords }: Observed): void {
  const asked = { labelNames: ['tenant'] as const, registers: [registry] }
  const oldest: Gauge<'tenant'> = new Gauge({
    ...asked,
    name: 'rekey_waiting_password_oldest_seconds',
    help: 'How long the oldest password of a tenant has been waiting for its directory.',
  })
  const count: Gauge<'tenant'> = new Gauge({
    ...asked,
    name: 'rekey_waiting_passwords',
    help: 'Passwords that were accepted while their directory could not be reached and wait for it, by tenant.',
    async collect() {
      const waiting = await waitingPasswords()
      count.reset()
      oldest.reset()
      for (const { tenant, count: many, oldestSeconds } of waiting) {
        count.set({ tenant }, many)
        oldest.set({ tenant }, oldestSeconds)
      }
    },
  })
}

function observeClock(registry: Registry, observed: Observed): void {
  const gauge: Gauge = new Gauge({
    name: 'rekey_clock_offset_seconds',
    help: "How far this node's clock is ahead of the database's; beyond 30 it is said in the log, beyond 120 the node is not ready.",
    registers: [registry],
    collect() {
      gauge.set(observed.clockOffsetSeconds())
    },
  })
}

function observeRedis(registry: Registry, { redisIsUp }: Observed): void {
  if (redisIsUp === undefined) return
  const gauge: Gauge = new Gauge({
    name: 'rekey_redis_up',
    help: '1 while Redis can be used; 0 while flows are kept and requests are counted in PostgreSQL alone.',
    registers: [registry],
    collect() {
      gauge.set(redisIsUp() ? 1 : 0)
    },
  })
}

function observeAgents(registry: Registry, { agents }: Observed): void {
  if (agents === undefined) return
  const gauge: Gauge<'tenant' | 'directory' | 'state'> = new Gauge({
    name: 'rekey_agents',
    help: 'Agents of a directory by state: connected to this node, and of these working, whose directory answers.',
    labelNames: ['tenant', 'directory', 'state'],
    registers: [registry],
    collect() {
      for (const { tenant, directory, ...states } of agents()) {
        for (const [state, count] of Object.entries(states)) gauge.set({ tenant, directory, state }, count)
      }
    },
  })
}

function observeGate(registry: Registry, { gatePressure }: Observed): void {
  if (gatePressure === undefined) return
  const gauge: Gauge<'tenant'> = new Gauge({
    name: 'rekey_gate_pressure',
    help: 'How hard the work is that is asked for before a start or a sign-in, as a multiple of the easiest; 0: none is.',
    labelNames: ['tenant'],
    registers: [registry],
    collect() {
      for (const { tenant, factor } of gatePressure()) gauge.set({ tenant }, factor)
    },
  })
}
