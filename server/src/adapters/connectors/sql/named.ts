import { Fault } from '../../../kernel/fault.ts'
import type { Dialect } from './dialect.ts'
import type { Place, Template, ValueName } from './template.ts'

/**
 * What in SQL is no place for a value: text and names in quotes, comments, PostgreSQL's dollar quotes and its `::`.
 * MariaDB's backslash in a text escapes the quote behind it.
 */
const skipped: Record<Dialect['name'], RegExp> = {
  postgresql: /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$|::/y,
  mariadb: /'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|`[^`]*`|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y,
}

const place = /:([A-Za-z][A-Za-z0-9]*)/y

/**
 * Reads a statement of the configuration, with values as `:name`.
 *
 * @throws Fault `directory-misconfigured` for more than one statement, for a name that has no value here, and for one
 *   that is missing. `what` is how the statement is called in the configuration.
 */
export function readNamed(
  statement: string,
  options: {
    dialect: Dialect['name']
    what: string
    known: readonly ValueName[]
    needed: readonly ValueName[]
  },
): Template {
  const { dialect, what, known, needed } = options
  const wrong = (problem: string) => new Fault('directory-misconfigured', { detail: `${what} ${problem}` })
  const texts = ['']
  const places: Place[] = []
  const used = new Set<string>()
  for (let at = 0; at < statement.length; ) {
    const quoted = matchAt(skipped[dialect], statement, at)
    const named = quoted === null ? matchAt(place, statement, at) : null
    const piece = (quoted ?? named)?.[0] ?? statement.charAt(at)
    at += piece.length
    if (named !== null) {
      const name = known.find((each) => each === named[1])
      if (name === undefined) throw wrong(`has no value "${piece}"; it may use ${listed(known)}`)
      places.push({ name })
      used.add(name)
      texts.push('')
    } else if (piece !== ';') {
      texts.push(`${texts.pop() ?? ''}${piece}`)
    } else if (statement.slice(at).trim() !== '') {
      throw wrong('must be one statement')
    }
  }
  const missing = needed.filter((name) => !used.has(name))
  if (missing.length > 0) throw wrong(`does not use ${listed(missing)}`)
  return { texts, places }
}

function matchAt(pattern: RegExp, statement: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(statement)
}

const listed = (names: readonly string[]) => names.map((name) => `:${name}`).join(', ')
