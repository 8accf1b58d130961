import { Type } from 'typebox'
import { askedOfSet, bannedWordLength, passwordPolicyBounds } from '../core/passwords/index.ts'
import { closed, closedWithDefaults } from './schema-parts.ts'
import { PolicyFor } from './schema-policy-for.ts'

/** What each number says and may be. The tenant's have a default; an override says only what is stricter. */
const numbers = {
  minLength: {
    description: 'Shortest password where it is the only factor, in characters (NIST SP 800-63B-4: 15).',
    ...between(passwordPolicyBounds.lengthMinAlone),
  },
  minLengthWithSecondFactor: {
    description: 'Shortest password where sign-in also asks for a second factor.',
    ...between(passwordPolicyBounds.lengthMinBesideFactor),
  },
  maxLength: {
    description: 'Longest password, in characters. Longer ones are refused, never cut.',
    ...between(passwordPolicyBounds.lengthMax),
  },
  strength: {
    description: 'Least zxcvbn score, from 0 (anything) to 4 (very hard to guess).',
    ...between(passwordPolicyBounds.scoreMin),
  },
  minAgeHours: {
    description:
      'Hours after a change in which a password is not changed again. Recovery never waits for it.',
    minimum: 0,
    maximum: 168,
  },
  maxAgeDays: {
    description:
      'Days after which a password expires; without it never. NIST SP 800-63B-4 section 3.1.1.2 forbids to ask for a ' +
      'change without a reason, because people answer it with a number that goes up.',
    minimum: 14,
    maximum: 3650,
  },
  graceDays: {
    description: 'Days after it has expired in which a password still opens the way to a new one.',
    ...between(passwordPolicyBounds.graceDays),
  },
  history: {
    description:
      'So many of the latest passwords, the one in force included, are not taken again. Where the directory does not ' +
      'see to it by itself (`keepsHistory` of `ldap`), Rekey keeps a slow hash of each, under a key of the `token` ring; ' +
      '0, the default, keeps none. See docs/passwords.md before you switch it on.',
    ...between(passwordPolicyBounds.history),
  },
} as const

function between({ min, max }: { min: number; max: number }) {
  return { minimum: min, maximum: max }
}

const contextWords = (more: { default?: string[] }) =>
  Type.Array(Type.String({ minLength: 3, maxLength: 64 }), {
    ...more,
    maxItems: 500,
    uniqueItems: true,
    description: 'Words that no password may consist of: company, products, places.',
  })

const bannedWords = (more: { default?: string[] }) =>
  Type.Array(Type.String({ minLength: bannedWordLength.min, maxLength: bannedWordLength.max }), {
    ...more,
    maxItems: 1_000,
    uniqueItems: true,
    description:
      'Words that a password may not be hardly more than: each of them is worth one point, each character beside ' +
      'them one, and a password needs five. Case, look-alike characters and one wrong character make no difference.',
  })

const remindDays = (more: { default?: number[] }) =>
  Type.Array(Type.Integer({ minimum: 1, maximum: 60 }), {
    ...more,
    maxItems: 10,
    uniqueItems: true,
    description: 'Days before a password expires on which its owner is told.',
  })

const similarToOld = (more: { default?: string }) =>
  Type.Union([Type.Literal('accept'), Type.Literal('refuse')], {
    ...more,
    description:
      'What becomes of a new password, in a change, that is the current one with little changed: another year, a word more.',
  })

const [off, tell, requireChange] = askedOfSet
const breachedAtSignIn = (more: { default?: string }) =>
  Type.Union([Type.Literal(off), Type.Literal(tell), Type.Literal(requireChange)], {
    ...more,
    description:
      'What becomes of a password in a list of lost ones (`breach`) when its owner signs in at the portal: nobody ' +
      'looks (`off`), the owner is told (`tell`), or has to choose another (`require-change`).',
  })
const recheckAtSignIn = (more: { default?: string }) =>
  Type.Union([Type.Literal(off), Type.Literal(tell), Type.Literal(requireChange)], {
    ...more,
    description:
      'The same for a password that would not be taken today: too short, or easy to guess. NIST SP 800-63B-4 section ' +
      '3.1.1.2 wants a change only where there is evidence that a password was lost.',
  })

