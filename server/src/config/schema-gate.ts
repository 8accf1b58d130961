import { Type } from 'typebox'
import { SecretRef } from '../kernel/secret-schema.ts'
import { bounded, closed, closedWithDefaults, text } from './schema-parts.ts'

const counted = (of: string, defaults: { requests: number; names: number; failures: number }) => ({
  requestsPerMinute: bounded(
    `Starts and sign-ins of ${of} within a minute before a little work is asked for with each. An hour may have ten times that.`,
    { default: defaults.requests, minimum: 10, maximum: 1_000_000 },
  ),
  namesPerMinute: bounded(`Different names among them, counted alike.`, {
    default: defaults.names,
    minimum: 10,
    maximum: 1_000_000,
  }),
  failuresPerMinute: bounded(`Wrong codes and refused sign-ins of ${of}, counted alike.`, {
    default: defaults.failures,
    minimum: 5,
    maximum: 1_000_000,
  }),
})

const HumanCheck = closed(
  {
    kind: Type.Union([Type.Literal('turnstile'), Type.Literal('hcaptcha')], {
      description: 'Whose it is: Cloudflare Turnstile, or hCaptcha.',
    }),
    secret: SecretRef,
    url: Type.Optional(
      text(
        'Where tokens are verified; the service’s own address unless said. https, or http on this machine.',
        {
          maxLength: 300,
        },
      ),
    ),
  },
  {
    description:
      'Takes tokens of a service that tells people from programs in place of work, for clients that send one as `human`. Work ' +
      'and waiting are taken all the same, so nobody depends on the service.',
  },
)

/** What is asked for before the first proof when there is more to do than usual. */
export const Gate = closedWithDefaults(
  {
    ...counted('the tenant', { requests: 600, names: 600, failures: 120 }),
    waitSeconds: bounded(
      'How long somebody waits at first whose browser can’t do the work. It grows with the work, to two minutes at most.',
      { default: 10, minimum: 3, maximum: 60 },
    ),
    humanCheck: Type.Optional(HumanCheck),
  },
  {
    description:
      'Above these numbers everybody’s browser does a little work before a start or a sign-in, without a puzzle; below them nobody ' +
      'notices anything. What is asked for never depends on an account.',
  },
)

/** The same over all tenants of the service. */
export const GateEverywhere = closedWithDefaults(
  {
    ...counted('all tenants together', { requests: 6_000, names: 6_000, failures: 1_200 }),
    difficulty: bounded(
      'Tries of a thousand PBKDF2 rounds that the easiest work takes: 400 are well below two seconds on a slow telephone. The ' +
        'hardest is sixteen times that.',
      { default: 400, minimum: 20, maximum: 4_000 },
    ),
  },
  { description: 'The same limits over all tenants of the service, and how hard the work is.' },
)
