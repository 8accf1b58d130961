import type { Static } from 'typebox'
import { hasNumberingPlan } from '../core/messages/index.ts'
import {
  isHostName,
  isLoopbackHost,
  isNetwork,
  isTimeZone,
  mailAddressProblem,
  publicUrlProblem,
  webAddressProblem,
} from './addresses.ts'
import type { Finding, Path } from './mistakes.ts'
import { nearest } from './nearest.ts'
import { providersHaveAccounts, providersHavePages } from './pass-through-rules.ts'
import { assuranceCanBeMet, overridesMeanSomebody, passwordLengthsFitTogether } from './password-rules.ts'
import { riskBandsFit, workingHoursFit } from './risk-rules.ts'
import { linkedDirectoriesFit } from './routing-rules.ts'
import type {
  AdminKeyConfig,
  BreachConfig,
  ConfigFile,
  LimitsConfig,
  ListenConfig,
  MailConfig,
  TenantConfig,
  TextsConfig,
} from './schema.ts'
import { scimAddressesAreSafe } from './scim-rules.ts'
import {
  issuerProblem,
  openidIsAsked,
  originProblem,
  providerSpeaksForADirectory,
  somebodyCanSignIn,
} from './sign-in-rules.ts'
import { offeredTextsCanBeSent } from './texts-rules.ts'

/**
 * Something that must hold besides the schema. `at` says which part of the configuration it looks at (`*` is
 * every entry of a list) and `reads` what of it is read, everything if absent. A rule is asked only when what it
 * reads has the right shape, so that one typing mistake neither hides the others nor causes follow-up mistakes.
 */
export interface Rule {
  at: Path
  reads: readonly Path[]
  /** Findings have paths relative to the part. */
  check: (part: never) => Finding[]
}

// Any function of one part will do: the schema has made sure that the part is what the function takes.
const rule = (at: Path, check: Rule['check'], reads: readonly Path[] = [[]]): Rule => ({ at, reads, check })

const word = (at: Path, problemOf: (text: string) => string | null, hint?: string): Rule =>
  rule(at, (text: string) => {
    const problem = problemOf(text)
    return problem === null ? [] : [{ path: [], problem, ...(hint !== undefined && { hint }) }]
  })

const tenant = ['tenants', '*'] as const

/** Relations between limits; each reads "the first may not be more than the second". */
const limitRelations: readonly (readonly [keyof LimitsConfig, keyof LimitsConfig, string])[] = [
  ['flowIdleSeconds', 'flowTotalSeconds', 'A flow ends after its total time whatever happens in it.'],
  ['challengeLifetimeSeconds', 'flowIdleSeconds', 'A link must not outlive the flow it belongs to.'],
  ['directorySeconds', 'flowIdleSeconds', 'A flow must not end while its directory call is under way.'],
  ['codeTries', 'failedTriesPerDay', 'One code must not have more tries than the account has in a day.'],
  ['mailsPerQuarterHour', 'mailsPerDay', 'A quarter of an hour is a part of the day.'],
]

const limitRule = ([lesser, greater, hint]: (typeof limitRelations)[number]): Rule =>
  rule(
    [...tenant, 'limits'],
    (limits: LimitsConfig) =>
      limits[lesser] <= limits[greater]
        ? []
        : [
            {
              path: [lesser],
              problem: `(${limits[lesser].toString()}) is more than \`${greater}\` (${limits[greater].toString()})`,
              hint,
            },
          ],
    [[lesser], [greater]],
  )

