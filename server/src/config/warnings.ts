import type { Finding } from './mistakes.ts'
import { passThroughWarnings } from './pass-through-rules.ts'
import { linkWarnings } from './routing-rules.ts'
import type { Config, TenantConfig } from './schema.ts'

/**
 * What is allowed and probably not meant. It stops nothing: there may be reasons that a file can't show, such as
 * a `mail` attribute that holds private mailboxes.
 */
export const findWarnings = (config: Pick<Config, 'tenants'>): Finding[] =>
  config.tenants.flatMap((tenant, at) => [
    ...tenant.directories.flatMap((directory, index) =>
      [
        ...recoveryAddressWarnings(directory),
        ...lockoutWarnings(directory, tenant),
        ...proofWarnings(directory, tenant),
      ].map(({ path, ...finding }) => ({
        ...finding,
        path: ['tenants', at, 'directories', index, ...path],
      })),
    ),
    ...[
      ...degradedWarnings(tenant),
      ...orderWarnings(tenant),
      ...linkWarnings(tenant),
      ...passThroughWarnings(tenant),
    ].map(({ path, ...finding }) => ({
      ...finding,
      path: ['tenants', at, ...path],
    })),
  ])

/** Whoever is behind another of the same name is told of nothing, so whoever runs the place has to know. */
function orderWarnings({ routing, directories }: TenantConfig): Finding[] {
  const [first, ...others] = directories.map(({ name }) => `\`${name}\``)
  if (routing.ambiguous !== 'first' || first === undefined || others.length === 0) return []
  return [
    {
      path: ['routing', 'ambiguous'],
      problem: `is \`first\`: a name in ${first} hides the same name in ${others.join(', ')}, and whoever can make accounts in one directory can hide people of those behind it`,
      hint: 'People who are hidden type their domain before a backslash, or come through a service. With `refuse` nobody is hidden.',
    },
  ]
}

/** Whoever switches it on should read once what it means. */
function degradedWarnings({ degraded }: TenantConfig): Finding[] {
  if (degraded === undefined) return []
  const problem = `keeps new passwords for up to ${degraded.acceptMinutes} minutes while a directory can't be reached`
  const hint =
    'They lie in the database, sealed under the data key. Keep that key out of backups of the database, or leave `degraded` out.'
  return [{ path: ['degraded'], problem, hint }]
}

/**
 * At the portal a stranger has the account's tries of a day, and a browser that the owner came back with has as many of
 * its own. A directory that locks within those is in strangers' hands.
 */
function lockoutWarnings(directory: DirectoryConfig, { limits }: TenantConfig): Finding[] {
  if (!('lockoutTries' in directory)) return []
  const { lockoutTries } = directory
  const enough = 2 * limits.failedTriesPerDay + 1
  if (lockoutTries >= enough) return []
  const problem = `locks after ${lockoutTries} wrong passwords, so strangers at the portal can lock people out`
  const hint = `Set it to ${enough} or more, above twice \`limits.failedTriesPerDay\`, or lower that.`
  return [{ path: ['lockoutTries'], problem, hint }]
}

/** People whose password nobody can be asked about sign in at the company's provider, or not at all. */
function proofWarnings(directory: DirectoryConfig, { signIn }: TenantConfig): Finding[] {
  if (directory.kind !== 'scim' || directory.verify !== undefined || signIn.oidc !== undefined) return []
  const problem = 'has no `verify`, so nobody in it can sign in at the portal; recovery works'
  const hint = 'Name in `verify` who can say whether a password is right, or a provider in `signIn.oidc`.'
  return [{ path: ['kind'], problem, hint }]
}

type DirectoryConfig = TenantConfig['directories'][number]

/** Attributes that hold a person's mailbox at work in the usual schemas (RFC 4524, RFC 4519, Active Directory). */
const workMail = new Set(['mail', 'rfc822mailbox', 'maillocaladdress', 'proxyaddresses', 'userprincipalname'])

/** All mailboxes of a person, or those at work (RFC 7643, section 4.1.2). */
const scimMail = /^emails(\[type eq "work"\]|\[primary eq true\])?(\.value)?$/i

/** Asked of every kind of directory whose configuration says which attributes hold recovery addresses. */
function recoveryAddressWarnings(directory: DirectoryConfig): Finding[] {
  if (!('attributes' in directory)) return []
  const { recoveryAddresses } = directory.attributes
  const path = ['attributes', 'recoveryAddresses']
  if (recoveryAddresses.length === 0) {
    const problem = 'names no attribute, so nobody in this directory can recover'
    const hint = 'Name the attribute that holds a mailbox people can read without their password.'
    return [{ path, problem, hint }]
  }
  return recoveryAddresses
    .filter((name) => workMail.has(name.toLowerCase()) || scimMail.test(name))
    .map((name) => ({
      path,
      problem: `has \`${name}\`: a mailbox that needs the forgotten password is no way back in`,
      hint: 'Name an attribute with another mailbox, unless people read this one without the password.',
    }))
}
