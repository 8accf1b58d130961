import { answers } from '../../../core/accounts/identifier.ts'
import type { DirectoryEntry, IdentifierQuery } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { SqlConfig } from './config.ts'
import type { Cell } from './dialect.ts'
import { holds } from './marks.ts'
import type { Session } from './pool.ts'
import { entryOf } from './rows.ts'
import type { Statements } from './statements.ts'

/** What the rows of people say, read within somebody's work. */
export interface People {
  find(query: IdentifierQuery, session: Session): Promise<DirectoryEntry[]>
  read(key: string, session: Session): Promise<DirectoryEntry | null>
  page(after: string, session: Session): Promise<DirectoryEntry[]>
  /** The stored hash as it stands there; null without one. Undefined when nobody has the key. */
  password(key: string, session: Session, options: { locked: boolean }): Promise<string | null | undefined>
  /** What `columns.locked` says, as it stands there; null when it does not say that somebody is locked. */
  lock(key: string, session: Session): Promise<string | null>
}

export function makePeople(deps: {
  config: SqlConfig
  statements: Statements
  outside: Pick<Outside, 'now'>
}): People {
  const { config, statements, outside } = deps
  const { columns } = config
  const byName = {
    username: statements.byUsername,
    mail: statements.byMail,
    upn: statements.byUpn,
  } satisfies Record<IdentifierQuery['by'], unknown>
  return {
    async find(query, session) {
      const statement = byName[query.by]
      if (statement === undefined) return []
      const { rows } = await session.run(statement, { value: query.value })
      // A collation finds more than is meant (accents, white space): those must not take the places of who is.
      return rows
        .map((row) => entryOf(row, config, outside.now()))
        .filter((entry) => answers(entry, query))
        .slice(0, 2)
    },
    async read(key, session) {
      const { rows } = await session.run(statements.read, { key })
      const entries = rows.map((row) => entryOf(row, config, outside.now()))
      return theOnly(entries.filter((entry) => entry.key === key))
    },
    async page(after, session) {
      const { rows } = await session.run(statements.list, { after })
      return rows.map((row) => entryOf(row, config, outside.now()))
    },
    async password(key, session, { locked }) {
      const statement = locked ? statements.lockedPassword : statements.password
      const { rows } = await session.run(statement, { key })
      const row = theOnly(rows.filter((each) => each[columns.key] === key))
      return row === null ? undefined : textOf(row[columns.password])
    },
    async lock(key, session) {
      const { rows } = await session.run(statements.read, { key })
      const row = theOnly(rows.filter((each) => each[columns.key] === key))
      const { locked } = columns
      if (row === null || locked === undefined || !holds(locked, row, outside.now())) return null
      return JSON.stringify(row[locked.column] ?? null)
    },
  }
}

/** A key that two rows share is none; whatever is done with it would hit the wrong one half of the time. */
function theOnly<One>(found: readonly One[]): One | null {
  if (found.length < 2) return found[0] ?? null
  const detail = 'two rows share a key: columns.key must be unique'
  throw new Fault('directory-misconfigured', { detail })
}

const textOf = (cell: Cell | undefined): string | null =>
  typeof cell === 'string' && cell !== '' ? cell : null
