import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { channels, textChannels } from '../server/src/adapters/channels/registry.ts'
import { connectors } from '../server/src/adapters/connectors/registry.ts'
import { makeProgram } from '../server/src/cli/commands.ts'
import { generatedFiles } from './generated.ts'
import { foldersOfParts, layerViolations } from './tidy/layers.ts'
import {
  deferredWork,
  fileNames,
  folderNames,
  foldersIn,
  hiddenTests,
  lockfile,
  machinePaths,
  registryViolations,
  suppressions,
  testTitles,
  unknownCommands,
  unprovenClaims,
} from './tidy/rules.ts'
import { readTree, root } from './tree.ts'

const files = readTree()
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

it('imports point one way', () => {
  expect(layerViolations(files)).toEqual([])
})

it.each([
  ['no folder is for leftovers', folderNames],
  ['file names are kebab-case', fileNames],
  ['deferred work has a ticket', deferredWork],
  ['every suppression states a reason', suppressions],
  ['no test is focused or skipped', hiddenTests],
  ['nothing names a folder of one machine', machinePaths],
  ['the lockfile names no host', lockfile],
])('%s', (_, rule) => {
  expect(rule(files)).toEqual([])
})

describe('every folder is registered and every registry line has a folder', () => {
  it('of connectors', () => {
    const kinds = connectors.map(({ kind }) => kind)
    const all = foldersIn(files, 'server/src/adapters/connectors')
    const folders = all.filter((name) => !foldersOfParts.includes(name))
    expect(registryViolations('connectors', folders, kinds)).toEqual([])
  })

  it('of channels', () => {
    // How mails are written, and what comes back, is no provider: it is the same for them all.
    const others = ['bounces', 'rendering']
    const folders = foldersIn(files, 'server/src/adapters/channels').filter((name) => !others.includes(name))
    expect(
      registryViolations(
        'channels',
        folders,
        [...channels, ...textChannels].map(({ kind }) => kind),
      ),
    ).toEqual([])
  })
})

it.each(generatedFiles().map(({ path, text }) => [path, text]))(
  '%s is in sync: npm run generate',
  (path, text) => {
    expect(textOf(path)).toBe(text)
  },
)

it('every claim of the threat model names a test that exists', () => {
  expect(unprovenClaims(textOf('docs/threat-model.md'), testTitles(files))).toEqual([])
})

it('every command in the documents exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const program = makeProgram({
    env: {},
    terminal: { out: () => undefined, err: () => undefined },
    json: false,
    service: () => Promise.reject(new Error('not asked for')),
    end: () => undefined,
  })
  const known = { scripts: Object.keys(scripts), rekey: program.commands.map((command) => command.name()) }
  const documents = files.filter(({ path }) => path.endsWith('.md') && !path.startsWith('docs/decisions/'))

  expect(documents.map(({ path }) => path)).toContain('README.md')
  expect(documents.flatMap(({ path, text }) => unknownCommands(path, text, known))).toEqual([])
})

it('.ci/run gives the verdict of the command that the README names', () => {
  expect(textOf('README.md')).toContain('npm test')
  expect(textOf('.ci/run')).toMatch(/^npm ci\nnpm test\n$/m)
})
