import { type Fault, isFault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import {
  type AccountRef,
  type Directory,
  fold,
  type Link,
  type Looked,
  lookUpIdentifier,
  type PasswordVerdict,
  withLeads,
} from '../accounts/index.ts'
import type { Shown } from '../gate/ports.ts'
import { normalizePassword } from '../passwords/index.ts'
import {
  type Client,
  giveBack,
  makeTakeTry,
  type RecoveryDeps,
  type Refused,
  refuse,
  refuseFor,
} from '../recovery/index.ts'
import { beginSession, type Proven, refuseSignIn, type SignedIn, throttle } from './begin-session.ts'
import type { SignInMeans } from './ports.ts'

export type SignInDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'now' | 'randomBytes'
> & { means(tenant: string): SignInMeans }

export interface SignInCall {
  tenant: string
  /** As it was typed. */
  identifier: string
  password: Secret
  service: string | null
  client: Client
  /** What was done for it; the gate looks at it, nobody else. */
  shown?: Shown
}

/**
 * Proves a password at the directory and begins a session at the portal. One refusal for everything that depends on
 * the account, the budget of tries included. Whoever is named, every directory that could have been meant and can be
 * asked about passwords is asked for one bind: the account's own about the account, the others, and all of them when there
 * is nobody or no try is left, about a decoy. The answer still takes its time from what happened; whoever sends it rounds that up.
 *
 * While a directory gives no answer, the right password of an account that it has no say in opens a session. Everybody
 * else is told of the outage, whoever they named: who is in a directory that answers must not show by it.
 */
export function makeSignIn(deps: SignInDeps) {
  const takeTry = makeTakeTry(deps)
  return async (call: SignInCall): Promise<SignedIn | Refused> => {
    const tenant = deps.tenant(call.tenant)
    if (!deps.means(call.tenant).password) return refuse({ because: 'method-not-offered' })
    const throttled = await throttle(deps, call)
    if (throttled !== null) return throttled
    const directories = tenant.directoriesFor(call.service)
    const { writeDeadlineSeconds: seconds } = tenant.rules
    const deadline = AbortSignal.timeout(seconds * 1_000)
    try {
      // One that stays silent must leave the others the time to compare a password.
      const lookUp = directories.length > 1 ? AbortSignal.timeout(seconds * 500) : deadline
      const resolved = await lookUpIdentifier(
        call.identifier,
        { directories, ambiguous: tenant.ambiguous, links: tenant.links },
        lookUp,
      )
      const subject = resolved.found
        ? await deps.store.subjectOf(call.tenant, resolved.account)
        : deps.tokens.name(call.tenant, fold(call.identifier.trim()))
      const tried = await takeTry({ tenant: call.tenant, subject, client: call.client })
      const account = resolved.found && tried !== null ? resolved.account : null
      // Whatever is written while the password is compared makes it another one.
      const { tokenVersion } = await deps.store.readLedger(call.tenant, subject)
      const asked = await askAll(withLeads(directories, tenant.links), {
        links: tenant.links,
        account,
        password: call.password,
        deadline,
      })
      const { verdict } = asked
      const outage = resolved.outage ?? asked.outage
      const proves = provesPassword(verdict)
      // A directory that gave no answer has told nobody whether it was the password.
      if (tried !== null && resolved.found && (proves || verdict === null)) await giveBack(deps, tried)
      if (!resolved.found) return await turnAway(deps, call, { ...whyNobody(resolved), outage })
      if (tried === null) return await turnAway(deps, call, { subject, because: 'tries-used-up', outage })
      if (!proves) {
        const because = verdict?.because ?? outage?.code ?? 'wrong'
        return await turnAway(deps, call, { subject, because, outage })
      }
      if (resolved.entry.secondFactor) {
        return await turnAway(deps, call, { subject, because: 'second-factor', outage: null })
      }
      const { account: found } = resolved
      const entry = { ...resolved.entry, directory: found.directory }
      const password = normalizePassword(call.password)
      const examined = password === null ? undefined : await tenant.examine(password, entry)
      const proof = { provenBy: 'password', verdict, examined } as const
      const begun = await beginSession(deps, call, { account: found, entry, subject, proof, tokenVersion })
      return begun ?? (await turnAway(deps, call, { subject, because: 'wrong', outage }))
    } catch (error) {
      return refuseFor(error)
    }
  }
}

/** A directory that says "expired" has compared the password before: good for changing it, and for nothing else. */
const provesPassword = (verdict: PasswordVerdict | null): verdict is Proven =>
  verdict !== null && (verdict.ok || verdict.because === 'expired')

/** No directory has an entry under this key; connectors bind a decoy in the place of one that they don't have. */
const nobodysKey = '00000000-0000-0000-0000-000000000000'

interface AskedAll {
  /** The account's; without an account it is "wrong", and null when its directory gave no answer. */
  verdict: PasswordVerdict | null
  /** The first in order of those without an answer. */
  outage: Fault | null
}

/**
 * One bind for each directory, whatever becomes of the others. One that leads and proves no passwords is asked for nobody:
 * it may have been looked into for some names alone, and whether it answers must not tell which.
 */
async function askAll(
  directories: readonly Directory[],
  {
    account,
    links,
    ...of
  }: { account: AccountRef | null; links: readonly Link[]; password: Secret; deadline: AbortSignal },
): Promise<AskedAll> {
  const password = normalizePassword(of.password)
  const wrong: PasswordVerdict = { ok: false, because: 'wrong' }
  // What no directory can have been given; that depends on what was typed alone.
  if (password === null) return { verdict: wrong, outage: null }
  const asked = directories.filter(
    ({ abilities, name }) => abilities.verifies || links.some(({ leads }) => leads.name === name),
  )
  const settled = await Promise.allSettled(
    asked.map(async (directory) => {
      if (!directory.abilities.verifies) {
        await directory.find({ by: 'username', value: nobodysKey }, of.deadline)
        return wrong
      }
      const key = directory.name === account?.directory ? account.key : nobodysKey
      return directory.verifyPassword(key, password, of.deadline)
    }),
  )
  const failures = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  const faults = failures.filter((failure) => isFault(failure))
  if (faults.length < failures.length) throw failures.find((failure) => !isFault(failure))
  const own = settled[asked.findIndex(({ name }) => name === account?.directory)]
  const verdict = own?.status === 'rejected' ? null : (own?.value ?? wrong)
  return { verdict, outage: faults[0] ?? null }
}

type Nobody = Exclude<Looked, { found: true }>

/** As the log says it. */
const whyNobody = (looked: Nobody) => ({
  subject: null,
  because: looked.because === 'undecided' ? looked.outage.code : looked.because,
  ...(looked.because === 'ambiguous' ? { directories: looked.directories } : {}),
})

async function turnAway(
  deps: SignInDeps,
  call: SignInCall,
  why: Omit<Parameters<typeof refuseSignIn>[2], 'method'> & { outage: Fault | null },
): Promise<Refused> {
  const { outage, ...noted } = why
  await refuseSignIn(deps, call, { ...noted, method: 'password' })
  if (outage !== null) return refuseFor(outage)
  return refuse({
    because: why.because === 'second-factor' ? 'second-factor-needed' : 'sign-in-refused',
  })
}
