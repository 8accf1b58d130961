import { type Static, Type } from 'typebox'
import { channels } from '../adapters/channels/registry.ts'
import { SecretRef } from '../kernel/secret-schema.ts'
import { logLevels } from './environment.ts'
import { AdminKeys } from './schema-admin.ts'
import { GateEverywhere } from './schema-gate.ts'
import { bounded, closed, closedWithDefaults, entryOf, port, text } from './schema-parts.ts'
import { breakerOf, sender } from './schema-sender.ts'
import { Tenant } from './schema-tenant.ts'
import { Texts } from './schema-texts.ts'

const keyRing = (description: string) =>
  closed(
    {
      current: Type.Optional(SecretRef),
      ringFile: Type.Optional(
        text(
          'A ring file in place of `current` and `older`: `rekey keys rotate` adds a key to it, and the running service takes it up.',
          { maxLength: 4096 },
        ),
      ),
      rotateEveryDays: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 3650,
          description:
            'With `ringFile`: age at which the service adds the next key by itself. It has to be able to write the file, and all nodes have to share it.',
        }),
      ),
      older: Type.Array(SecretRef, {
        default: [],
        maxItems: 10,
        description:
          'With `current`: keys from before a rotation. They are still read, and written with until all nodes know `current`.',
      }),
    },
    { description },
  )

/** Key material. Absent in demo mode, where the service makes its own keys inside the data folder. */
const Keys = closed(
  {
    token: keyRing('Derives links, codes and action tokens: 32 bytes or more, as base64 or hex.'),
    data: keyRing('Encrypts personal fields and stored addresses: 32 bytes or more, as base64 or hex.'),
    audit: keyRing('Signs audit checkpoints: Ed25519 as PKCS#8 PEM, or its 32-byte seed as base64 or hex.'),
  },
  { description: 'Keys live outside the database, each in a file or variable of its own.' },
)

const Listen = closedWithDefaults(
  {
    portal: closedWithDefaults(
      {
        host: text('Address to listen on.', { default: '127.0.0.1' }),
        port: port('Port to listen on.', { default: 8080 }),
        trustedProxies: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          default: [],
          maxItems: 100,
          description: 'Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed.',
        }),
      },
      { description: 'The public listener: portal and self-service API. TLS ends at the proxy before it.' },
    ),
    console: closedWithDefaults(
      {
        host: text('Address to listen on. Keep it on loopback or a management network.', {
          default: '127.0.0.1',
        }),
        port: port('Port to listen on.', { default: 8081 }),
        hostNames: Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
          default: ['localhost', '127.0.0.1', '[::1]'],
          minItems: 1,
          maxItems: 20,
          uniqueItems: true,
          description: 'Host names the console answers to; every other one is refused (DNS rebinding).',
        }),
      },
      { description: "The operators' listener: console, admin API, metrics." },
    ),
  },
  { description: 'Where the service listens.' },
)

const Mail = closed(
  {
    ...sender,
    bounces: Type.Optional(
      closed(
        {
          host: text('Address to listen on for bounces.', { default: '127.0.0.1' }),
          port: port('Port to listen on for bounces.', { default: 2525 }),
          domain: text(
            'Domain whose mail comes to this port; each mail gets a return path of its own in it.',
            {
              maxLength: 180,
            },
          ),
        },
        {
          description:
            'Takes delivery status notifications over SMTP, so that each message knows of its bounce.',
        },
      ),
    ),
    breaker: breakerOf('a mail provider'),
    providers: Type.Array(
      entryOf(channels, {
        name: 'Name of the provider in logs and metrics.',
        kind: 'Kind of the provider.',
        shared: {},
      }),
      { minItems: 1, maxItems: 10, description: 'Mail providers, in the order they are tried.' },
    ),
  },
  { description: 'How mail leaves the house.' },
)

const Witness = Type.Union([
  closed({
    kind: Type.Literal('file', { description: 'Kind of the witness.' }),
    folder: text(
      'Folder with one file a log that checkpoints are appended to; best on a disk that Rekey can only append to.',
      {
        maxLength: 4096,
      },
    ),
  }),
  closed({
    kind: Type.Literal('http', { description: 'Kind of the witness.' }),
    url: text('Address that checkpoints are posted to, https.', { maxLength: 2000 }),
  }),
  closed({
    kind: Type.Literal('mail', { description: 'Kind of the witness.' }),
    to: text('Mailbox that checkpoints are sent to.', { maxLength: 254 }),
  }),
])

const Audit = closed(
  {
    origin: Type.String({
      pattern: '^[^\\s+]{3,200}$',
      description:
        'First line of every checkpoint: a name of this log that nobody else uses, such as a host name.',
      'x-rekey-must': 'be 3 to 200 characters without spaces and plus signs',
    }),
    witnesses: Type.Array(Witness, {
      minItems: 1,
      maxItems: 20,
      description:
        'Places outside the database that get every checkpoint. Verification compares against them.',
    }),
  },
  { description: 'The audit log and those who can prove it was not changed.' },
)

