import { passkeyRequest, type RecoveryDeps } from '../recovery/index.ts'
import type { PortalSession } from './ports.ts'
import { makeProveSession } from './prove-session.ts'
import { makeReadSession, makeSignOut } from './session.ts'
import { makeSignIn } from './sign-in.ts'
import { makeDepart, makeSignInAs, type SignInAsDeps } from './sign-in-as.ts'

export type { SignedIn } from './begin-session.ts'
export type { MustChange, PortalSession, SignInMeans } from './ports.ts'
export { type SessionCall, secondSteps } from './session.ts'

/** Everything that can be done with a session at the portal. */
export const makeSessions = (deps: RecoveryDeps & Pick<SignInAsDeps, 'means' | 'sealer'>) => ({
  signIn: makeSignIn(deps),
  prove: makeProveSession(deps),
  /** For `navigator.credentials.get()`; null where the tenant has no passkeys. */
  passkeyRequest: ({ tenant, id }: Pick<PortalSession, 'tenant' | 'id'>) =>
    passkeyRequest(deps, { tenant, purpose: 'session', of: id }),
  depart: makeDepart(deps),
  signInAs: makeSignInAs(deps),
  read: makeReadSession(deps),
  signOut: makeSignOut(deps),
})

export type Sessions = ReturnType<typeof makeSessions>
