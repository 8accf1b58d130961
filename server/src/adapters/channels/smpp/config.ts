import { type Static, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'

export const SmppConfig = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Host name or address of the SMSC.' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535, description: 'Usually 3550 with TLS, 2775 without.' }),
    tls: Type.Union([Type.Literal('implicit'), Type.Literal('tunnel')], {
      default: 'implicit',
      description:
        'TLS from the first byte; or `tunnel`: something else, such as IPsec, keeps others from reading codes and ' +
        'password on the way. A loopback address needs no tunnel.',
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
    systemId: Type.String({ minLength: 1, maxLength: 15, description: 'Name that Rekey binds with.' }),
    password: SecretRef,
    systemType: Type.String({
      default: '',
      maxLength: 12,
      description: 'What some operators want to hear besides.',
    }),
    from: Type.String({
      pattern: '^(\\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11})$',
      description: 'Whom people see as sender: a number, a short code, or up to eleven letters and digits.',
      'x-rekey-must': 'be a number or at most eleven letters and digits',
    }),
    longTexts: Type.Union([Type.Literal('parts'), Type.Literal('payload')], {
      default: 'parts',
      description:
        'How a text of more than one message is handed over: in parts that phones join (user data header), or whole, as ' +
        '`message_payload`, for the SMSC to cut.',
    }),
    receiptIds: Type.Union([Type.Literal('as-sent'), Type.Literal('decimal')], {
      default: 'as-sent',
      description:
        'How receipts name a text: as the answer to it did, or `decimal` where that answer was hexadecimal.',
    }),
    timeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 60,
      default: 10,
      description: 'Patience with the connection and with each answer.',
    }),
  },
  { additionalProperties: false },
)
export type SmppConfig = Static<typeof SmppConfig>
