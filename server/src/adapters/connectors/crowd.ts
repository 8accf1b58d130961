import { Fault } from '../../kernel/fault.ts'
import { makeTurns, NoTurnCame, type TakeTurn } from '../../kernel/turns.ts'

/**
 * Turns for what anybody can cause by typing a name. Whoever is looked for, and whose password is tried, gets all
 * connections to a server but one, so that a crowd leaves one to those who have proven themselves, and to the question
 * whether the server works. Throws `directory-unreachable` when no turn came before the signal fired.
 */
export function makeCrowd(connections: number): TakeTurn {
  const takeTurn = makeTurns(Math.max(1, connections - 1))
  return (signal, work) =>
    takeTurn(signal, work).catch((error: unknown) => {
      if (!(error instanceof NoTurnCame)) throw error
      throw new Fault('directory-unreachable', { cause: error, detail: 'too many others were looked for' })
    })
}
