import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Condition, classes, conditions, type Surroundings } from './stopwatch/conditions.ts'
import { measure, operations, pairsOf } from './stopwatch/measure.ts'
import { findsPlanted } from './stopwatch/planted.ts'
import { measureSignIn } from './stopwatch/sign-in.ts'
import { type Compared, compare, tableOf, verdictOn } from './stopwatch/verdict.ts'

/**
 * Measures whether the time of an answer tells what an account is like, and prints the table. Exit code 1 when it
 * does, or when the run can't say. Method and figures: docs/stopwatch.md.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    pairs: { type: 'string' },
    condition: { type: 'string', multiple: true },
    planted: { type: 'boolean', default: false },
  },
})
const signIns = ['sign-in, ldap', 'sign-in, local'] as const
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name)
const within = conditions.filter((name) =>
  values.condition === undefined ? !values.quick || name === 'quiet' : values.condition.includes(name),
)
const pairs = Number(values.pairs ?? (values.quick ? 150 : 300))
const unheardOf = [
  ...positionals.filter((name) => ![...operations, ...signIns].some((known) => known === name)),
  ...(values.condition ?? []).filter((name) => !conditions.some((known) => known === name)),
]

if (unheardOf.length > 0 || !Number.isSafeInteger(pairs) || pairs < 1) {
  process.stderr.write(`Operations: ${[...operations, ...signIns].join(' | ')}\n`)
  process.stderr.write(`Conditions: ${conditions.join(' | ')}\nPairs: a whole number\n`)
  process.exitCode = 2
} else if (values.planted) {
  const found = await findsPlanted(values.pairs === undefined ? ['--quick'] : ['--pairs', values.pairs])
  process.stdout.write(`\nThe planted leak of 0.5 ms was ${found ? '' : 'NOT '}found\n`)
  process.exitCode = found ? 0 : 1
} else {
  const compared = await run()
  process.stdout.write(`${tableOf(compared)}\n`)
  const verdicts = compared.map((one) => verdictOn(one, compared.length))
  const failed = verdicts.filter((verdict) => verdict !== 'neutral' && verdict !== 'known')
  const known = verdicts.filter((verdict) => verdict === 'known')
  process.stdout.write(
    `\n${compared.length} comparisons: ${failed.length} not neutral, ${known.length} known to be open (docs/stopwatch.md)\n`,
  )
  process.exitCode = failed.length === 0 ? 0 : 1
}

async function run(): Promise<Compared[]> {
  process.stderr.write(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`)
  const compared: Compared[] = []
  for (const condition of within) {
    if (operations.some(wanted)) compared.push(...(await measureIn(condition)))
  }
  for (const operation of signIns.filter(wanted)) {
    if (within.includes('quiet'))
      compared.push(
        ...compare(await measureSignIn(operation, pairsOf(operation, { condition: 'quiet', pairs }))),
      )
  }
  return compared
}

async function measureIn(condition: Condition): Promise<Compared[]> {
  const began = performance.now()
  const surroundings = await surround(condition)
  try {
    const measured = await measure({
      surroundings: surroundings.are,
      condition,
      operations: operations.filter(wanted),
      classes: condition === 'quiet' ? classes : ['unknown', 'known', 'disabled'],
      pairs,
    })
    const compared = measured.flatMap(compare)
    const seconds = ((performance.now() - began) / 1_000).toFixed(0)
    process.stderr.write(`${condition}: ${seconds} s\n${tableOf(compared)}\n\n`)
    return compared
  } finally {
    await surroundings.end()
  }
}

async function surround(condition: Condition): Promise<{ are: Surroundings; end(): Promise<void> }> {
  const script = join(import.meta.dirname, 'stopwatch/surroundings.ts')
  // An account gets three mails a block that uses it, and a mailbox takes twenty in a quarter of an hour.
  const child = fork(script, [condition, String(Math.ceil(pairsOf('start', { condition, pairs }) / 6))])
  const gone = once(child, 'exit')
  const [are] = (await Promise.race([
    once(child, 'message'),
    gone.then(() => Promise.reject(new Error(`nothing can be measured: ${condition}`))),
  ])) as [Surroundings]
  return {
    are,
    async end() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
