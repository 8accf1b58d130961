import type { Config, PasswordOverrideConfig, TenantConfig } from './config/schema.ts'
import type { AssuranceConfig } from './config/schema-assurance.ts'
import {
  type Directory,
  type DirectoryEntry,
  type Link,
  type PasswordProvider,
  providerOf,
  type RoutedDirectory,
} from './core/accounts/index.ts'
import type { GateRules, Thresholds } from './core/gate/index.ts'
import type { Sender, TenantVoice } from './core/messages/ports.ts'
import {
  type BreachPolicy,
  describePolicy,
  examinePassword,
  isFor,
  type JudgeAgainst,
  judgeFully,
  judgePassword,
  noRules,
  ownHistory,
  type PasswordPolicy,
  type PolicyScope,
  type PolicySet,
  policyFor,
  strictest,
  strictestOf,
} from './core/passwords/index.ts'
import {
  type AssurancePolicy,
  anyProof,
  type Method,
  relyingPartyOf,
  type Strength,
  strongestOf,
} from './core/proofs/index.ts'
import {
  type AccountEntry,
  defaultRules,
  type JudgedEntry,
  type KeptHistory,
  type RecoveryRules,
  type RecoveryTenant,
} from './core/recovery/index.ts'
import type { SignInMeans } from './core/sessions/index.ts'
import type { PageLook } from './http/portal/views/props.ts'
import type { PublicTenant } from './http/public-deps.ts'

/** Names that nobody should put into a password, whoever the tenant is. */
const productWords = ['rekey', 'password', 'passwort']

/** A tenant's configuration in the words of the core: its rules, its directories, its policy. */
export function recoveryTenant(
  config: TenantConfig,
  { directories, breach }: { directories: readonly RoutedDirectory[]; breach: BreachPolicy | null },
): RecoveryTenant {
  const byName = new Map<string, Directory>(directories.map(({ directory }) => [directory.name, directory]))
  const policies = policiesOf(config)
  const assurance = assuranceFrom(config)
  const { oidc } = config.signIn
  const providers = config.passThrough.map(providerFrom)
  const policyOfOne = (entry: AccountEntry & Partial<Pick<JudgedEntry, 'directoryRules'>>) =>
    strictest(policyFor(policies, entry), entry.directoryRules ?? null)
  const policyOfEntry = ({
    following = [],
    ...entry
  }: AccountEntry & Partial<Pick<JudgedEntry, 'directoryRules' | 'following'>>) =>
    // Accounts that follow are written to by the service account, whom no age holds up.
    strictestOf([policyOfOne(entry), ...following.map((one) => ({ ...policyOfOne(one), age: noRules.age }))])
  const onlyFactor = (entry: Pick<DirectoryEntry, 'secondFactor'>) => !entry.secondFactor
  const against = (entry: Parameters<typeof policyOfEntry>[0]): JudgeAgainst => ({
    policy: policyOfEntry(entry),
    onlyFactor: onlyFactor(entry),
    context: {
      username: entry.username,
      displayName: entry.displayName,
      mails: [...entry.mails, ...entry.recoveryAddresses],
      contextWords: [entry, ...(entry.following ?? [])].flatMap(({ contextWords }) => contextWords),
      tenantName: config.name,
      productWords,
    },
  })
  return {
    id: config.id,
    locale: voiceOf(config).languages[0] ?? 'en',
    rules: rulesOf(config),
    title: config.name,
    methods: methodsOf(config),
    assurance: assurance.everybody,
    assuranceOf: assurance.of,
    party: relyingPartyOf(config),
    directoriesFor(service) {
      const routed = config.services.find(({ name }) => name === service)
      return routed === undefined
        ? directories
        : directories.filter(({ directory }) => directory.name === routed.directory)
    },
    ambiguous: config.routing.ambiguous,
    links: linksOf(config, byName),
    titleOf: (name) => titlesOf(config).get(name) ?? name,
    directory: (name) => byName.get(name) ?? null,
    judge: (password, entry) => judgeFully(password, { ...against(entry), change: entry.change, breach }),
    // Whoever holds the flow has proven one mailbox; what is asked freely must not tell on the others.
    judgeWhileTyping: (password, entry) =>
      judgePassword(password, against({ ...entry, mails: [], recoveryAddresses: [] })),
    passwordRules: (entry, kind) =>
      describePolicy(policyOfEntry(entry), {
        onlyFactor: onlyFactor(entry),
        breachIsChecked: breach !== null,
        isChange: kind === 'change',
      }),
    remembers: (entry) =>
      ownHistory(policyFor(policies, entry), {
        remembers: entry.directoryRules?.history ?? null,
        holdsWritesToIt: byName.get(entry.directory)?.abilities.history ?? false,
      }),
    examine: (password, entry) => examinePassword(password, { ...against(entry), breach }),
    ageOf: (entry) => policyFor(policies, entry).age,
    signsInElsewhere: (name) => oidc !== undefined && (oidc.directory ?? name) === name,
    passwordProvider: (entry) => providerOf(providers, entry),
  }
}

