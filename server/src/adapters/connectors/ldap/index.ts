import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { LdapConfig } from './config.ts'
import { openLdap } from './directory.ts'

const abilities: Abilities = { unlock: true, history: true, lockedIsVisible: true }

/** LDAP directories with the password policy overlay, OpenLDAP before all. */
export const ldap = defineConnector({
  kind: 'ldap',
  title: 'LDAP (OpenLDAP)',
  config: LdapConfig,
  abilities,
  open: openLdap,
})
