import { runChecks } from './checks.ts'
import { conclude, type Outcome, report, run, vitest } from './commands.ts'
import { installTestServers } from './install-test-servers.ts'

/**
 * Everything a change must pass, on a fresh machine: real servers first, then the checks, then the tests that need
 * sockets. With `--prove` the long tier: the same tests with many more rounds (`REKEY_PROVE`), and then every
 * mutant.
 */
const prove = process.argv.includes('--prove')
const env: Record<string, string> = prove ? { REKEY_PROVE: '1' } : {}

if (installTestServers()) {
  const outcomes: Outcome[] = prove ? [] : await runChecks()
  const build = await run({ name: 'build', command: process.execPath, words: ['tools/build.ts'] })
  report(build)
  const projects = prove ? ['unit', 'contract', 'integration', 'e2e'] : ['contract', 'integration', 'e2e']
  const tests = await run(vitest(projects.join(', '), projects, { live: true, env }))
  report(tests)
  outcomes.push(build, tests)
  if (prove) {
    const step = { name: 'mutants', command: process.execPath, words: ['tools/mutants.ts'], live: true }
    const mutants = await run(step)
    report(mutants)
    outcomes.push(mutants)
  }
  conclude(outcomes)
} else {
  process.exitCode = 1
  process.stdout.write('\n0 passed, 1 failed\n')
}
