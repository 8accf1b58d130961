import { type Static, Type } from 'typebox'

export const OidcConfig = Type.Object(
  {
    rosterFile: Type.String({
      minLength: 1,
      maxLength: 4096,
      description:
        'CSV file with the people. Its first line names the columns: `key` (an id that stays, such as the `sub` of the ' +
        'provider) and `username`, and any of `name`, `upn`, `locale`, `mail`, `recovery`, `phone` and `group`, of which the last ' +
        'four may appear several times. It is read again when it changes.',
    }),
  },
  { additionalProperties: false },
)
export type OidcConfig = Static<typeof OidcConfig>
