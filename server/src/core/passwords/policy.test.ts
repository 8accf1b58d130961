import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spellings } from '../../../test/support/same-verdict.ts'
import { Secret } from '../../kernel/secret.ts'
import type { PasswordContext } from './context-words.ts'
import {
  type Change,
  describePolicy,
  type JudgeAgainst,
  judgeFully,
  judgePassword,
  normalizePassword,
  type PasswordPolicy,
  passwordBytesMax,
  passwordPolicyBounds,
  passwordPolicyDefaults,
} from './policy.ts'
import { loadWordLists } from './word-lists.ts'

const nobody: PasswordContext = {
  username: '',
  displayName: '',
  mails: [],
  contextWords: [],
  tenantName: '',
  productWords: [],
}
const ada: PasswordContext = {
  username: 'ada',
  displayName: 'Ada Lovelace-Byron',
  mails: ['ada.lovelace@example.test'],
  contextWords: ['Analytical Engines'],
  tenantName: 'Northwind',
  productWords: ['Rekey'],
}

const judge = (password: string, against: Partial<JudgeAgainst> = {}) =>
  judgePassword(new Secret(password), {
    policy: passwordPolicyDefaults,
    context: ada,
    onlyFactor: false,
    ...against,
  })
const accepted = (password: string, against?: Partial<JudgeAgainst>) => judge(password, against).ok
const codes = (password: string, against?: Partial<JudgeAgainst>) => {
  const judgement = judge(password, against)
  return judgement.ok ? [] : judgement.because.map(({ code }) => code)
}
const normalized = (password: string) => {
  const judgement = judge(password)
  return judgement.ok ? judgement.normalized.reveal() : null
}

describe('length of a password', () => {
  it('counts code points, not bytes or UTF-16 units', () => {
    expect(judge('😀'.repeat(7))).toEqual({
      ok: false,
      because: [{ code: 'password-too-short', min: 8, length: 7 }],
    })
    expect(codes('😀'.repeat(15), { onlyFactor: true })).not.toContain('password-too-short')
    expect(codes('😀🐙🍄🎻🧭🚲🪁🦉🌋🧵🛶🔭🎲🥝🪴', { onlyFactor: true })).toEqual([])
  })

  it('asks for 15 where the password is the only factor and for 8 beside a second one', () => {
    expect(codes('kX9#vmP2qLw8zR', { onlyFactor: true })).toEqual(['password-too-short'])
    expect(codes('kX9#vmP2qLw8zRt', { onlyFactor: true })).toEqual([])
    expect(codes('kX9#vmP', { onlyFactor: false })).toEqual(['password-too-short'])
    expect(codes('kX9#vmP2qL', { onlyFactor: false })).toEqual([])
  })

  it('takes 256 code points of four bytes each and not one more', () => {
    const long = [...'🦉🌋🧵🛶🔭🎲🥝🪴'].map((sign, at) => sign + 'abcdefgh'.charAt(at)).join('')
    const full = [...long.repeat(16)].map((sign) => (sign < 'z' ? '🎻' : sign)).join('')

    expect(Buffer.byteLength(full)).toBe(1024)
    expect(codes(full)).not.toContain('password-too-long')
    expect(codes(`${full}x`)).toEqual(['password-too-long'])
    expect(codes('x'.repeat(257))).toEqual(['password-too-long'])
  })

  it('refuses megabytes without a look at them', () => {
    const huge = '\u0000'.repeat(10_000_000)

    expect(judge(huge)).toEqual({ ok: false, because: [{ code: 'password-too-long', max: 256 }] })
  })

  it('counts what the directory gets: a letter and its accent, typed apart, are one', () => {
    expect(codes('e\u0301'.repeat(7))).toEqual(['password-too-short'])
  })

  it('keeps its bounds in order', () => {
    const { lengthMinAlone, lengthMinBesideFactor, lengthMax } = passwordPolicyBounds

    expect(Math.max(lengthMinAlone.max, lengthMinBesideFactor.max)).toBeLessThanOrEqual(lengthMax.min)
    expect(Math.min(lengthMinAlone.min, lengthMinBesideFactor.min)).toBe(8)
    expect(4 * lengthMax.max).toBeLessThanOrEqual(passwordBytesMax)
  })
})

