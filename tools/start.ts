import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

// Kept free of imports that take time: after the first start this file is all that comes before the service.
const root = join(import.meta.dirname, '..')
const stamp = join(root, 'server/dist/.built')

/** Whatever the build depends on. A file that disappears changes the time of its folder. */
const inputs = ['server/src', 'server/package.json', 'package-lock.json', 'tsconfig.json', 'tools/build.ts']

// React renders twenty times faster, and in a third of the memory, when it knows that nobody debugs it.
process.env['NODE_ENV'] ??= 'production'
if (newest(inputs.map((input) => join(root, input))) > changedAt(stamp)) buildOrEnd()
const { runCli, environment, systemTerminal } = await import(
  pathToFileURL(join(root, 'server/dist/cli.js')).href
)
process.exitCode = await runCli(['serve', ...process.argv.slice(2)], {
  env: environment,
  terminal: systemTerminal,
})

/** In a process of its own: the bundler's memory would stay with the service as long as it runs. */
function buildOrEnd(): void {
  // The build strips types with a function that Node still calls experimental, and says so to whoever starts Rekey.
  const words = ['--disable-warning=ExperimentalWarning', join(root, 'tools/build.ts')]
  const { status } = spawnSync(process.execPath, words, { stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(status ?? 1)
}

function newest(paths: readonly string[]): number {
  return paths.reduce((latest, path) => {
    const entries = statSync(path).isDirectory() ? readdirSync(path, { withFileTypes: true }) : []
    const below = entries
      .filter(({ name }) => !/\.test\.tsx?$/.test(name))
      .map(({ name }) => join(path, name))
    return Math.max(latest, changedAt(path), newest(below))
  }, 0)
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