export const rules: readonly Rule[] = [
  word(
    [...tenant, 'publicUrl'],
    publicUrlProblem,
    'Links in mails begin with it, for example https://recovery.example.org.',
  ),
  word([...tenant, 'timeZone'], (name) => (isTimeZone(name) ? null : 'is not an IANA time zone')),
  word([...tenant, 'branding', 'helpDesk', 'url'], webAddressProblem),
  word([...tenant, 'services', '*', 'signInUrl'], webAddressProblem),
  rule(tenant, servicesPointAtDirectories, [
    ['services', '*', 'directory'],
    ['directories', '*', 'name'],
  ]),
  uniqueNames([...tenant, 'directories'], 'directory'),
  uniqueNames([...tenant, 'services'], 'service'),
  rule([...tenant, 'directories', '*'], scimAddressesAreSafe, [
    ['kind'],
    ['url'],
    ['authentication'],
    ['verify'],
  ]),
  ...limitRelations.map(limitRule),
  rule([...tenant, 'policy', 'password'], passwordLengthsFitTogether, [
    ['minLength'],
    ['minLengthWithSecondFactor'],
  ]),
  rule(tenant, assuranceCanBeMet, [
    ['policy', 'recovery', 'methods'],
    ['policy', 'recovery', 'assurance'],
  ]),
  rule(tenant, overridesMeanSomebody, [
    ['policy', 'password', 'overrides', '*', 'for'],
    ['policy', 'recovery', 'assurance', 'overrides', '*', 'for'],
    ['services', '*', 'name'],
    ['services', '*', 'directory'],
    ['directories', '*', 'name'],
  ]),
  rule(['tenants'], tenantIdsDiffer, [['*', 'id']]),
  rule(['tenants'], tenantHostsDiffer, [['*', 'publicUrl']]),
  rule(['listen'], listenersAreApart),
  rule([], consoleHasItsOwnHost, [
    ['tenants', '*', 'publicUrl'],
    ['listen', 'console', 'hostNames'],
  ]),
  word(['listen', 'portal', 'trustedProxies', '*'], (text) =>
    isNetwork(text) ? null : 'is neither an address nor a network such as 10.0.0.0/8',
  ),
  word(['listen', 'console', 'hostNames', '*'], (text) =>
    isHostName(text) || isLoopbackHost(text) ? null : 'is not a host name; write it without scheme and port',
  ),
  word(['mail', 'from', 'address'], mailAddressProblem),
  word(['mail', 'returnPath'], mailAddressProblem),
  word([...tenant, 'mail', 'from', 'address'], mailAddressProblem),
  word([...tenant, 'mail', 'returnPath'], mailAddressProblem),
  word(['mail', 'bounces', 'domain'], (name) => mailAddressProblem(`b@${name}`)),
  rule(['mail', 'breaker'], coolDownsFitTogether),
  rule([...tenant, 'directories', '*', 'resilience'], coolDownsFitTogether),
  uniqueNames(['mail', 'providers'], 'provider'),
  word(['audit', 'witnesses', '*', 'url'], webAddressProblem),
  rule(['tracing'], tracesGoSafely),
  word(['audit', 'witnesses', '*', 'to'], mailAddressProblem),
  rule(['breach'], someListIsAsked, [['file'], ['range']]),
  word(['breach', 'range', 'url'], webAddressProblem),
  uniqueNames(['adminKeys'], 'key'),
  rule(['adminKeys'], adminKeysDiffer, [['*', 'keyDigest']]),
  rule([], adminKeysNameTenants, [
    ['tenants', '*', 'id'],
    ['adminKeys', '*', 'tenants'],
  ]),
  word([...tenant, 'gate', 'humanCheck', 'url'], webAddressProblem),
  word([...tenant, 'signIn', 'oidc', 'issuer'], issuerProblem),
  word([...tenant, 'signIn', 'oidc', 'passesThrough', '*'], originProblem),
  rule([...tenant, 'signIn', 'oidc'], openidIsAsked, [['scopes']]),
  rule(tenant, somebodyCanSignIn, [
    ['signIn', 'password'],
    ['signIn', 'oidc'],
  ]),
  rule(tenant, providerSpeaksForADirectory, [
    ['signIn', 'oidc', 'directory'],
    ['directories', '*', 'name'],
  ]),
  uniqueNames([...tenant, 'passThrough'], 'provider'),
  word([...tenant, 'passThrough', '*', 'issuer'], issuerProblem),
  word([...tenant, 'passThrough', '*', 'passwordPage'], webAddressProblem),
  rule(tenant, providersHavePages, [
    ['passThrough', '*', 'issuer'],
    ['passThrough', '*', 'passwordPage'],
  ]),
  rule(tenant, providersHaveAccounts, [
    ['passThrough', '*', 'accounts'],
    ['directories', '*', 'name'],
  ]),
  rule(tenant, linkedDirectoriesFit, [
    ['routing', 'linked'],
    ['directories', '*', 'name'],
  ]),
  rule([...tenant, 'risk', 'bands'], riskBandsFit),
  rule([...tenant, 'risk', 'workingHours'], workingHoursFit),
  word(['texts', 'countries', '*'], (code) =>
    hasNumberingPlan(code) ? null : 'is no country with telephone numbers of its own',
  ),
  rule([], offeredTextsCanBeSent, [['tenants', '*', 'policy', 'recovery', 'methods'], ['texts']]),
  rule(['texts', 'breaker'], coolDownsFitTogether),
  uniqueNames(['texts', 'providers'], 'provider'),
  rule(['texts', 'caps'], numberCapsFitTogether, [['perNumberQuarterHour'], ['perNumberDay']]),
]

