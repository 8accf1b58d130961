import type { AccountRecords } from '../../../core/helpdesk/ports.ts'
import { makeFlowRows } from './flows.ts'
import type { StoreDeps } from './transaction.ts'

/** What is remembered of accounts, to be looked at. */
export function makeAccountRecords(deps: StoreDeps): AccountRecords {
  const { database } = deps
  const flows = deps.flows ?? makeFlowRows(deps)
  return {
    async accountOf(tenant, subject) {
      const row = await database
        .selectFrom('account')
        .select(['directory', 'key'])
        .where('tenant', '=', tenant)
        .where('subject', '=', subject)
        .executeTakeFirst()
      return row ?? null
    },
    openFlows: (of, limit) => flows.readOpen(of, limit),
  }
}
