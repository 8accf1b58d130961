import { describe, expect, it } from 'vitest'
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
  type TidyRule,
  testTitles,
  unknownCommands,
  unprovenClaims,
} from './rules.ts'

const found = (rule: TidyRule, path: string, text = '') => rule([{ path, text }])

describe('the tree is refused with', () => {
  it.each([
    ['a folder for leftovers', folderNames, 'server/src/core/utils/mask.ts', ''],
    ['a folder for what is common', folderNames, 'server/src/common/index.ts', ''],
    ['a file name in camel case', fileNames, 'server/src/core/accounts/resolveAccount.ts', ''],
    ['a file name with an underscore', fileNames, 'tools/start_server.ts', ''],
    ['deferred work without a ticket', deferredWork, 'server/src/main.ts', '// TODO: later'],
    ['deferred work without a reason', deferredWork, 'server/src/main.ts', '// TODO(#12):'],
    ['deferred work by another name', deferredWork, 'server/src/main.ts', 'x() // FIXME(#12): it leaks'],
    [
      'a suppression without a reason',
      suppressions,
      'server/src/main.ts',
      '// eslint-disable-next-line eqeqeq',
    ],
    [
      'a suppression with an excuse',
      suppressions,
      'server/src/main.ts',
      '// eslint-disable-next-line eqeqeq -- ok',
    ],
    [
      'a formatter suppression without a reason',
      suppressions,
      'server/src/main.ts',
      '// biome-ignore format: x',
    ],
    ['a type error that is ignored', suppressions, 'server/src/main.ts', '// @ts-ignore the types are wrong'],
    ['a type error without a reason', suppressions, 'server/src/main.ts', '// @ts-expect-error'],
    ['a focused test', hiddenTests, 'server/src/a.test.ts', "it.only('works', () => {})"],
    ['a focused group', hiddenTests, 'server/test/integration/a.test.ts', "describe.only('x', () => {})"],
    ['a skipped test', hiddenTests, 'server/src/a.test.ts', "it.skip('works', () => {})"],
    [
      'a skipped table',
      hiddenTests,
      'server/src/a.test.ts',
      "it.each([1]).skip('works', () => {})".replace('.each([1])', '.concurrent'),
    ],
    ['a test that may be skipped', hiddenTests, 'server/src/a.test.ts', 'it.skipIf(isRoot)("x", () => {})'],
    ['a test that is put off', hiddenTests, 'server/src/a.test.ts', "it.todo('works')"],
    ['a test run on an unnamed condition', hiddenTests, 'server/src/a.test.ts', "it.runIf(a === 'b')('x')"],
    ['a folder of one machine', machinePaths, 'docs/a.md', 'see /home/ada/rekey'],
    ['another folder of one machine', machinePaths, 'tools/a.ts', "const x = '/root/.npm'"],
    [
      'the host of a registry',
      lockfile,
      'package-lock.json',
      '  "resolved": "https://registry.example.org/a.tgz",',
    ],
  ])('%s', (_, rule, path, text) => {
    expect(found(rule, path, text)).toHaveLength(1)
  })
})

describe('the tree may have', () => {
  it.each([
    ['folders named after what they are about', folderNames, 'server/src/core/accounts/resolve.ts', ''],
    ['kebab-case files', fileNames, 'server/src/core/accounts/resolve-account.test.ts', ''],
    [
      'deferred work with ticket and reason',
      deferredWork,
      'server/src/main.ts',
      '// TODO(#12): needs PostgreSQL 19',
    ],
    [
      'a suppression with a reason',
      suppressions,
      'server/src/main.ts',
      '// eslint-disable-next-line eqeqeq -- null and undefined are meant alike here',
    ],
    ['tests on a named condition', hiddenTests, 'server/src/a.test.ts', "it.runIf(prove)('x', () => {})"],
    [
      'paths of every machine',
      machinePaths,
      'docs/a.md',
      'see /var/lib/rekey, src/work/a and https://x.org/root/',
    ],
    ['a lockfile without hosts', lockfile, 'package-lock.json', '  "resolved": "server", "link": true'],
  ])('%s', (_, rule, path, text) => {
    expect(found(rule, path, text)).toEqual([])
  })
})

it('folders and registry lines say the same, each once', () => {
  expect(registryViolations('connectors', ['ldap', 'local'], ['ldap', 'local'])).toEqual([])
  expect(registryViolations('connectors', ['ldap', 'sql'], ['ldap'])).toEqual([
    'connectors/sql has no line in registry.ts',
  ])
  expect(registryViolations('connectors', ['ldap'], ['ldap', 'sql'])).toHaveLength(1)
  expect(registryViolations('connectors', ['ldap'], ['ldap', 'ldap'])).toEqual(['connectors: "ldap" twice'])
  const files = ['a/registry.ts', 'a/ldap/index.ts', 'a/ldap/pool.ts', 'a/local/index.ts', 'b/x/index.ts']
  expect(
    foldersIn(
      files.map((path) => ({ path, text: '' })),
      'a',
    ),
  ).toEqual(['ldap', 'local'])
})

it('titles of tests are found however the test is declared', () => {
  const text = `
    it('one', () => {})
    test.each([[1]])('two %i', () => {})
    describe.runIf(prove)('three', () => { it(\`four\`, () => {}) })
    it.each\`a\`('five', () => {})
    // it('six', () => {})
    other('seven')
  `
  expect(testTitles([{ path: 'server/src/a.test.ts', text }])).toEqual(
    new Set(['one', 'two %i', 'three', 'four', 'five']),
  )
})

describe('a claim of the threat model', () => {
  const titles = new Set(['a link is spent once', 'a code dies after five tries'])
  const claims = (text: string) =>
    unprovenClaims(`# Threat model\n\n- no claim\n\n## Claims about links\n\n${text}\n`, titles)

  it('names tests that exist, in a list or a table', () => {
    expect(claims('- One use. test: `a link is spent once`')).toEqual([])
    expect(
      claims(
        '- One use,\n  whatever races it.\n  tests: `a link is spent once`, `a code dies after five\n  tries`',
      ),
    ).toEqual([])
    expect(claims('| claim | proof |\n|---|---|\n| One use | test: `a link is spent once` |')).toEqual([])
  })

  it('is refused when it names no test, or one that does not exist', () => {
    expect(claims('- One use.')).toEqual(['docs/threat-model.md:7 claims something and names no test'])
    expect(claims('- One use. test: `a link is spent twice`')).toHaveLength(1)
    expect(claims('| claim | proof |\n|---|---|\n| One use | we looked |')).toHaveLength(1)
    expect(claims('- One use. tests: `a link is spent once`, `nothing`')).toHaveLength(1)
  })
})

it('commands in a document exist', () => {
  const known = { scripts: ['start', 'test', 'check'], rekey: ['config', 'audit'] }
  const text = 'npm ci && npm start\nnpm run check\n`rekey config check`\n npx rekey audit verify\nnpm test'

  expect(unknownCommands('README.md', text, known)).toEqual([])
  expect(unknownCommands('README.md', 'npm run chek', known)).toHaveLength(1)
  expect(unknownCommands('README.md', 'Run `rekey incident list`', known)).toHaveLength(1)
  expect(unknownCommands('README.md', 'npm start', { ...known, scripts: [] })).toHaveLength(1)
})
