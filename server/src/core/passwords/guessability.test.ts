import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beginningOf, estimateLengthMax, guessabilityOf } from './guessability.ts'

describe('the strength estimate', () => {
  it('never reads more than its bound', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', '😀', 'é', '$'), { maxLength: 256, size: 'max' }),
        (signs) => {
          const password = signs.join('')
          const beginning = beginningOf(password)

          expect([...beginning]).toHaveLength(Math.min(signs.length, estimateLengthMax))
          expect(password.startsWith(beginning)).toBe(true)
          expect(beginning.isWellFormed()).toBe(true)
        },
      ),
    )
  })

  it('knows the words of English and German, and common passwords', () => {
    for (const weak of ['butterfly', 'schmetterling', 'Schneider', 'p4ssw0rd', 'trustno1']) {
      expect(guessabilityOf(weak, []).score).toBeLessThan(3)
    }
  })

  it('reads a context word as one guess', () => {
    const free = guessabilityOf('zugspitzbahn7', [])
    const known = guessabilityOf('zugspitzbahn7', ['zugspitzbahn'])

    expect(known.score).toBeLessThan(free.score)
    expect(known.because).toBe('about-you')
  })
})
