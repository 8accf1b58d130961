import type { DirectoryAdvice, Need } from '../../../core/operations/directory-advice.ts'
import type { LdapConfig } from './config.ts'

/** What OpenLDAP and 389 Directory Server have to give for each ability, in their own words (docs/openldap.md, docs/ldap.md). */
export const ldapAdvice = (config: LdapConfig): DirectoryAdvice => ({
  needs: config.dialect === 'openldap' ? openldapNeeds(config) : ds389Needs(config),
  notEnforced: notEnforced(config),
})

function openldapNeeds(config: LdapConfig): DirectoryAdvice['needs'] {
  const { baseDn, bindDn, attributes, passwordPolicyDn } = config
  const olcAccess = (what: string, right: string) =>
    `olcAccess: to ${what} by dn.exact="${bindDn}" ${right} by * break`
  const people = `dn.subtree="${baseDn}"`
  const about = (names: string) => `${people} attrs=${names}`
  return {
    check: {
      takes: 'read the base, the schema and the groups that the configuration names',
      fix: [people, ...groupsIn(config).map((group) => `dn.exact="${group}"`)]
        .map((what) => olcAccess(what, 'read'))
        .join('; '),
    },
    find: findingNeed(config, olcAccess(people, 'read')),
    read: {
      takes: `read people, with ${attributes.key}, pwdAccountLockedTime, pwdStartTime and pwdEndTime`,
      fix: olcAccess(people, 'read'),
    },
    recoveryAddresses: addressesNeed(config, olcAccess(people, 'read')),
    passwordRules: {
      takes: 'passwordPolicyDn (what slapd calls ppolicy_default), and to read it',
      fix: olcAccess(
        `dn.exact="${passwordPolicyDn ?? 'the policy, such as cn=default,ou=policies,…'}"`,
        'read',
      ),
    },
    setPassword: {
      takes: 'write userPassword of people',
      fix: olcAccess(about('userPassword'), '=w'),
    },
    verifyPassword: {
      takes: 'let people bind',
      fix: `olcAccess: to ${about('userPassword')} by anonymous auth by * break`,
    },
    changePassword: {
      takes: 'let people write their own userPassword, under a policy with pwdAllowUserChange',
      fix: `olcAccess: to ${about('userPassword')} by self write by * break; or say changeAs: service`,
    },
    minimumAge: {
      takes: 'write pwdReset of people',
      fix: olcAccess(about('pwdReset'), 'write'),
    },
    history: {
      takes: 'write userPassword and not manage it, and pwdInHistory in the policy',
      fix: `${olcAccess(about('userPassword'), '=w')}; or say keepsHistory: false, and switch on the history of Rekey`,
    },
    unlock: {
      takes: 'write pwdAccountLockedTime and manage pwdFailureTime of people',
      fix: `${olcAccess(about('pwdAccountLockedTime'), 'write')}; ${olcAccess(about('pwdFailureTime'), 'manage')}`,
    },
    requireChange: {
      takes: 'write pwdReset of people, under a policy with pwdMustChange: TRUE',
      fix: olcAccess(about('pwdReset'), 'write'),
    },
  }
}

