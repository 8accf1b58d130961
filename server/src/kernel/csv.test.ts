import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvRecord, readCsv } from './csv.ts'

async function* inPieces(text: string, length: number) {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length)
}

async function read(text: string, length = text.length || 1): Promise<CsvRecord[]> {
  const records: CsvRecord[] = []
  for await (const record of readCsv(inPieces(text, length))) records.push(record)
  return records
}

describe('a CSV file is read', () => {
  it.each([
    ['nothing', '', []],
    ['one line without an end', 'a,b', [{ line: 1, fields: ['a', 'b'] }]],
    ['empty fields', ',\n', [{ line: 1, fields: ['', ''] }]],
    ['a quoted empty field', '""\n', [{ line: 1, fields: [''] }]],
    ['a field that ends the file', 'a,"b",', [{ line: 1, fields: ['a', 'b', ''] }]],
    [
      'commas, quotes and line breaks in quotes',
      '"a,""b""\r\nc",d\ne',
      [
        { line: 1, fields: ['a,"b"\r\nc', 'd'] },
        { line: 3, fields: ['e'] },
      ],
    ],
    [
      'line breaks of every system, and empty lines',
      '\ufeffa\r\nb\rc\n\n\nd\n',
      [
        { line: 1, fields: ['a'] },
        { line: 2, fields: ['b'] },
        { line: 3, fields: ['c'] },
        { line: 6, fields: ['d'] },
      ],
    ],
    [
      'a quote in the middle, and what comes after it',
      'a"b,c\nd',
      [
        { line: 1, problem: 'quotes' },
        { line: 2, fields: ['d'] },
      ],
    ],
    [
      'text behind a closed quote',
      '"a"b,c\nd',
      [
        { line: 1, problem: 'quotes' },
        { line: 2, fields: ['d'] },
      ],
    ],
    [
      'a quote that is never closed',
      'a\n"b\nc',
      [
        { line: 1, fields: ['a'] },
        { line: 2, problem: 'quotes' },
      ],
    ],
    [
      'a line without an end in sight',
      `${'x'.repeat(9_000)}\nb`,
      [
        { line: 1, problem: 'too-long' },
        { line: 2, fields: ['b'] },
      ],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected)
  })

  it('the same in whatever pieces it comes, and as it was written', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, length) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
          const text = rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('')

          const records = await read(text, length)

          expect(records.map((record) => ('fields' in record ? record.fields : record))).toEqual(rows)
          expect(records).toEqual(await read(text))
        },
      ),
    )
  })
})
