import { spawnSync } from 'node:child_process'
import { childEnvironment } from './child-environment.ts'

/**
 * Where there is no /proc (darwin): the postmaster names its data folder in its arguments, and its children are
 * found by their parent.
 */
export function processesByListing(data: string): number[] {
  const listing = spawnSync('ps', ['-axo', 'pid=,ppid=,args='], { env: childEnvironment, encoding: 'utf8' })
  const processes = listing.stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }]
  })
  const leaders = new Set(
    processes.filter(({ command }) => command.endsWith(`postgres -D ${data}`)).map(({ pid }) => pid),
  )
  return processes.filter(({ pid, parent }) => leaders.has(pid) || leaders.has(parent)).map(({ pid }) => pid)
}
