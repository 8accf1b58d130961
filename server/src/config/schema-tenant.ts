import { Type } from 'typebox'
import { connectors } from '../adapters/connectors/registry.ts'
import { ambiguities, linkNames } from '../core/accounts/index.ts'
import { type Language, languages } from '../core/messages/index.ts'
import { methods, usualMethods } from '../core/proofs/index.ts'
import { Assurance } from './schema-assurance.ts'
import { Gate } from './schema-gate.ts'
import { bounded, closed, closedWithDefaults, entryOf, slug, text } from './schema-parts.ts'
import { PassThrough } from './schema-pass-through.ts'
import { PasswordPolicy } from './schema-password.ts'
import { Resilience } from './schema-resilience.ts'
import { Risk } from './schema-risk.ts'
import { TenantMail } from './schema-sender.ts'
import { SignIn } from './schema-sign-in.ts'

/** Every language that has a catalogue. */
const languageTags = Object.keys(languages) as Language[]

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/**
 * Starting values and hard bounds. A setting can't weaken the service beyond a bound: crossing one is a
 * mistake in the configuration and the service does not start.
 */
export const Limits = closedWithDefaults(
  {
    challengeLifetimeSeconds: bounded('How long a mailed link and the code beside it work.', {
      default: 10 * minute,
      minimum: minute,
      maximum: hour,
    }),
    codeTries: bounded(
      'Wrong answers to one code until it is dead. A code that is sent again keeps the count.',
      {
        default: 5,
        minimum: 1,
        maximum: 10,
      },
    ),
    failedTriesPerDay: bounded(
      'Wrong answers per account within 24 hours, over all methods that can be guessed and all spellings.',
      { default: 10, minimum: 1, maximum: 100 },
    ),
    policyRefusals: bounded('New passwords that may be refused in one flow before it ends.', {
      default: 20,
      minimum: 1,
      maximum: 50,
    }),
    flowIdleSeconds: bounded('A flow without a step for so long ends.', {
      default: 30 * minute,
      minimum: minute,
      maximum: day,
    }),
    flowTotalSeconds: bounded('A flow ends after so long, whatever happens in it.', {
      default: hour,
      minimum: 2 * minute,
      maximum: day,
    }),
    mailsPerQuarterHour: bounded('Requests that may send a mail to one mailbox within 15 minutes.', {
      default: 3,
      minimum: 1,
      maximum: 20,
    }),
    mailsPerDay: bounded('Requests that may send a mail to one mailbox within 24 hours.', {
      default: 10,
      minimum: 1,
      maximum: 100,
    }),
    requestsPerNetworkPerMinute: bounded(
      'Requests from one network (an IPv4 address, an IPv6 /64) within a minute before it has to wait.',
      { default: 60, minimum: 5, maximum: 100_000 },
    ),
    invitationHours: bounded('How long an invitation to a new account can be used.', {
      default: 72,
      minimum: 1,
      maximum: 14 * 24,
    }),
    directorySeconds: bounded('Deadline of a directory call that a person is waiting for.', {
      default: 15,
      minimum: 1,
      maximum: minute,
    }),
  },
  { description: 'Limits in time and number. Every limit has a hard bound.' },
)

const RecoveryPolicy = closedWithDefaults(
  {
    methods: Type.Array(Type.Enum([...methods]), {
      default: [...usualMethods],
      minItems: 1,
      uniqueItems: true,
      description:
        'Ways to prove oneself that the tenant offers, and that people may set up. `email_code` works without JavaScript; ' +
        '`totp` is an authenticator app, `recovery_code` one of ten printed codes; `passkey` is left out where browsers make none (`publicUrl` ' +
        'without a name). `sms_code` is a code by text message, which needs `texts`.',
    }),
    assurance: Assurance,
    coolDownHours: bounded(
      'How long something new that a person has set up can’t bring them back; at a sign-in it counts at once. Privileged ' +
        'accounts wait for a day at least.',
      { default: 0, minimum: 0, maximum: 168 },
    ),
    secondProofHoursAfterDisavowal: bounded(
      'How long an account needs a second kind of proof after somebody said "this was not me".',
      { default: 24, minimum: 24, maximum: 168 },
    ),
  },
  { description: 'What it takes to come back in.' },
)

const Degraded = closed(
  {
    acceptMinutes: bounded(
      'How long a new password may wait for its directory. Its owner is told the moment, and gets a mail when it works ' +
        'or was thrown away.',
      { default: 15, minimum: 1, maximum: 12 * 60 },
    ),
  },
  {
    description:
      'Off unless it is written. A new password that passed every check, of somebody who has proven who they are, is kept ' +
      'while the directory can not be reached, and written when it is back. For that time it lies in the database, sealed ' +
      'under a key that is not in it; whoever gets both reads it. Without this, the person is told to try again later, ' +
      'and no password is ever stored. Changes, which need the old password, always wait for the directory.',
  },
)

