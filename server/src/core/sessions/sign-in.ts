import type { Secret } from '../../kernel/secret.ts'
import {
  type AccountRef,
  fold,
  type PasswordVerdict,
  type RoutedDirectory,
  resolveIdentifier,
} from '../accounts/index.ts'
import { normalizePassword } from '../passwords/index.ts'
import {
  type Client,
  giveBack,
  makeTakeTry,
  type RecoveryDeps,
  type Refused,
  refuse,
  refuseFor,
  type Try,
} from '../recovery/index.ts'
import { beginSession, type Proven, refuseSignIn, type SignedIn, throttle } from './begin-session.ts'
import type { SignInMeans } from './ports.ts'

export type SignInDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'
> & { means(tenant: string): SignInMeans }

export interface SignInCall {
  tenant: string
  /** As it was typed. */
  identifier: string
  password: Secret
  service: string | null
  client: Client
}

/**
 * Proves a password at the directory and begins a session at the portal. One refusal for everything that depends on
 * the account, the budget of tries included. Whoever is named, every directory that could have been meant and can be
 * asked about passwords is asked for one bind: the account's own about the account, the others, and all of them when there is nobody or no try is left,
 * about a decoy. The answer still takes its time from what happened; whoever sends it rounds that up.
 */
export function makeSignIn(deps: SignInDeps) {
  const takeTry = makeTakeTry(deps)
  return async (call: SignInCall): Promise<SignedIn | Refused> => {
    const tenant = deps.tenant(call.tenant)
    if (!deps.means(call.tenant).password) return refuse({ because: 'method-not-offered' })
    const throttled = await throttle(deps, call)
    if (throttled !== null) return throttled
    const routed = tenant.directoriesFor(call.service)
    const deadline = AbortSignal.timeout(tenant.rules.writeDeadlineSeconds * 1_000)
    try {
      const resolved = await resolveIdentifier(call.identifier, routed, deadline)
      const subject = resolved.found
        ? await deps.store.subjectOf(call.tenant, resolved.account)
        : deps.tokens.name(call.tenant, fold(call.identifier.trim()))
      const tried = await takeTry({ tenant: call.tenant, subject, client: call.client })
      const account = resolved.found && tried !== null ? resolved.account : null
      // Whatever is written while the password is compared makes it another one.
      const { tokenVersion } = await deps.store.readLedger(call.tenant, subject)
      const verdict = await askAll(deps, routed, { tried, account, password: call.password, deadline })
      if (!resolved.found) return await turnAway(deps, call, { subject: null, because: resolved.because })
      if (tried === null) return await turnAway(deps, call, { subject, because: 'tries-used-up' })
      if (!provesPassword(verdict)) {
        return await turnAway(deps, call, { subject, because: verdict.because })
      }
      await giveBack(deps, tried)
      if (resolved.entry.secondFactor)
        return await turnAway(deps, call, { subject, because: 'second-factor' })
      const { account: found } = resolved
      const entry = { ...resolved.entry, directory: found.directory }
      const password = normalizePassword(call.password)
      const examined = password === null ? undefined : await tenant.examine(password, entry)
      const proof = { provenBy: 'password', verdict, examined } as const
      const begun = await beginSession(deps, call, { account: found, entry, subject, proof, tokenVersion })
      return begun ?? (await turnAway(deps, call, { subject, because: 'wrong' }))
    } catch (error) {
      return refuseFor(error)
    }
  }
}

/** A directory that says "expired" has compared the password before: good for changing it, and for nothing else. */
const provesPassword = (verdict: PasswordVerdict): verdict is Proven =>
  verdict.ok || verdict.because === 'expired'

/** No directory has an entry under this key; connectors bind a decoy in the place of one that they don't have. */
const nobodysKey = '00000000-0000-0000-0000-000000000000'

/** One bind for each directory. The verdict is the account's; without an account it is "wrong". */
async function askAll(
  deps: SignInDeps,
  routed: readonly RoutedDirectory[],
  of: { tried: Try | null; account: AccountRef | null; password: Secret; deadline: AbortSignal },
): Promise<PasswordVerdict> {
  const { tried, account, deadline } = of
  const password = normalizePassword(of.password)
  const wrong: PasswordVerdict = { ok: false, because: 'wrong' }
  // What no directory can have been given; that depends on what was typed alone.
  if (password === null) return wrong
  const asked = routed.filter(({ directory }) => directory.abilities.verifies)
  try {
    const verdicts = await Promise.all(
      asked.map(async ({ directory }) => {
        const isTheirs = directory.name === account?.directory
        const verdict = await directory.verifyPassword(
          isTheirs ? account.key : nobodysKey,
          password,
          deadline,
        )
        return isTheirs ? verdict : null
      }),
    )
    return verdicts.find((verdict) => verdict !== null) ?? wrong
  } catch (error) {
    // Nobody has compared anything, as far as anybody knows.
    if (tried !== null) await giveBack(deps, tried)
    throw error
  }
}

async function turnAway(
  deps: SignInDeps,
  call: SignInCall,
  why: { subject: string | null; because: string },
): Promise<Refused> {
  await refuseSignIn(deps, call, { ...why, method: 'password' })
  return refuse({
    because: why.because === 'second-factor' ? 'second-factor-needed' : 'sign-in-refused',
  })
}
