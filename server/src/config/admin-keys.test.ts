import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const digest = 'a'.repeat(64)
const keys = (...entries: readonly string[]) =>
  `adminKeys:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`
const mistakesWith = (...entries: readonly string[]) =>
  folder.mistakesWith('data: /var/lib/rekey', `data: /var/lib/rekey\n${keys(...entries)}`)

describe('keys of the admin API', () => {
  it('are none unless some are named', () => {
    const checked = checkConfig(folder.text, folder.file, { env: folder.env, files: 'read' })

    expect(checked).toMatchObject({ ok: true, config: { adminKeys: [] } })
  })

  it('have a name, a digest, what they may do, and tenants when they do not know all', () => {
    expect(
      mistakesWith(
        `{ name: desk, keyDigest: ${digest}, tenants: [northwind], may: [accounts.read, sessions.end] }`,
        `{ name: chief, keyDigest: ${'b'.repeat(64)}, may: [offboarding.approve] }`,
      ),
    ).toEqual([])
  })

  it.each([
    [`{ name: desk, keyDigest: ${'A'.repeat(64)}, may: [accounts.read] }`, 'must be 64 hexadecimal digits'],
    [`{ name: desk, keyDigest: rka_secret, may: [accounts.read] }`, 'must be 64 hexadecimal digits'],
    [`{ name: desk, keyDigest: ${digest}, may: [accounts.raed] }`, 'Did you mean `accounts.read`?'],
    [`{ name: desk, keyDigest: ${digest}, may: [] }`, 'must have at least 1 entry'],
    [`{ name: desk, keyDigest: ${digest}, may: [accounts.read], tenants: [] }`, 'must have at least 1 entry'],
    [
      `{ name: desk, keyDigest: ${digest}, may: [accounts.read], tenants: [nothwind] }`,
      'adminKeys[0].tenants[0] is no id of a tenant\n    Did you mean `northwind`?',
    ],
    [`{ name: desk, keyDigest: ${digest} }`, 'adminKeys[0].may is missing'],
  ])('are refused as %s', (entry, problem) => {
    expect(mistakesWith(entry).join('\n')).toContain(problem)
  })

  it('are one key and one name each: nobody says yes to what they asked for under another name', () => {
    const [first, second] = [
      `{ name: desk, keyDigest: ${digest}, may: [offboarding.ask] }`,
      `{ name: chief, keyDigest: ${digest}, may: [offboarding.approve] }`,
    ]

    expect(mistakesWith(first, second).join('\n')).toContain(
      'adminKeys[1].keyDigest is the digest of another key already',
    )
    expect(mistakesWith(first, first.replace(/a{64}/, 'c'.repeat(64))).join('\n')).toContain(
      'adminKeys[1].name is the name of another key already',
    )
  })
})
