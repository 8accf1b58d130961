import type { RecoveryDeps } from '../recovery/index.ts'
import { makeReadSession, makeSignOut } from './session.ts'
import { makeSignIn } from './sign-in.ts'

export type { MustChange, PortalSession } from './ports.ts'
export type { SessionCall } from './session.ts'
export type { SignedIn } from './sign-in.ts'

/** Everything that can be done with a session at the portal. */
export const makeSessions = (deps: RecoveryDeps) => ({
  signIn: makeSignIn(deps),
  read: makeReadSession(deps),
  signOut: makeSignOut(deps),
})

export type Sessions = ReturnType<typeof makeSessions>
