import { type Static, Type } from 'typebox'

export const LocalConfig = Type.Object(
  {
    lockoutTries: Type.Integer({
      // More than strangers and a known browser together may try at the portal in a day: nobody locks another person out.
      default: 30,
      minimum: 3,
      maximum: 100,
      description:
        'Wrong passwords in a row, within 24 hours of the first, until an account is locked. A reset lifts the lock. Keep ' +
        'it above twice `limits.failedTriesPerDay`, or strangers at the portal can lock people out.',
    }),
    history: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 24,
      description: 'Passwords, the current one included, that a new one must differ from; 0 keeps none.',
    }),
    minAgeSeconds: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 2_592_000,
      description:
        'How long a password is kept before its owner may change it, so that a history is not run through at once. ' +
        'It holds up neither a reset nor who has to change.',
    }),
    argon2: Type.Object(
      {
        memoryKibibytes: Type.Integer({
          default: 19_456,
          minimum: 19_456,
          maximum: 262_144,
          description: 'Memory of one hash.',
        }),
        passes: Type.Integer({ default: 2, minimum: 2, maximum: 16, description: 'Passes over the memory.' }),
        lanes: Type.Integer({ default: 1, minimum: 1, maximum: 16, description: 'Parallel lanes.' }),
      },
      {
        additionalProperties: false,
        default: {},
        description:
          'Cost of argon2id (RFC 9106). The defaults are those of the OWASP password storage cheat sheet; hashes of ' +
          'another cost are renewed when their owner signs in.',
      },
    ),
  },
  { additionalProperties: false },
)
export type LocalConfig = Static<typeof LocalConfig>
