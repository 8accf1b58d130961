import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gsm7, segmentsOf } from './text-segments.ts'

describe('a text over the air', () => {
  it.each([
    ['160 letters of the short alphabet', 'a'.repeat(160), 'gsm7', 1],
    ['161 of them, of which a part takes 153', 'a'.repeat(161), 'gsm7', 2],
    ['306 of them', 'a'.repeat(306), 'gsm7', 2],
    ['307 of them', 'a'.repeat(307), 'gsm7', 3],
    ['80 that take two places each', '€'.repeat(80), 'gsm7', 1],
    ['81 that take two places each', '€'.repeat(81), 'gsm7', 2],
    ['70 others', 'ж'.repeat(70), 'ucs2', 1],
    ['71 others', 'ж'.repeat(71), 'ucs2', 2],
    ['one other among many', `${'a'.repeat(70)}ж`, 'ucs2', 2],
    ['36 characters of two units', '😀'.repeat(36), 'ucs2', 2],
  ])('%s', (_, text, alphabet, parts) => {
    const segments = segmentsOf(text)

    expect([segments.alphabet, segments.parts.length]).toEqual([alphabet, parts])
  })

  it('is cut into parts that make it up again, none of them too long, no character torn', () => {
    const character = fc.constantFrom('a', 'é', '€', '{', 'ж', '😀', '漢')

    fc.assert(
      fc.property(fc.array(character, { maxLength: 400 }), (characters) => {
        const text = characters.join('')
        const { alphabet, parts } = segmentsOf(text)
        const widths = parts.map((part) => (alphabet === 'gsm7' ? (gsm7(part)?.length ?? 0) : part.length))

        expect(parts.join('')).toBe(text)
        expect(parts.every((part) => part.isWellFormed())).toBe(true)
        const most = parts.length === 1 ? { gsm7: 160, ucs2: 70 } : { gsm7: 153, ucs2: 67 }
        expect(Math.max(...widths)).toBeLessThanOrEqual(most[alphabet])
      }),
    )
  })

  it('has the codes of 3GPP TS 23.038', () => {
    expect([...(gsm7('@£$ åÅäÄöÖüÜñÑ à¿§€{|}~[]^\\A1az\n') ?? [])]).toEqual(
      [
        [
          0x00, 0x01, 0x02, 0x20, 0x0f, 0x0e, 0x7b, 0x5b, 0x7c, 0x5c, 0x7e, 0x5e, 0x7d, 0x5d, 0x20, 0x7f,
          0x60,
        ],
        [
          0x5f, 0x1b, 0x65, 0x1b, 0x28, 0x1b, 0x40, 0x1b, 0x29, 0x1b, 0x3d, 0x1b, 0x3c, 0x1b, 0x3e, 0x1b,
          0x14,
        ],
        [0x1b, 0x2f, 0x41, 0x31, 0x61, 0x7a, 0x0a],
      ].flat(),
    )
    expect(gsm7('ç')).toBeNull()
  })
})
