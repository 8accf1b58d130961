/** What could not be done for some of many, when all others have had their turn: an error for each, which says which it was. */
export class SomeFailed extends AggregateError {
  override name = 'SomeFailed'
}

/** The errors of which this one consists, down to those that name a row; any other error is its own only one. */
export const failuresOf = (error: unknown): readonly unknown[] =>
  error instanceof SomeFailed ? error.errors.flatMap(failuresOf) : [error]

/**
 * Does the work for one row after the other. One that throws keeps no other from its turn; what failed is thrown when
 * all are done. A list that can't be read any further ends it there and then.
 *
 * @param nameOf what an operator finds a row by: ids, and no word of a person
 * @throws SomeFailed
 */
export async function eachRow<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
  nameOf: (row: Row) => string,
  work: (row: Row) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = []
  for await (const row of rows) {
    try {
      await work(row)
    } catch (error) {
      failures.push(
        error instanceof SomeFailed ? error : new Error(`failed for ${nameOf(row)}`, { cause: error }),
      )
    }
  }
  if (failures.length > 0) throw new SomeFailed(failures, `${String(failures.length)} failed`)
}

/**
 * The rows of a list that is read in pages, each behind the last row of the page before. Rows that stay in the list,
 * because whatever is done with them fails, so keep none behind them from their turn.
 */
export async function* inPages<Row>(
  rowsPerPage: number,
  read: (page: { limit: number; after: Row | null }) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  for (let after: Row | null = null; ; ) {
    const page: readonly Row[] = await read({ limit: rowsPerPage, after })
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < rowsPerPage) return
    after = last
  }
}
