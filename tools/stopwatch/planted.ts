import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../tree.ts'

/** A leak as somebody might write it: half a millisecond more when the flow is an account's. */
const leak = {
  file: 'server/src/core/recovery/holder.ts',
  find: 'const flow = asOf(stored, rules, now)\n',
  add: `    if (stored.state === 'awaiting-proof' && stored.whose.is === 'account') {
      const until = process.hrtime.bigint() + 500_000n
      while (process.hrtime.bigint() < until);
    }
`,
}

/** Copies the tree, plants the leak, and lets the copy's own stopwatch find it. True when it does. */
export async function findsPlanted(words: readonly string[]): Promise<boolean> {
  const copy = mkdtempSync(join(tmpdir(), 'rekey-planted-'))
  try {
    copyTree(copy)
    plant(join(copy, leak.file))
    const script = join(copy, 'tools/stopwatch.ts')
    const child = spawn(process.execPath, [script, '--condition', 'quiet', ...words, 'wrong code'], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(child, 'close')
    const table = Buffer.concat(chunks).toString('utf8')
    process.stdout.write(table)
    // Those that may come back by mail are told apart from nobody, and those who get an explanation are not.
    return /\| known .* told apart/.test(table) && !/\| disabled .* told apart/.test(table)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Everything that is in git or could be, and the packages by reference. */
function copyTree(copy: string): void {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const path of listed.stdout.split('\0').filter((name) => name !== '')) {
    cpSync(join(root, path), join(copy, path))
  }
  // What two workspaces want in different versions lies in a folder of one of them.
  for (const folder of ['node_modules', 'server/node_modules']) {
    if (existsSync(join(root, folder))) symlinkSync(join(root, folder), join(copy, folder))
  }
}

function plant(file: string): void {
  const text = readFileSync(file, 'utf8')
  const planted = text.replace(leak.find, `${leak.find}${leak.add}`)
  if (planted === text) throw new Error('the place for the leak has gone')
  writeFileSync(file, planted)
}
