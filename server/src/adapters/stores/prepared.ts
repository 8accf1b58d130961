import { hash } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import { preparedMark } from '../../kernel/prepared-text.ts'

/**
 * Stands before a statement that runs again and again: PostgreSQL then reads and plans its text once a connection,
 * which for a short statement is most of the work. Only for texts that never vary and that name the columns they
 * return: a plan for `select *` breaks when another version adds a column.
 */
export const prepared = sql.raw(preparedMark)

/** Gives every marked statement a name, which is what makes PostgreSQL keep its plan. */
export class PreparingClient extends pg.Client {
  /** Declared as the pools call it; what is not a marked text with values goes on as it came. */
  override query(...call: unknown[]): never {
    const [text, values, ...rest] = call
    const isMarked = typeof text === 'string' && text.startsWith(preparedMark)
    const passed = isMarked ? [{ name: nameOf(text), text, values }, ...rest] : call
    return (super.query as (...call: unknown[]) => never).apply(this, passed)
  }
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `rekey_${hash('sha256', text, 'hex').slice(0, 32)}`
  names.set(text, name)
  return name
}
