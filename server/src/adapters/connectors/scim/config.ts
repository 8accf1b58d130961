import { type Static, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'
import { AuthoritiesFile, Seconds } from '../ldap-wire/settings.ts'
import { pathPattern } from './paths.ts'

const closed = { additionalProperties: false } as const

const mustBePath = {
  pattern: pathPattern,
  'x-rekey-must':
    'be the path of an attribute: `userName`, `name.familyName`, `emails[type eq "home"].value`, or one behind the ' +
    'URN of an extension',
}

const AttributePath = (description: string, options: { default?: string } = {}) =>
  Type.String({ ...mustBePath, ...options, description })

const AttributePaths = (description: string, paths: string[]) =>
  Type.Array(Type.String(mustBePath), { default: paths, maxItems: 20, uniqueItems: true, description })

const Values = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 50, description }))

const question = {
  path: AttributePath('Attribute that answers the question: yes when it has a value other than false …'),
  values: Values('… or, with this list, when it has one of these values (case does not matter).'),
  except: Values('Yes when it has another value than these, or none.'),
}

const AttributeCondition = Type.Object(question, closed)
export type AttributeCondition = Static<typeof AttributeCondition>

const Membership = Type.Object(
  {
    group: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Yes for members of the group with this `id`, and of groups in it.',
    }),
  },
  closed,
)

const Condition = Type.Union([AttributeCondition, Membership])
export type Condition = Static<typeof Condition>

const Conditions = (description: string) =>
  Type.Array(Condition, {
    default: [],
    maxItems: 20,
    description: `${description} One condition that holds is enough; one that can't be answered counts as holding.`,
  })

const Written = (description: string, value: boolean) =>
  Type.Union([Type.Boolean(), Type.String(), Type.Null()], { default: value, description })

const Mark = (description: string) =>
  Type.Optional(
    Type.Object(
      {
        ...question,
        on: Written('What is written for yes.', true),
        off: Written('What is written for no; with `null` the attribute is taken away.', false),
      },
      { ...closed, description },
    ),
  )
export type Mark = AttributeCondition & { on: boolean | string | null; off: boolean | string | null }

/** The defaults are those of RFC 7643, sections 4.1 and 4.3. */
const Attributes = Type.Object(
  {
    username: AttributePath('User name.', { default: 'userName' }),
    displayName: AttributePaths('Name to greet with; the first attribute that has a value.', [
      'displayName',
      'name.formatted',
    ]),
    mails: AttributePaths('Mail addresses that an account may be found by. They are no way back in.', [
      'emails.value',
    ]),
    recoveryAddresses: AttributePaths(
      'Mailboxes that recovery may use. Never the mailbox that needs the forgotten password.',
      [],
    ),
    recoveryNumbers: AttributePaths(
      'Telephone numbers that recovery may send texts to, such as `phoneNumbers[type eq "mobile"].value`; with plus and country code.',
      [],
    ),
    upn: Type.Optional(AttributePath('Sign-in name in the form of a mail address, if there is one.')),
    locale: AttributePaths('Language of the person; the first attribute that has a value.', [
      'preferredLanguage',
      'locale',
    ]),
    contextWords: AttributePaths('Words that a password must not consist of.', [
      'name.givenName',
      'name.familyName',
      'displayName',
      'nickName',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
    ]),
    groups: AttributePaths('Groups of the person, for password rules that are for a group.', [
      'groups.display',
      'groups.value',
    ]),
    passwordChanged: Type.Optional(AttributePath('When the password was set (a dateTime).')),
    failedTries: Type.Optional(AttributePath('Wrong passwords in a row, as the server counts them.')),
    locked: Mark('Locked after wrong passwords. `off` is written by an unlock and with a new password.'),
    mustChange: Mark('Must change the password at the next sign-in. `off` is written with a new password.'),
  },
  { ...closed, default: {}, description: 'Attributes that hold the facts about a person.' },
)

const TokenUrl = Type.String({ pattern: '^https?://', description: 'Address of the token endpoint.' })
const ClientId = Type.String({
  minLength: 1,
  maxLength: 255,
  description: 'Name that Rekey is registered by.',
})
const Scope = Type.Optional(Type.String({ minLength: 1, maxLength: 1000, description: 'Scopes to ask for.' }))
const ClientAuthentication = Type.Union([Type.Literal('header'), Type.Literal('body')], {
  default: 'header',
  description:
    'Where the token endpoint wants the name and the secret of the client (RFC 6749, section 2.3.1).',
})

