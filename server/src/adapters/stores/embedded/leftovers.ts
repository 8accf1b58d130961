import { readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Fault } from '../../../kernel/fault.ts'
import { processesByListing } from './process-listing.ts'

const pollMilliseconds = 10

/** What is tried, in order, and for how long: PostgreSQL's fast, then immediate shutdown, then the kernel's. */
const escalation = [
  { signal: 'SIGINT', milliseconds: 10_000 },
  { signal: 'SIGQUIT', milliseconds: 5_000 },
  { signal: 'SIGKILL', milliseconds: 5_000 },
] as const

/**
 * Stops whatever a killed Rekey left running on a data folder. It is stopped and not adopted: a server that is
 * not our child can die without our noticing. The caller holds the folder's lock, so nothing it finds is wanted.
 *
 * Only processes that are PostgreSQL *and* work in this very folder are touched: the process id that
 * `postmaster.pid` remembers may long belong to somebody else.
 *
 * @returns how many processes were found.
 */
export async function stopLeftovers(data: string): Promise<number> {
  const found = serversIn(data)
  if (found.length > 0) await stopAll(data)
  // With nobody in the folder this is only a note; kept, it would make PostgreSQL refuse to start whenever
  // an unrelated process has come to bear the id in it (usual in containers, where ids start again at 1).
  rmSync(join(data, 'postmaster.pid'), { force: true })
  return found.length
}

async function stopAll(data: string): Promise<void> {
  for (const { signal, milliseconds } of escalation) {
    signalLeader(data, signal)
    for (let waited = 0; waited < milliseconds; waited += pollMilliseconds) {
      if (serversIn(data).length === 0) return
      await delay(pollMilliseconds)
    }
  }
  throw new Fault('database-unavailable', {
    detail: `a PostgreSQL left behind in ${data} (processes ${serversIn(data).join(', ')}) could not be stopped`,
  })
}

/** The postmaster ends its children in good order; without one (it was killed) they are told one by one. */
function signalLeader(data: string, signal: NodeJS.Signals): void {
  const alive = serversIn(data)
  const leader = alive.find((pid) => pid === rememberedLeader(data))
  for (const pid of leader === undefined || signal === 'SIGKILL' ? alive : [leader]) {
    try {
      process.kill(pid, leader === undefined && signal === 'SIGINT' ? 'SIGTERM' : signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

function rememberedLeader(data: string): number | null {
  try {
    return Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10)
  } catch {
    return null
  }
}

/** Process ids of every PostgreSQL process whose working directory is the data folder. */
function serversIn(data: string): number[] {
  if (process.platform !== 'linux') return processesByListing(realpathSync(data))
  const home = statSync(data)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => worksIn(pid, home))
    .map(Number)
}

/** Compared by device and inode, which no rename and no mount changes. */
function worksIn(pid: string, home: { dev: number; ino: number }): boolean {
  try {
    const at = statSync(`/proc/${pid}/cwd`)
    if (at.dev !== home.dev || at.ino !== home.ino) return false
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres'
  } catch {
    // Gone meanwhile, a zombie, or somebody else's: none of them is a server of ours.
    return false
  }
}
