import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { ldapAdvice } from './advice.ts'
import { LdapConfig } from './config.ts'
import { openLdap } from './directory.ts'

const abilities: Abilities = {
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: true,
  mustChange: true,
  verifies: true,
}

/** OpenLDAP with its password policy overlay, and what differs from it by a dialect. */
export const ldap = defineConnector({
  kind: 'ldap',
  title: 'LDAP (OpenLDAP, 389 Directory Server)',
  config: LdapConfig,
  abilities,
  open: openLdap,
  advice: ldapAdvice,
})
