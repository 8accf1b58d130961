import type { Abilities, Directory } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { withinDeadline } from '../deadline.ts'
import type { ConnectorOutside } from '../define.ts'
import type { OidcConfig } from './config.ts'
import type { Roster } from './roster.ts'
import { makeRosterFile } from './roster-file.ts'

export const abilities: Abilities = {
  verifies: false,
  unlock: false,
  history: false,
  lockedIsVisible: false,
  changeAsUser: false,
  mustChange: false,
}

const unavailable = { ok: false, because: 'account-unavailable' } as const
const pagePeople = 500
const elsewhere = () =>
  new Fault('directory-misconfigured', {
    detail: 'the passwords of this directory live at a provider, which has marks of its own',
  })

/** People whose passwords live at a provider: they are found and told so by mail, and nothing is ever written. */
export function openOidc({ rosterFile }: OidcConfig, outside: ConnectorOutside): Directory {
  const file = makeRosterFile(rosterFile, {
    warn: (because) =>
      outside.warn('the roster can not be taken as it is now; the people of the last good one are kept', {
        directory: outside.name,
        because,
      }),
  })
  const inTime = async <Answer>(work: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> => {
    try {
      signal.throwIfAborted()
      return await withinDeadline(work(), signal)
    } catch (error) {
      if (error instanceof Fault) throw error
      throw new Fault('directory-unreachable', { cause: error, detail: 'the roster was waited for too long' })
    }
  }
  const people = (signal: AbortSignal): Promise<Roster> => inTime(file.people, signal)
  const refused = async (signal: AbortSignal) => {
    await people(signal)
    return unavailable
  }

  return {
    name: outside.name,
    abilities,
    find: async (query, signal) => (await people(signal)).find(query),
    read: async (key, signal) => (await people(signal)).byKey(key),
    async *list(signal) {
      const { all } = await people(signal)
      for (let from = 0; from < all.length; from += pagePeople) {
        if (signal.aborted) throw new Fault('directory-unreachable', { detail: 'the list was given up' })
        yield all.slice(from, from + pagePeople)
      }
    },
    setPassword: (_key, _password, signal) => refused(signal),
    offboard: (_key, _password, signal) => refused(signal),
    async changePassword() {
      throw elsewhere()
    },
    unlock: (_key, signal) => refused(signal),
    async requireChange() {
      throw elsewhere()
    },
    async passwordRules(_key, signal) {
      await people(signal)
      return null
    },
    async verifyPassword() {
      throw elsewhere()
    },
    check: (signal) => inTime(file.check, signal),
    async close() {},
  }
}
