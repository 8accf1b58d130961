import { isFault } from '../../kernel/fault.ts'
import type { Sealer } from '../../kernel/seal.ts'
import { resolveIdentifier, resolveKey } from '../accounts/index.ts'
import { type Client, type Refused, refuse, refuseFor } from '../recovery/index.ts'
import { beginSession, refuseSignIn, type SignedIn, type TurnedAway, throttle } from './begin-session.ts'
import type { Journey, SignInMeans } from './ports.ts'
import type { SignInDeps } from './sign-in.ts'

export type SignInAsDeps = SignInDeps & {
  /** Seals what a browser keeps between the two requests. */
  sealer: Sealer
}

/** How long somebody may take at the provider. */
const journeySeconds = 600

export interface DepartCall {
  tenant: string
  /** A configured service, or null. */
  service: string | null
  client: Client
}

/** `kept` is for this browser alone, which brings it back with the provider's answer. */
export type Departed = { ok: true; url: string; kept: string; keptSeconds: number }

interface Kept extends Journey {
  service: string | null
  /** Milliseconds since 1970. */
  until: number
}

/** Sends a person to the company's own sign-in. Nothing is stored here: the browser carries what the way back needs. */
export const makeDepart =
  (deps: SignInAsDeps) =>
  async (call: DepartCall): Promise<Departed | Refused> => {
    const { provider } = deps.means(call.tenant)
    if (provider === null) return refuse({ because: 'method-not-offered' })
    const throttled = await throttle(deps, call)
    if (throttled !== null) return throttled
    try {
      const { url, journey } = await provider.at.begin()
      const until = deps.now().getTime() + journeySeconds * 1_000
      const kept: Kept = { ...journey, service: call.service, until }
      const sealed = deps.sealer.seal(aboutJourney(call.tenant), JSON.stringify(kept))
      return { ok: true, url, kept: sealed, keptSeconds: journeySeconds }
    } catch (error) {
      return noProvider(deps, call, error)
    }
  }

export interface SignInAsCall {
  tenant: string
  /** What the browser kept; null when it brings nothing. */
  kept: string | null
  /** The parameters that the browser came back with. */
  answer: URLSearchParams
  client: Client
}

/**
 * Begins a session for the account that the provider says somebody is. Whoever comes without what was kept at departure
 * began in another browser, or nowhere: a code that a stranger slips in signs nobody in as the stranger. What follows
 * from the account is one refusal, because an answer must not tell whose account exists, is disabled or is ambiguous.
 */
export const makeSignInAs =
  (deps: SignInAsDeps) =>
  async (call: SignInAsCall): Promise<SignedIn | Refused> => {
    const { tenant, answer } = call
    const { provider } = deps.means(tenant)
    if (provider === null) return refuse({ because: 'method-not-offered' })
    const kept = readKept(deps, call)
    if (kept === null || kept.state !== answer.get('state')) return startAgain(deps, call, 'no-journey')
    const throttled = await throttle(deps, call)
    if (throttled !== null) return throttled
    // The provider refuses a code the second time as well; this holds whatever it does, and over all nodes.
    const once = { max: 1, windowSeconds: journeySeconds }
    const spent = await deps.limiter.take(tenant, `journey:${kept.state}`, once)
    if (!spent.ok) return startAgain(deps, call, 'used-before')
    try {
      const identity = await provider.at.finish(answer, kept)
      if (identity.ok) return await welcome(deps, call, { ...provider, ...identity, service: kept.service })
      return identity.because === 'claim-missing'
        ? await unknown(deps, call, { subject: null, because: identity.because })
        : await startAgain(deps, call, identity.because)
    } catch (error) {
      return isProviders(error) ? noProvider(deps, call, error) : refuseFor(error)
    }
  }

const aboutJourney = (tenant: string) => `sign-in/${tenant}`

/** Null for what was not sealed here, for another tenant, or is too old. */
function readKept(deps: SignInAsDeps, { tenant, kept }: SignInAsCall): Kept | null {
  if (kept === null) return null
  const text = openSealed(deps.sealer, aboutJourney(tenant), kept)
  if (text === null) return null
  // Sealed by us alone, so it is what was sealed.
  const journey = JSON.parse(text) as Kept
  return journey.until > deps.now().getTime() ? journey : null
}

function openSealed(sealer: Sealer, about: string, sealed: string): string | null {
  try {
    return sealer.open(about, sealed)
  } catch {
    return null
  }
}

type Provider = NonNullable<SignInMeans['provider']>

async function welcome(
  deps: SignInAsDeps,
  call: SignInAsCall,
  by: Pick<Provider, 'names' | 'directory'> & { claimed: string; service: string | null },
): Promise<SignedIn | Refused> {
  const { rules, directoriesFor, ambiguous, links } = deps.tenant(call.tenant)
  const { service } = by
  const deadline = AbortSignal.timeout(rules.writeDeadlineSeconds * 1_000)
  const directories = directoriesFor(service).filter(
    ({ directory }) => by.directory === null || directory.name === by.directory,
  )
  const routing = { directories, ambiguous, links }
  const found =
    by.names === 'key'
      ? await resolveKey(by.claimed, routing, deadline)
      : await resolveIdentifier(by.claimed, routing, deadline)
  if (!found.found) {
    const { because } = found
    const named = because === 'ambiguous' ? { directories: found.directories } : {}
    return unknown(deps, call, { subject: null, because, ...named })
  }
  const { account, entry } = found
  const subject = await deps.store.subjectOf(call.tenant, account)
  if (entry.disabled) return unknown(deps, call, { subject, because: 'disabled' })
  const { tokenVersion } = await deps.store.readLedger(call.tenant, subject)
  const begun = await beginSession(
    deps,
    { ...call, service },
    {
      account,
      entry: { ...entry, directory: account.directory },
      subject,
      proof: { provenBy: 'provider' },
      tokenVersion,
    },
  )
  return begun ?? startAgain(deps, call, 'superseded')
}

async function startAgain(deps: SignInAsDeps, call: SignInAsCall, because: string): Promise<Refused> {
  await refuseSignIn(deps, call, { subject: null, because, method: 'provider' })
  return refuse({ because: 'provider-answer-unusable' })
}

async function unknown(
  deps: SignInAsDeps,
  call: SignInAsCall,
  why: Omit<TurnedAway, 'method'>,
): Promise<Refused> {
  await refuseSignIn(deps, call, { ...why, method: 'provider' })
  return refuse({ because: 'provider-account-unknown' })
}

const isProviders = (error: unknown) =>
  isFault(error, 'identity-provider-unreachable', 'identity-provider-misconfigured')

/** One answer for people; the event says to operators which of the two it was. */
async function noProvider(
  deps: SignInAsDeps,
  call: Pick<DepartCall, 'tenant' | 'client'>,
  error: unknown,
): Promise<Refused> {
  if (!isFault(error) || !isProviders(error)) throw error
  await refuseSignIn(deps, call, { subject: null, because: error.code, method: 'provider' })
  return refuse({ because: 'provider-unreachable' })
}
