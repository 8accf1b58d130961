import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const isLong = process.env['REKEY_PROVE'] === '1'
const root = join(import.meta.dirname, '../../..')

/** Runs the command; a run that is not neutral ends with 1, and three pairs show nothing. */
const stopwatch = (...words: readonly string[]) =>
  new Promise<{ out: string; err: string; code: unknown }>((resolve) => {
    const command = [join(root, 'tools/stopwatch.ts'), ...words]
    execFile(process.execPath, command, { cwd: root, timeout: 240_000 }, (error, out, err) =>
      resolve({ out, err, code: error === null ? 0 : error.code }),
    )
  })

// What the times are depends on the machine: only `npm run stopwatch` judges them.
describe('the stopwatch', () => {
  it('measures the service and its directories, and prints a row for every class', {
    timeout: 300_000,
  }, async () => {
    const alike = isLong ? ['wrong code', 'unlock', 'sign-in', 'sign-in, quarters'] : ['sign-in, quarters']
    const asked = ['start', ...alike, 'sign-in, ldap']
    const words = ['--pairs', '3', '--condition', 'quiet', ...asked]
    const { out, err } = await stopwatch(...words)

    const rows = out.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
    const classes = ['known', 'disabled', 'locked', 'federated', 'privileged', 'second-factor']
    // What waits for a commit is asked four times as often.
    const pairsOf = { start: '12', unlock: '12' }
    const expected = new Map(Object.entries(pairsOf))
    const measured = rows.filter(
      ([, operation = '', , , pairs]) => pairs === (expected.get(operation) ?? '3'),
    )
    expect(
      measured.map(([, operation, condition, of]) => [operation, condition, of]),
      err,
    ).toEqual([
      ...classes.map((of) => ['start', 'quiet', of]),
      ...alike.flatMap((operation) => classes.map((of) => [operation, 'quiet', of])),
      ...classes.slice(0, 3).map((of) => ['sign-in, ldap', 'quiet', of]),
    ])
    expect(measured.every((cells) => cells.every((cell) => !cell.includes('NaN')))).toBe(true)
    expect(out).toMatch(/\d+ not neutral, \d+ known to be open \(docs\/stopwatch\.md\)\n$/)
    expect(out).toContain(`${measured.length} comparisons: `)
  })

  it('names what it knows when it is asked for something else', async () => {
    const { err, code } = await stopwatch('sign in')

    expect(code).toBe(2)
    expect(err).toContain('wrong code')
    expect(err).toContain('directory slow')
  })
})
