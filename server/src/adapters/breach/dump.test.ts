import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DumpReader } from './dump.ts'
import { prefixOf } from './geometry.ts'

const nothing = { kind: null, position: 0, lines: 0 }
const sha1 = (text: string) => createHash('sha1').update(text).digest()

function readAll(text: string, pieceLength = text.length) {
  const reader = new DumpReader('dump.txt', nothing)
  const taken: [number, number][] = []
  const take = (partition: number, rest: number) => void taken.push([partition, rest])
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceLength)
    reader.read(bytes.subarray(at, at + pieceLength), take)
  reader.end(take)
  return { reader, taken }
}

const expected = (hashes: readonly Buffer[]) =>
  hashes.map((hash) => {
    const { partition, rest } = prefixOf(hash)
    return [partition, rest]
  })

describe('a dump', () => {
  it('is read the same in pieces of any size, with either end of line, in either case, counted or not', () => {
    const line = fc.record({
      text: fc.string(),
      upper: fc.boolean(),
      count: fc.constantFrom('', ':1', ':12345'),
      end: fc.constantFrom('\n', '\r\n'),
    })
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 90 }),
        (lines, size) => {
          const hashes = lines.map(({ text }) => sha1(text))
          const text = lines
            .map(({ upper, count, end }, at) => {
              const hex = hashes[at]?.toString('hex') ?? ''
              return `${upper ? hex.toUpperCase() : hex}${count}${end}`
            })
            .join('')
          for (const whole of [text, text.trimEnd()]) {
            const { reader, taken } = readAll(whole, size)

            expect(taken).toEqual(expected(hashes))
            expect([reader.kind, reader.lines]).toEqual(['sha1', lines.length])
          }
        },
      ),
    )
  })

  it('knows by its first line which hash it holds', () => {
    expect(readAll(`${'0'.repeat(32)}:3\n${'f'.repeat(32)}\n`).reader.kind).toBe('ntlm')
    expect(readAll(`${'0'.repeat(40)}:3\n`).reader.kind).toBe('sha1')
  })

  it('goes on in the middle, at a line', () => {
    const lines = ['a', 'b', 'c'].map((text) => `${sha1(text).toString('hex')}\n`)
    const first = new DumpReader('dump.txt', nothing)
    first.read(Buffer.from(lines.join('').slice(0, 60)), () => undefined)
    const { kind, position, lines: read } = first
    expect([kind, position, read]).toEqual(['sha1', 41, 1])

    const second = new DumpReader('dump.txt', { kind, position, lines: read })
    const taken: [number, number][] = []
    second.read(Buffer.from(lines.join('').slice(position)), (...prefix) => void taken.push(prefix))

    expect(taken).toEqual(expected(['b', 'c'].map(sha1)))
    expect([second.position, second.lines]).toEqual([123, 3])
  })

  it('stops at the first line that is no hash, and names it', () => {
    const good = sha1('a').toString('hex')
    const bad = [
      'hello',
      good.slice(1),
      `${good}0`,
      `${good} 5`,
      `${good.slice(0, 39)}g`,
      `g${good.slice(1)}`,
      '0'.repeat(32),
      `${good.slice(0, 39)}\u0660`,
      'x'.repeat(5_000),
    ]
    for (const line of bad) {
      expect(() => readAll(`${good}\n\n${line}\n`, 64)).toThrow(
        /^breach-dump-unreadable: line 3 of dump\.txt is/,
      )
    }
    expect(() => readAll('password\n')).toThrow(/line 1 of dump\.txt is neither/)
  })
})
