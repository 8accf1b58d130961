import type { Flow } from './flow.ts'
import { transition } from './transition.ts'

export interface Quota {
  max: number
  windowSeconds: number
}

/** Numbers of one tenant's recovery. All times in seconds; configuration keeps them within hard bounds. */
export interface RecoveryRules {
  /** A mailed link and code. */
  challengeSeconds: number
  codeTriesPerFlow: number
  /** Wrong codes over all flows and spellings of one account. The link is not guessable and stays usable. */
  failedTriesPerAccount: Quota
  flowIdleSeconds: number
  flowTotalSeconds: number
  policyRefusalsPerFlow: number
  /** Mails one flow may ask for, the first included, and the pause between two. */
  asksPerFlow: number
  askPauseSeconds: number
  secondProofSeconds: number
  disavowalSeconds: number
  /** A sign-in at the portal, from its beginning. */
  sessionSeconds: number
  /** How long a session waits for its second proof. */
  secondStepSeconds: number
  /** What a session lets its owner enrol or remove, from its latest proof on. */
  freshSeconds: number
  /** Before something new may bring its owner back; privileged accounts wait for a day at least. */
  coolDownSeconds: number
  /** Things that one account may have enrolled. */
  enrolmentsMax: number
  /** Things that are set up or tried out by one account: each may cost slow digests, and mails. */
  enrolmentsPerAccount: Quota
  /** Printed codes that are tried in one flow: each costs a slow digest, also where there is no sheet. */
  slowTriesPerFlow: Quota
  /** An action token. */
  actionSeconds: number
  /** How long an invitation can be spent. */
  invitationSeconds: number
  writeDeadlineSeconds: number
  probeDeadlineSeconds: number
  /** What a write may take longer where accounts follow others: they are written to after the leading one. */
  followSeconds: number
  /** Mails to one mailbox; known devices have a quota of the same size to themselves. */
  mailbox: readonly Quota[]
  /** Requests of one network: starts, answers to challenges, spent links. */
  startsPerNetwork: Quota
  signInsPerNetwork: Quota
  /** Changes that are opened for one account: whatever ends them all has to look at each. */
  changesPerAccount: Quota
  proofsPerNetwork: Quota
  /** Questions about a password while it is typed: many for a person, few for a guesser of names. */
  passwordChecksPerFlow: Quota
  /** How long a password may wait for a directory that can't be reached; 0: it is refused at once. */
  acceptSeconds: number
}

export const defaultRules: RecoveryRules = {
  challengeSeconds: 600,
  codeTriesPerFlow: 5,
  failedTriesPerAccount: { max: 10, windowSeconds: 86_400 },
  flowIdleSeconds: 1_800,
  flowTotalSeconds: 3_600,
  policyRefusalsPerFlow: 20,
  asksPerFlow: 4,
  askPauseSeconds: 30,
  secondProofSeconds: 86_400,
  disavowalSeconds: 7 * 86_400,
  sessionSeconds: 1_800,
  secondStepSeconds: 300,
  freshSeconds: 600,
  coolDownSeconds: 0,
  enrolmentsMax: 20,
  enrolmentsPerAccount: { max: 30, windowSeconds: 1_800 },
  slowTriesPerFlow: { max: 10, windowSeconds: 600 },
  actionSeconds: 30,
  invitationSeconds: 72 * 3_600,
  writeDeadlineSeconds: 10,
  probeDeadlineSeconds: 3,
  followSeconds: 0,
  mailbox: [
    { max: 3, windowSeconds: 900 },
    { max: 10, windowSeconds: 86_400 },
  ],
  startsPerNetwork: { max: 30, windowSeconds: 600 },
  signInsPerNetwork: { max: 60, windowSeconds: 600 },
  changesPerAccount: { max: 30, windowSeconds: 1_800 },
  proofsPerNetwork: { max: 60, windowSeconds: 600 },
  passwordChecksPerFlow: { max: 200, windowSeconds: 600 },
  acceptSeconds: 0,
}

/** Outlives both deadlines, so that the holder of a lease has always stopped before another may write. */
export const leaseSeconds = (rules: RecoveryRules): number =>
  rules.writeDeadlineSeconds + rules.probeDeadlineSeconds + rules.followSeconds + leaseMarginSeconds

const leaseMarginSeconds = 5

export const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1_000)

/** When the flow ends by itself. A write under way is ended by its lease alone. */
export function expiresAt(flow: Flow, rules: RecoveryRules): Date {
  const idle = after(flow.touchedAt, rules.flowIdleSeconds)
  const total = after(flow.startedAt, rules.flowTotalSeconds)
  return idle < total ? idle : total
}

/** The flow as it is at `now`: time alone ends a flow, so every reader looks through this. */
export function asOf(flow: Flow, rules: RecoveryRules, now: Date): Flow {
  return expiresAt(flow, rules) <= now ? (transition(flow, { type: 'expired' }) ?? flow) : flow
}
