import { Fault, isFault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { BreachList } from './ports.ts'

/** How lists of lost passwords are asked. */
export interface BreachPolicy {
  /** One that knows the password is enough; the others are not asked. */
  lists: readonly BreachList[]
  /** Deadline of each. */
  seconds: number
  /** Told why a list gave no answer, for whoever runs it. */
  warn(list: string, fault: Fault): void
  /** What becomes of a password that no list knows while one of them could not be asked. */
  whenUnanswered: 'accept' | 'refuse'
}

/** A list that could not say. */
export interface Unanswered {
  list: string
  because: string
}

export type BreachVerdict = { is: 'listed' } | { is: 'not-listed'; unanswered: readonly Unanswered[] }

/** Asks one list after the other, the nearest first, so that nobody outside is asked about what is known here. */
export async function lookUp(
  password: Secret,
  { lists, seconds, warn }: Pick<BreachPolicy, 'lists' | 'seconds' | 'warn'>,
): Promise<BreachVerdict> {
  const unanswered: Unanswered[] = []
  for (const list of lists) {
    // One each: a list that hangs must not keep another from being asked.
    const signal = AbortSignal.timeout(seconds * 1_000)
    try {
      if (await inTime(signal, list.has(password, signal))) return { is: 'listed' }
    } catch (error) {
      if (!isFault(error, 'breach-list-unreachable', 'breach-list-damaged')) throw error
      warn(list.name, error)
      unanswered.push({ list: list.name, because: error.code })
    }
  }
  return { is: 'not-listed', unanswered }
}

/** A disk that hangs is no answer either, and does not end when it is told to. */
async function inTime<Answer>(signal: AbortSignal, asked: Promise<Answer>): Promise<Answer> {
  const late = Promise.withResolvers<never>()
  const giveUp = () => {
    late.reject(new Fault('breach-list-unreachable', { detail: 'no answer in time' }))
  }
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([asked, late.promise])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
