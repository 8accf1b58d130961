import { Fault } from '../../../kernel/fault.ts'
import { makeTurns, NoTurnCame } from '../../../kernel/turns.ts'
import type { Servers } from './servers.ts'

/**
 * The servers, for what anybody can cause by typing a name. Whoever is looked for gets all connections to a server but
 * one, so that a crowd leaves one to those who have proven themselves. The patience with a server begins with a place in
 * its pool's queue, which must be short: so the crowd waits before it.
 */
export function forLookups(servers: Servers, connections: number): Pick<Servers, 'use'> {
  const takeTurn = makeTurns(Math.max(1, connections - 1))
  return {
    use: (signal, work, where) =>
      takeTurn(signal, () => servers.use(signal, work, where)).catch((error: unknown) => {
        if (!(error instanceof NoTurnCame)) throw error
        throw new Fault('directory-unreachable', { cause: error, detail: 'too many others were looked for' })
      }),
  }
}
