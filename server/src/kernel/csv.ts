/** One record of a CSV file, with the line that it begins on, counted from 1. */
export type CsvRecord =
  | { line: number; fields: readonly string[] }
  /** A quote that is not closed, or that stands where none may; or more text than a list of people has. */
  | { line: number; problem: 'quotes' | 'too-long' }

const recordCharactersMax = 8_192

/**
 * Reads comma-separated values as RFC 4180 has them: fields in quotes may hold commas, line breaks and doubled quotes.
 * Line breaks may be those of any system; a byte order mark and empty lines are left out. A file of any length is read,
 * and no more than one record of it is held.
 */
export async function* readCsv(text: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let raw = ''
  let lines = { at: 1, began: 1 }
  let isQuoted = false
  let last = '\n'
  let isFirst = true
  for await (const chunk of text) {
    for (const character of isFirst ? chunk.replace(/^\ufeff/, '') : chunk) {
      const isBreak = character === '\r' || (character === '\n' && last !== '\r')
      // The second half of a Windows line break, which the first one has ended.
      const isOver = character === '\n' && last === '\r' && !isQuoted
      // A quote opens at the beginning of a field alone; a doubled one closes and opens again.
      if (character === '"') isQuoted = !isQuoted && (raw === '' || /[,"]$/.test(raw))
      if (isBreak) lines = { ...lines, at: lines.at + 1 }
      last = character
      if (isOver) continue
      if (isBreak && !isQuoted) {
        yield* recordOf(raw, lines.began)
        raw = ''
        lines = { ...lines, began: lines.at }
        // Beyond the limit nothing is kept: only the end of the record is looked for.
      } else if (raw.length <= recordCharactersMax) raw += character
    }
    isFirst = false
  }
  yield* recordOf(raw, lines.began)
}

const oneField = /(?:"((?:[^"]|"")*)"|([^"]*?))(,|$)/y

function* recordOf(raw: string, line: number): Generator<CsvRecord> {
  if (raw === '') return
  if (raw.length > recordCharactersMax) {
    yield { line, problem: 'too-long' }
    return
  }
  const fields: string[] = []
  for (let at = 0, isLast = false; !isLast; ) {
    oneField.lastIndex = at
    const [whole, quoted, plain = '', end] = oneField.exec(raw) ?? []
    if (whole === undefined) {
      yield { line, problem: 'quotes' }
      return
    }
    fields.push(quoted?.replaceAll('""', '"') ?? plain)
    at += whole.length
    isLast = end === ''
  }
  yield { line, fields }
}
