import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { SqlConfig } from './config.ts'
import type { Cell, Dialect } from './dialect.ts'
import type { Session } from './pool.ts'
import type { Statement, Statements } from './statements.ts'
import { compiled, given, sql } from './template.ts'
import { writtenTime } from './times.ts'
import { GivenUp, troubleIn, type Work } from './work.ts'

/**
 * Sends every statement once, about nobody, in a transaction that is given up: the server says which table, column or
 * right is missing before somebody needs it.
 */
export function makeDryRun(deps: {
  config: SqlConfig
  dialect: Dialect
  work: Work
  statements: Statements
  outside: Pick<Outside, 'now'>
  nobody: string
}) {
  const { config, dialect, work, statements, outside, nobody } = deps
  const { remember, ...others } = statements
  const all: readonly (Statement | undefined)[] = Object.values(others)

  return async (signal: AbortSignal): Promise<void> => {
    const now = outside.now()
    const values = {
      ...{ value: '', key: nobody, after: nobody, at: writtenTime(now), until: writtenTime(now), tries: 1 },
      // Nobody's either: a statement that forgets to ask for the key meets no row all the same.
      ...{ hash: 'rekey-nobody', expectedHash: 'rekey-nobody' },
      ...{ atSeconds: '0', atMilliseconds: '0' },
    }
    await work.write<undefined>('a mark', signal, async (session) => {
      if (dialect.name === 'mariadb') await refuseOtherEngines(session, config.table, dialect)
      for (const statement of all) if (statement !== undefined) await session.run(statement, values)
      // Last, because a key of nobody may be refused: then the right to add rows is there.
      if (remember !== undefined) {
        await session.run(remember, values).catch((error: unknown) => {
          if (troubleIn(error, dialect) !== 'does-not-fit') throw error
        })
      }
      return new GivenUp<undefined>(undefined)
    })
  }
}

/** Without transactions a write can be neither checked nor taken back. */
async function refuseOtherEngines(
  session: Session,
  table: string | undefined,
  dialect: Dialect,
): Promise<void> {
  if (table === undefined) return
  const [schema = '', name = ''] = table.includes('.') ? table.split('.') : ['', table]
  const { rows } = await session.run(
    {
      name: 'engine',
      rights: '',
      ...compiled(
        sql`/* rekey engine */ select engine as engine from information_schema.tables
          where table_name = ${given('value')} and table_schema = coalesce(nullif(${given('key')}, ''), database())`,
        dialect,
      ),
    },
    { value: name, key: schema },
  )
  const engine: Cell = rows[0]?.['engine'] ?? null
  if (typeof engine !== 'string' || engine.toLowerCase() === 'innodb') return
  throw new Fault('directory-misconfigured', {
    detail: `the table "${table}" is of ${engine}, which has no transactions: alter table ${table} engine = InnoDB`,
  })
}
