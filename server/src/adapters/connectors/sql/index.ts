import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { sqlAdvice } from './advice.ts'
import { SqlConfig } from './config.ts'
import { openSql } from './directory.ts'

/** Those that a table with every column has. */
const abilities: Abilities = {
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: false,
  mustChange: true,
  verifies: true,
}

/** People in a table of PostgreSQL or MariaDB, as applications keep them. */
export const sql = defineConnector({
  kind: 'sql',
  title: 'SQL (PostgreSQL, MariaDB)',
  config: SqlConfig,
  abilities,
  open: openSql,
  advice: sqlAdvice,
})