const Breach = closed(
  {
    file: Type.Optional(
      text('An index of lost passwords that `rekey breach import` made. It is asked without a network.', {
        maxLength: 4096,
      }),
    ),
    range: Type.Optional(
      closed(
        {
          url: text(
            'Address of a service with the range API of Pwned Passwords, up to and without `/range/`.',
            {
              default: 'https://api.pwnedpasswords.com',
              maxLength: 2000,
            },
          ),
          hash: Type.Union([Type.Literal('sha1'), Type.Literal('ntlm')], {
            default: 'sha1',
            description: 'Hash that the service is asked by.',
          }),
        },
        {
          description:
            'Asked about what the file does not know. Five digits of the hash leave the house, one range of a million.',
        },
      ),
    ),
    seconds: bounded('Deadline of each list when it is asked about a password.', {
      default: 3,
      minimum: 1,
      maximum: 10,
    }),
    whenUnanswered: Type.Union([Type.Literal('accept'), Type.Literal('refuse')], {
      description:
        'What becomes of a password that could not be looked up. `accept`: people come back in, and the audit log ' +
        'says which passwords were not checked. `refuse`: people are asked to try again until a list answers.',
    }),
  },
  { description: 'Lists of passwords that others have lost. Without it none is asked.' },
)

/** The configuration file. Everything is closed: an unknown key is a mistake. */
export const ConfigFile = closed({
  tenants: Type.Array(Tenant, {
    minItems: 1,
    maxItems: 1000,
    description: 'Organisations. With several of them the host name of a request chooses the tenant.',
  }),
  keys: Keys,
  mail: Mail,
  audit: Audit,
  listen: Listen,
  data: text('Folder for the embedded database and everything else that is kept.', {
    default: '.rekey',
    maxLength: 4096,
  }),
  database: Type.Optional(
    closed(
      { url: SecretRef },
      { description: 'A PostgreSQL of your own (15 or newer). Without it the embedded one is used.' },
    ),
  ),
  redis: Type.Optional(
    closed(
      {
        url: SecretRef,
        caFile: Type.Optional(
          text('PEM file of the authority that signed the server’s certificate.', { maxLength: 4096 }),
        ),
      },
      {
        description:
          'A Redis (7 or newer, noeviction) for flows that wait and for request counters, when several nodes share ' +
          'the work. The URL begins with rediss://; for a server on this machine also with redis://, or unix:// and the ' +
          'path of its socket.',
      },
    ),
  ),
  breach: Type.Optional(Breach),
  geo: Type.Optional(
    closed(
      {
        file: text('Path of a MaxMind database (.mmdb) with cities.', { maxLength: 4096 }),
        asnFile: Type.Optional(
          text('Path of a MaxMind database (.mmdb) with network providers (ASN).', { maxLength: 4096 }),
        ),
      },
      { description: 'Gives mails a rough place ("Copenhagen, Denmark"), and scores something to go by.' },
    ),
  ),
  tracing: Type.Optional(
    closed(
      {
        url: text(
          'Where spans go: the address for traces of an OpenTelemetry collector, OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`.',
          { maxLength: 2000 },
        ),
        authorization: Type.Optional(SecretRef),
        ratio: Type.Number({
          default: 1,
          minimum: 0,
          maximum: 1,
          description: 'Share of the traces that is kept, chosen by chance: 0.1 keeps one in ten.',
        }),
        serviceName: text('Name of the service in traces.', { default: 'rekey', maxLength: 80 }),
      },
      { description: 'Traces of requests, jobs, directory calls and mails. Without it nothing is traced.' },
    ),
  ),
  log: closedWithDefaults(
    {
      level: Type.Union(
        logLevels.map((level) => Type.Literal(level)),
        {
          default: 'info',
          description: 'Least important level that is written: trace, debug, info, warn or error.',
        },
      ),
    },
    { description: 'Logs go to standard output, one JSON object a line.' },
  ),
  adminKeys: AdminKeys,
  texts: Type.Optional(Texts),
  gate: GateEverywhere,
})

type Checked = Static<typeof ConfigFile>
export type KeysConfig = Checked['keys']
export type KeyRingConfig = KeysConfig['token']
export type TenantConfig = Checked['tenants'][number]
export type LimitsConfig = TenantConfig['limits']
export type PolicyConfig = TenantConfig['policy']
export type PasswordPolicyConfig = PolicyConfig['password']
export type PasswordOverrideConfig = PasswordPolicyConfig['overrides'][number]
export type OidcConfig = NonNullable<TenantConfig['signIn']['oidc']>
export type BreachConfig = NonNullable<Checked['breach']>
export type MailConfig = Checked['mail']
export type MailProviderConfig = MailConfig['providers'][number]
export type TextsConfig = NonNullable<Checked['texts']>
export type ListenConfig = Checked['listen']
export type AdminKeyConfig = Checked['adminKeys'][number]

/**
 * The configuration as the rest of the code sees it: complete, checked and deeply frozen. Paths are absolute,
 * URLs carry no trailing slash, secrets are `Secret`s.
 */
export type Config = Omit<Checked, 'keys'> & {
  /** Null in demo mode: the caller makes keys inside the data folder and keeps them there. */
  keys: KeysConfig | null
}
