import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeKeyRing } from './keys.ts'
import { makeSealer } from './seal.ts'

const outside = { randomBytes: (count: number) => randomBytes(count) }
const key = (id: string, fill: number) => ({ id, bytes: new Uint8Array(32).fill(fill) })
const sealer = makeSealer(makeKeyRing(key('k1', 1)), 'test', outside)

describe('sealed text', () => {
  it('comes back, and can’t be read in between', () => {
    const sealed = sealer.seal('row/1', 'søren@example.test')

    expect(sealer.open('row/1', sealed)).toBe('søren@example.test')
    expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString()).not.toContain('example')
  })

  it('never looks the same twice', () => {
    expect(sealer.seal('row/1', 'x')).not.toBe(sealer.seal('row/1', 'x'))
  })

  it.each([
    ['moved to another row', (sealed: string) => ['row/2', sealed] as const],
    ['changed', (sealed: string) => ['row/1', `${sealed.slice(0, -2)}AA`] as const],
    ['cut', (sealed: string) => ['row/1', sealed.slice(0, 12)] as const],
  ])('does not open when it was %s', (_, tamper) => {
    const [about, sealed] = tamper(sealer.seal('row/1', 'secret'))

    expect(() => sealer.open(about, sealed)).toThrow()
  })

  it('opens after a rotation while the old key is kept', () => {
    const sealed = sealer.seal('row/1', 'x')
    const rotated = makeSealer(makeKeyRing(key('k2', 2), [key('k1', 1)]), 'test', outside)

    expect(rotated.open('row/1', sealed)).toBe('x')
    expect(() => makeSealer(makeKeyRing(key('k2', 2)), 'test', outside).open('row/1', sealed)).toThrow(
      RangeError,
    )
  })

  it('of one purpose does not open for another', () => {
    const other = makeSealer(makeKeyRing(key('k1', 1)), 'other', outside)

    expect(() => other.open('row/1', sealer.seal('row/1', 'x'))).toThrow()
  })
})
