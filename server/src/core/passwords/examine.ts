import type { Secret } from '../../kernel/secret.ts'
import { type BreachPolicy, lookUp, type Unanswered } from './breach.ts'
import { type JudgeAgainst, judgePassword } from './policy.ts'

/** What can be wrong with a password that is in force. */
export type Flaw =
  /** It is in a list of lost passwords. */
  | 'breached'
  /** It would not be taken today. */
  | 'weak'

/** What is known of a password that its owner has just proven. */
export interface Examined {
  /** The worst first. `mustChange`: policy wants it replaced. */
  flaws: readonly { is: Flaw; mustChange: boolean }[]
  /** Lists that could not say. */
  unanswered: readonly Unanswered[]
}

/**
 * Looks at a password that is set already, as far as policy asks for it. Only for one that was right: what the lists
 * say takes time, and must not be told of a guess. A list that is away finds nothing; it is a reason to look again
 * next time and none to keep somebody out.
 */
export async function examinePassword(
  password: Secret,
  against: JudgeAgainst & { breach: BreachPolicy | null },
): Promise<Examined> {
  const { policy, breach } = against
  const { breachedAtSignIn, recheckAtSignIn } = policy
  const looked = breachedAtSignIn === 'off' || breach === null ? null : await lookUp(password, breach)
  const isBreached = looked?.is === 'listed'
  const isWeak = recheckAtSignIn !== 'off' && !judgePassword(password, against).ok
  return {
    flaws: [
      ...(isBreached ? [{ is: 'breached', mustChange: breachedAtSignIn === 'require-change' } as const] : []),
      ...(isWeak ? [{ is: 'weak', mustChange: recheckAtSignIn === 'require-change' } as const] : []),
    ],
    unanswered: looked?.is === 'not-listed' ? looked.unanswered : [],
  }
}
