import { Type } from 'typebox'
import { SecretRef } from '../kernel/secret-schema.ts'
import { bounded, closed, closedWithDefaults, slug, text } from './schema-parts.ts'

const Oidc = closed(
  {
    issuer: text(
      'Issuer of the provider, https, spelled as the provider spells it. Its addresses and keys are read from `/.well-known/openid-configuration` below it.',
      { maxLength: 300 },
    ),
    clientId: text('Client id that the provider knows Rekey by.'),
    clientSecret: SecretRef,
    label: text('Name of the sign-in on the button, as people know it: "Northwind sign-in".', {
      maxLength: 60,
    }),
    claim: text(
      'Claim that says whose account it is: `preferred_username`, `upn`, `email`, or one of your own. Take one that people can’t change and that is never given to somebody else.',
      { default: 'preferred_username', maxLength: 100 },
    ),
    names: Type.Union([Type.Literal('account'), Type.Literal('key')], {
      default: 'account',
      description:
        'What the claim holds. `account`: what people type to sign in, a user name, mail address or UPN. `key`: the stable key of the entry, such as entryUUID or objectGUID.',
    }),
    directory: Type.Optional(
      slug(
        'The only directory whose accounts may be signed in to this way. Without it, all of the tenant’s.',
      ),
    ),
    scopes: Type.Array(
      Type.String({
        pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,100}$',
        'x-rekey-must': 'be a scope without spaces and quotes',
      }),
      {
        default: ['openid', 'profile', 'email'],
        minItems: 1,
        maxItems: 20,
        uniqueItems: true,
        description:
          'Scopes to ask for; `openid` is among them, and whatever makes the provider give the claim.',
      },
    ),
    maxAgeSeconds: bounded(
      'How long ago the person may have signed in at the provider. Whoever did so earlier is asked again; 0 always asks.',
      { default: 300, minimum: 0, maximum: 3600 },
    ),
    passesThrough: Type.Array(
      Type.String({ minLength: 1, maxLength: 300, description: 'An origin: `https://host[:port]`.' }),
      {
        default: [],
        maxItems: 5,
        uniqueItems: true,
        description:
          'Origins that the provider sends browsers on to before it shows a page, such as that of another provider behind it. Browsers follow a form to the hosts only that its page names.',
      },
    ),
  },
  {
    description:
      'Sign-in through the company’s OpenID provider. Register `{publicUrl}/sign-in/oidc/callback` there as the only redirect URI.',
  },
)

export const SignIn = closedWithDefaults(
  {
    password: Type.Boolean({
      default: true,
      description: 'Whether people may sign in with their password at the portal and the API.',
    }),
    oidc: Type.Optional(Oidc),
  },
  {
    description:
      'How people sign in at the portal to change a password. The change asks for the current password all the same.',
  },
)