const classes = {
  required: {
    description:
      'How many of the four classes a password must have: small letters, capitals, digits, all others.',
    minimum: 0,
    maximum: 4,
  },
  named: {
    uniqueItems: true,
    description: 'Classes that a password must have, whatever else it has.',
  },
} as const
const ClassName = Type.Union([
  Type.Literal('lowercase'),
  Type.Literal('uppercase'),
  Type.Literal('digit'),
  Type.Literal('other'),
])
const allowed = (more: { default?: string }) =>
  Type.Union([Type.Literal('ascii'), Type.Literal('latin-1'), Type.Literal('any')], {
    ...more,
    description:
      "Characters that are taken, for a system behind the directory that can't do with others: `ascii` (printable), " +
      '`latin-1` (ISO 8859-1) or `any`.',
  })

const classesDescription =
  'Kinds of characters. Leave them as they are unless somebody forces you: NIST SP 800-63B-4 section 3.1.1.2 forbids ' +
  'such rules, because people answer them with `Password1!`.'

const PasswordOverride = closed({
  for: PolicyFor,
  minLength: Type.Optional(Type.Integer(numbers.minLength)),
  minLengthWithSecondFactor: Type.Optional(Type.Integer(numbers.minLengthWithSecondFactor)),
  maxLength: Type.Optional(Type.Integer(numbers.maxLength)),
  strength: Type.Optional(Type.Integer(numbers.strength)),
  contextWords: Type.Optional(contextWords({})),
  bannedWords: Type.Optional(bannedWords({})),
  similarToOld: Type.Optional(similarToOld({})),
  history: Type.Optional(Type.Integer(numbers.history)),
  breachedAtSignIn: Type.Optional(breachedAtSignIn({})),
  recheckAtSignIn: Type.Optional(recheckAtSignIn({})),
  minAgeHours: Type.Optional(Type.Integer(numbers.minAgeHours)),
  maxAgeDays: Type.Optional(Type.Integer(numbers.maxAgeDays)),
  remindDays: Type.Optional(remindDays({})),
  graceDays: Type.Optional(Type.Integer(numbers.graceDays)),
  classes: Type.Optional(
    closed(
      {
        required: Type.Optional(Type.Integer(classes.required)),
        named: Type.Optional(Type.Array(ClassName, classes.named)),
        allowed: Type.Optional(allowed({})),
      },
      { description: classesDescription },
    ),
  ),
})

export const PasswordPolicy = closedWithDefaults(
  {
    minLength: Type.Integer({ ...numbers.minLength, default: 15 }),
    minLengthWithSecondFactor: Type.Integer({ ...numbers.minLengthWithSecondFactor, default: 8 }),
    maxLength: Type.Integer({ ...numbers.maxLength, default: 256 }),
    strength: Type.Integer({ ...numbers.strength, default: 3 }),
    contextWords: contextWords({ default: [] }),
    bannedWords: bannedWords({ default: [] }),
    similarToOld: similarToOld({ default: 'refuse' }),
    history: Type.Integer({ ...numbers.history, default: 0 }),
    breachedAtSignIn: breachedAtSignIn({ default: 'tell' }),
    recheckAtSignIn: recheckAtSignIn({ default: 'off' }),
    minAgeHours: Type.Integer({ ...numbers.minAgeHours, default: 0 }),
    maxAgeDays: Type.Optional(Type.Integer(numbers.maxAgeDays)),
    remindDays: remindDays({ default: [14, 3, 1] }),
    graceDays: Type.Integer({ ...numbers.graceDays, default: 7 }),
    classes: closedWithDefaults(
      {
        required: Type.Integer({ ...classes.required, default: 0 }),
        named: Type.Array(ClassName, { ...classes.named, default: [] }),
        allowed: allowed({ default: 'any' }),
      },
      { description: classesDescription },
    ),
    overrides: Type.Array(PasswordOverride, {
      default: [],
      maxItems: 50,
      description:
        'Stricter rules for some. Of all that apply to an account, and of those of the tenant, the strictest holds, ' +
        'rule by rule; lists of words are put together. None can make a rule weaker.',
    }),
  },
  { description: 'What a new password must fulfil, whatever the directory asks for in addition.' },
)