/** Where browsers make no passkeys, none are offered. */
const methodsOf = (config: TenantConfig): readonly Method[] =>
  relyingPartyOf(config) === null
    ? config.policy.recovery.methods.filter((method) => method !== 'passkey')
    : config.policy.recovery.methods

/** What the pages of a tenant show. Recovery by mail is for accounts whose password is the only factor. */
export const publicTenant = (
  config: TenantConfig,
  {
    look,
    breachIsChecked,
    means,
    offersUnlock,
  }: { look: PageLook; breachIsChecked: boolean; means: SignInMeans; offersUnlock: boolean },
): PublicTenant => ({
  id: config.id,
  voice: voiceOf(config),
  methods: methodsOf(config),
  rules: rulesOf(config),
  passwordRules: describePolicy(policyOf(config.policy.password), {
    onlyFactor: true,
    breachIsChecked,
    isChange: false,
  }),
  titleOf: (name) => titlesOf(config).get(name) ?? name,
  services: config.services.map(({ name, title, signInUrl = null }) => ({ name, title, signInUrl })),
  look,
  offersUnlock,
  signIn: {
    password: means.password,
    provider:
      config.signIn.oidc === undefined || means.provider === null
        ? null
        : { label: config.signIn.oidc.label, origins: means.provider.at.origins },
  },
})

export function voiceOf(tenant: TenantConfig): TenantVoice {
  const { name, publicUrl, branding, timeZone, languages, passThrough } = tenant
  const { color, helpDesk } = branding
  return {
    name,
    publicUrl,
    timeZone,
    languages,
    brandColor: color,
    helpDesk: helpDesk === undefined ? null : { text: helpDesk.text, url: helpDesk.url ?? null },
    passwordProviders: passThrough.map((provider) => ({
      name: provider.name,
      title: provider.title,
      page: passwordPageOf(provider),
    })),
  }
}

type ProviderConfig = TenantConfig['passThrough'][number]

/** A rule of the configuration sees to it that there is one of the two. */
const passwordPageOf = ({ issuer = '', passwordPage }: ProviderConfig): string =>
  passwordPage ?? new URL('/.well-known/change-password', issuer).href

const providerFrom = ({ name, accounts }: ProviderConfig): PasswordProvider => ({
  name,
  accounts: accounts.map(({ directory, domain = null, group = null, subtree = null }) => ({
    ...{ directory, domain, group, subtree },
  })),
})

/** A tenant's own words go before the common ones. */
export function senderOf(common: Config['mail'], { mail = {} }: TenantConfig): Sender {
  const dkim = mail.dkim ?? common.dkim
  return {
    from: mail.from ?? common.from,
    // The common return path is in the settings of the providers.
    ...(mail.returnPath === undefined ? {} : { returnPath: mail.returnPath }),
    ...(dkim === undefined ? {} : { dkim }),
  }
}

export function rulesOf({ limits, policy, routing, degraded }: TenantConfig): RecoveryRules {
  const perNetwork = { max: limits.requestsPerNetworkPerMinute, windowSeconds: 60 }
  return {
    ...defaultRules,
    challengeSeconds: limits.challengeLifetimeSeconds,
    codeTriesPerFlow: limits.codeTries,
    failedTriesPerAccount: { max: limits.failedTriesPerDay, windowSeconds: 86_400 },
    flowIdleSeconds: limits.flowIdleSeconds,
    flowTotalSeconds: limits.flowTotalSeconds,
    policyRefusalsPerFlow: limits.policyRefusals,
    invitationSeconds: limits.invitationHours * 3_600,
    coolDownSeconds: policy.recovery.coolDownHours * 3_600,
    secondProofSeconds: policy.recovery.secondProofHoursAfterDisavowal * 3_600,
    writeDeadlineSeconds: limits.directorySeconds,
    followSeconds:
      routing.linked.length === 0 ? 0 : limits.directorySeconds + defaultRules.probeDeadlineSeconds,
    acceptSeconds: (degraded?.acceptMinutes ?? 0) * 60,
    mailbox: [
      { max: limits.mailsPerQuarterHour, windowSeconds: 900 },
      { max: limits.mailsPerDay, windowSeconds: 86_400 },
    ],
    startsPerNetwork: perNetwork,
    signInsPerNetwork: perNetwork,
    proofsPerNetwork: perNetwork,
  }
}

/** No fewer for the tenant than one network may have: else its own limit would never come first. */
export const gateRulesOf = ({ gate, limits }: Pick<TenantConfig, 'gate' | 'limits'>): GateRules => {
  const perNetwork = limits.requestsPerNetworkPerMinute
  return {
    perNetwork,
    waitSeconds: gate.waitSeconds,
    tenant: thresholdsOf(gate, perNetwork),
  }
}

export const thresholdsOf = (
  gate: Pick<TenantConfig['gate'], 'requestsPerMinute' | 'namesPerMinute' | 'failuresPerMinute'>,
  min = 0,
): Thresholds => ({
  requests: Math.max(min, gate.requestsPerMinute),
  names: Math.max(min, gate.namesPerMinute),
  failures: Math.max(min, gate.failuresPerMinute),
})

