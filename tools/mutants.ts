import { installTestServers } from './install-test-servers.ts'
import { type Tried, tryMutants } from './mutants/harness.ts'
import { mutants } from './mutants/index.ts'

/**
 * Breaks copies of the tree on purpose, one defect at a time, and fails when a suite does not notice. All mutants,
 * or those whose names contain one of the words given.
 */
const words = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))
const out = (line: string) => process.stdout.write(`${line}\n`)

const row = ({ mutant, verdict, seconds }: Tried): string => {
  const said =
    verdict.is === 'caught'
      ? verdict.by
      : verdict.is === 'survived'
        ? 'NOBODY'
        : `UNUSABLE: ${verdict.because}`
  const rows = mutant.rows.length === 0 ? '–' : mutant.rows.join(' ')
  return `| ${[mutant.name, rows, mutant.suite.file, said, seconds.toFixed(1)].join(' | ')} |`
}

if (chosen.length === 0) {
  out('No mutant has such a name.')
  process.exitCode = 1
} else if (!installTestServers()) {
  process.exitCode = 1
} else {
  const began = performance.now()
  out(`${chosen.length} mutants; first their suites on an unbroken copy.\n`)
  out('| mutant | rows | suite | caught by | seconds |')
  out('|---|---|---|---|---|')
  const tried = await tryMutants(chosen, (one) => out(row(one)))
  const missed = tried.filter(({ verdict }) => verdict.is !== 'caught')
  const minutes = ((performance.now() - began) / 60_000).toFixed(1)
  out(`\n${tried.length - missed.length} caught, ${missed.length} not, in ${minutes} minutes`)
  for (const { mutant } of missed) out(`  ${mutant.name}: ${mutant.breaks}`)
  process.exitCode = missed.length === 0 ? 0 : 1
}
