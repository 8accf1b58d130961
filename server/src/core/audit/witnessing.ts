import { Fault } from '../../kernel/fault.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { SignedCheckpoint } from './checkpoint.ts'
import type { Witness } from './ports.ts'

export interface WitnessStatus {
  witness: string
  origin: string
  /** Size of the newest checkpoint that the witness certainly holds; null before the first. */
  heldSize: number | null
  /** Size of the newest checkpoint that it should hold. */
  newestSize: number
  /** Since when handing over has failed, and why; null while all is well. */
  failing: { since: Date; because: string } | null
}

export interface Witnessing {
  /** Remembers the checkpoint and starts handing it over. Returns at once and never throws. */
  hand(checkpoint: SignedCheckpoint): void
  /** Repeats what failed or had to wait; call it about once a second. */
  retry(): void
  status(): WitnessStatus[]
  /** Resolves when no handover is under way. */
  settled(): Promise<void>
}

export interface WitnessingOptions {
  witnesses: readonly Witness[]
  outside: Outside
  /** True when the log has, or once had, exactly this checkpoint. */
  knows(checkpoint: SignedCheckpoint): Promise<boolean>
  /** Told when a handover fails and, once, when it works again. */
  warn(status: WitnessStatus): void
}

const handoverDeadlineMs = 10_000
const retryAfterMs = { first: 1_000, last: 60_000 } as const

interface Handover {
  witness: Witness
  newest: SignedCheckpoint
  held: SignedCheckpoint | null
  notBefore: number
  failures: number
  failing: WitnessStatus['failing']
  underWay: Promise<void> | null
}

/**
 * Hands checkpoints to witnesses after they have committed. Sealing never waits for a witness; a slow or dead one
 * gets the newest checkpoint when it is back, because a newer checkpoint vouches for everything an older one does.
 */
export function makeWitnessing(options: WitnessingOptions): Witnessing {
  const { witnesses, outside } = options
  const handovers = new Map<string, Handover>()
  const start = (handover: Handover): void => {
    const now = outside.now().getTime()
    const done = handover.held !== null && handover.held.size >= handover.newest.size
    if (done || handover.underWay !== null || now < handover.notBefore) return
    handover.underWay = deliver(handover, options).finally(() => {
      handover.underWay = null
    })
  }
  return {
    hand: (checkpoint) => {
      for (const witness of witnesses) {
        const handover = remember(handovers, witness, checkpoint)
        start(handover)
      }
    },
    retry: () => {
      for (const handover of handovers.values()) start(handover)
    },
    status: () => [...handovers.values()].map(statusOf),
    settled: async () => {
      await Promise.all([...handovers.values()].flatMap(({ underWay }) => underWay ?? []))
    },
  }
}

function remember(handovers: Map<string, Handover>, witness: Witness, newest: SignedCheckpoint): Handover {
  const id = `${witness.name} ${newest.origin}`
  const known = handovers.get(id)
  if (known !== undefined) {
    if (newest.size > known.newest.size) known.newest = newest
    return known
  }
  const fresh = { witness, newest, held: null, notBefore: 0, failures: 0, failing: null, underWay: null }
  handovers.set(id, fresh)
  return fresh
}

async function deliver(handover: Handover, { outside, warn, knows }: WitnessingOptions): Promise<void> {
  const { witness, newest } = handover
  try {
    await handOver(handover, knows)
    const worksAgain = handover.failing !== null
    Object.assign(handover, { held: newest, failures: 0, failing: null })
    handover.notBefore = outside.now().getTime() + witness.everyMs
    if (worksAgain) warn(statusOf(handover))
  } catch (error) {
    handover.failing = {
      since: handover.failing?.since ?? outside.now(),
      because: error instanceof Error ? error.message : 'unknown',
    }
    const wait = Math.min(retryAfterMs.first * 2 ** handover.failures, retryAfterMs.last)
    handover.failures += 1
    handover.notBefore = outside.now().getTime() + wait
    warn(statusOf(handover))
  }
}

/**
 * Another process may have handed over a newer checkpoint meanwhile, which is as good. One that the log does not know
 * means that the database was set back or replaced; then nothing is handed over any more.
 */
async function handOver(
  { witness, newest, held }: Handover,
  knows: WitnessingOptions['knows'],
): Promise<void> {
  const last = (await witness.newest?.(newest.origin)) ?? null
  if (last !== null && last.note !== held?.note && !(await knows(last))) {
    throw new Fault('audit-log-broken', {
      detail: `witness ${witness.name} holds a checkpoint of size ${last.size} that the log does not have`,
    })
  }
  if (last !== null && last.size >= newest.size) return
  await witness.hold(newest, AbortSignal.timeout(handoverDeadlineMs))
}

const statusOf = ({ witness, newest, held, failing }: Handover): WitnessStatus => ({
  witness: witness.name,
  origin: newest.origin,
  heldSize: held?.size ?? null,
  newestSize: newest.size,
  failing,
})
