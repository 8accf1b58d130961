import { type Known, type ListLabel, type RequestFacts, type RiskFacts } from './facts.ts'

interface Described<Name extends string> {
  name: Name
  /** What its full value means, as a sentence: the reason that operators read. */
  says: string
  /** Points, of 100, that its full value adds unless other weights are configured. */
  weight: number
  /** Which part of its weight counts while it should be known and is not, from 0 to 1. */
  unknown: number
}

/** From 0 (nothing speaks against it) to 1. */
export type Measured = Known<number>

/** A sign that a request may not be its owner's. One file each, one line in the registry. */
export type Signal<Name extends string = string> =
  | (Described<Name> & { of: 'request'; measure(facts: RequestFacts): Measured })
  | (Described<Name> & { of: 'account'; measure(facts: RiskFacts): Measured })

/** One that needs nothing but the request: it may count before the first proof. */
export const requestSignal = <const Name extends string>(
  signal: Described<Name> & { measure(facts: RequestFacts): Measured },
) => ({ ...signal, of: 'request' as const })

/** One that needs to know whose account it is: it counts only after the first proof, or off the request's path. */
export const accountSignal = <const Name extends string>(
  signal: Described<Name> & { measure(facts: RiskFacts): Measured },
) => ({ ...signal, of: 'account' as const })

/** Whether a list has the network, as a value. */
export const listed = ({ lists }: RequestFacts, label: ListLabel): Measured => valueOf(lists[label])

export const valueOf = (fact: Known<boolean>): Measured => (fact === true ? 1 : fact === false ? 0 : fact)

/** Many people share the address of an office, so counts of its network say nothing of any of them. */
export const unlessOwn = ({ lists }: RequestFacts, measured: Measured): Measured =>
  lists.own === true ? 'absent' : measured

/** From 0 at `from` to 1 at `to`, straight in between. */
export const ramp = (amount: number, { from, to }: { from: number; to: number }): number =>
  Math.min(1, Math.max(0, (amount - from) / (to - from)))
