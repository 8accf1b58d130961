import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brandPairs, contrast, surfaces } from './brand.ts'

const color = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`)

describe('a tenant’s colour', () => {
  it('is readable as text and as a button, light and dark, whatever it is', () => {
    fc.assert(
      fc.property(color, (chosen) => {
        const { light, dark } = brandPairs(chosen)

        expect(contrast(light.brand, surfaces.light)).toBeGreaterThanOrEqual(4.5)
        expect(contrast(light.brand, light.ink)).toBeGreaterThanOrEqual(4.5)
        expect(contrast(dark.brand, surfaces.dark)).toBeGreaterThanOrEqual(4.5)
        expect(contrast(dark.brand, dark.ink)).toBeGreaterThanOrEqual(4.5)
      }),
    )
  })

  it('is left alone when it is readable already', () => {
    expect(brandPairs('#1f5c4d').light.brand).toBe('#1f5c4d')
  })

  it('can carry nothing but a colour into a style sheet', () => {
    const byDefault = brandPairs(null)

    for (const text of [
      'red',
      '#fff',
      '#12345g',
      '#123456;}body{display:none',
      'url(https://evil.example)',
    ]) {
      expect(brandPairs(text)).toEqual(byDefault)
    }
  })
})

describe('contrast', () => {
  it('is what WCAG says for its own examples', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(contrast('#ff0000', '#ff0000')).toBe(1)
  })
})
