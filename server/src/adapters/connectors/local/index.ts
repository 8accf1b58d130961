import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { localAdvice } from './advice.ts'
import { LocalConfig } from './config.ts'
import { openLocal } from './directory.ts'

export { type LocalAccount, type LocalAccounts, makeLocalAccounts } from './accounts.ts'
export { localDirectoryMigrations } from './migration.ts'

const abilities: Abilities = {
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: true,
  mustChange: true,
  verifies: true,
}

/** People kept in Rekey's own PostgreSQL, for organisations without a directory and for the demo. */
export const local = defineConnector({
  kind: 'local',
  title: 'Embedded directory',
  config: LocalConfig,
  abilities,
  isOwn: true,
  open: openLocal,
  advice: localAdvice,
})
