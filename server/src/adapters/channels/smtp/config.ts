import { type Static, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'

export const timeoutSecondsDefault = 10

export const SmtpConfig = Type.Object(
  {
    host: Type.String({
      minLength: 1,
      maxLength: 253,
      description: 'Host name or address of the mail server.',
    }),
    port: Type.Integer({
      minimum: 1,
      maximum: 65_535,
      description: 'Usually 465 for implicit TLS, 587 else.',
    }),
    tls: Type.Union([Type.Literal('implicit'), Type.Literal('starttls'), Type.Literal('none')], {
      description:
        'TLS from the first byte, required STARTTLS, or none; `none` is accepted for loopback hosts only.',
    }),
    caFile: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'PEM file with the authorities to trust instead of the usual.',
      }),
    ),
    serverName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'Name in the certificate, if it differs from `host`.',
      }),
    ),
    username: Type.Optional(Type.String({ minLength: 1, description: 'User name for SMTP AUTH.' })),
    password: Type.Optional(SecretRef),
    returnPath: Type.Optional(
      Type.String({
        minLength: 3,
        maxLength: 254,
        description: 'Where bounces go. Default: the From address.',
      }),
    ),
    messageIdDomain: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'Right part of the Message-ID. Default: the domain of the From address.',
      }),
    ),
    clientName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'Name given in EHLO. Default: the host name.',
      }),
    ),
    connectionsMax: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 50,
        default: 3,
        description: 'Connections open at the same time.',
      }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 120,
        default: timeoutSecondsDefault,
        description:
          'Patience until the end of a message is sent; then the next provider gets its turn. What a server ' +
          'does with the whole message is waited for longer, so that no mail is sent twice.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type SmtpConfig = Static<typeof SmtpConfig>

/** RFC 6761 section 6.3 binds "localhost" to loopback; other names may resolve to anything. */
export const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
