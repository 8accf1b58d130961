import { join } from 'node:path'
import { type Outcome, report as print, run, type Step, vitest } from './commands.ts'
import { root } from './tree.ts'

const cache = join(root, '.cache')

/** Checks of the text alone. They run beside each other: two cores, and none of them uses more than one. */
const staticChecks: readonly Step[] = [
  {
    name: 'lint',
    command: 'eslint',
    words: [
      '.',
      '--max-warnings=0',
      '--cache',
      '--cache-strategy=content',
      `--cache-location=${join(cache, 'eslint/')}`,
    ],
  },
  { name: 'format and import order', command: 'biome', words: ['ci', '.'] },
  { name: 'types', command: 'tsc', words: ['-p', '.'] },
  {
    name: 'types in the browser',
    command: 'tsc',
    words: ['-p', 'server/src/http/portal/browser', '--noEmit'],
  },
  { name: 'dead code and dependencies', command: 'knip', words: ['--no-progress'] },
]

/** Everything `npm run check` checks: format, lint, types, dead code, then tidy and unit tests. */
export async function runChecks(): Promise<Outcome[]> {
  const waiting = [...staticChecks, vitest('tidy and unit tests', ['unit'])]
  const outcomes: Outcome[] = []
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const outcome = await run(step)
      print(outcome)
      outcomes.push(outcome)
    }
  }
  await Promise.all([work(), work()])
  return outcomes
}
