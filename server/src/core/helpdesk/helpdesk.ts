import type { HelpdeskDeps } from './deps.ts'
import { makeEndSessions } from './end-sessions.ts'
import { makeShowAccount } from './show-account.ts'

/** Everything that can be done to help somebody with their account. */
export const makeHelpdesk = (deps: HelpdeskDeps) => ({
  showAccount: makeShowAccount(deps),
  endSessions: makeEndSessions(deps),
})

export type Helpdesk = ReturnType<typeof makeHelpdesk>
