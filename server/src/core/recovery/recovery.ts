import { makeActivate } from './activate.ts'
import { makeAsk } from './ask.ts'
import { makeAskForPasskey, passkeyRequest } from './ask-passkey.ts'
import { makeChangePassword } from './change-password.ts'
import { makeCheckPassword, makePasswordRules } from './check-password.ts'
import type { RecoveryDeps } from './deps.ts'
import { makeDisavow } from './disavow.ts'
import type { Flow } from './flow.ts'
import { makeRead } from './holder.ts'
import { makeOffersUnlock } from './offer-unlock.ts'
import { makeIssueAction, makeOpenChange } from './open-change.ts'
import { makeProve } from './prove.ts'
import { remembering } from './remembering.ts'
import { makeResolve } from './resolve.ts'
import { makeSetPassword } from './set-password.ts'
import { makeSpendLink } from './spend-link.ts'
import { makeStart } from './start.ts'
import { makeForget, makeSweep } from './sweep.ts'
import { makeTellOfExpiry } from './tell-of-expiry.ts'
import { makeUnlock } from './unlock.ts'
import { makeWriteWaiting } from './write-waiting.ts'

/** Everything a person, a job or the sweeper can do with a flow. */
export const makeRecovery = (deps: RecoveryDeps) => ({
  start: makeStart(deps),
  read: makeRead(deps),
  ask: makeAsk(deps),
  askForPasskey: makeAskForPasskey(deps),
  /** For `navigator.credentials.get()`; null where the tenant has no passkeys. */
  passkeyRequest: ({ tenant, id }: Pick<Flow, 'tenant' | 'id'>) =>
    passkeyRequest(deps, { tenant, purpose: 'flow', of: id }),
  prove: makeProve(deps),
  spendLink: makeSpendLink(deps),
  activate: makeActivate(deps),
  checkPassword: makeCheckPassword(deps),
  passwordRules: makePasswordRules(deps),
  setPassword: remembering(deps, makeSetPassword(deps)),
  openChange: makeOpenChange(deps),
  issueAction: makeIssueAction(deps),
  changePassword: remembering(deps, makeChangePassword(deps)),
  unlock: remembering(deps, makeUnlock(deps)),
  offersUnlock: makeOffersUnlock(deps),
  disavow: makeDisavow(deps),
  resolve: makeResolve(deps),
  sweep: makeSweep(deps),
  forget: makeForget(deps),
  tellOfExpiry: makeTellOfExpiry(deps),
  writeWaiting: makeWriteWaiting(deps),
})

export type Recovery = ReturnType<typeof makeRecovery>
