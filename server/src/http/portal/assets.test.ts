import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { buildAssets, loadAssets, tenantAssets } from './assets.ts'

const plain = { color: null, radius: null, logo: null }
const bodyOf = (files: ReturnType<typeof loadAssets>['files'], path: string | null) =>
  files.get(path ?? '')?.body.toString() ?? ''

describe('the portal’s assets', () => {
  it('are named after their content and may be kept for ever', () => {
    const { files, stylesheet, script } = loadAssets()

    expect(stylesheet).toMatch(/^\/assets\/portal-[\w-]{16}\.css$/)
    expect(script).toMatch(/^\/assets\/portal-[\w-]{16}\.js$/)
    expect(files.get(stylesheet)?.headers['cache-control']).toContain('immutable')
    expect(stylesheet).toContain((files.get(stylesheet)?.etag ?? '').replaceAll('"', ''))
  })

  it('hold a script that is JavaScript without comments and without anything but itself', () => {
    const { files, script } = loadAssets()
    const source = bodyOf(files, script)

    expect(() => new Script(source)).not.toThrow()
    expect(source).not.toMatch(/\/\*|^\s*\/\/|\bimport\b|localStorage|sessionStorage|innerHTML|eval\(/m)
    // Two questions, to addresses of the page that it stands on.
    expect(source.match(/fetch\(.*/g)).toEqual([
      expect.stringMatching(/^fetch\(form\.dataset\['action'\]/),
      expect.stringMatching(/^fetch\(rules\.dataset\['at'\]/),
    ])
  })

  it('hold a script for the work, which asks for the task and nothing else', () => {
    const { files, workScript } = loadAssets()
    const source = bodyOf(files, workScript)

    expect(() => new Script(source)).not.toThrow()
    expect(source).not.toMatch(/\/\*|^\s*\/\/|\bimport\b|localStorage|sessionStorage|innerHTML|eval\(/m)
    expect(source.match(/fetch\(.*/g)).toEqual([expect.stringMatching(/^fetch\(form\.dataset\['workAt'\]/)])
    expect(source.length).toBeLessThan(3_000)
  })

  it('hold a style sheet that fetches nothing and knows no left and right', () => {
    const { files, stylesheet } = loadAssets()
    const sheet = bodyOf(files, stylesheet)

    expect(sheet).not.toMatch(/url\(|@import|@font-face/)
    expect(sheet).not.toMatch(
      /(margin|padding|border)-(left|right)|text-align: (left|right)|[{;]\s*(left|right|width):/,
    )
  })

  it('are the same from source and from a build', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rekey-assets-'))
    try {
      const { files, script, workScript, stylesheet } = loadAssets()

      buildAssets(pathToFileURL(`${folder}/`))

      expect(readFileSync(join(folder, 'portal.js'), 'utf8')).toBe(bodyOf(files, script))
      expect(readFileSync(join(folder, 'work.js'), 'utf8')).toBe(bodyOf(files, workScript))
      expect(readFileSync(join(folder, 'portal.css'), 'utf8')).toBe(bodyOf(files, stylesheet))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('a tenant’s look', () => {
  it('needs no sheet of its own when nothing is changed', () => {
    const { files, look } = tenantAssets(loadAssets(), plain)

    expect(look).toMatchObject({ theme: null, logo: null })
    expect(files.size).toBe(0)
  })

  it('sets colour and radius, light and dark, and nothing else', () => {
    const { files, look } = tenantAssets(loadAssets(), { ...plain, color: '#1f5c4d', radius: 999 })

    expect(bodyOf(files, look.theme)).toMatch(
      /^:root\{--radius:24px\}:root\{--brand:#1f5c4d;--brand-ink:#ffffff\}@media \(prefers-color-scheme:dark\)\{:root\{--brand:#[\da-f]{6};--brand-ink:#[\da-f]{6}\}\}$/,
    )
  })

  it('takes a logo by what it is, not by what it is called', () => {
    const png = Buffer.from('\x89PNG\r\n\x1a\n0000', 'latin1')
    const page = Buffer.from('<html><script>alert(1)</script></html>')

    expect(tenantAssets(loadAssets(), { ...plain, logo: { bytes: png } }).look.logo).toMatch(/\.png$/)
    expect(tenantAssets(loadAssets(), { ...plain, logo: { bytes: page } }).look.logo).toBeNull()
  })

  it('lets nothing run in an SVG that is opened by itself', () => {
    const svg = Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')

    const { files, look } = tenantAssets(loadAssets(), { ...plain, logo: { bytes: svg } })

    expect(files.get(look.logo ?? '')?.type).toBe('image/svg+xml')
    expect(files.get(look.logo ?? '')?.headers['content-security-policy']).toContain('sandbox')
  })
})
