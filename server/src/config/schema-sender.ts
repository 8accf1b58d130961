import { Type } from 'typebox'
import { SecretRef } from '../kernel/secret-schema.ts'
import { closed, text } from './schema-parts.ts'

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
