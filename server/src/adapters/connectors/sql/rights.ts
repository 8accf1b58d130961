import type { Dialect } from './dialect.ts'

/** One right that a statement needs. Without columns it is one for the whole table. */
export interface Right {
  may: 'select' | 'update' | 'insert' | 'delete'
  columns: readonly string[]
  table: string
}

/** As statements that give them, for whoever has to. */
export function rightsText(rights: readonly Right[], user: string, dialect: Dialect): string {
  const listed = (columns: readonly string[]) =>
    columns.length === 0 ? '' : ` (${columns.map(dialect.quote).join(', ')})`
  const table = (name: string) => name.split('.').map(dialect.quote).join('.')
  const to = dialect.name === 'postgresql' ? dialect.quote(user) : `'${user.replaceAll("'", "''")}'@'…'`
  return rights
    .map((right) => `grant ${right.may}${listed(right.columns)} on ${table(right.table)} to ${to}`)
    .join('; ')
}
