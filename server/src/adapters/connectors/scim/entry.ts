import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { firstLanguage } from '../ldap-wire/values.ts'
import { holds } from './conditions.ts'
import type { AttributeCondition, Condition, ScimConfig } from './config.ts'
import type { IsMember } from './groups.ts'
import { attributeName, type JsonObject, property, readPath, textsAt, valuesAt } from './paths.ts'

/** What is known of a person without asking for groups. */
export type OwnFacts = Omit<DirectoryEntry, 'privileged' | 'federated' | 'secondFactor'>

/** What is asked for of a person; null for all that the server tells. */
export type Attributes = readonly string[] | null

/** Never the password, which servers do not give out (RFC 7643 section 7). */
export function attributesToRead(config: ScimConfig): Attributes {
  const { attributes } = config
  const { username, upn, passwordChanged, failedTries, locked, mustChange } = attributes
  const lists = [
    ...attributes.displayName,
    ...attributes.mails,
    ...attributes.recoveryAddresses,
    ...attributes.recoveryNumbers,
    ...attributes.locale,
    ...attributes.contextWords,
    ...attributes.groups,
  ]
  const single = [username, upn, passwordChanged, failedTries, locked?.path, mustChange?.path]
  const asked = conditionsOf(config).flatMap((condition) => ('path' in condition ? [condition.path] : []))
  const paths = [...single, ...lists, ...asked].filter((path) => path !== undefined)
  return named(config, paths)
}

/** What decides whether somebody may sign in, and nothing else: a stranger who tries reads no more than that. */
export function attributesToProve(config: ScimConfig): Attributes {
  const { username, locked, mustChange } = config.attributes
  const asked = config.disabled.map((condition) => ('path' in condition ? condition.path : undefined))
  const paths = [username, locked?.path, mustChange?.path, ...asked].filter((path) => path !== undefined)
  return named(config, paths)
}

const named = ({ asksInPart }: ScimConfig, paths: readonly string[]): Attributes =>
  asksInPart ? [...new Set(['id', 'active', ...paths.map((path) => attributeName(readPath(path)))])] : null

const conditionsOf = (config: ScimConfig): readonly Condition[] => [
  ...config.disabled,
  ...privilegedOf(config),
  ...config.federated,
  ...config.secondFactor,
]

const privilegedOf = ({ privileged }: ScimConfig): readonly Condition[] =>
  privileged === 'nobody' ? [] : privileged

/** Groups that a condition names. */
export const groupsOf = (config: ScimConfig): string[] => [
  ...new Set(conditionsOf(config).flatMap((condition) => ('group' in condition ? [condition.group] : []))),
]

interface Asked {
  config: ScimConfig
  endpoint: string
  isMember: IsMember
}

/** The entry of a resource. Throws `directory-misconfigured` when it has no key, or no name to tell it from others. */
export async function entryOf(
  resource: JsonObject,
  asked: Asked,
  signal: AbortSignal,
): Promise<DirectoryEntry> {
  const { config } = asked
  const facts = ownFacts(resource, asked)
  const any = (conditions: readonly Condition[]) => anyHolds(conditions, { resource, ...asked }, signal)
  return {
    ...facts,
    disabled: facts.disabled || (await any(config.disabled)),
    privileged: await any(privilegedOf(config)),
    federated: await any(config.federated),
    secondFactor: await any(config.secondFactor),
  }
}

export async function anyHolds(
  conditions: readonly Condition[],
  { resource, endpoint, isMember }: { resource: JsonObject } & Pick<Asked, 'endpoint' | 'isMember'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (const condition of conditions) {
    const isSo =
      'group' in condition
        ? await isMember(condition.group, keyOf(resource, endpoint), signal)
        : holds(condition, resource)
    if (isSo) return true
  }
  return false
}

const keyOf = (resource: JsonObject, endpoint: string) =>
  required(property(resource, 'id'), { name: 'id', endpoint })

/** `disabled` is what the resource itself says. */
export function ownFacts(
  resource: JsonObject,
  { config, endpoint }: { config: ScimConfig; endpoint: string },
): OwnFacts {
  const { attributes } = config
  const all = (paths: readonly string[]) => paths.flatMap((path) => textsAt(resource, readPath(path)))
  const username = required(all([attributes.username])[0], { name: attributes.username, endpoint })
  return {
    key: keyOf(resource, endpoint),
    username,
    displayName: all(attributes.displayName)[0] ?? username,
    mails: all(attributes.mails),
    upn: attributes.upn === undefined ? null : (all([attributes.upn])[0] ?? null),
    recoveryAddresses: all(attributes.recoveryAddresses),
    recoveryNumbers: all(attributes.recoveryNumbers),
    locale: firstLanguage(all(attributes.locale)[0]),
    disabled: isInactive(property(resource, 'active')),
    locked: isMarked(attributes.locked, resource),
    contextWords: [...new Set([username, ...all(attributes.contextWords)])],
    place: null,
    groups: [...new Set(all(attributes.groups))],
    password: {
      changedAt: timeAt(resource, attributes.passwordChanged),
      mustChange: isMarked(attributes.mustChange, resource),
      expiresAt: null,
      failedTries: countAt(resource, attributes.failedTries),
    },
  }
}

/** Not there means that the server does not say (RFC 7643 section 4.1.1); anything else but yes is no. */
const isInactive = (active: unknown): boolean =>
  active !== undefined && active !== null && active !== true && !isYes(active)

/** Some servers write truth as text. */
const isYes = (active: unknown) => typeof active === 'string' && active.toLowerCase() === 'true'

const isMarked = (mark: AttributeCondition | undefined, resource: JsonObject): boolean =>
  mark !== undefined && holds(mark, resource)

function timeAt(resource: JsonObject, path: string | undefined): Date | null {
  const told = path === undefined ? undefined : textsAt(resource, readPath(path))[0]
  // RFC 7643 section 2.3.5: a dateTime of XML Schema.
  if (told === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(told)) return null
  const time = new Date(told)
  return Number.isNaN(time.getTime()) ? null : time
}

function countAt(resource: JsonObject, path: string | undefined): number | null {
  const told = path === undefined ? undefined : valuesAt(resource, readPath(path))[0]
  return typeof told === 'number' && Number.isInteger(told) && told >= 0 ? told : null
}

function required(value: unknown, { name, endpoint }: { name: string; endpoint: string }): string {
  if (typeof value === 'string' && value !== '') return value
  throw new Fault('directory-misconfigured', {
    detail: `${endpoint}: a person shows no ${name}: check attributes and what Rekey’s client may read`,
  })
}
