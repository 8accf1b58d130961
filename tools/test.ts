import { join } from 'node:path'
import { runChecks } from './checks.ts'
import { conclude, type Outcome, report, run, type Step, vitest } from './commands.ts'
import { installTestServers } from './install-test-servers.ts'
import { root } from './tree.ts'

/**
 * Everything a change must pass, on a fresh machine: real servers first, then the checks, then the tests that need
 * sockets. With `--prove` the long tier: the same tests with many more rounds (`REKEY_PROVE`), again over
 * several nodes and Redis, and then every mutant.
 */
const prove = process.argv.includes('--prove')
const env: Record<string, string> = prove ? { REKEY_PROVE: '1' } : {}

/**
 * These tests mostly wait: for a mail, a lease, a browser. On two cores vitest would run one file at a time and leave
 * most of a core idle; three files at a time keep both busy.
 */
const sideBySide = (step: Step): Step => ({ ...step, words: [...step.words, '--maxWorkers=2'] })

/** The long tier again where nodes share the work: browsers before two of them and a proxy, and attacks over Redis. */
const shared = (name: string, project: string, variables: Readonly<Record<string, string>>) =>
  vitest(name, [project], { live: true, env: { ...env, ...variables } })
const attacks = shared('attacks over Redis', 'integration', { REKEY_REDIS: '1' })
const overSeveral = [
  shared('e2e over two nodes', 'e2e', { REKEY_NODES: '2' }),
  shared('e2e over two nodes and Redis', 'e2e', { REKEY_NODES: '2', REKEY_REDIS: '1' }),
  { ...attacks, words: [...attacks.words, 'test/attack/', 'http-two-worlds'] },
]

if (installTestServers()) {
  const outcomes: Outcome[] = prove ? [] : await runChecks()
  const build = await run({ name: 'build', command: process.execPath, words: ['tools/build.ts'] })
  report(build)
  const projects = prove ? ['unit', 'contract', 'integration', 'e2e'] : ['contract', 'integration', 'e2e']
  const tests = await run(sideBySide(vitest(projects.join(', '), projects, { live: true, env })))
  report(tests)
  outcomes.push(build, tests)
  if (prove) {
    const mutants = { name: 'mutants', command: process.execPath, words: ['tools/mutants.ts'], live: true }
    for (const step of [...overSeveral, mutants]) {
      const outcome = await run(step)
      report(outcome)
      outcomes.push(outcome)
    }
    outcomes.push(...(await runStopwatch()))
  }
  conclude(outcomes)
} else {
  process.exitCode = 1
  process.stdout.write('\n0 passed, 1 failed\n')
}

/** After the tests, when nothing else runs: it times answers, and then finds a leak that is planted in a copy. */
async function runStopwatch(): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const words of [[], ['--planted']]) {
    const name = ['stopwatch', ...words].join(' ')
    const script = join(root, 'tools/stopwatch.ts')
    const outcome = await run({ name, command: process.execPath, words: [script, ...words], live: true })
    report(outcome)
    outcomes.push(outcome)
  }
  return outcomes
}
