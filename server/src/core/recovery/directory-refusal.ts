import { type Fault, isFault } from '../../kernel/fault.ts'
import { type Refused, refuse } from './answers.ts'

/** What a person is told of a directory that could not be asked. Whatever else broke is thrown again. */
export function refuseFor(error: unknown): Refused {
  if (!isFault(error)) throw error
  const isAway = isFault(error, 'directory-unreachable', 'directory-outcome-unknown')
  return refuse(
    isAway ? { because: 'directory-unreachable', ...whenBack(error) } : { because: 'directory-not-writable' },
  )
}

/** When it is worth asking again, where that is known. */
export const whenBack = ({
  retryAfterSeconds,
}: Pick<Fault, 'retryAfterSeconds'>): { retryAfterSeconds?: number } =>
  retryAfterSeconds === null ? {} : { retryAfterSeconds }
