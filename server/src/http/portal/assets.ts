import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { brandPairs } from '../../core/messages/brand.ts'
import type { PageLook } from './views/props.ts'

/** One file as it is served. */
export interface Asset {
  body: Buffer
  /** Content-Type, with charset. */
  type: string
  /** Strong, quoted (RFC 9110 section 8.8.3). */
  etag: string
  /** Also to be sent: caching, and a policy of its own for what a browser might open as a page. */
  headers: Readonly<Record<string, string>>
}

/** Assets by path. The path holds the digest of the content, so a path never changes what it means. */
export type Assets = ReadonlyMap<string, Asset>

export interface PortalAssets {
  files: Assets
  stylesheet: string
  script: string
  /** Of the pages that ask for work. */
  workScript: string
}

/** A tenant's logo as read from its file. */
export interface Logo {
  bytes: Uint8Array
}

export interface Branding {
  /** `#rrggbb`. */
  color: string | null
  /** CSS pixels. */
  radius: number | null
  logo: Logo | null
}

export interface TenantAssets {
  files: Assets
  look: PageLook
}

/** What a build puts next to the bundle; see `buildAssets`. */
const builtFolder = new URL('./assets/', import.meta.url)
const browserSource = (name: string) => new URL(`./browser/${name}.ts`, import.meta.url)

/**
 * Style sheet and scripts of the portal. From a bundle they lie in `assets/` beside it; from source the scripts are
 * the TypeScript files without their types, exactly what `buildAssets` writes.
 */
export function loadAssets(): PortalAssets {
  const stylesheet = asset('portal.css', 'text/css; charset=utf-8', sheetText(builtFolder))
  const script = scriptAsset('portal')
  const workScript = scriptAsset('work')
  return {
    files: new Map([stylesheet, script, workScript]),
    stylesheet: stylesheet[0],
    script: script[0],
    workScript: workScript[0],
  }
}

/** Writes what `loadAssets` reads into `folder`, the `assets/` beside the bundle that holds this module. */
export function buildAssets(folder: URL): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL('portal.css', folder), sheetText(builtFolder))
  for (const name of ['portal', 'work'])
    writeFileSync(new URL(`${name}.js`, folder), scriptText(builtFolder, name))
}

const sheetText = (folder: URL) => readFileSync(new URL('portal.css', folder), 'utf8')

const scriptAsset = (name: string) =>
  asset(`${name}.js`, 'text/javascript; charset=utf-8', scriptText(builtFolder, name))

function scriptText(folder: URL, name: string): string {
  const built = new URL(`${name}.js`, folder)
  return existsSync(built)
    ? readFileSync(built, 'utf8')
    : compact(stripTypeScriptTypes(readFileSync(browserSource(name), 'utf8')))
}

/** Types leave blanks behind, comments are for readers of the source: neither is sent to a lock screen. */
const compact = (script: string) =>
  script
    .replace(/^\s*\/\*[\s\S]*?\*\/\n/gm, '')
    .replace(/^\s*\/\/.*\n/gm, '')
    .replace(/[ \t]+$/gm, '')
    .replace(/^ +/gm, (indent) => ' '.repeat(indent.length / 2))

/**
 * What one tenant's pages look like, and the files for it: a sheet of custom properties and the logo, so that the
 * content security policy can forbid styles in pages (`style-src 'self'`).
 */
export function tenantAssets(portal: PortalAssets, branding: Branding): TenantAssets {
  const sheet = themeText(branding)
  const theme = sheet === '' ? null : asset('theme.css', 'text/css; charset=utf-8', sheet)
  const logo = branding.logo === null ? null : logoAsset(branding.logo)
  return {
    files: new Map([theme, logo].filter((entry) => entry !== null)),
    look: {
      stylesheet: portal.stylesheet,
      script: portal.script,
      workScript: portal.workScript,
      theme: theme?.[0] ?? null,
      logo: logo?.[0] ?? null,
    },
  }
}

/** Rounder than this and text leaves its button. */
const radiusMax = 24

/** Numbers and colours of the shape `#rrggbb` only: a theme can't carry any other CSS. */
function themeText({ color, radius }: Branding): string {
  const { light, dark } = brandPairs(color)
  const corner =
    radius === null ? '' : `:root{--radius:${Math.min(Math.max(0, Math.round(radius)), radiusMax)}px}`
  const colors =
    color === null
      ? ''
      : `:root{--brand:${light.brand};--brand-ink:${light.ink}}` +
        `@media (prefers-color-scheme:dark){:root{--brand:${dark.brand};--brand-ink:${dark.ink}}}`
  return corner + colors
}

/** By their first bytes; a file that is none of these is shown to nobody. */
const imageTypes: readonly { type: string; extension: string; starts: RegExp }[] = [
  { type: 'image/png', extension: 'png', starts: /^\x89PNG\r\n\x1a\n/ },
  { type: 'image/jpeg', extension: 'jpg', starts: /^\xff\xd8\xff/ },
  { type: 'image/webp', extension: 'webp', starts: /^RIFF[\s\S]{4}WEBP/ },
  {
    type: 'image/svg+xml',
    extension: 'svg',
    starts: /^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<svg[\s>]/,
  },
]

function logoAsset({ bytes }: Logo): [string, Asset] | null {
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1')
  const kind = imageTypes.find(({ starts }) => starts.test(start))
  if (kind === undefined) return null
  const [path, file] = asset(`logo.${kind.extension}`, kind.type, bytes)
  // An SVG opened by itself is a page of our origin: nothing in it may run.
  const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
  return [path, { ...file, headers: { ...file.headers, 'content-security-policy': policy } }]
}

function asset(name: string, type: string, content: string | Uint8Array): [string, Asset] {
  const body = Buffer.from(content)
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  const headers = {
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  }
  const at = name.lastIndexOf('.')
  const path = `/assets/${name.slice(0, at)}-${digest}${name.slice(at)}`
  return [path, { body, type, etag: `"${digest}"`, headers }]
}
