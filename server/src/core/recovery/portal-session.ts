import type { PortalSession } from '../sessions/ports.ts'
import type { Ledger } from './ledger.ts'
import { after, type RecoveryRules } from './rules.ts'

/** Whether a sign-in still counts: a reset, a change elsewhere and "this was not me" end it by the token version. */
export const sessionIsOpen = (
  session: PortalSession,
  ledger: Pick<Ledger, 'tokenVersion'>,
  rules: Pick<RecoveryRules, 'sessionSeconds'>,
  now: Date,
): boolean =>
  session.endedAt === null &&
  session.tokenVersion === ledger.tokenVersion &&
  after(session.startedAt, rules.sessionSeconds) > now
