import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { otherCore } from './pinned.ts'

export interface Load {
  port: number
  path: string
  bodies?: readonly string[]
  seconds: number
  connections?: number
}

export interface Loaded {
  perSecond: number
  answered: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Share of its core that making the load took. */
  generatorShare: number
}

/** Closed loop: each connection sends the next request when it has its answer. Every answer must have `status`. */
export async function load(order: Load, status: number): Promise<Loaded> {
  const given = { connections: 64, bodies: [], ...order }
  const words = ['-c', String(otherCore), process.execPath, join(import.meta.dirname, 'generator.ts')]
  const { stdout } = await promisify(execFile)('taskset', [...words, JSON.stringify(given)])
  const told = JSON.parse(stdout) as {
    seconds: number
    answered: number
    statuses: Record<string, number>
    p50: number
    p99: number
    cpuSeconds: number
  }
  const { answered, seconds, p50, p99 } = told
  if (told.statuses[status] !== answered) {
    throw new Error(`expected ${status} only, got ${JSON.stringify(told.statuses)}`)
  }
  return { perSecond: answered / seconds, answered, p50, p99, generatorShare: told.cpuSeconds / seconds }
}
