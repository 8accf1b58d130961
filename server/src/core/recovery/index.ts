export { type Answered, type Refusal, type RefusalCode, type Refused, refuse } from './answers.ts'
export { passkeyRequest } from './ask-passkey.ts'
export { type Asked, fits, newSalt, type ReadyAnswer, readyToCompare } from './compare-answer.ts'
export type { AccountEntry, JudgedEntry, RecoveryDeps, RecoveryTenant } from './deps.ts'
export { refuseFor } from './directory-refusal.ts'
export { endOther } from './end-other.ts'
export { personalOf, throttled } from './events.ts'
export { afterExamined, examinedEvents } from './examined.ts'
export {
  type Client,
  type Flow,
  type FlowKind,
  flowKinds,
  type Outcome,
  outcomes,
  type StartedKind,
  startedKinds,
  type Wanted,
} from './flow.ts'
export { type InvitationState, stateOf as stateOfInvitation } from './invitation.ts'
export { type InviteCall, type Invited, makeInvite } from './invite.ts'
export {
  afterSessionsEnded,
  codesTriedIn,
  type Ledger,
  leaseIsFree,
  neverByMail,
  writeIsUnderWay,
} from './ledger.ts'
export { makeMessageSecrets } from './message-secrets.ts'
export { noticeSeconds, orderNotice } from './notices.ts'
export { unlockIsOffered } from './offer-unlock.ts'
export { sessionIsOpen } from './portal-session.ts'
export type { Invitation, KeptHistory, Limiter, RecoveryStore } from './ports.ts'
export { takeProof } from './proof-quota.ts'
export { makeRecovery, type Recovery } from './recovery.ts'
export { after, asOf, defaultRules, expiresAt, leaseSeconds, type RecoveryRules } from './rules.ts'
export { scoreRisk } from './score-risk.ts'
export { newFlowSecret } from './secrets.ts'
export { isPartlyWritten, type Target, type TargetOutcome, type Targets } from './targets.ts'
export { makeTokens, type Tokens } from './tokens.ts'
export { giveBack, makeTakeTry, type Try } from './tries.ts'
export { whyNoChangeHere } from './who-changes.ts'
export { makeWithdraw, type Withdrawn } from './withdraw.ts'
export { writeOnce } from './write-once.ts'
