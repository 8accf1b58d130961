import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lineOf, type Row, rowsFile } from '../bench/harness/rows.ts'
import { run } from './commands.ts'
import { root } from './tree.ts'

/** Runs every benchmark in `bench/`, or those whose name contains one of the words given, and sums them up. */
const words = process.argv.slice(2)
const files = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .toSorted()

const folder = mkdtempSync(join(tmpdir(), 'rekey-bench-rows-'))
const rows = join(folder, 'rows')

for (const file of files) {
  process.stdout.write(`\n${file}\n`)
  const { ok } = await run({
    name: file,
    command: process.execPath,
    words: [join('bench', file)],
    live: true,
    env: { [rowsFile]: rows },
  })
  if (!ok) process.exitCode = 1
}
if (existsSync(rows)) {
  const lines = readFileSync(rows, 'utf8').trim().split('\n')
  process.stdout.write(`\n${lines.map((line) => lineOf(JSON.parse(line) as Row)).join('\n')}\n`)
}
rmSync(folder, { recursive: true })
if (files.length === 0) {
  process.stdout.write('No benchmark has such a name.\n')
  process.exitCode = 1
}
