import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'

/** One file as it is served. */
export interface ConsoleAsset {
  body: Buffer
  /** Content-Type, with charset. */
  type: string
}

export interface ConsoleAssets {
  /** By path; a path holds the digest of its content, so it never changes what it means. */
  files: ReadonlyMap<string, ConsoleAsset>
  stylesheet: string
  script: string
}

/** Beside this file, and beside the bundle that holds it: see `buildConsoleAssets`. */
const folder = new URL('./assets/', import.meta.url)
const names = ['console.css', 'console.js'] as const

export function loadConsoleAssets(): ConsoleAssets {
  const [stylesheet, script] = [asset('console.css', 'text/css'), asset('console.js', 'text/javascript')]
  return { files: new Map([stylesheet, script]), stylesheet: stylesheet[0], script: script[0] }
}

/** Writes what `loadConsoleAssets` reads into `target`, the `assets/` beside the bundle. */
export function buildConsoleAssets(target: URL): void {
  mkdirSync(target, { recursive: true })
  for (const name of names) copyFileSync(new URL(name, folder), new URL(name, target))
}

function asset(name: (typeof names)[number], type: string): [string, ConsoleAsset] {
  const body = readFileSync(new URL(name, folder))
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  return [`/assets/${name.replace('.', `-${digest}.`)}`, { body, type: `${type}; charset=utf-8` }]
}
