import { open } from 'node:fs/promises'
import { type CsvRecord, readCsv } from '../kernel/csv.ts'

/**
 * What is in a file, or comes by standard input, as it is read. Text that is not UTF-8 is refused, since names in
 * another encoding would be looked up as other names.
 */
export async function textOf(file: string): Promise<AsyncIterable<string>> {
  if (file === '-') return decoded(process.stdin)
  const opened = await open(file).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new UsageError(
      `${file} can't be read${code === 'ENOENT' ? ': there is no such file' : ` (${code})`}.`,
    )
  })
  return decoded(opened.createReadStream())
}

async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError('The file is not UTF-8. Save it as UTF-8 and run it again.')
  }
}

/** A mistake in the words of the command or in the file: nothing was done because of it. */
export class UsageError extends Error {}

/** Why a line could not be read. */
export type BadRow = 'quotes' | 'too-long' | 'columns-differ'

export const rowWords: Record<BadRow, string> = {
  quotes: 'a quote is not closed, or stands in the middle of a field',
  'too-long': 'it is too long; is a quote not closed?',
  'columns-differ': 'it has more or fewer fields than the first line',
}

/** Which columns a file may have, and which it must. */
export interface Columns<Column extends string> {
  columns: readonly Column[]
  required: readonly Column[]
}

/** The rows below the first line, which names the columns; fields without the white space around them. */
export async function* rowsOf<Column extends string>(
  text: AsyncIterable<string>,
  wanted: Columns<Column>,
  tell: (line: number, because: BadRow) => void,
): AsyncGenerator<{ line: number; row: Partial<Record<Column, string>> }> {
  let header: readonly Column[] | null = null
  for await (const record of readCsv(text)) {
    if (header === null) header = headerOf(record, wanted)
    else if ('problem' in record) tell(record.line, record.problem)
    else if (record.fields.length !== header.length) tell(record.line, 'columns-differ')
    else yield { line: record.line, row: rowOf(header, record.fields) }
  }
  if (header === null) throw new UsageError('The file is empty. Its first line names the columns.')
}

function headerOf<Column extends string>(
  record: CsvRecord,
  { columns, required }: Columns<Column>,
): readonly Column[] {
  const names = 'fields' in record ? record.fields.map((name) => name.trim().toLowerCase()) : []
  const known = names.map((name) => columns.find((column) => column === name))
  const header = known.filter((column) => column !== undefined)
  const isRight = header.length === names.length && new Set(header).size === header.length
  if (isRight && required.every((column) => header.includes(column))) return header
  const strange = names.filter((name) => !columns.some((column) => column === name))
  const named = strange.length === 0 ? '' : `There is no column "${strange.join('", "')}". `
  const others = columns.filter((column) => !required.includes(column))
  throw new UsageError(
    `${named}The first line has to name the columns: ${required.join(', ')}, and any of ${others.join(', ')}; each once.`,
  )
}

const rowOf = <Column extends string>(
  header: readonly Column[],
  fields: readonly string[],
): Partial<Record<Column, string>> =>
  Object.fromEntries(header.map((column, at) => [column, (fields[at] ?? '').trim()])) as Partial<
    Record<Column, string>
  >