function ds389Needs(config: LdapConfig): DirectoryAdvice['needs'] {
  const { baseDn, bindDn } = config
  const aci = (names: string, right: string, { on = baseDn, whom = `ldap:///${bindDn}` } = {}) =>
    `aci on "${on}": (targetattr="${names}")(version 3.0; acl "Rekey"; allow (${right}) userdn="${whom}";)`
  const state = 'nsAccountLock || accountUnlockTime || passwordRetryCount || passwordExpirationTime'
  const facts = `objectClass || ${[...new Set(factsOf(config))].join(' || ')} || ${state}`
  const reads = aci(facts, 'read, search, compare')
  return {
    check: {
      takes: 'read the base, the schema and the groups that the configuration names',
      fix: [
        reads,
        ...groupsIn(config).map((group) =>
          aci('objectClass || member', 'read, search, compare', { on: group }),
        ),
      ].join('; '),
    },
    find: findingNeed(config, reads),
    read: { takes: 'read people, with the state of their passwords', fix: reads },
    recoveryAddresses: addressesNeed(config, reads),
    passwordRules: {
      takes: 'passwordPolicyDn (cn=config for the policy of the whole server), and to read the policy',
      fix: 'the aci on cn=config of docs/ldap.md, and passwordPolicyDn: cn=config',
    },
    setPassword: {
      takes: 'write userPassword, accountUnlockTime and passwordRetryCount of people',
      fix: aci('userPassword || accountUnlockTime || passwordRetryCount', 'write'),
    },
    verifyPassword: {
      takes: 'let people bind',
      fix: 'look whether the entry is locked or disabled (nsAccountLock), and whether binds are let in from here',
    },
    changePassword: {
      takes: 'let people write their own userPassword, under a policy with passwordChange: on',
      fix: `${aci('userPassword', 'write', { whom: 'ldap:///self' })}; or say changeAs: service`,
    },
    minimumAge: {
      takes: 'write passwordAllowChangeTime of people',
      fix: aci('passwordAllowChangeTime', 'write'),
    },
    history: {
      takes: 'passwordHistory: on, and a service account that is no password administrator (passwordAdminDN)',
      fix: 'switch passwordHistory on; or say keepsHistory: false, and switch on the history of Rekey',
    },
    unlock: {
      takes: 'write accountUnlockTime and passwordRetryCount of people',
      fix: aci('accountUnlockTime || passwordRetryCount', 'write'),
    },
    requireChange: {
      takes: 'nothing that could be given: 389 Directory Server sets this mark by itself only',
      fix: 'ask for a change in Rekey (an order is kept there, and holds at the portal)',
    },
  }
}

/** Those that decide something about an entry. */
const groupsIn = ({ disabled, privileged, federated, secondFactor, groups }: LdapConfig): string[] => [
  ...new Set(
    [...disabled, ...privileged, ...federated, ...secondFactor, ...groups].flatMap((one) =>
      'group' in one ? [one.group] : [],
    ),
  ),
]

const factsOf = ({ attributes }: LdapConfig): string[] => Object.values(attributes).flatMap((names) => names)

const findingNeed = ({ baseDn, userFilter, attributes }: LdapConfig, fix: string): Need => ({
  takes: `read ${[attributes.username, ...attributes.mails, attributes.key].join(', ')} of the entries below ${baseDn} that fit ${userFilter}`,
  fix,
})

const addressesNeed = ({ attributes: { recoveryAddresses } }: LdapConfig, fix: string): Need =>
  recoveryAddresses.length === 0
    ? {
        takes: 'attributes.recoveryAddresses, which is empty',
        fix: 'name the attribute that holds the addresses',
      }
    : { takes: `a value in ${recoveryAddresses.join(' or ')}, and to read it`, fix }

function notEnforced({ keepsHistory, changeAs, passwordPolicyDn, dialect }: LdapConfig): string[] {
  return [
    ...(keepsHistory
      ? []
      : [
          'keepsHistory is false: whoever comes back by mail may take a former password, unless Rekey keeps a history itself (policy.password.history)',
        ]),
    ...(changeAs === 'person'
      ? []
      : [
          'changeAs is "service": the minimum age, and whatever else the policy asks of people, does not hold for a change',
        ]),
    ...(passwordPolicyDn === undefined
      ? [
          'passwordPolicyDn is not given: of entries that name no policy themselves Rekey knows neither rules nor expiry, although the server enforces them',
        ]
      : []),
    ...(dialect === '389ds'
      ? [
          'nobody can be marked "must change" in 389 Directory Server: an order for a change holds at the portal only',
        ]
      : []),
  ]
}
