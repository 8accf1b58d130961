import { type Static, Type } from 'typebox'
import { type Method, methods } from '../core/proofs/index.ts'
import { closed, closedWithDefaults } from './schema-parts.ts'
import { PolicyFor } from './schema-policy-for.ts'

const method = () => Type.Enum<Method[]>([...methods])

const kinds = (minimum: number) => ({
  minimum,
  maximum: 4,
  description:
    'How many kinds of proof: a mailbox, a telephone, a device, printed codes. Link and code of one mail are one kind.',
})

const strength = {
  points: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 12,
      description:
        'What the methods are worth together: a mail or a text 1, an app or a printed code 2, a passkey 4.',
    }),
  ),
  phishingResistant: Type.Optional(
    Type.Boolean({ description: 'One of the proofs has to resist phishing, as a passkey does.' }),
  ),
  include: Type.Optional(
    Type.Array(method(), { uniqueItems: true, description: 'Each of these has to be among the proofs.' }),
  ),
  first: Type.Optional(
    Type.Array(method(), {
      minItems: 1,
      uniqueItems: true,
      description: 'One of these has to come first; what was proven before it does not count.',
    }),
  ),
}

const AssuranceOverride = closed({
  for: PolicyFor,
  kinds: Type.Optional(Type.Integer(kinds(1))),
  ...strength,
})

/** How much somebody has to prove to come back. */
export const Assurance = closedWithDefaults(
  {
    kinds: Type.Integer({ default: 1, ...kinds(1) }),
    ...strength,
    whenEnrolled: closedWithDefaults(
      { kinds: Type.Integer({ default: 2, ...kinds(2) }), ...strength },
      {
        description:
          'For whoever has set up what sign-in asks for as well, such as an authenticator app: never less than two kinds, so ' +
          'a mailbox alone brings none of them back.',
      },
    ),
    atRisk: closedWithDefaults(
      {
        medium: closedWithDefaults(
          { kinds: Type.Integer({ default: 2, ...kinds(1) }), ...strength },
          { description: 'Of a request with a medium score.' },
        ),
        high: closedWithDefaults(
          { kinds: Type.Integer({ default: 3, ...kinds(1) }), ...strength },
          { description: 'Of one with a high score, besides.' },
        ),
      },
      {
        description:
          'What a request has to prove that does not look like its owner’s, where `risk.mode` is `act`. Whoever can’t is sent to people.',
      },
    ),
    overrides: Type.Array(AssuranceOverride, {
      default: [],
      maxItems: 50,
      description:
        'More for some. Of all that apply to an account, and of what is asked of everybody, the stronger holds, part by part.',
    }),
  },
  { description: 'How much has to be proven to come back.' },
)

export type AssuranceConfig = Static<typeof Assurance>