describe('reading a password', () => {
  it.each([
    ['NUL', 'a\u0000b kX9#vmP2qLw8'],
    ['a line break', 'kX9#vmP2qLw8\nzR'],
    ['a tab', 'kX9#vmP2qLw8\tzR'],
    ['DEL', 'kX9#vmP2qLw8\u007fzR'],
    ['a C1 control', 'kX9#vmP2qLw8\u0085zR'],
    ['a lone high surrogate', 'kX9#vmP2qLw8\ud83dzR'],
    ['a lone low surrogate', 'kX9#vmP2qLw8\ude00zR'],
    ['a non-character', 'kX9#vmP2qLw8\ufffezR'],
  ])('refuses %s', (_, password) => {
    expect(codes(password)).toEqual(['password-unreadable'])
  })

  it.each(['', ' ', '               ', '\u00a0\u2003\u3000               '])(
    'refuses nothing at all: %j',
    (password) => {
      expect(codes(password, { policy: { ...passwordPolicyDefaults, scoreMin: 0 } })).toEqual([
        'password-empty',
      ])
    },
  )

  it('keeps spaces at both ends, case, and every sign', () => {
    const password = ' Zwölf  Boxkämpfer jagen Viktor '

    expect(normalized(password)).toBe(password)
  })

  it('gives the directory the same password whether accents were typed as one sign or as two', () => {
    const composed = 'Zwölf Boxkämpfer jagen'

    expect(normalized(composed.normalize('NFD'))).toBe(composed)
    expect(normalizePassword(new Secret(composed.normalize('NFD')))?.reveal()).toBe(composed)
    expect(normalizePassword(new Secret('\u0000'))).toBeNull()
  })

  it('never truncates: changing any code point anywhere changes the password', () => {
    const sign = fc.constantFrom(...'abcXYZ019 #é😀漢字\u212b')
    const password = fc.array(sign, { minLength: 1, maxLength: 256, size: 'max' })
    fc.assert(
      fc.property(password, fc.nat(255), sign, (signs, at, other) => {
        const position = at % signs.length
        const before = signs.join('')
        const after = signs.with(position, other).join('')
        const [left, right] = [normalizePassword(new Secret(before)), normalizePassword(new Secret(after))]
        const equal = before.normalize('NFC') === after.normalize('NFC')

        if (before.trim() === '' || after.trim() === '') return
        expect(left?.reveal() === right?.reveal()).toBe(equal)
        expect(left?.reveal()).toBe(before.normalize('NFC'))
      }),
      { numRuns: 500 },
    )
  })
})

describe('composition', () => {
  it.each([
    ['lower case only', 'nxkqjwvzpabtmlyeudrs'],
    ['digits only', '48201759362014857392'],
    ['letters and many spaces', 'lantern   gravel   orbit  thimble'],
    ['Japanese', '青い電車が三時に橋を渡った'],
  ])('is never asked for: %s is accepted', (_, password) => {
    expect(codes(password)).toEqual([])
  })
})

describe('common passwords', () => {
  const lists = loadWordLists()
  const anything = { policy: { ...passwordPolicyDefaults, scoreMin: 0 }, context: nobody } as const

  it('refuses each of the 3,000 most common ones that are long enough, by the list alone', () => {
    const long = lists.passwords.filter((password) => [...password].length >= 8).slice(0, 3_000)
    const missed = long.filter((password) => !codes(password, anything).includes('password-common'))

    expect(long).toHaveLength(3_000)
    expect(missed).toEqual([])
  })

  it('refuses each of them however it is dressed up', () => {
    const long = lists.passwords.filter((password) => [...password].length >= 8).slice(0, 3_000)
    const missed = spellings
      .flatMap((spell) => long.map(spell))
      .filter((password) => !codes(password, anything).includes('password-common'))

    expect(missed).toEqual([])
  })

  it('refuses every listed one that is long enough to be an only factor', () => {
    const long = lists.passwords.filter((password) => [...password].length >= 15)
    const missed = spellings
      .flatMap((spell) => long.map(spell))
      .filter((password) => accepted(password, { onlyFactor: true, context: nobody }))

    expect(long.length).toBeGreaterThan(20)
    expect(missed).toEqual([])
  })

  it.each(['PASSWORD', 'P@55w0rD', 'ｐａｓｓｗｏｒｄ', 'Pässword', 'Sunsh1ne', '1qAz2WsX'])(
    'sees through case, look-alike signs and forms: %s',
    (password) => {
      expect(codes(password, anything)).toEqual(['password-common'])
    },
  )

  it('compares the entire password: a common one inside a passphrase is welcome', () => {
    expect(codes('sunshine over gravel orbit', anything)).toEqual([])
    expect(accepted('password gravel thimble orbit')).toBe(true)
  })
})

