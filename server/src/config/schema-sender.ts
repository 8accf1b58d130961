import { Type } from 'typebox'
import { SecretRef } from '../kernel/secret-schema.ts'
import { bounded, closed, closedWithDefaults, text } from './schema-parts.ts'

const from = closed(
  {
    name: text('Name people see as sender.', { maxLength: 80 }),
    address: text('Address people see as sender.', { maxLength: 254 }),
  },
  { description: 'Sender of every mail. Nothing in it comes from a request.' },
)

const dkim = closed(
  {
    domain: text('Domain that signs: the one of the sender, or one above it.', { maxLength: 253 }),
    selector: Type.String({
      pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
      description: 'Name of the key: its record is `<selector>._domainkey.<domain>`.',
      'x-rekey-must': 'contain only lower-case letters, digits and hyphens',
    }),
    key: SecretRef,
  },
  {
    description:
      'Signs every mail (DKIM, RFC 6376) with an RSA key of 2048 bits or more, as PEM. `rekey mail dkim-record` ' +
      'prints what to publish.',
  },
)

/** In whose name mail goes out: said once for all tenants. */
export const sender = {
  from,
  returnPath: Type.Optional(text('Address that gets bounces; the sender if absent.', { maxLength: 254 })),
  dkim: Type.Optional(dkim),
}

/** … and what a tenant of its own says instead. */
export const TenantMail = closed(
  { from: Type.Optional(from), returnPath: sender.returnPath, dkim: sender.dkim },
  { description: 'What differs for mails of this tenant. Whoever sends from another domain signs for it.' },
)

/** When a provider is left alone. */
export const breakerOf = (whom: string) =>
  closedWithDefaults(
    {
      failures: bounded('Failures in a row after which a provider rests and the next one is used at once.', {
        default: 5,
        minimum: 1,
        maximum: 100,
      }),
      slowSeconds: bounded('A message that takes longer than this counts as a failure.', {
        default: 10,
        minimum: 1,
        maximum: 120,
      }),
      coolDownSeconds: bounded('First rest; it doubles each time the provider turns out not to work.', {
        default: 10,
        minimum: 1,
        maximum: 600,
      }),
      coolDownSecondsMax: bounded('Longest rest.', { default: 120, minimum: 1, maximum: 3600 }),
    },
    { description: `When ${whom} is left alone for a while. Each provider has a breaker of its own.` },
  )
