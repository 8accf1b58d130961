import { Type } from 'typebox'
import { closed, slug, text } from './schema-parts.ts'

const Accounts = closed({
  directory: slug('The directory that the accounts are found in.'),
  domain: Type.Optional(
    text('Only those with a user name, sign-in name or mail address of this domain; subdomains are others.', {
      maxLength: 253,
    }),
  ),
  group: Type.Optional(
    text('Only members of this group, in the spelling of `groups` of the directory.', { maxLength: 1000 }),
  ),
  subtree: Type.Optional(
    text('Only entries below this DN, for directories that are trees.', { maxLength: 1000 }),
  ),
})

const Provider = closed({
  name: slug('Name of the provider in the records of Rekey.'),
  title: text('Name of the provider as people know it: "Contoso sign-in". It stands in mails.', {
    maxLength: 60,
  }),
  issuer: Type.Optional(
    text(
      'Issuer of the provider, https. The origin of it is asked for its page where `passwordPage` is left out.',
      {
        maxLength: 300,
      },
    ),
  ),
  passwordPage: Type.Optional(
    text(
      'Page of the provider for a password that is forgotten, https. Without it `/.well-known/change-password` of the ' +
        'origin of `issuer`, which leads there (W3C, A Well-Known URL for Changing Passwords).',
      { maxLength: 2000 },
    ),
  ),
  accounts: Type.Array(Accounts, {
    minItems: 1,
    maxItems: 50,
    description:
      'Whose passwords it keeps: of the accounts that the directory says are federated, those that meet one of these. ' +
      'The first provider that has an account is the one.',
  }),
})

export const PassThrough = Type.Array(Provider, {
  default: [],
  maxItems: 50,
  description:
    'Providers that keep passwords of people who are found here. Who asks for a new one is told by mail, and never on a ' +
    'page, where to go.',
})
