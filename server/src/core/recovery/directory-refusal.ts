import { isFault } from '../../kernel/fault.ts'
import { type Refused, refuse } from './answers.ts'

/** What a person is told of a directory that could not be asked. Whatever else broke is thrown again. */
export function refuseFor(error: unknown): Refused {
  if (!isFault(error)) throw error
  const isAway = isFault(error, 'directory-unreachable', 'directory-outcome-unknown')
  return refuse({ because: isAway ? 'directory-unreachable' : 'directory-not-writable' })
}
