import { describe, expect, it } from 'vitest'
import { attacks } from '../../server/test/attack/catalogue.ts'
import { readTree } from '../tree.ts'
import { tryMutants } from './harness.ts'
import { mutants } from './index.ts'
import { type Mutant, mutate, rot } from './mutant.ts'
import { makeTypeCheck } from './type-check.ts'
import { type Report, troubleIn, verdictOn } from './verdict.ts'

const files = readTree()

const aMutant = (over: Partial<Mutant> = {}): Mutant => ({
  name: 'a-mutant',
  breaks: 'Something.',
  rows: [7],
  changes: [{ file: 'a.ts', find: 'one', replace: '$& two' }],
  suite: { file: 'a.test.ts', title: 'sees it' },
  ...over,
})

const aReport = (
  tests: readonly { name: string; status: string; message?: string }[],
  over: { status?: string; message?: string } = {},
): Report => ({
  testResults: [
    {
      status: over.status ?? (tests.some(({ status }) => status === 'failed') ? 'failed' : 'passed'),
      message: over.message ?? '',
      assertionResults: tests.map(({ name, status, message }) => ({
        status,
        fullName: name,
        failureMessages: message === undefined ? [] : [message],
      })),
    },
  ],
})

describe('the mutants', () => {
  it('all fit the tree: when one does not, plant its defect anew', () => {
    expect(mutants.flatMap((mutant) => rot(mutant, files).map((why) => `${mutant.name}: ${why}`))).toEqual([])
  })

  it('have names of their own, suites that exist and rows that are replayed', () => {
    const names = mutants.map(({ name }) => name)
    const rows = attacks.filter(({ waitsFor }) => waitsFor === undefined).map(({ row }) => row)

    expect(names).toEqual([...new Set(names)])
    expect(mutants.filter(({ suite }) => !files.some(({ path }) => path === suite.file))).toEqual([])
    expect(mutants.flatMap((mutant) => mutant.rows).filter((row) => !rows.includes(row))).toEqual([])
  })
})

describe('a mutant', () => {
  it('is planted where its text stands once, word for word', () => {
    expect(mutate(aMutant(), [{ path: 'a.ts', text: '(one)' }])).toEqual([{ path: 'a.ts', text: '($& two)' }])
  })

  it.each([
    ['twice', [{ path: 'a.ts', text: 'one one' }]],
    ['nowhere', [{ path: 'a.ts', text: 'none' }].map((file) => ({ ...file, text: 'no' }))],
    ['in a file that is gone', [{ path: 'b.ts', text: 'one' }]],
  ])('whose text stands %s is a mistake', (_, tree) => {
    expect(() => mutate(aMutant(), tree)).toThrow(/can't be planted/)
  })

  it('that does not compile is found out before anything is run', { timeout: 60_000 }, () => {
    const path = 'server/src/kernel/ids.ts'
    const { text = '' } = files.find((file) => file.path === path) ?? {}
    const check = makeTypeCheck([path])

    expect(check([{ path, text }])).toEqual([])
    expect(check([{ path, text: `${text}\nexport const count: number = 'three'\n` }])).toHaveLength(1)
    expect(check([{ path, text: `${text}\nexport const = 3\n` }])).not.toEqual([])
  })
})

describe('a suite on a broken copy', () => {
  const name = '[7] a suite sees it'
  const verdict = (...given: Parameters<typeof aReport>) => verdictOn(aReport(...given), aMutant())

  it('has caught the defect when a test about its row has failed', () => {
    expect(verdict([{ name, status: 'failed', message: 'expected 1 to be 2' }])).toEqual({
      is: 'caught',
      by: name,
    })
  })

  it('has let it through when all is green', () => {
    expect(verdict([{ name, status: 'passed' }])).toEqual({ is: 'survived' })
  })

  it.each([
    ['another test failed', [{ name: '[7] another', status: 'failed', message: 'x' }], {}],
    ['a test about another row failed', [{ name: '[8] sees it', status: 'failed', message: 'x' }], {}],
    ['nothing was run', [{ name, status: 'skipped' }], {}],
    ['a test only ran out of time', [{ name, status: 'failed', message: 'Test timed out in 5000ms.' }], {}],
    ['the file could not be loaded', [], { status: 'failed', message: 'SyntaxError' }],
  ])('proves nothing when %s', (_, tests, over) => {
    expect(verdict(tests, over)).toMatchObject({ is: 'unusable' })
  })

  it('proves nothing when it wrote no report', () => {
    expect(verdictOn(null, aMutant())).toMatchObject({ is: 'unusable' })
  })
})

describe('suites on an unbroken copy', () => {
  const { suite } = aMutant()

  it('are usable when every one of them has a green test', () => {
    expect(troubleIn(aReport([{ name: 'sees it', status: 'passed' }]), [suite])).toEqual([])
  })

  it('are not when one is red, was not run, or could not be loaded', () => {
    expect(troubleIn(aReport([{ name: 'sees it', status: 'failed' }]), [suite])).toHaveLength(2)
    expect(troubleIn(aReport([{ name: 'other', status: 'passed' }]), [suite])).toHaveLength(1)
    expect(troubleIn(aReport([], { status: 'failed', message: 'x' }), [suite])).toHaveLength(2)
    expect(troubleIn(null, [suite])).toHaveLength(1)
  })
})

describe('the harness', () => {
  it('tells a defect that a suite notices from one that it does not', { timeout: 120_000 }, async () => {
    const file = 'server/src/kernel/client-network.ts'
    const suite = { file: 'server/src/kernel/client-network.test.ts', title: 'the address of a client' }
    const defect = aMutant({
      rows: [],
      changes: [{ file, find: 'if (!isTrusted(speaker, trusted)) return speaker', replace: '' }],
      suite,
    })
    const harmless = aMutant({
      rows: [],
      changes: [{ file, find: 'const hopsMax = 20', replace: 'const hopsMax = 21' }],
      suite,
    })
    const tried = await tryMutants([defect, harmless])

    expect(tried.map(({ verdict }) => verdict.is)).toEqual(['caught', 'survived'])
  })
})