describe('words about the person and the place', () => {
  it.each([
    ['ada.lovelace', 'username', { ...ada, username: 'Ada.Lovelace', mails: [], displayName: '' }],
    ['Lovelace1815!', 'name', ada],
    ['L0v3l4c3-Byr0n', 'name', ada],
    ['!!AdaLovelaceByron2026??', 'name', ada],
    ['ada.lovelace@example.test', 'mail', ada],
    ['adaadaadaada', 'username', ada],
    ['N0rthwind2026', 'organisation', ada],
    ['analytical.engines', 'organisation', ada],
    ['RekeyRekey123', 'product', ada],
    ['NorthwindLovelaceRekey', 'organisation', ada],
  ] as const)('refuses %s and says which kind of word it is: %s', (password, word, context) => {
    const judgement = judge(password, { context })

    expect(judgement.ok ? [] : judgement.because).toContainEqual({ code: 'password-contains-you', word })
  })

  it.each([
    ['L0velase77', 'name'],
    ['Nortwind!9x', 'organisation'],
    ['adda.lovelace', 'mail'],
    ['NorthwindLovelaceZ9', 'name'],
  ] as const)(
    'refuses %s, which is hardly more than such words with a slip in them: %s',
    (password, word) => {
      expect(codes(password, { policy: { ...passwordPolicyDefaults, scoreMin: 0 } })).toEqual([
        'password-contains-you',
      ])
      const judgement = judge(password)
      expect(judgement.ok ? [] : judgement.because).toContainEqual({ code: 'password-contains-you', word })
    },
  )

  it('never repeats the word', () => {
    expect(JSON.stringify(judge('Lovelace1815!')).toLowerCase()).not.toContain('lovelace')
  })

  it('accepts them inside a longer passphrase', () => {
    expect(accepted('ada painted gravel thimbles')).toBe(true)
    expect(accepted('northwind orbit lantern mosquito', { onlyFactor: true })).toBe(true)
  })

  it('are all that policy names, however many, and however many the directory has', () => {
    const filler = Array.from({ length: 498 }, (_, index) => `filler${index}`)
    const contextWords = ['glimmerharbour', ...filler, 'thistlewharf']
    const policy = { ...passwordPolicyDefaults, scoreMin: 0, contextWords } as const
    const full = { ...ada, contextWords: Array.from({ length: 10_000 }, (_, index) => `word${index}`) }

    for (const password of ['GlimmerHarbour!', 'ThistleWharf9', 'Rekey Rekey']) {
      expect(codes(password, { policy, context: full })).toEqual(['password-contains-you'])
    }
  })

  it('does not trip over empty, strange or endless facts from a directory', () => {
    const context = {
      username: '.',
      displayName: '  ',
      mails: ['@', 'no-at', ''],
      contextWords: [
        '',
        '()',
        '[a-z',
        'x'.repeat(100_000),
        ...Array.from({ length: 10_000 }, (_, n) => `w${n}`),
      ],
      tenantName: '*',
      productWords: [],
    }

    expect(accepted('lantern gravel orbit thimble', { context })).toBe(true)
  })
})

