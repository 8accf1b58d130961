import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { scimAdvice } from './advice.ts'
import { ScimConfig } from './config.ts'
import { openScim } from './directory.ts'

/** Those that a server has whose schema has an attribute for everything. */
const abilities: Abilities = {
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: false,
  mustChange: true,
  verifies: true,
}

/** People at a SCIM 2.0 server (RFC 7643, RFC 7644). */
export const scim = defineConnector({
  kind: 'scim',
  title: 'SCIM 2.0',
  config: ScimConfig,
  abilities,
  open: openScim,
  advice: scimAdvice,
})
