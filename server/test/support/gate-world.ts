import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { makeAltchaWork } from '../../src/adapters/work/altcha.ts'
import type { AuditEvent } from '../../src/core/audit/ports.ts'
import {
  defaultEverywhere,
  defaultGateRules,
  type Gate,
  type GateRules,
  makeGate,
  type Thresholds,
  type WorkChallenge,
} from '../../src/core/gate/index.ts'
import type { HumanCheck, SharedTally } from '../../src/core/gate/ports.ts'
import type { Limiter } from '../../src/core/recovery/ports.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'
import { aClock, type FakeClock, seededBytes } from './fake-outside.ts'
import { makeMemoryLimiter } from './memory-limiter.ts'

export const gateKeys = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(7) })

/** Of a few thousand rounds, so that a test can do hundreds. */
const triesInTests = 4

export interface GateWorld {
  gate: Gate
  clock: FakeClock
  events: AuditEvent[]
  /** Another node with the same keys, clock and counters. */
  another(): Gate
}

export function aGate(
  over: {
    rules?: Partial<GateRules>
    everywhere?: Thresholds
    clock?: FakeClock
    limiter?: Limiter
    humanCheck?: HumanCheck
    shared?: SharedTally
    warn?: (error: unknown) => void
  } = {},
): GateWorld {
  const clock = over.clock ?? aClock()
  const events: AuditEvent[] = []
  const outside = { now: () => clock.now(), randomBytes: seededBytes(1) }
  const limiter = over.limiter ?? makeMemoryLimiter(clock)
  const shared = over.shared ?? aMemoryTally()
  const another = () =>
    makeGate({
      ...outside,
      ...{ keys: gateKeys, limiter, shared },
      work: makeAltchaWork({ ...outside, keys: gateKeys, tries: triesInTests }),
      everywhere: over.everywhere ?? defaultEverywhere,
      tenant: () => ({ rules: { ...defaultGateRules, ...over.rules }, humanCheck: over.humanCheck ?? null }),
      async record(noted) {
        events.push(...noted)
        await Promise.resolve()
      },
      warn: over.warn ?? (() => undefined),
    })
  return { gate: another(), another, clock, events }
}

/** Passes the same contract as the one in PostgreSQL. */
export function aMemoryTally(): SharedTally {
  const sums = new Map<string, number>()
  return {
    async add(counts) {
      await Promise.resolve()
      return counts.map(({ tenant, key, count }) => {
        const name = JSON.stringify([tenant, key])
        const sum = (sums.get(name) ?? 0) + count
        sums.set(name, sum)
        return sum
      })
    },
  }
}

/** What a client of the library sends. */
export async function solved(challenge: WorkChallenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey })
  return encoded(challenge, solution)
}

export const encoded = (challenge: WorkChallenge, solution: unknown): string =>
  Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
