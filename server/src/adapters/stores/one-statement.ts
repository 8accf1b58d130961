import pg from 'pg'
import { NothingDone } from '../../kernel/gather.ts'

/**
 * A statement outside a transaction that several share: when PostgreSQL answers it with an error, none of it happened.
 *
 * @throws NothingDone then; whatever else it fails with says nothing about what happened.
 */
export async function oneStatement<Result>(statement: Promise<Result>): Promise<Result> {
  try {
    return await statement
  } catch (error) {
    throw error instanceof pg.DatabaseError && !isEverybodys(error.code ?? '')
      ? new NothingDone(error)
      : error
  }
}

/** Connection exceptions, "statement completion unknown", lack of resources, and the server's shutdown or crash. */
const isEverybodys = (sqlState: string) => /^(08|40003|53|57P)/.test(sqlState)