function uniqueNames(at: Path, what: string): Rule {
  const check = (list: readonly { name: string }[]) =>
    repeats(list.map(({ name }) => name)).map((index) => ({
      path: [index, 'name'],
      problem: `is the name of another ${what} already`,
    }))
  return rule(at, check, [['*', 'name']])
}

function numberCapsFitTogether({
  perNumberQuarterHour,
  perNumberDay,
}: Pick<TextsConfig['caps'], 'perNumberQuarterHour' | 'perNumberDay'>): Finding[] {
  const hint = 'A quarter of an hour is a part of the day.'
  return perNumberQuarterHour > perNumberDay
    ? [{ path: ['perNumberQuarterHour'], problem: 'is more than `perNumberDay`', hint }]
    : []
}

/** Positions of values that occur before them as well. */
const repeats = (values: readonly string[]): number[] =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []))

function servicesPointAtDirectories({ services, directories }: TenantConfig): Finding[] {
  const names = directories.map(({ name }) => name)
  return services.flatMap(({ directory }, index) => {
    if (names.includes(directory)) return []
    const meant = nearest(directory, names)
    return [
      {
        path: ['services', index, 'directory'],
        problem: `names the directory \`${directory}\`, which this tenant does not have`,
        hint: meant === null ? `It has ${names.join(', ')}.` : `Did you mean \`${meant}\`?`,
      },
    ]
  })
}

function coolDownsFitTogether({
  coolDownSeconds,
  coolDownSecondsMax,
}: Pick<MailConfig['breaker'], 'coolDownSeconds' | 'coolDownSecondsMax'>): Finding[] {
  return coolDownSeconds > coolDownSecondsMax
    ? [
        {
          path: ['coolDownSeconds'],
          problem: 'is more than `coolDownSecondsMax`',
          hint: 'The first rest is the shortest.',
        },
      ]
    : []
}

function tenantIdsDiffer(tenants: readonly TenantConfig[]): Finding[] {
  return repeats(tenants.map(({ id }) => id)).map((index) => ({
    path: [index, 'id'],
    problem: 'is the id of another tenant already',
  }))
}

function tenantHostsDiffer(tenants: readonly TenantConfig[]): Finding[] {
  return repeats(tenants.map(({ publicUrl }) => URL.parse(publicUrl)?.host ?? publicUrl)).map((index) => ({
    path: [index, 'publicUrl'],
    problem: 'has the host of another tenant',
    hint: 'The host name of a request chooses the tenant, so each needs its own.',
  }))
}

function listenersAreApart({ portal, console }: ListenConfig): Finding[] {
  const everywhere = ['0.0.0.0', '::']
  const meet =
    portal.host === console.host || [portal.host, console.host].some((host) => everywhere.includes(host))
  return portal.port === console.port && portal.port !== 0 && meet
    ? [
        {
          path: ['console', 'port'],
          problem: 'is the port of the portal',
          hint: 'The console needs its own.',
        },
      ]
    : []
}

