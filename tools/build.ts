import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'tsdown'
import { buildConsoleAssets } from '../server/src/http/console-api/assets.ts'
import { buildAssets } from '../server/src/http/portal/assets.ts'
import { root } from './tree.ts'

/** What was built last; `start.ts` compares it with the sources. */
export const stampFile = join(root, 'server/dist/.built')

/**
 * Builds the server into `server/dist`: every file beside every other, because assets are looked for next to the
 * file that asks for them. Dependencies stay outside the bundle, where their licences and updates are.
 */
const began = performance.now()
rmSync(stampFile, { force: true })
await build({
  cwd: join(root, 'server'),
  config: false,
  entry: { main: 'src/main.ts', cli: 'src/cli/index.ts' },
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  tsconfig: join(root, 'tsconfig.json'),
  sourcemap: true,
  dts: false,
  clean: true,
  fixedExtension: false,
  logLevel: 'warn',
})
const assets = new URL('assets/', pathToFileURL(join(root, 'server/dist/')))
buildAssets(assets)
buildConsoleAssets(assets)
writeFileSync(stampFile, '')
process.stderr.write(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.\n`)
