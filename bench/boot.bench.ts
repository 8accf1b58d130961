import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../server/test/support/free-ports.ts'
import { descendants } from './harness/pinned.ts'
import { print } from './harness/rows.ts'

/**
 * How long a start takes until `/readyz` answers 200, and how much memory all processes together hold when idle.
 * Beside it, in the same run, what nobody can go below: the bare Node start, and PostgreSQL's own idle memory.
 *
 * Memory is the proportional set size (Linux `smaps_rollup`): shared pages counted once over all processes. The
 * resident sizes, which count them once a process, are printed too.
 */
const root = join(import.meta.dirname, '..')
const rounds = 5
const idleSeconds = 10

spawnSync(process.execPath, [join(root, 'tools/build.ts')], { stdio: 'ignore' })

const firsts: number[] = []
const laters: number[] = []
const memories: Memory[] = []
for (let round = 0; round < rounds; round += 1) {
  const data = mkdtempSync(join(tmpdir(), 'rekey-bench-'))
  try {
    firsts.push(await timedStart(data, null))
    laters.push(
      await timedStart(data, async (child) => {
        if (round > 0) return
        await sleep(idleSeconds * 1_000)
        memories.push(memoryOf(child.pid ?? 0))
      }),
    )
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}
const bare = Array.from({ length: rounds }, () => {
  const began = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - began
})

const node = { what: 'a bare Node', values: bare }
print({
  what: 'first start (initdb, schema, people)',
  values: firsts,
  unit: 'ms',
  beside: node,
  aim: { atMost: 4_000 },
})
print({ what: 'later start', values: laters, unit: 'ms', beside: node, aim: { atMost: 1_500 } })
const sizes = (pick: (memory: Memory) => number) => memories.map(pick)
print({
  what: 'memory when idle, all processes (proportional)',
  values: sizes(({ total }) => total),
  unit: 'MB',
  beside: { what: "PostgreSQL's own part", values: sizes(({ postgres }) => postgres) },
  aim: { atMost: 250 },
})
print({ what: 'memory when idle, Node', values: sizes((memory) => memory.node), unit: 'MB' })
print({
  what: 'memory when idle, resident (shared pages counted again)',
  values: sizes(({ resident }) => resident),
  unit: 'MB',
})

interface Memory {
  node: number
  postgres: number
  total: number
  resident: number
}

async function timedStart(
  data: string,
  whileRunning: ((child: ChildProcess) => Promise<void>) | null,
): Promise<number> {
  const [portal, console_] = [await freePort(), await freePort()]
  const began = performance.now()
  const child = spawn(process.execPath, ['--max-semi-space-size=4', join(root, 'tools/start.ts')], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...process.env,
      REKEY_DATA: data,
      REKEY_PORTAL_PORT: String(portal),
      REKEY_CONSOLE_PORT: String(console_),
      REKEY_LOG_LEVEL: 'warn',
    },
  })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  while (!(await isReady(portal))) {
    if (child.exitCode !== null) throw new Error('the service ended instead of getting ready')
    await sleep(5)
  }
  const took = performance.now() - began
  if (whileRunning !== null) await whileRunning(child)
  child.kill('SIGTERM')
  await exited
  return took
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
  } catch {
    return false
  }
}

function memoryOf(pid: number): Memory {
  const pids = [pid, ...descendants(pid)]
  const sizes = pids.map((id) => ({ isNode: id === pid, ...sizesOf(id) }))
  const sum = (pick: (size: (typeof sizes)[number]) => number) =>
    sizes.reduce((total, size) => total + pick(size), 0)
  return {
    node: sum((size) => (size.isNode ? size.proportional : 0)),
    postgres: sum((size) => (size.isNode ? 0 : size.proportional)),
    total: sum((size) => size.proportional),
    resident: sum((size) => size.resident),
  }
}

function sizesOf(pid: number): { proportional: number; resident: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const megabytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1_024
  return { proportional: megabytes('Pss'), resident: megabytes('Rss') }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
