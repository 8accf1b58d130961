import { type DirectoryEntry, fold, isWithin, sameGroup } from '../accounts/index.ts'
import type { AgentRefusal } from './messages.ts'
import { carriesPasswords, type Order } from './orders.ts'
import { digestOf } from './signing.ts'

/** What an agent decides by itself, whatever a server orders. */
export interface AgentRules {
  /** Whose passwords no order touches, besides those that the directory's own settings call privileged. */
  deny: {
    usernames: readonly string[]
    /** Names or distinguished names, as the directory tells them. */
    groups: readonly string[]
    /** Distinguished names of top entries. */
    places: readonly string[]
  }
  /** Operations that are never carried out. */
  refuse: readonly string[]
  caps: { writesPerMinute: number; writesPerHour: number; proofsPerMinute: number }
  /** How far the clocks of both sides may be apart. */
  clockSkewSeconds: number
}

/**
 * Whether an entry is out of reach. It is the agent's own reading of its directory, taken now: what the server says about
 * an account counts for nothing. What can't be decided is denied.
 */
export function isDenied(entry: DirectoryEntry, { usernames, groups, places }: AgentRules['deny']): boolean {
  if (entry.privileged) return true
  const names = new Set(usernames.map(fold))
  if (names.has(fold(entry.username))) return true
  if (groups.some((group) => entry.groups.some((own) => sameGroup(own, group)))) return true
  return places.some((place) => entry.place === null || isWithin(entry.place, place))
}

/** An order that a trusted server has signed, and where it came in. */
export interface Received {
  order: Order
  sealed: string | null
  line: { tenant: string; directory: string; agent: string; session: string }
  now: Date
}

interface OrderRule {
  because: AgentRefusal
  breaks(received: Received, rules: AgentRules): boolean
}

const ours = ({ order, line }: Received) =>
  order.for.find(({ agent, session }) => agent === line.agent && session === line.session)

/** Seconds that an order may be carried out at most, whatever it says itself. */
const lifetimeSecondsMax = 120

/** In this order; the first that is broken is answered. */
const orderRules: readonly OrderRule[] = [
  {
    because: 'order-not-for-this-agent',
    breaks: (received) =>
      received.order.tenant !== received.line.tenant ||
      received.order.directory !== received.line.directory ||
      ours(received) === undefined,
  },
  {
    because: 'order-outside-its-time',
    breaks({ order, now }, { clockSkewSeconds }) {
      const [from, until] = [Date.parse(order.issuedAt), Date.parse(order.expiresAt)]
      const skewMs = clockSkewSeconds * 1_000
      const isLong = until - from > lifetimeSecondsMax * 1_000
      // Written so that a moment that is none is outside as well.
      return isLong || !(from - skewMs <= now.getTime() && now.getTime() <= until + skewMs)
    },
  },
  {
    because: 'sealed-part-unusable',
    breaks(received) {
      const digest = ours(received)?.sealed ?? null
      const { sealed, order } = received
      if (carriesPasswords(order.operation.name) !== (sealed !== null)) return true
      return digest !== (sealed === null ? null : digestOf(sealed))
    },
  },
  {
    because: 'operation-not-allowed',
    breaks: ({ order }, { refuse }) => refuse.includes(order.operation.name),
  },
]

/** Why an order is not to be carried out; null: nothing speaks against it so far. */
export const whyNotOrder = (received: Received, rules: AgentRules): AgentRefusal | null =>
  orderRules.find((rule) => rule.breaks(received, rules))?.because ?? null

/** Takes one more, and says 0; or the seconds until there may be one, when there were as many within a minute. */
export function makeMinuteCap(perMinute: number) {
  let taken: number[] = []
  return (now: Date): number => {
    taken = taken.filter((at) => at > now.getTime() - 60_000)
    const [oldest] = taken
    if (taken.length >= perMinute && oldest !== undefined) {
      return Math.max(1, Math.ceil((oldest + 60_000 - now.getTime()) / 1_000))
    }
    taken.push(now.getTime())
    return 0
  }
}

/** Seconds until the caps leave room for a write; 0: there is room. */
export function writeWaitSeconds(
  begunSince: (moment: Date) => number,
  now: Date,
  { writesPerMinute, writesPerHour }: AgentRules['caps'],
): number {
  const wait = (windowSeconds: number, max: number): number => {
    const isFull = (later: number) =>
      begunSince(new Date(now.getTime() - (windowSeconds - later) * 1_000)) >= max
    if (!isFull(0)) return 0
    // The longer the wait, the fewer are left in the window: halved until it is one second.
    let [full, free] = [0, windowSeconds]
    while (free - full > 1) {
      const between = Math.floor((full + free) / 2)
      if (isFull(between)) full = between
      else free = between
    }
    return free
  }
  return Math.max(wait(60, writesPerMinute), wait(3_600, writesPerHour))
}
