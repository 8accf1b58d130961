import { makeEndSessions } from '../../src/core/helpdesk/end-sessions.ts'
import type { DeskCall, Permission } from '../../src/core/helpdesk/index.ts'
import { makeDeskInvite } from '../../src/core/helpdesk/invitations.ts'
import type { AccountRecords } from '../../src/core/helpdesk/ports.ts'
import { makeRequireChange } from '../../src/core/helpdesk/require-change.ts'
import { makeShowAccount } from '../../src/core/helpdesk/show-account.ts'
import { makeUnlockAccount } from '../../src/core/helpdesk/unlock-account.ts'
import type { MemoryStore } from './memory-store.ts'
import { northwind, type World } from './recovery-world.ts'

/** What the memory store remembers of accounts, read from its rows. */
export const memoryAccountRecords = ({ rows }: MemoryStore): AccountRecords => ({
  async accountOf(tenant, subject) {
    await Promise.resolve()
    for (const [name, known] of rows.subjects) {
      const [of, directory = '', key = ''] = JSON.parse(name) as string[]
      if (of === tenant && known === subject) return { directory, key }
    }
    return null
  },
  async openFlows({ tenant, subject }, limit) {
    await Promise.resolve()
    const isOpen = (state: string) => state !== 'completed' && state !== 'ended'
    return [...rows.flows.values()]
      .filter((flow) => flow.tenant === tenant && flow.subject === subject && isOpen(flow.state))
      .toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
      .slice(0, limit)
  },
})

/** Somebody with a key who helps in the world of a recovery. */
export const aCall = (name = 'desk', may: readonly Permission[] = []): DeskCall => ({
  tenant: northwind,
  caller: { name, tenants: null, may },
  network: '192.0.2.7',
})

/** What is done with accounts as they are; closing them is proven on a real database. */
export function aHelpdesk({ deps, store }: World) {
  const all = { ...deps, accounts: memoryAccountRecords(store), languageOf: () => 'de' }
  return {
    showAccount: makeShowAccount(all),
    unlockAccount: makeUnlockAccount(all),
    requireChange: makeRequireChange(all),
    endSessions: makeEndSessions(all),
    invite: makeDeskInvite(all),
  }
}
