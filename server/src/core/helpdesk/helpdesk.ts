import type { HelpdeskDeps } from './deps.ts'
import { makeEndSessions } from './end-sessions.ts'
import { makeRequireChange } from './require-change.ts'
import { makeShowAccount } from './show-account.ts'
import { makeUnlockAccount } from './unlock-account.ts'

/** Everything that can be done to help somebody with their account. */
export const makeHelpdesk = (deps: HelpdeskDeps) => ({
  showAccount: makeShowAccount(deps),
  unlockAccount: makeUnlockAccount(deps),
  requireChange: makeRequireChange(deps),
  endSessions: makeEndSessions(deps),
})

export type Helpdesk = ReturnType<typeof makeHelpdesk>
