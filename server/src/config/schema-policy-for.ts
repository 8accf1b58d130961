import { Type } from 'typebox'
import { closed, slug } from './schema-parts.ts'

/** Whom an override of a policy is for. */
export const PolicyFor = closed(
  {
    service: Type.Optional(
      slug('A service: everybody in its directory, as one password opens all services of a directory.'),
    ),
    directory: Type.Optional(slug('A directory: everybody in it.')),
    group: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description:
          'A group, by the name or DN that the directory tells of it: see `attributes.groups` and `groups` of `ldap`.',
      }),
    ),
    subtree: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 1000,
        description: 'DN of an entry (RFC 4514): everybody at it and below.',
      }),
    ),
  },
  { description: 'Whom it is for. Everything that is named must hold; one of them must be.' },
)
