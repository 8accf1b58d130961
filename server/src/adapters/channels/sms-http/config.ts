import { type Static, type TProperties, Type } from 'typebox'
import { SecretRef } from '../../../kernel/secret-schema.ts'

const closed = <P extends TProperties>(properties: P, description?: string) =>
  Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  })
const text = (description: string, maxLength = 200) => Type.String({ minLength: 1, maxLength, description })
const is = <Name extends string>(name: Name) => Type.Literal(name, { description: 'Which vendor it is.' })
const url = (base: string) =>
  Type.String({
    minLength: 1,
    maxLength: 2000,
    default: base,
    description: 'Address of the vendor’s API, up to and without the path.',
  })

const Twilio = closed({
  is: is('twilio'),
  account: text('Account SID: `AC…`.'),
  token: SecretRef,
  url: url('https://api.twilio.com'),
})
export type Twilio = Static<typeof Twilio>

const Vonage = closed({
  is: is('vonage'),
  key: text('API key.'),
  secret: SecretRef,
  signingSecret: Type.Optional(SecretRef),
  url: url('https://rest.nexmo.com'),
})
export type Vonage = Static<typeof Vonage>

const MessageBird = closed({
  is: is('messagebird'),
  accessKey: SecretRef,
  signingKey: Type.Optional(SecretRef),
  url: url('https://rest.messagebird.com'),
})
export type MessageBird = Static<typeof MessageBird>

const pointer = (description: string) =>
  Type.String({
    pattern: '^(/[^/]*)+$',
    maxLength: 200,
    description: `${description} A JSON pointer (RFC 6901), such as \`/messages/0/id\`.`,
    'x-rekey-must': 'be a JSON pointer, such as `/messages/0/id`',
  })
const words = (description: string) => Type.Array(text('A word.'), { default: [], maxItems: 50, description })

const Custom = closed({
  is: is('custom'),
  url: text(
    'Address that a text is posted to. Placeholders here and in `body`: `{to}` (with the plus), `{digits}` (without), ' +
      '`{from}`, `{text}`, `{id}`, `{language}`, `{channel}`, `{validSeconds}`, `{receiptUrl}`.',
    2000,
  ),
  as: Type.Union([Type.Literal('json'), Type.Literal('form')], {
    default: 'json',
    description: 'How the body is written; values are escaped for it.',
  }),
  body: text('The body, with placeholders: `{"to":"{to}","text":"{text}"}`.', 10_000),
  headers: Type.Array(
    closed({
      name: text('Name of the header.'),
      prefix: Type.Optional(text('What stands before the secret: `Bearer `.')),
      secret: SecretRef,
    }),
    { default: [], maxItems: 10, description: 'Headers with secrets, such as `Authorization`.' },
  ),
  checkUrl: Type.Optional(
    text('Address that answers 2xx to a GET with the same headers while the provider works.', 2000),
  ),
  voice: Type.Boolean({ default: false, description: 'It also calls and reads aloud: see `{channel}`.' }),
  answer: Type.Object(
    {
      sentAt: Type.Optional(
        pointer('Where a 2xx answer says whether the text was taken; without it every 2xx does.'),
      ),
      sent: words('What stands there when it was.'),
      refused: words('What stands there when the number is at fault: no other provider is asked.'),
    },
    { additionalProperties: false, default: {}, description: 'How answers are read.' },
  ),
  receipts: Type.Optional(
    closed(
      {
        header: text('Header that carries the secret.'),
        secret: SecretRef,
        statusAt: pointer('Where a receipt, posted as JSON, says what became of the text.'),
        delivered: words('What stands there for a text that arrived.'),
        undelivered: words('… for one that did not.'),
        expired: words('… for one that was given up.'),
        rejected: words('… for one that was refused.'),
      },
      'How receipts are read. Without it they are not taken.',
    ),
  ),
})
export type Custom = Static<typeof Custom>

export const SmsHttpConfig = Type.Object(
  {
    from: Type.String({
      pattern: '^(\\+?[0-9]{3,15}|[A-Za-z0-9 ]{1,11}|MG[0-9a-f]{32})$',
      description:
        'Whom people see as sender: a number, up to eleven letters and digits, or the SID of a messaging service.',
      'x-rekey-must': 'be a number, at most eleven letters and digits, or `MG…`',
    }),
    vendor: Type.Union([Twilio, Vonage, MessageBird, Custom], {
      description: 'Whose wire format it is, and what it needs.',
    }),
    timeoutSeconds: Type.Integer({
      minimum: 1,
      maximum: 60,
      default: 15,
      description:
        'Patience with one request. Below eleven seconds a provider that can not be reached looks like one that does not answer.',
    }),
  },
  { additionalProperties: false },
)
export type SmsHttpConfig = Static<typeof SmsHttpConfig>
