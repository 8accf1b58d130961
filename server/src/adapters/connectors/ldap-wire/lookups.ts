import { makeCrowd } from '../crowd.ts'
import type { Servers } from './servers.ts'

/**
 * The servers, for what anybody can cause by typing a name. The patience with a server begins with a place in its pool's
 * queue, which must be short: so the crowd waits before it.
 */
export function forLookups(servers: Servers, connections: number): Pick<Servers, 'use'> {
  const takeTurn = makeCrowd(connections)
  return { use: (signal, work, where) => takeTurn(signal, () => servers.use(signal, work, where)) }
}
