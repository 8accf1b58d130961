import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { foreign, root, type TreeFile } from '../tree.ts'
import type { Suite } from './mutant.ts'
import type { Report } from './verdict.ts'

/** A copy of the tree in a temporary folder. Only the copy is ever broken. */
export interface Copy extends AsyncDisposable {
  folder: string
  write(files: readonly TreeFile[]): Promise<void>
  /** Runs the suites and resolves with vitest's report; null when there is none. */
  test(suites: readonly Suite[], options: { bail: boolean }): Promise<Report | null>
}

/** Where npm puts packages: at the root, and in a workspace that needs another version. */
const packageFolders = ['.', 'server', 'guard', 'console']

/** A test that runs out of time counts for nothing here, so it gets more of it than usual. */
const testMillisecondsMax = 90_000
/** Long for any run of so many suites; what takes longer hangs. */
const runMillisecondsMax = (suites: number) => 240_000 + 60_000 * suites

export async function aCopy(): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-mutant-'))
  await cp(root, folder, { recursive: true, filter: (path) => path === root || !foreign.has(basename(path)) })
  for (const place of packageFolders) {
    const installed = join(root, place, 'node_modules')
    if (existsSync(installed)) await symlink(installed, join(folder, place, 'node_modules'))
  }
  return {
    folder,
    async write(files) {
      for (const { path, text } of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true })
        await writeFile(join(folder, path), text)
      }
    },
    async test(suites, { bail }) {
      const reportFile = join(folder, 'report.json')
      await rm(reportFile, { force: true })
      await runTests(folder, runMillisecondsMax(suites.length), [
        ...new Set(suites.map(({ file }) => file)),
        `--testNamePattern=${suites.map(({ title }) => escaped(title)).join('|')}`,
        ...(bail ? ['--bail=1'] : []),
        `--testTimeout=${testMillisecondsMax}`,
        `--hookTimeout=${testMillisecondsMax}`,
        '--reporter=json',
        `--outputFile.json=${reportFile}`,
      ])
      try {
        return JSON.parse(await readFile(reportFile, 'utf8')) as Report
      } catch {
        return null
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Mutants may be run by a test, and vitest tells its children by variables that they are its own. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|VITE_|TEST$|NODE_ENV$|REKEY_PROVE$)/.test(name),
    ),
  )

function runTests(folder: string, millisecondsMax: number, words: readonly string[]): Promise<void> {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [vitest, 'run', ...words], {
    cwd: folder,
    env: ownEnvironment(),
    stdio: 'ignore',
  })
  const timer = setTimeout(() => child.kill('SIGTERM'), millisecondsMax)
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      resolve()
    }
    child.on('error', end)
    child.on('close', end)
  })
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
