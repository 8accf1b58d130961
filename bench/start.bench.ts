import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

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

line('bare Node', median(bare), 'ms')
line('first start (initdb, schema, people)', median(firsts), 'ms', 4_000, median(bare))
line('later start', median(laters), 'ms', 1_500, median(bare))
memories.forEach(printMemory)

interface Memory {
  node: number
  postgres: number
  total: number
  resident: number
}

function printMemory({ node, postgres, total, resident }: Memory): void {
  line('idle: PostgreSQL, all its processes', postgres, 'MB')
  line('idle: Node', node, 'MB')
  line('idle: all processes (proportional)', total, 'MB', 250, postgres)
  line('idle: all processes (resident, shared pages counted again)', resident, 'MB')
}

function line(what: string, value: number, unit: string, aim?: number, base?: number): void {
  const parts = [
    what.padEnd(62),
    `${value.toFixed(0)} ${unit}`.padStart(9),
    aim === undefined ? '' : `aim < ${aim} ${unit}: ${value < aim ? 'met' : 'MISSED'}`,
    base === undefined ? '' : `(${(value / base).toFixed(1)} × the baseline above)`,
  ]
  process.stdout.write(`${parts.join('  ').trimEnd()}\n`)
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

function descendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => parentOf(id) === pid)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function parentOf(pid: number): number | null {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    return Number(rest.split(' ')[1])
  } catch {
    return null
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('no port'))
      })
    })
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
