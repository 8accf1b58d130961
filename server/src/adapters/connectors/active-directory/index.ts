import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { activeDirectoryAdvice } from './advice.ts'
import { ActiveDirectoryConfig } from './config.ts'
import { openActiveDirectory } from './directory.ts'

const abilities: Abilities = {
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: true,
  mustChange: true,
  verifies: true,
}

/** The domains of Windows Server, and of Samba as their controller. */
export const activeDirectory = defineConnector({
  kind: 'active-directory',
  title: 'Active Directory (Windows Server, Samba)',
  config: ActiveDirectoryConfig,
  abilities,
  open: openActiveDirectory,
  advice: activeDirectoryAdvice,
})
