import { newId } from '../../kernel/ids.ts'
import type { Secret } from '../../kernel/secret.ts'
import {
  type AccountRef,
  fold,
  type PasswordVerdict,
  type RoutedDirectory,
  resolveIdentifier,
} from '../accounts/index.ts'
import { type Examined, type Expiry, expiryOf, normalizePassword } from '../passwords/index.ts'
import {
  type AccountEntry,
  afterExamined,
  type Client,
  examinedEvents,
  giveBack,
  type Ledger,
  makeTakeTry,
  newFlowSecret,
  personalOf,
  type RecoveryDeps,
  type Refused,
  refuse,
  refuseFor,
  type Try,
  throttled,
} from '../recovery/index.ts'
import type { MustChange, PortalSession } from './ports.ts'

export type SignInDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

export interface SignInCall {
  tenant: string
  /** As it was typed. */
  identifier: string
  password: Secret
  service: string | null
  client: Client
}

/** `secret` is told only this once. */
export type SignedIn = { ok: true; session: PortalSession; secret: string }

/**
 * Proves a password at the directory and begins a session at the portal. One refusal for everything that depends on
 * the account, the budget of tries included. Whoever is named, every directory that could have been meant is asked for
 * one bind: the account's own about the account, the others, and all of them when there is nobody or no try is left,
 * about a decoy. The answer still takes its time from what happened; whoever sends it rounds that up.
 */
export function makeSignIn(deps: SignInDeps) {
  const takeTry = makeTakeTry(deps)
  return async (call: SignInCall): Promise<SignedIn | Refused> => {
    const tenant = deps.tenant(call.tenant)
    const quota = tenant.rules.signInsPerNetwork
    const taken = await deps.limiter.take(call.tenant, `sign-ins:${call.client.network}`, quota)
    if (!taken.ok) {
      await deps.store.record([throttled(call.tenant, deps.now(), 'sign-ins')])
      return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
    }
    const routed = tenant.directoriesFor(call.service)
    const deadline = AbortSignal.timeout(tenant.rules.writeDeadlineSeconds * 1_000)
    try {
      const resolved = await resolveIdentifier(call.identifier, routed, deadline)
      const subject = resolved.found
        ? await deps.store.subjectOf(call.tenant, resolved.account)
        : deps.tokens.name(call.tenant, fold(call.identifier.trim()))
      const tried = await takeTry({ tenant: call.tenant, subject, client: call.client })
      const account = resolved.found && tried !== null ? resolved.account : null
      const verdict = await askAll(deps, routed, { tried, account, password: call.password, deadline })
      if (!resolved.found) return await turnAway(deps, call, { subject: null, because: resolved.because })
      if (tried === null) return await turnAway(deps, call, { subject, because: 'tries-used-up' })
      if (!provesPassword(verdict)) {
        return await turnAway(deps, call, { subject, because: verdict.because })
      }
      await giveBack(deps, tried)
      if (resolved.entry.secondFactor)
        return await turnAway(deps, call, { subject, because: 'second-factor' })
      const entry = { ...resolved.entry, directory: resolved.account.directory }
      const password = normalizePassword(call.password)
      const examined = password === null ? unremarkable : await tenant.examine(password, entry)
      return await begin(deps, call, { account: resolved.account, entry, subject, verdict, examined })
    } catch (error) {
      return refuseFor(error)
    }
  }
}

type Denied = Extract<PasswordVerdict, { ok: false }>
type Proven = Exclude<PasswordVerdict, Denied> | (Denied & { because: 'expired' })

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
  try {
    const verdicts = await Promise.all(
      routed.map(async ({ directory }) => {
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
  { tenant, client }: SignInCall,
  { subject, because }: { subject: string | null; because: string },
): Promise<Refused> {
  const event = { tenant, at: deps.now(), subject, flow: null, personal: personalOf(client) }
  await deps.store.record([{ ...event, name: 'sign-in.refused', facts: { because } }])
  return refuse({ because: because === 'second-factor' ? 'second-factor-needed' : 'sign-in-refused' })
}

function begin(
  deps: SignInDeps,
  { tenant, service, client }: SignInCall,
  of: { account: AccountRef; entry: AccountEntry; subject: string; verdict: Proven; examined: Examined },
): Promise<SignedIn> {
  const { account, entry, subject, verdict, examined } = of
  return deps.store.decideSubject<SignedIn>({ tenant, subject }, ({ ledger: before }) => {
    const at = deps.now()
    const ledger = afterExamined(before, examined, { at, changedAt: entry.password.changedAt })
    const expiry = expiryOf(deps.tenant(tenant).ageOf(entry), entry.password, at)
    const mustChange = whyChange({ verdict, expiry, ledger, examined })
    const secret = newFlowSecret(deps)
    const session: PortalSession = {
      tenant,
      id: newId(deps),
      secretDigest: deps.tokens.secretDigest(secret),
      subject,
      account,
      username: entry.username,
      tokenVersion: ledger.tokenVersion,
      mustChange,
      passwordEndsAt: endOfUse(expiry),
      flaw: examined.flaws.find(({ is }) => is !== mustChange)?.is ?? null,
      service,
      startedAt: at,
      endedAt: null,
    }
    const { directory } = account
    const facts = { directory, mustChange: mustChange ?? 'no' }
    const event = { tenant, at, subject, flow: null, facts, personal: personalOf(client) }
    return {
      answer: { ok: true, session, secret },
      ...(ledger === before ? {} : { ledger }),
      effects: {
        events: [
          { ...event, name: 'sign-in.accepted' },
          ...examinedEvents(examined, { tenant, subject, flow: null, directory, at }),
        ],
        session: { change: 'begun', session },
      },
    }
  })
}

/** What no directory can have been given has been proven by nobody. */
const unremarkable: Examined = { flaws: [], unanswered: [] }

function whyChange(of: {
  verdict: Proven
  expiry: Expiry
  ledger: Ledger
  examined: Examined
}): MustChange | null {
  const { verdict, expiry, ledger, examined } = of
  const remembered = ledger.mustChange?.because ?? null
  const isOver = expiry.state === 'grace' || expiry.state === 'expired' || remembered === 'expired'
  // Before the directory's mark, which a password gets that has expired.
  if (!verdict.ok || isOver) return 'expired'
  if (verdict.mustChange) return 'directory'
  return remembered ?? examined.flaws.find(({ mustChange }) => mustChange)?.is ?? null
}

function endOfUse(expiry: Expiry): Date | null {
  switch (expiry.state) {
    case 'expires':
      return expiry.at
    case 'grace':
      return expiry.until
    default:
      return null
  }
}
