import { Type } from 'typebox'
import { permissionNames, permissions } from '../core/helpdesk/permissions.ts'
import { closed, slug } from './schema-parts.ts'

/** What may call the admin API. The file holds digests: whoever reads it can call nothing. */
export const AdminKeys = Type.Array(
  closed({
    name: slug(
      'Name of the key in the audit log. Whoever bears the name of a key can’t be offboarded with its yes.',
    ),
    keyDigest: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the key, as `rekey admin-keys new` prints it. The key itself is nowhere.',
      'x-rekey-must': 'be 64 hexadecimal digits in lower case, as `rekey admin-keys new` prints them',
    }),
    tenants: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 1000,
        uniqueItems: true,
        description: 'Ids of the only tenants that exist for this key. Without it, all of them do.',
      }),
    ),
    may: Type.Array(Type.Union(permissionNames.map((name) => Type.Literal(name))), {
      minItems: 1,
      uniqueItems: true,
      description: `What the key may do; nothing else. ${permissionNames
        .map((name) => `\`${name}\`: ${permissions[name]}.`)
        .join(' ')}`,
    }),
  }),
  { default: [], maxItems: 100, description: 'Keys of the admin API on the console listener.' },
)
