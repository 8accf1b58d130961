import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** The service under test has this core for itself … */
export const serverCore = 0
/** … and shares nothing with PostgreSQL and whoever makes the load, which are on this one. */
export const otherCore = 1

/** Moves a process, all its threads and those of its descendants to one core. New ones inherit it. */
export function pin(pid: number, core: number): void {
  for (const id of [pid, ...descendants(pid)]) {
    const { status, stderr } = spawnSync('taskset', ['-a', '-c', '-p', String(core), String(id)])
    if (status !== 0) throw new Error(`taskset: ${stderr.toString()}`)
  }
}

/** Seconds of processor time that a process and its descendants, dead ones included, have used so far. */
export function cpuSeconds(pid: number): number {
  const ticks = [pid, ...descendants(pid)].map((id) => {
    const fields = statOf(id)
    const own = Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
    return own + Number(fields[13] ?? 0) + Number(fields[14] ?? 0)
  })
  return ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond
}

/** `USER_HZ`, the same on every Linux that Node runs on. */
const ticksPerSecond = 100

export function descendants(pid: number): number[] {
  const parents = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => [Number(name), Number(statOf(Number(name))[1] ?? -1)]),
  )
  const below = (parent: number): number[] =>
    [...parents].filter(([, of]) => of === parent).flatMap(([id]) => [id, ...below(id)])
  return below(pid)
}

/** The fields of `/proc/<pid>/stat` from the state on; none when the process has ended. */
function statOf(pid: number): string[] {
  try {
    return (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '').split(' ')
  } catch {
    return []
  }
}
