import { makeApproveOffboarding, makeSweepOffboardings } from './approve-offboarding.ts'
import { makeAskOffboarding, makeReadOffboarding } from './ask-offboarding.ts'
import type { OffboardingDeps } from './deps.ts'
import { makeEndSessions } from './end-sessions.ts'
import { makeDeskInvite, makeDeskWithdraw, makeListInvitations } from './invitations.ts'
import { makeRequireChange } from './require-change.ts'
import { makeShowAccount } from './show-account.ts'
import { makeUnlockAccount } from './unlock-account.ts'

/** Everything that can be done to help somebody with their account. */
export const makeHelpdesk = (deps: OffboardingDeps) => ({
  showAccount: makeShowAccount(deps),
  unlockAccount: makeUnlockAccount(deps),
  requireChange: makeRequireChange(deps),
  endSessions: makeEndSessions(deps),
  invite: makeDeskInvite(deps),
  withdrawInvitation: makeDeskWithdraw(deps),
  listInvitations: makeListInvitations(deps),
  askOffboarding: makeAskOffboarding(deps),
  readOffboarding: makeReadOffboarding(deps),
  approveOffboarding: makeApproveOffboarding(deps),
  sweepOffboardings: makeSweepOffboardings(deps),
})

export type Helpdesk = ReturnType<typeof makeHelpdesk>
