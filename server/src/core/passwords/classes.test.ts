import { describe, expect, it } from 'vitest'
import { Secret } from '../../kernel/secret.ts'
import type { ClassPolicy } from './classes.ts'
import { describePolicy, judgePassword, passwordPolicyDefaults } from './policy.ts'

const nobody = {
  username: '',
  displayName: '',
  mails: [],
  contextWords: [],
  tenantName: '',
  productWords: [],
}
const off: ClassPolicy = { required: 0, named: [], allowed: 'any' }
const policyWith = (classes: Partial<ClassPolicy>) => ({
  ...passwordPolicyDefaults,
  classes: { ...off, ...classes },
})
const refusals = (password: string, classes: Partial<ClassPolicy>) => {
  const policy = policyWith(classes)
  const judged = judgePassword(new Secret(password), { policy, context: nobody, onlyFactor: true })
  return judged.ok ? [] : judged.because
}
const announced = (classes: Partial<ClassPolicy>) =>
  describePolicy(policyWith(classes), { onlyFactor: true, breachIsChecked: false, isChange: false })

const phrase = 'violet tundra kettle'

describe('classes of characters', () => {
  it('are never asked for unless policy says so', () => {
    expect(passwordPolicyDefaults.classes).toEqual(off)
    expect(refusals('violettundrakettle', {})).toEqual([])
    expect(announced({}).map(({ rule }) => rule)).not.toContain('classes')
  })

  it.each([
    ['violettundrakettle', 1],
    [phrase, 2],
    ['violet tundra kettle 9', 3],
    ['Violet tundra kettle 9', 4],
    ['紫の電車が三時に橋を渡ったのを見た', 1],
    ['Фиолетовая тундра и чайник', 3],
    ['ǅunglaviolettundra', 2],
    ['٣ violettundrakettle', 3],
  ])('are counted: %s has %d', (password, have) => {
    expect(refusals(password, { required: have })).toEqual([])
    if (have === 4) return
    expect(refusals(password, { required: have + 1 })).toEqual([
      { code: 'password-classes-missing', required: have + 1, have, missing: [] },
    ])
  })

  it('that are named are asked for by name, beside the count', () => {
    const named = ['uppercase', 'digit'] as const

    expect(refusals(phrase, { named })).toEqual([
      { code: 'password-classes-missing', required: 0, have: 2, missing: ['uppercase', 'digit'] },
    ])
    expect(refusals(`${phrase} 9`, { named, required: 3 })).toEqual([
      { code: 'password-classes-missing', required: 3, have: 3, missing: ['uppercase'] },
    ])
    expect(refusals(`${phrase} X9`, { named, required: 4 })).toEqual([])
    expect(announced({ named, required: 3 })).toContainEqual({ rule: 'classes', required: 3, named })
  })

  it.each([
    ['ascii', `${phrase} ~`, true],
    ['ascii', `${phrase} é`, false],
    ['ascii', `${phrase} 🦉`, false],
    ['latin-1', `${phrase} é`, true],
    // Latin-1 has the letter with its accent and no accent by itself.
    ['latin-1', `${phrase} e\u0301`, true],
    ['latin-1', `${phrase} €`, false],
    ['any', `${phrase} 🦉 漢`, true],
  ] as const)('outside what a system takes are refused: %s, %s', (allowed, password, accepted) => {
    const expected = accepted ? [] : [{ code: 'password-characters-not-allowed', allowed }]

    expect(refusals(password, { allowed })).toEqual(expected)
    expect(announced({ allowed })[1]).toEqual(
      allowed === 'any' ? { rule: 'any-characters' } : { rule: 'characters', allowed },
    )
  })
})
