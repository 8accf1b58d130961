import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { replaceFile } from './durable-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rekey-durable-'))
  path = join(folder, 'file')
})
afterEach(() => rmSync(folder, { recursive: true }))

const ours = { mode: 0o600, owner: null }

it('makes a file and replaces it, with the rights that were asked for, over what a crash has left', () => {
  replaceFile(path, 'old', ours)
  writeFileSync(`${path}.new`, 'half a', { mode: 0o666 })
  replaceFile(path, 'new', ours)

  expect(readFileSync(path, 'utf8')).toBe('new')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['file'])
})

it('leaves the old one, and nothing beside it, when the new one can not take its place', () => {
  mkdirSync(path)

  expect(() => replaceFile(path, 'new', ours)).toThrow(/EISDIR|ENOTEMPTY/)
  expect(readdirSync(folder)).toEqual(['file'])
})
