import { expect, it } from 'vitest'
import { countsOf } from './commands.ts'

const file = (status: string, tests: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((test, index) => ({ status: test, fullName: `test ${index}` })),
})

it('counts tests one by one and names those that were left out', () => {
  const files = [file('passed', ['passed', 'passed', 'pending']), file('failed', ['passed', 'failed'])]
  expect(countsOf(files, false)).toEqual({ passed: 3, failed: 1, leftOut: ['test 2'] })
})

it('counts a file that could not be loaded as a failure', () => {
  expect(countsOf([file('passed', ['passed']), file('failed', [])], false)).toMatchObject({
    passed: 1,
    failed: 1,
  })
})

it('counts a run that failed outside its tests as a failure', () => {
  expect(countsOf([file('passed', ['passed'])], false)).toMatchObject({ passed: 1, failed: 1 })
  expect(countsOf([file('passed', ['passed'])], true)).toMatchObject({ passed: 1, failed: 0 })
})
