import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './commands.ts'
import { root } from './tree.ts'

/** Runs every benchmark in `bench/`, or those whose name contains one of the words given. */
const words = process.argv.slice(2)
const files = readdirSync(join(root, 'bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .toSorted()

for (const file of files) {
  process.stdout.write(`\n${file}\n`)
  const { ok } = await run({
    name: file,
    command: process.execPath,
    words: [join('bench', file)],
    live: true,
  })
  if (!ok) process.exitCode = 1
}
if (files.length === 0) {
  process.stdout.write('No benchmark has such a name.\n')
  process.exitCode = 1
}