/** The configuration names directories that there are, each once. */
function linksOf({ routing }: TenantConfig, byName: ReadonlyMap<string, Directory>): readonly Link[] {
  return routing.linked.flatMap(({ leads, follow }) => {
    const leading = byName.get(leads)
    if (leading === undefined) return []
    const follows = follow.flatMap(({ directory: name, by, as = by }) => {
      const directory = byName.get(name)
      return directory === undefined ? [] : [{ directory, by, as }]
    })
    return [{ leads: leading, follow: follows }]
  })
}

const titlesOf = ({ directories }: TenantConfig): ReadonlyMap<string, string> =>
  new Map(directories.map(({ name, title = name }) => [name, title]))

/** Whether any of its passwords expires. */
export const passwordsExpire = ({ policy }: TenantConfig): boolean =>
  [policy.password, ...policy.password.overrides].some(({ maxAgeDays }) => maxAgeDays !== undefined)

/** What may be remembered of passwords, by directory; nothing of those that are missing. */
export function keptHistories(config: TenantConfig): readonly KeptHistory[] {
  const { everybody, overrides } = policiesOf(config)
  return config.directories.flatMap(({ name }) => {
    const some = overrides.filter(({ for: { directory } }) => directory === null || directory === name)
    const keep = Math.max(everybody.history, ...some.map(({ rules }) => rules.history))
    return keep === 0 ? [] : [{ tenant: config.id, directory: name, keep }]
  })
}

type StrengthConfig = Pick<
  Partial<AssuranceConfig>,
  'kinds' | 'points' | 'phishingResistant' | 'include' | 'first'
>

const strengthOf = ({ kinds, points, phishingResistant, include, first }: StrengthConfig): Strength => ({
  kinds: kinds ?? anyProof.kinds,
  points: points ?? anyProof.points,
  resistsPhishing: phishingResistant ?? anyProof.resistsPhishing,
  include: include ?? anyProof.include,
  first: first ?? anyProof.first,
})

/** How much has to be proven, by anybody and by the owner of one account. */
function assuranceFrom({ policy, services }: TenantConfig) {
  const { overrides, whenEnrolled, atRisk, ...rules } = policy.recovery.assurance
  const everybody: AssurancePolicy = {
    everybody: strengthOf(rules),
    enrolled: strengthOf(whenEnrolled),
    risk: { medium: strengthOf(atRisk.medium), high: strengthOf(atRisk.high) },
  }
  const scoped = overrides.map(({ for: whom, ...more }) => ({
    for: scopeOf(whom, services),
    policy: {
      everybody: strengthOf(more),
      enrolled: anyProof,
      risk: { medium: anyProof, high: anyProof },
    },
  }))
  return {
    everybody,
    of: (entry: AccountEntry): AssurancePolicy =>
      strongestOf([everybody, ...scoped.filter((one) => isFor(one.for, entry)).map(({ policy }) => policy)]),
  }
}

/** A service stands for its directory: whoever signs in there has one password for all services of it. */
function policiesOf({ policy, services }: TenantConfig): PolicySet {
  const overrides = policy.password.overrides.map(({ for: whom, ...rules }) => ({
    for: scopeOf(whom, services),
    rules: policyOf(rules),
  }))
  return { everybody: policyOf(policy.password), overrides }
}

const scopeOf = (
  { service, directory, group, subtree }: PasswordOverrideConfig['for'],
  services: TenantConfig['services'],
): PolicyScope => ({
  directory:
    service === undefined
      ? (directory ?? null)
      : (services.find(({ name }) => name === service)?.directory ?? service),
  group: group ?? null,
  subtree: subtree ?? null,
})

const policyOf = (rules: Omit<PasswordOverrideConfig, 'for'>): PasswordPolicy => ({
  lengthMinAlone: rules.minLength ?? noRules.lengthMinAlone,
  lengthMinBesideFactor: rules.minLengthWithSecondFactor ?? noRules.lengthMinBesideFactor,
  lengthMax: rules.maxLength ?? noRules.lengthMax,
  scoreMin: passwordScores.find((score) => score === rules.strength) ?? noRules.scoreMin,
  contextWords: rules.contextWords ?? noRules.contextWords,
  bannedWords: rules.bannedWords ?? noRules.bannedWords,
  classes: { ...noRules.classes, ...rules.classes },
  age: {
    minSeconds: (rules.minAgeHours ?? 0) * 3_600,
    maxSeconds: rules.maxAgeDays === undefined ? null : rules.maxAgeDays * 86_400,
    remindDays: rules.remindDays ?? noRules.age.remindDays,
    graceDays: rules.graceDays ?? noRules.age.graceDays,
  },
  rememberedByDirectory: noRules.rememberedByDirectory,
  history: rules.history ?? noRules.history,
  similarToOld: rules.similarToOld ?? noRules.similarToOld,
  breachedAtSignIn: rules.breachedAtSignIn ?? noRules.breachedAtSignIn,
  recheckAtSignIn: rules.recheckAtSignIn ?? noRules.recheckAtSignIn,
})

const passwordScores = [0, 1, 2, 3, 4] as const
