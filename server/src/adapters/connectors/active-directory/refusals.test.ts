import { describe, expect, it } from 'vitest'
import { brokenRule, writeMeaning } from './refusals.ts'
import { refusedBind } from './sub-codes.ts'

describe('what a domain controller of Windows says', () => {
  // As they are in Microsoft's documentation and in logs: the numbers after DSID differ between versions.
  it.each([
    ['0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0', 53, 'policy'],
    [
      '0000052D: AtrErr: DSID-03191083, #1:\n\t0: 0000052D: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)',
      19,
      'policy',
    ],
    [
      '00000056: AtrErr: DSID-03191083, #1:\n\t0: 00000056: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9005a (unicodePwd)',
      19,
      'current-password-wrong',
    ],
    [
      '00000775: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      53,
      'current-password-wrong',
    ],
    [
      '0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      53,
      'directory-misconfigured',
    ],
    ['00002035: LdapErr: DSID-0C090E17, problem 5003', 53, 'directory-misconfigured'],
    [
      '00000005: SecErr: DSID-031A1190, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0',
      50,
      'directory-rights-missing',
    ],
    [
      "0000208D: NameErr: DSID-03100288, problem 2001 (NO_OBJECT), data 0, best match of: ''",
      32,
      'account-unavailable',
    ],
    ['0000202B: RefErr: DSID-0310078A, data 0, 1 access points', 10, 'directory-misconfigured'],
    ['000020EF: SvcErr: DSID-02010BC6, problem 5012 (DIR_ERROR), data 0', 1, 'directory-outcome-unknown'],
  ])('of a reset is understood: %s', (message, code, meaning) => {
    expect(writeMeaning({ message, code }, 'reset')).toBe(meaning)
  })

  it('of a change is a refusal for the person where they lack the right', () => {
    const message = '00000005: SecErr: DSID-031A1190, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0'

    expect(writeMeaning({ message, code: 50 }, 'change')).toBe('password-change-not-allowed')
  })

  it.each([
    ['525', { ok: false, because: 'wrong' }],
    ['52e', { ok: false, because: 'wrong' }],
    ['52f', { ok: false, because: 'disabled' }],
    ['530', { ok: false, because: 'disabled' }],
    ['531', { ok: false, because: 'disabled' }],
    ['532', { ok: false, because: 'expired' }],
    ['533', { ok: false, because: 'disabled' }],
    ['701', { ok: false, because: 'disabled' }],
    ['773', { ok: true, mustChange: true }],
    ['775', { ok: false, because: 'locked' }],
  ])('of a bind is told apart: %s', (code, verdict) => {
    const said = `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${code}, v3839`

    expect(refusedBind({ message: said })?.verdict).toEqual(verdict)
  })

  it('of a bind tells nothing when it has no sub-code, or one that nobody knows', () => {
    expect(refusedBind({ message: 'Invalid Credentials' })).toBeNull()
    expect(refusedBind({ message: 'AcceptSecurityContext error, data 57, v3839' })).toBeNull()
  })
})

describe('a password that is refused without a reason', () => {
  const rules = {
    ...{ lengthMin: 10, history: 24, minAgeSeconds: 86_400, maxAgeSeconds: null },
    ...{ graceSignIns: null, classesMin: 3 },
  }
  const told = {
    rules,
    username: 'alovelace',
    displayName: 'Ada Lovelace-King',
    changedAt: new Date('2026-03-01T12:00:00Z'),
    now: new Date('2026-03-09T12:00:00Z'),
  }
  const tooWeak = 'password-too-weak-for-directory'

  it.each([
    ['Short 1', {}, 'password-too-short-for-directory'],
    // Five characters of two units each.
    ['💥🔑💥🔑A', {}, 'password-too-short-for-directory'],
    ['only small letters', {}, tooWeak],
    ['small letters and 7', {}, 'password-in-history'],
    ['Alovelace 7 otters', {}, tooWeak],
    ['Seven KINGs of 7', {}, tooWeak],
    ['Adam 7 otters', {}, tooWeak],
    ['Seven 7 otters', {}, 'password-in-history'],
    ['小さい Seven otters', {}, 'password-in-history'],
    ['Seven 7 otters', { now: new Date('2026-03-02T11:59:59Z') }, 'password-too-young'],
    ['Seven 7 otters', { changedAt: null }, 'password-in-history'],
    ['Seven 7 otters', { rules: { ...rules, history: null } }, tooWeak],
    ['only small letters', { rules: { ...rules, classesMin: null } }, 'password-in-history'],
    ['Short 1', { rules: null }, tooWeak],
  ])('breaks the first rule that it certainly does: %s %j', (password, changes, because) => {
    expect(brokenRule(password, { ...told, ...changes })).toBe(because)
  })
})
