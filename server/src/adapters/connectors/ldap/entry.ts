import type { Entry } from 'ldapts'
import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { LdapConfig } from './config.ts'

/** What the password policy overlay keeps with an entry (draft-behera-ldap-password-policy, section 5.3). */
const policyAttributes = ['pwdAccountLockedTime', 'pwdStartTime', 'pwdEndTime'] as const

/** "Locked for good": the value that only an administrator sets (draft-behera, section 5.3.3). */
const lockedForGood = '000001010000Z'

/** The values of one entry by lower-case attribute name: servers answer in the spelling of their schema. */
export type Values = (attribute: string) => readonly string[]

export function valuesOf(entry: Entry): Values {
  const byName = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(entry)) {
    const list = Array.isArray(value) ? value : [value]
    // Octets that are no text can't be an identifier, an address or a name.
    byName.set(
      name.toLowerCase(),
      list.filter((one) => typeof one === 'string'),
    )
  }
  return (attribute) => byName.get(attribute.toLowerCase()) ?? []
}

/** Everything that is asked for when an entry is read; never the password. */
export function attributesToRead(config: LdapConfig): string[] {
  const { key, username, displayName, mails, recoveryAddresses, upn, locale, contextWords } =
    config.attributes
  const conditions = [...config.disabled, ...config.privileged, ...config.federated, ...config.secondFactor]
  const named = conditions.flatMap((condition) => ('attribute' in condition ? [condition.attribute] : []))
  const single = [key, username, upn, locale].filter((name) => name !== undefined)
  return [
    ...new Set([
      ...single,
      ...displayName,
      ...mails,
      ...recoveryAddresses,
      ...contextWords,
      ...policyAttributes,
      ...named,
    ]),
  ]
}

/** The facts that the entry itself tells; the conditions of the configuration are answered elsewhere. */
export type OwnFacts = Omit<DirectoryEntry, 'privileged' | 'federated' | 'secondFactor'>

export function ownFacts(
  values: Values,
  options: { config: LdapConfig; now: Date; server: string },
): OwnFacts {
  const { config, now, server } = options
  const { attributes } = config
  const all = (names: readonly string[]) => names.flatMap((name) => values(name))
  const username = required(values, attributes.username, server)
  return {
    key: required(values, attributes.key, server),
    username,
    displayName: all(attributes.displayName)[0] ?? username,
    mails: all(attributes.mails),
    upn: attributes.upn === undefined ? null : (values(attributes.upn)[0] ?? null),
    recoveryAddresses: all(attributes.recoveryAddresses),
    locale: attributes.locale === undefined ? null : firstLanguage(values(attributes.locale)[0]),
    disabled: isDisabledByPolicy(values, now),
    locked: isLocked(values, { lockoutSeconds: config.lockoutSeconds, now }),
    contextWords: [...new Set([username, ...all(attributes.contextWords)])],
  }
}

/** Without its key or name an entry can't be told from others; the service account may not read the attribute. */
function required(values: Values, attribute: string, server: string): string {
  const value = values(attribute)[0]
  if (value === undefined) {
    throw new Fault('directory-misconfigured', {
      detail: `${server}: an entry shows no ${attribute}: check attributes and what the service account may read`,
    })
  }
  return value
}

/** preferredLanguage has the form of Accept-Language (RFC 2798, section 2.7): `de-AT, en;q=0.5`. */
function firstLanguage(text: string | undefined): string | null {
  const tag = text?.split(',')[0]?.split(';')[0]?.trim()
  return tag !== undefined && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : null
}

function isDisabledByPolicy(values: Values, now: Date): boolean {
  if (values('pwdAccountLockedTime').includes(lockedForGood)) return true
  const starts = values('pwdStartTime').map(generalizedTime)
  const ends = values('pwdEndTime').map(generalizedTime)
  // A time that can't be read fails closed.
  return (
    starts.some((time) => time === null || time > now.getTime()) ||
    ends.some((time) => time === null || time <= now.getTime())
  )
}

function isLocked(values: Values, options: { lockoutSeconds: number; now: Date }): boolean {
  const times = values('pwdAccountLockedTime').filter((time) => time !== lockedForGood)
  if (options.lockoutSeconds === 0) return times.length > 0
  // The attribute stays until the next bind, so its age decides.
  return times
    .map(generalizedTime)
    .some((time) => time === null || time + options.lockoutSeconds * 1000 > options.now.getTime())
}

/** RFC 4517, section 3.3.13, as servers write it: UTC, to the second, with or without a fraction. */
export function generalizedTime(text: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?Z$/.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
