import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMadeOfBanned } from './banned-words.ts'

const words = ['contoso', 'blank', 'kestrel']

describe('banned words', () => {
  // The examples of Microsoft's documentation of Entra password protection.
  it.each([
    ['C0ntos0Blank12', true],
    ['ContoS0Bl@nkf9!', false],
    ['contoso', true],
    ['Contoso1!', true],
    ['c0ntos0123', true],
    ['contosoblankkestrel', true],
    ['k3strel k3strel', true],
    ['four kestrels over the mill', false],
    ['violet tundra 9', false],
  ])('%s: %s', (password, banned) => {
    expect(isMadeOfBanned(password, words)).toBe(banned)
  })

  it('are known with one character too many, too few or wrong, and with three more beside them', () => {
    const edit = fc.tuple(
      fc.constantFrom(...words),
      fc.constantFrom('none', 'insert', 'remove', 'replace'),
      fc.nat(6),
      fc.constantFrom('q', 'w', 'x'),
    )
    const extra = fc.array(fc.constantFrom('q', '#', '6', 'X'), { maxLength: 3 }).map((list) => list.join(''))
    fc.assert(
      fc.property(edit, extra, fc.boolean(), ([word, how, place, letter], around, isBefore) => {
        const at = how === 'insert' ? 1 + (place % (word.length - 1)) : place % word.length
        const head = word.slice(0, at)
        const spelled = {
          none: word,
          insert: `${head}${letter}${word.slice(at)}`,
          remove: `${head}${word.slice(at + 1)}`,
          replace: `${head}${letter}${word.slice(at + 1)}`,
        }[how]

        expect(isMadeOfBanned(isBefore ? `${around}${spelled}` : `${spelled}${around}`, words)).toBe(true)
      }),
    )
  })

  it('are not seen in what is only short', () => {
    for (const password of ['', 'a', 'q7!', 'wxyz', 'Ⅎ🝆ⰲቅ']) {
      expect([password, isMadeOfBanned(password, words)]).toEqual([password, false])
      expect(isMadeOfBanned(password, [])).toBe(false)
    }
    expect(isMadeOfBanned('blnk', words)).toBe(true)
  })

  it('that are two edits away are none', () => {
    expect(isMadeOfBanned('cantosa', words)).toBe(false)
    expect(isMadeOfBanned('kstrl1', words)).toBe(false)
  })

  it('refuse nothing when there are none, and take no time over a long password', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `word${at.toString(36).padStart(4, '0')}`)

    expect(isMadeOfBanned('contoso', [])).toBe(false)
    expect(isMadeOfBanned('word0000'.repeat(32), many)).toBe(false)
    expect(isMadeOfBanned('word0000word0001', many)).toBe(true)
    const worst = many.map((word) => `${word}${'a'.repeat(8)}`)
    expect(isMadeOfBanned('word'.repeat(21), worst)).toBe(false)
  })

  it('are known in scripts whose letters are made of several', () => {
    expect(isMadeOfBanned('서울특별시'.repeat(3), ['서울특별시'])).toBe(true)
  })
})
