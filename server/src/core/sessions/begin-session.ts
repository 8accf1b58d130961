import { newId } from '../../kernel/ids.ts'
import type { AccountRef, PasswordVerdict } from '../accounts/index.ts'
import { type Examined, type Expiry, expiryOf } from '../passwords/index.ts'
import { asksAtSignIn, type EnrolledMethod } from '../proofs/index.ts'
import {
  type AccountEntry,
  afterExamined,
  type Client,
  examinedEvents,
  type Ledger,
  newFlowSecret,
  personalOf,
  type RecoveryDeps,
  type Refused,
  refuse,
  scoreRisk,
  throttled,
} from '../recovery/index.ts'
import type { MustChange, PortalSession, SignInMethod } from './ports.ts'
import { secondSteps } from './session.ts'

type Deps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'now' | 'randomBytes'>

/** `secret` is told only this once. */
export type SignedIn = {
  ok: true
  session: PortalSession
  secret: string
  /** What the second proof may be; empty when none is awaited. */
  methods: readonly EnrolledMethod[]
}

interface From {
  tenant: string
  client: Client
}

/** Counts one request of a network. A refusal when it has to wait. */
export async function throttle(deps: Deps, { tenant, client }: From): Promise<Refused | null> {
  const quota = deps.tenant(tenant).rules.signInsPerNetwork
  const taken = await deps.limiter.take(tenant, `sign-ins:${client.network}`, quota)
  if (taken.ok) return null
  await deps.store.record([throttled(tenant, deps.now(), 'sign-ins')])
  return refuse({ because: 'too-many-requests', retryAfterSeconds: taken.retryAfterSeconds })
}

export interface TurnedAway {
  subject: string | null
  because: string
  method: SignInMethod
  /** Those that have the name, when it is not the only one. */
  directories?: readonly string[]
}

/** Notes that somebody was turned away, and why. */
export function refuseSignIn(
  deps: Deps,
  { tenant, client }: From,
  { subject, because, method, directories }: TurnedAway,
): Promise<void> {
  const event = { tenant, at: deps.now(), subject, flow: null, personal: personalOf(client) }
  const facts = {
    because,
    method,
    ...(directories === undefined ? {} : { directories: directories.join(' ') }),
  }
  return deps.store.record([{ ...event, name: 'sign-in.refused', facts }])
}

type Denied = Extract<PasswordVerdict, { ok: false }>

/** What a directory says of a password that is right. */
export type Proven = Exclude<PasswordVerdict, Denied> | (Denied & { because: 'expired' })

/** How the owner was proven. Where no password was compared, what the directory tells is all there is to go by. */
export type SignInProof =
  | { provenBy: 'password'; verdict: Proven; examined: Examined | undefined }
  | { provenBy: 'provider' }

/** A session for an account whose owner was proven just now. Null when the account is at another token version by now. */
export async function beginSession(
  deps: Deps,
  { tenant, client, service }: From & { service: string | null },
  proven: {
    account: AccountRef
    entry: AccountEntry
    subject: string
    proof: SignInProof
    /** When the proof was asked for. */
    tokenVersion: number
  },
): Promise<SignedIn | null> {
  const { account, entry, subject, proof } = proven
  const { provenBy } = proof
  const examined = (provenBy === 'password' ? proof.examined : undefined) ?? unremarkable
  const { methods: offered } = deps.tenant(tenant)
  const of = { tenant, client, entry, ledgerOf: subject }
  const { verdict, events } = await scoreRisk(deps, { ...of, name: null, flow: null, step: 'sign-in' })
  const begun = await deps.store.decideSubject<SignedIn | null>({ tenant, subject }, ({ ledger: before }) => {
    if (before.tokenVersion !== proven.tokenVersion) return { answer: null }
    const at = deps.now()
    const ledger = afterExamined(before, examined, { at, changedAt: entry.password.changedAt })
    const expiry = expiryOf(deps.tenant(tenant).ageOf(entry), entry.password, at)
    const mustChange = whyChange({ proof, entry, expiry, ledger, examined })
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
      provenBy,
      // The company's provider has asked for its own.
      awaits: provenBy === 'password' && asksAtSignIn(ledger.enrolled) ? 'second-proof' : null,
      provenAt: at,
      service,
      startedAt: at,
      endedAt: null,
    }
    const { directory } = account
    const facts = {
      ...{ directory, mustChange: mustChange ?? 'no', method: provenBy },
      awaits: session.awaits ?? 'nothing',
    }
    const event = { tenant, at, subject, flow: null, facts, personal: personalOf(client) }
    return {
      answer: {
        ok: true,
        session,
        secret,
        methods: session.awaits === null ? [] : secondSteps(offered, ledger),
      },
      ...(ledger === before ? {} : { ledger }),
      effects: {
        events: [
          { ...event, name: 'sign-in.accepted' },
          ...examinedEvents(examined, { tenant, subject, flow: null, directory, at }),
          ...events,
        ],
        session: { change: 'begun', session },
      },
    }
  })
  // Who looks like somebody else teaches nothing, and a password alone is half of what was asked for.
  const isOwners = begun !== null && begun.session.awaits === null && verdict.band !== 'high'
  if (isOwners) await deps.risk.remember({ tenant, subject, client })
  return begun
}

/** Of a password that nobody has shown here. */
const unremarkable: Examined = { flaws: [], unanswered: [] }

function whyChange(of: {
  proof: SignInProof
  entry: AccountEntry
  expiry: Expiry
  ledger: Ledger
  examined: Examined
}): MustChange | null {
  const { proof, entry, expiry, ledger, examined } = of
  const remembered = ledger.mustChange?.because ?? null
  const isOver = expiry.state === 'grace' || expiry.state === 'expired' || remembered === 'expired'
  // Before the directory's mark, which a password gets that has expired.
  const verdict =
    proof.provenBy === 'password'
      ? proof.verdict
      : { ok: true as const, mustChange: entry.password.mustChange }
  if (isOver || !verdict.ok) return 'expired'
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
