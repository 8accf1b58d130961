/**
 * A Rekey that has opened its database and does nothing more, in a process of its own, for tests that kill it.
 * Argument: the folder. Says in one line of JSON what came of it, then stays until SIGTERM.
 */
import { openEmbedded } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { isFault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'

export type ChildSaid =
  | { opened: true; host: string; postmaster: number; said: string[] }
  | { opened: false; code: string; message: string }

const say = (line: ChildSaid) => console.log(JSON.stringify(line))
const said: string[] = []

try {
  const embedded = await openEmbedded({
    folder: process.argv[2] ?? '',
    outside: systemOutside,
    log: (level, message) => void said.push(`${level} ${message}`),
  })
  process.on('SIGTERM', () => void embedded.stop())
  say({ opened: true, host: embedded.connection.host ?? '', postmaster: embedded.processId, said })
} catch (error) {
  say({ opened: false, code: isFault(error) ? error.code : 'crashed', message: String(error) })
}
