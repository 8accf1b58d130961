import { Fault } from '../../../kernel/fault.ts'
import type { Condition, Mark } from './config.ts'
import type { Dialect, Row } from './dialect.ts'
import { constant, given, joined, sql, type Template, text } from './template.ts'
import { readTime } from './times.ts'

/** Which of the ways to answer a question a condition uses. Throws when it names two. */
export type Way = 'true' | 'set' | 'future' | 'past' | 'values' | 'except' | 'atLeast'

export function wayOf(condition: Condition): Way {
  const { column, is, values, except, atLeast } = condition
  const named: (Way | undefined)[] = [
    is,
    values === undefined ? undefined : 'values',
    except === undefined ? undefined : 'except',
    atLeast === undefined ? undefined : 'atLeast',
  ]
  const [way = 'true', ...others] = named.filter((each) => each !== undefined)
  if (others.length === 0) return way
  throw new Fault('directory-misconfigured', {
    detail: `the condition on column "${column}" says ${[way, ...others].join(' and ')}: one of them is enough`,
  })
}

const no: ReadonlySet<string> = new Set(['', '0', 'f', 'false', 'n', 'no', 'off'])

/** Whether the condition holds for a row. A column that the row does not have can't be answered, and so it holds. */
export function holds(condition: Condition, row: Row, now: Date): boolean {
  const cell = Object.hasOwn(row, condition.column) ? row[condition.column] : undefined
  if (cell === undefined) return true
  const { values = [], except = [], atLeast = 1 } = condition
  const told = cell === null || typeof cell === 'string' ? cell : cell.join(',')
  switch (wayOf(condition)) {
    case 'true':
      return told !== null && !no.has(told.trim().toLowerCase())
    case 'set':
      return isSet(told)
    case 'future':
      return isSet(told) && timeOf(told, Number.POSITIVE_INFINITY) > now.getTime()
    case 'past':
      return isSet(told) && timeOf(told, Number.NEGATIVE_INFINITY) <= now.getTime()
    case 'values':
      return cell !== null && (isNamed(told, values) || asksEach(cell, (item) => isNamed(item, values)))
    case 'except':
      return cell === null || (!isNamed(told, except) && asksEach(cell, (item) => !isNamed(item, except)))
    case 'atLeast':
      // NaN is not less either: what can't be read holds.
      return told !== null && !(Number(told) < atLeast)
  }
}

/** Without case, as in directories; a type of a fixed length fills up with spaces. */
const isNamed = (told: string | null, names: readonly string[]): boolean =>
  told !== null && names.some((name) => folded(name) === folded(told))
const folded = (told: string) => told.trimEnd().toLowerCase()

/** Whether an item of a list answers yes; a list without any is asked as an empty text is. */
function asksEach(cell: string | readonly string[], isYes: (item: string) => boolean): boolean {
  const items = typeof cell === 'string' ? itemsOf(cell) : cell
  return items === null || (items.length === 0 ? isYes('') : items.some(isYes))
}

/** What is written as JSON counts for what it says, NULL for no item; null for an object, which has no values to name. */
function itemsOf(told: string): readonly string[] | null {
  if (!/^\s*["[{]/.test(told)) return [told]
  let value: unknown
  try {
    value = JSON.parse(told)
  } catch {
    return [told]
  }
  const items = [value].flat(Number.POSITIVE_INFINITY).filter((item) => item !== null)
  return items.some((item) => typeof item === 'object') ? null : items.map(String)
}

/** MariaDB's zero date is how some say "never". */
const isSet = (told: string | null): told is string =>
  told !== null && told.trim() !== '' && !told.startsWith('0000-00-00')

const timeOf = (told: string, unreadable: number) => readTime(told)?.getTime() ?? unreadable

/** What is written for yes. */
export function yesOf(mark: Mark, dialect: Dialect): Template {
  if (mark.on !== undefined) return constant(mark.on)
  switch (wayOf(mark)) {
    case 'true':
      return constant(dialect.yes)
    case 'set':
      return given('at')
    case 'future':
      return given('until')
    default:
      throw sayWhat(mark, 'on')
  }
}

/** The column after yes was taken back; a value that means something else is left alone. */
export function withoutYes(mark: Mark, dialect: Dialect): Template {
  const column = text(dialect.quote(mark.column))
  const way = wayOf(mark)
  const off = mark.off === undefined ? usualNo(mark, dialect) : constant(mark.off)
  const listed = (values: readonly string[]) =>
    joined(
      values.map((value) => constant(folded(value))),
      ', ',
    )
  // MariaDB's collations know no case.
  const asked = dialect.name === 'postgresql' ? sql`lower(${column}::text)` : column
  if (way === 'values') {
    return sql`case when ${asked} in (${listed(mark.values ?? [])}) then ${off} else ${column} end`
  }
  if (way === 'except') {
    return sql`case when ${asked} in (${listed(mark.except ?? [])}) then ${column} else ${off} end`
  }
  return off
}

function usualNo(mark: Mark, dialect: Dialect): Template {
  switch (wayOf(mark)) {
    case 'true':
      return constant(dialect.no)
    case 'set':
    case 'future':
      return constant(null)
    case 'atLeast':
      return constant(0)
    default:
      throw sayWhat(mark, 'off')
  }
}

const sayWhat = ({ column }: Mark, key: 'on' | 'off') =>
  new Fault('directory-misconfigured', {
    detail: `say with "${key}" what is written to column "${column}"`,
  })
