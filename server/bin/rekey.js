#!/usr/bin/env node
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

// This file is plain JavaScript that any Node understands: it only finds the Node that Rekey runs on.
const oldestMajor = 24

if (Number(process.versions.node.split('.')[0]) >= oldestMajor) await run()
else await runOnPinnedNode()

async function run() {
  // React renders twenty times faster, and in a third of the memory, when it knows that nobody debugs it.
  process.env.NODE_ENV ??= 'production'
  const built = new URL('../dist/cli.js', import.meta.url)
  if (!existsSync(built)) {
    process.stderr.write('Rekey has not been built yet. Run `npm run build` first.\n')
    process.exitCode = 2
    return
  }
  const { runCli, environment, systemTerminal } = await import(built.href)
  process.exitCode = await runCli(process.argv.slice(2), { env: environment, terminal: systemTerminal })
}

/** The pinned Node comes with npm as an optional dependency; signals and the exit code are passed on. */
async function runOnPinnedNode() {
  const node = pinnedNode()
  if (node === null) {
    process.stderr.write(`Rekey needs Node ${oldestMajor} or newer; this is ${process.version}.\n`)
    process.exitCode = 2
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 2 : 1)))
  })
}

function pinnedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return null
  }
}