const Branding = closedWithDefaults(
  {
    color: Type.String({
      pattern: '^#[0-9a-fA-F]{6}$',
      default: '#1d4ed8',
      description: 'Brand colour as `#rrggbb`.',
      'x-rekey-must': 'be a colour written as `#rrggbb`, in quotes',
    }),
    radius: bounded('Radius of corners in CSS pixels.', { default: 8, minimum: 0, maximum: 24 }),
    logo: Type.Optional(
      text('Path of an SVG or PNG file with the logo, relative to the configuration file.', {
        maxLength: 4096,
      }),
    ),
    helpDesk: Type.Optional(
      closed(
        {
          text: text('How to reach the help desk, as people should read it: "Call 4000".'),
          url: Type.Optional(text('Page of the help desk, https.', { maxLength: 2000 })),
        },
        { description: 'Where people turn to when they get no further.' },
      ),
    ),
  },
  { description: 'How portal and mails look. No build is needed.' },
)

const Service = closed({
  name: slug('Name of the service in URLs and the API.'),
  title: text('Name of the service as people know it.', { maxLength: 80 }),
  directory: slug('Name of the directory that owns the passwords of this service.'),
  signInUrl: Type.Optional(text('Where to sign in afterwards, https.', { maxLength: 2000 })),
})

const linkName = (description: string) =>
  Type.Union(
    linkNames.map((name) => Type.Literal(name)),
    { description },
  )

const Linked = closed(
  {
    leads: slug(
      'Name of the directory that leads: its recovery addresses are written to, its password is proven and set first.',
    ),
    follow: Type.Array(
      closed({
        directory: slug('Name of a directory whose accounts get the same password.'),
        by: linkName(
          'What of the leading account names the one there. Take one that its owner can’t change: who does so gets the other’s password.',
        ),
        as: Type.Optional(linkName('As what it stands there; the same unless said.')),
      }),
      { minItems: 1, maxItems: 20, description: 'Directories that follow.' },
    ),
  },
  { description: 'Directories in which one person has one password: a new one is written to all of them.' },
)

const Routing = closedWithDefaults(
  {
    ambiguous: Type.Union(
      ambiguities.map((rule) => Type.Literal(rule)),
      {
        default: 'refuse',
        description:
          'What becomes of a name that people in several directories have. `refuse`: it names nobody, and the log says in which ' +
          'directories it is. `first`: the first in the order of `directories` that has it decides, and those behind it are left out; ' +
          'who can make accounts there can take a name away from somebody behind it.',
      },
    ),
    linked: Type.Array(Linked, {
      default: [],
      maxItems: 20,
      description: 'Accounts of one person in several directories that have one password.',
    }),
  },
  { description: 'How somebody is found in several directories, and which of them have one password.' },
)

export const Tenant = closed({
  id: slug('Stable id of the tenant. It is part of every database key, so it can never be changed.'),
  name: text('Name of the organisation as people know it.', { maxLength: 80 }),
  publicUrl: text(
    'Where people reach the portal: `https://host[:port]`. Links in mails are built from it, never from a request.',
    { maxLength: 300 },
  ),
  languages: Type.Array(Type.Union(languageTags.map((tag) => Type.Literal(tag))), {
    default: ['en'],
    minItems: 1,
    uniqueItems: true,
    description: 'Languages on offer; the first one is the default.',
  }),
  timeZone: text('IANA time zone for times in mails, such as `Europe/Copenhagen`.', { default: 'UTC' }),
  branding: Branding,
  directories: Type.Array(
    entryOf(connectors, {
      name: 'Name of the directory, unique within the tenant. It is part of database keys.',
      kind: 'Kind of the directory.',
      shared: {
        domains: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
          default: [],
          maxItems: 20,
          uniqueItems: true,
          description: 'Domain names that people may type before a backslash to mean it: `NORTHWIND\\ada`.',
        }),
        resilience: Resilience,
        title: Type.Optional(
          text('What people call what they sign in to with it: "Windows and mail". Its name unless said.', {
            maxLength: 80,
          }),
        ),
      },
    }),
    { minItems: 1, maxItems: 50, description: 'Identity stores that own the passwords.' },
  ),
  services: Type.Array(Service, {
    default: [],
    maxItems: 500,
    description: 'Applications whose password operations go to one of the directories.',
  }),
  routing: Routing,
  mail: Type.Optional(TenantMail),
  policy: closedWithDefaults(
    { password: PasswordPolicy, recovery: RecoveryPolicy },
    { description: 'Policy of the tenant.' },
  ),
  limits: Limits,
  gate: Gate,
  degraded: Type.Optional(Degraded),
  signIn: SignIn,
  passThrough: PassThrough,
  risk: Risk,
})