describe('strength', () => {
  it.each([
    ['qwertzuiopasdfghjkl', 'keyboard-pattern'],
    ['abababababababababab', 'repeated-pattern'],
    ['abcdefghijklmnopqrstu', 'sequence'],
    ['aaaaaaaaaaaaaaaaaaaa', 'repeated-pattern'],
  ])('refuses %s as a %s', (password, because) => {
    expect(judge(password)).toEqual({ ok: false, because: [{ code: 'password-too-guessable', because }] })
  })

  it('says that a password is too easy because it leans on words about the person', () => {
    expect(judge('lovelace7xq2w')).toEqual({
      ok: false,
      because: [{ code: 'password-too-guessable', because: 'about-you' }],
    })
  })

  it('is not fooled by names of the language it is written in', () => {
    for (const name of ['constructor', '__proto__', 'hasownproperty', 'tostring']) {
      expect(accepted(name.repeat(2), { context: { ...nobody, username: name } })).toBe(false)
    }
  })

  it('is not made up for by endless repetition', () => {
    for (const row of ['qwertyuiop', '1234567890', 'password', 'ada', 'a']) {
      expect(accepted(row.repeat(256).slice(0, 256)), row).toBe(false)
    }
  })

  it('is found in the beginning of a long password', () => {
    expect(accepted(`lantern gravel orbit thimble${'a'.repeat(200)}`)).toBe(true)
  })

  it('accepts every passphrase of four or more random words', () => {
    const words = loadWordLists()
      .words.filter((word) => /^[a-z]{5,}$/.test(word))
      .slice(1_000, 9_000)
    const passphrase = fc.array(fc.constantFrom(...words), { minLength: 4, maxLength: 8 })
    fc.assert(
      fc.property(passphrase, fc.constantFrom(' ', '-', ''), (chosen, separator) => {
        fc.pre(new Set(chosen).size === chosen.length)

        expect(codes(chosen.join(separator), { onlyFactor: true })).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('can be switched off, and then is not announced', () => {
    const policy = { ...passwordPolicyDefaults, scoreMin: 0 } as const

    expect(accepted('abababababababababab', { policy })).toBe(true)
    expect(
      describePolicy(policy, { onlyFactor: true, breachIsChecked: false, isChange: false }).map(
        ({ rule }) => rule,
      ),
    ).not.toContain('hard-to-guess')
  })
})

describe('the announced rules', () => {
  it('carry the numbers in force', () => {
    expect(
      describePolicy(passwordPolicyDefaults, {
        onlyFactor: true,
        breachIsChecked: false,
        isChange: false,
      })[0],
    ).toEqual({
      rule: 'length',
      min: 15,
      max: 256,
    })
    expect(
      describePolicy(passwordPolicyDefaults, {
        onlyFactor: false,
        breachIsChecked: false,
        isChange: false,
      })[0],
    ).toEqual({
      rule: 'length',
      min: 8,
      max: 256,
    })
  })
})

describe('a change', () => {
  const current = 'violet tundra kettle'
  const at = new Date('2026-03-02T09:00:00Z')
  const change = (password: string, over: Partial<PasswordPolicy> = {}, facts: Partial<Change> = {}) =>
    judgeFully(new Secret(password), {
      policy: { ...passwordPolicyDefaults, ...over },
      context: ada,
      onlyFactor: true,
      change: { current: new Secret(current), changedAt: null, mustChange: false, at, ...facts },
      breach: null,
    })

  it('takes no password that is the current one with little changed', async () => {
    const refused = { ok: false, because: [{ code: 'password-too-similar' }] }

    expect(await change(current)).toEqual(refused)
    expect(await change('Violet tundra kettle 27')).toEqual(refused)
    expect(await change('seven otters borrow umbrellas')).toMatchObject({ ok: true })
    expect(await change('Violet tundra kettle 27', { similarToOld: 'accept' })).toMatchObject({ ok: true })
  })

  it('is not made so soon after the last one', async () => {
    const age = { ...passwordPolicyDefaults.age, minSeconds: 3_600 }
    const changedAt = new Date('2026-03-02T08:30:00Z')
    const fine = 'seven otters borrow umbrellas'
    const until = new Date('2026-03-02T09:30:00Z')
    const refused = { ok: false, because: [{ code: 'password-too-young', until }] }

    expect(await change(fine, { age }, { changedAt })).toEqual(refused)
    expect(await change('short', { age }, { changedAt })).toEqual(refused)
    expect(await change(fine, { age }, { changedAt, mustChange: true })).toMatchObject({ ok: true })
    expect(await change(fine, {}, { changedAt })).toMatchObject({ ok: true })
    expect(await change(fine, { age })).toMatchObject({ ok: true })
  })

  it('is told so after everything that can be told while typing', async () => {
    expect(await change('violet')).toMatchObject({ because: [{ code: 'password-too-short' }] })
    expect(judge('Violet tundra kettle 27', { onlyFactor: true })).toMatchObject({ ok: true })
    expect(
      describePolicy(passwordPolicyDefaults, { onlyFactor: true, breachIsChecked: true, isChange: true })
        .map(({ rule }) => rule)
        .slice(-2),
    ).toEqual(['not-similar', 'not-breached'])
  })
})
