import { describe, expect, it } from 'vitest'
import { eachRow, failuresOf, inPages, SomeFailed } from './each-row.ts'

const failing = (bad: readonly number[], done: number[]) => async (row: number) => {
  if (bad.includes(row)) throw new Error('no')
  done.push(row)
}
const messagesOf = (error: unknown) => failuresOf(error).map((one) => (one as Error).message)

describe('each of many rows', () => {
  it('has its turn, whichever fails; those that failed are told at the end, each by its name', async () => {
    const done: number[] = []

    const sweep = eachRow([1, 2, 3, 4], (row) => `row ${String(row)}`, failing([1, 3], done))

    const error = await sweep.catch((thrown: unknown) => thrown)
    expect(done).toEqual([2, 4])
    expect(error).toBeInstanceOf(SomeFailed)
    expect(messagesOf(error)).toEqual(['failed for row 1', 'failed for row 3'])
    expect(failuresOf(error)[0]).toMatchObject({ cause: { message: 'no' } })
  })

  it('may be rows of rows: the innermost are told', async () => {
    const done: number[] = []
    const inner = () => eachRow([1, 2], (row) => `row ${String(row)}`, failing([2], done))

    const error = await eachRow(['one', 'other'], (name) => name, inner).catch((thrown: unknown) => thrown)

    expect(done).toEqual([1, 1])
    expect(messagesOf(error)).toEqual(['failed for row 2', 'failed for row 2'])
    expect(failuresOf(new Error('another'))).toMatchObject([{ message: 'another' }])
  })

  it('that are read page by page all come, though the first ones stay where they are', async () => {
    const rows = Array.from({ length: 25 }, (_, index) => index + 1)
    const asked: (number | null)[] = []
    const read = async ({ limit, after }: { limit: number; after: number | null }) => {
      asked.push(after)
      return rows.filter((row) => after === null || row > after).slice(0, limit)
    }
    const done: number[] = []

    const sweep = eachRow(inPages(10, read), String, failing(rows.slice(0, 20), done))

    await expect(sweep).rejects.toMatchObject({ message: '20 failed' })
    expect(done).toEqual([21, 22, 23, 24, 25])
    expect(asked).toEqual([null, 10, 20])
  })
})
