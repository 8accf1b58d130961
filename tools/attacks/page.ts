import { type Attack, attacks } from '../../server/test/attack/catalogue.ts'
import { mutants } from '../mutants/index.ts'
import { readTree } from '../tree.ts'
import { type Replay, replaysIn } from './replays.ts'

/** `docs/attacks.md`: what is replayed by which test, which defects prove that the tests see, and what is missing. */
export function attacksPage(): string {
  const replays = replaysIn(readTree())
  const covered = attacks.filter(({ waitsFor }) => waitsFor === undefined)
  const waiting = attacks.filter(({ waitsFor }) => waitsFor !== undefined)
  return [
    '<!-- Written by `npm run generate`. -->',
    '# Attacks that are replayed',
    '',
    `${attacks.length} attacks on recovery that happened to somebody. ${covered.length} of them mean something here and are`,
    `replayed by the tests named below, against the whole service with real servers; ${waiting.length} wait for something that`,
    'is not built yet. The number of an attack stands in brackets before the titles of its tests, or before that of their',
    'group: then every test of the group is listed.',
    '',
    `The tests are tested too: ${mutants.length} defects are planted in a copy of the tree, one at a time, and a suite that stays`,
    'green is a failure. From a clean clone (on Debian or Ubuntu this installs the servers that the suites need):',
    '',
    '```sh',
    'npm ci && npm run mutants   # all of them, and a table of who noticed',
    'npm run mutants link code   # those with one of these words in their name',
    '```',
    '',
    '## Replayed',
    '',
    '| row | known as | what goes wrong | replayed by | defects planted |',
    '|---|---|---|---|---|',
    ...covered.map((attack) => coveredRow(attack, replays)),
    '',
    '## Not replayed yet',
    '',
    '| row | known as | what goes wrong | waits for | because |',
    '|---|---|---|---|---|',
    ...waiting.map(({ row, known, mechanism, waitsFor }) =>
      tableRow([String(row), known, mechanism, waitsFor?.capability ?? '', waitsFor?.because ?? '']),
    ),
    '',
    '## Defects that are planted',
    '',
    '| name | what is broken | rows | suite that must turn red |',
    '|---|---|---|---|',
    ...mutants.map(({ name, breaks, rows, suite }) =>
      tableRow([`\`${name}\``, breaks, rows.join(' ') || '–', `${fileName(suite.file)}: ${suite.title}`]),
    ),
    '',
  ].join('\n')
}

function coveredRow({ row, known, mechanism }: Attack, replays: readonly Replay[]): string {
  const titles = replays
    .filter(({ rows }) => rows.includes(row))
    .map(({ file, title }) => `${fileName(file)}: ${title}`)
  const planted = mutants.filter(({ rows }) => rows.includes(row)).map(({ name }) => `\`${name}\``)
  return tableRow([String(row), known, mechanism, titles.join('<br>'), planted.join(' ') || '–'])
}

const fileName = (path: string): string =>
  (path.split('/').at(-1) ?? '').replace(/\.(test|contract)\.tsx?$/, '')

const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('&lt;br>', '<br>')).join(' | ')} |`