/**
 * Cookies and origins of the console must not mix with those of the portal: cookies ignore ports, so two
 * listeners under one host name would share them. On loopback (a trial on one machine) nobody else is there.
 */
function consoleHasItsOwnHost({ tenants, listen }: Static<typeof ConfigFile>): Finding[] {
  const hosts = tenants.map(({ publicUrl }) => URL.parse(publicUrl)?.hostname)
  return listen.console.hostNames.flatMap((name, index) =>
    hosts.includes(name.toLowerCase()) && !isLoopbackHost(name)
      ? [
          {
            path: ['listen', 'console', 'hostNames', index],
            problem: "is a tenant's public host",
            hint: 'Give the console a host name of its own: cookies ignore ports.',
          },
        ]
      : [],
  )
}

/** A collector beside us may be spoken to in the clear; what it is told to know us by may not be read on the way. */
function tracesGoSafely({
  url,
  authorization,
}: NonNullable<Static<typeof ConfigFile>['tracing']>): Finding[] {
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return [{ path: ['url'], problem: 'is not a web address' }]
  }
  return authorization !== undefined && parsed.protocol === 'http:' && !isLoopbackHost(parsed.hostname)
    ? [{ path: ['url'], problem: 'would carry `authorization` unencrypted', hint: 'Use https.' }]
    : []
}

function someListIsAsked({ file, range }: BreachConfig): Finding[] {
  if (file !== undefined || range !== undefined) return []
  return [{ path: [], problem: 'names no list', hint: 'Give it a `file`, a `range`, or both.' }]
}

/** One key under two names could say yes to what it asked for itself. */
function adminKeysDiffer(keys: readonly AdminKeyConfig[]): Finding[] {
  return repeats(keys.map(({ keyDigest }) => keyDigest)).map((index) => ({
    path: [index, 'keyDigest'],
    problem: 'is the digest of another key already',
    hint: 'Make a key of its own with `rekey admin-keys new`.',
  }))
}

function adminKeysNameTenants({ tenants, adminKeys }: Static<typeof ConfigFile>): Finding[] {
  const known = tenants.map(({ id }) => id)
  return adminKeys.flatMap(({ tenants: named = [] }, index) =>
    named.flatMap((id, at) => {
      if (known.includes(id)) return []
      const meant = nearest(id, known)
      return [
        {
          path: ['adminKeys', index, 'tenants', at],
          problem: 'is no id of a tenant',
          hint: meant === null ? `There is ${known.join(', ')}.` : `Did you mean \`${meant}\`?`,
        },
      ]
    }),
  )
}

/** What is wrong besides the shape, given what is wrong with the shape. */
export function findRuleMistakes(value: unknown, shape: readonly Finding[]): Finding[] {
  // A key that nobody knows does no harm to the values beside it.
  const broken = shape.filter((finding) => finding.key !== true).map(({ path }) => path)
  return rules.flatMap(({ at, reads, check }) =>
    partsAt(value, at, []).flatMap(({ path, part }) => {
      const read = reads.map((each) => [...path, ...each])
      if (broken.some((bad) => read.some((place) => overlap(bad, place)))) return []
      // The shape of what is read has been checked, so the part is what the rule takes.
      return check(part as never).map((finding) => ({ ...finding, path: [...path, ...finding.path] }))
    }),
  )
}

/** True when one of the two places lies within the other. */
function overlap(place: Path, pattern: Path): boolean {
  const common = Math.min(place.length, pattern.length)
  return place.slice(0, common).every((part, index) => pattern[index] === '*' || pattern[index] === part)
}

function partsAt(value: unknown, at: Path, path: Path): { path: Path; part: unknown }[] {
  const [step, ...rest] = at
  if (value === undefined || value === null) return []
  if (step === undefined) return [{ path, part: value }]
  if (step === '*') {
    const list: readonly unknown[] = Array.isArray(value) ? value : []
    return list.flatMap((item, index) => partsAt(item, rest, [...path, index]))
  }
  if (typeof value !== 'object' || !Object.hasOwn(value, step)) return []
  return partsAt((value as Readonly<Record<string, unknown>>)[step], rest, [...path, step])
}