const Authentication = Type.Union(
  [
    Type.Object({ by: Type.Literal('token'), token: SecretRef }, closed),
    Type.Object(
      {
        by: Type.Literal('client-credentials'),
        tokenUrl: TokenUrl,
        clientId: ClientId,
        clientSecret: SecretRef,
        clientAuthentication: ClientAuthentication,
        scope: Scope,
      },
      closed,
    ),
  ],
  {
    description:
      'How Rekey signs in. `token`: a bearer token that does not end. `client-credentials`: OAuth 2 (RFC 6749, ' +
      'section 4.4); a token is kept until shortly before its end.',
  },
)

const decoy = {
  decoyUsername: Type.String({
    minLength: 1,
    maxLength: 255,
    default: 'rekey-decoy',
    description:
      'User name of an account with a password that nobody knows. It is asked about in the place of an unknown ' +
      'account, so that a sign-in takes as long as for a known one.',
  }),
}

const Verify = Type.Optional(
  Type.Union(
    [
      Type.Object(
        {
          by: Type.Literal('basic'),
          url: Type.String({
            pattern: '^https?://',
            description:
              'Address that lets people in with their own name and password and nobody else, such as `/Me`.',
          }),
          ...decoy,
        },
        closed,
      ),
      Type.Object(
        {
          by: Type.Literal('password-grant'),
          tokenUrl: TokenUrl,
          clientId: ClientId,
          clientSecret: Type.Optional(SecretRef),
          clientAuthentication: ClientAuthentication,
          scope: Scope,
          ...decoy,
        },
        closed,
      ),
    ],
    {
      description:
        'How the password of a person is proven, which SCIM has no way for. `basic`: HTTP Basic authentication (RFC ' +
        '7617) at an address. `password-grant`: the resource owner password credentials of OAuth 2 (RFC 6749, ' +
        'section 4.3). Without it nobody of this directory signs in or changes with the present password at the ' +
        'portal; recovery works.',
    },
  ),
)

const Refusals = Type.Array(
  Type.Object(
    {
      contains: Type.String({
        minLength: 3,
        maxLength: 200,
        description: 'Part of the `detail` of the answer, without regard to case.',
      }),
      because: Type.Union(
        [
          Type.Literal('password-in-history'),
          Type.Literal('password-too-short-for-directory'),
          Type.Literal('password-too-weak-for-directory'),
          Type.Literal('password-too-young'),
          Type.Literal('password-unchanged'),
          Type.Literal('password-change-not-allowed'),
          Type.Literal('password-too-long-for-directory'),
        ],
        { description: 'What people are told.' },
      ),
    },
    closed,
  ),
  {
    default: [],
    maxItems: 50,
    description:
      'What the server’s words for a refused password mean, the first that fits. SCIM has no codes for it: without ' +
      'a row that fits people are told that the password is too weak.',
  },
)

export const ScimConfig = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://',
      description:
        'Address of the SCIM 2.0 server, the part before `/Users`: `https://id.example.org/scim/v2`.',
    }),
    caFile: AuthoritiesFile,
    serverName: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Name that the certificate must carry, when it differs from the host in `url`.',
      }),
    ),
    insecureLoopback: Type.Boolean({
      default: false,
      description: 'Lets `http://` go to loopback addresses. Refused for every other address.',
    }),
    authentication: Authentication,
    attributes: Attributes,
    disabled: Conditions('People who must not sign in, besides those with `active: false`.'),
    privileged: Type.Union([Type.Array(Condition, { minItems: 1, maxItems: 20 }), Type.Literal('nobody')], {
      description:
        'People that self-service keeps away from: conditions as for `disabled`, or `nobody` where there are none.',
    }),
    federated: Conditions('People whose password lives at another provider.'),
    secondFactor: Conditions('People whose sign-in asks for a second factor.'),
    verify: Verify,
    refusals: Refusals,
    keepsHistory: Type.Boolean({
      default: false,
      description: 'Whether the server keeps a history of passwords and enforces it on what Rekey writes.',
    }),
    asksInPart: Type.Boolean({
      default: true,
      description:
        'Asks for the attributes alone that this configuration names (RFC 7644, section 3.9). Some servers answer ' +
        '400 when those of extensions are among them; `false` asks for all of a person.',
    }),
    connections: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 64,
      description: 'Most connections for questions at a time. A write has one of its own.',
    }),
    connectSeconds: Seconds('Deadline of connecting and TLS.', { default: 3, minimum: 1, maximum: 30 }),
    readSeconds: Seconds('Deadline of one question.', { default: 5, minimum: 1, maximum: 30 }),
    idleSeconds: Seconds('A connection without work is closed after so long.', {
      default: 60,
      minimum: 1,
      maximum: 3600,
    }),
  },
  closed,
)
export type ScimConfig = Static<typeof ScimConfig>
