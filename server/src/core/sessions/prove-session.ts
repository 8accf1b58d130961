import { definitionOf, type EnrolledAnswer, type Enrolment } from '../proofs/index.ts'
import {
  type Client,
  codesTriedIn,
  fits,
  giveBack,
  type Ledger,
  makeTakeTry,
  newFlowSecret,
  personalOf,
  type RecoveryDeps,
  type RecoveryRules,
  type Refused,
  readyToCompare,
  refuse,
} from '../recovery/index.ts'
import { type SignedIn, throttle } from './begin-session.ts'
import { makeReadAny, type SessionCall } from './session.ts'

type ProveDeps = Pick<
  RecoveryDeps,
  'store' | 'limiter' | 'tokens' | 'tenant' | 'risk' | 'digests' | 'passkeys' | 'now' | 'randomBytes'
>

export type ProveSessionCall = SessionCall & EnrolledAnswer & { client: Client }

/**
 * The second proof of a sign-in. What can be guessed costs one of the account's tries before it is compared, which is given
 * back when it was right; so thirty at once are thirty in a row, and none is on top of those of other pages. A code
 * is spent where it is compared. The session goes on under a new secret (ASVS 7.2.4).
 */
export function makeProveSession(deps: ProveDeps) {
  const read = makeReadAny(deps)
  const takeTry = makeTakeTry(deps)
  return async (call: ProveSessionCall): Promise<SignedIn | Refused> => {
    const { tenant, method, client } = call
    const { rules, methods } = deps.tenant(tenant)
    const throttled = await throttle(deps, call)
    if (throttled !== null) return throttled
    if (!methods.includes(method)) return refuse({ because: 'method-not-offered' })
    const held = await read(call)
    if (!held.ok) return held
    const { session } = held
    if (session.awaits === null) return refuse({ because: 'already-proven' })
    const { subject } = session
    const tried = definitionOf(method).guessable ? await takeTry({ tenant, subject, client }) : null
    if (tried === null && definitionOf(method).guessable) {
      const retryAfterSeconds = rules.failedTriesPerAccount.windowSeconds
      return refuse({ because: 'too-many-requests', retryAfterSeconds })
    }
    const ready = await readyToCompare(deps, { tenant, subject, purpose: 'session', of: session.id }, call)
    if (ready === null) return refuse({ because: 'too-many-requests', retryAfterSeconds: 10 })
    const secret = newFlowSecret(deps)
    const secretDigest = deps.tokens.secretDigest(secret)
    const answer = await deps.store.decideSubject<SignedIn | Refused>(
      { tenant, subject, enrolments: true },
      ({ ledger, enrolments }) => {
        if (ledger.tokenVersion !== session.tokenVersion)
          return { answer: refuse({ because: 'session-unknown' }) }
        const at = deps.now()
        const change = fits(ready, enrolments, { now: at, isEligible: isConfirmed })
        const event = { tenant, at, subject, flow: null, personal: personalOf(client) }
        if (change === null) {
          const because = { because: 'wrong-second-proof', method }
          return {
            answer:
              method === 'passkey'
                ? refuse({ because: 'passkey-refused' })
                : refuse({ because: 'code-wrong', triesLeft: triesLeftIn(ledger, rules, at) }),
            effects: { events: [{ ...event, name: 'sign-in.refused', facts: because }] },
          }
        }
        const { directory } = session.account
        const facts = { directory, mustChange: session.mustChange ?? 'no', method, awaits: 'nothing' }
        return {
          answer: {
            ok: true,
            session: { ...session, awaits: null, provenAt: at, secretDigest },
            secret,
            methods: [],
          },
          effects: {
            events: [{ ...event, name: 'sign-in.accepted', facts }],
            enrolments: [change],
            session: { change: 'proven', tenant, id: session.id, secretDigest, at },
          },
        }
      },
    )
    if (answer.ok && tried !== null) await giveBack(deps, tried)
    if (answer.ok) await deps.risk.remember({ tenant, subject, client })
    return answer
  }
}

/** The one that is being made is counted already. */
const triesLeftIn = (ledger: Ledger, rules: RecoveryRules, now: Date): number =>
  Math.max(0, rules.failedTriesPerAccount.max - codesTriedIn(ledger, rules, now))

const isConfirmed = ({ confirmedAt }: Enrolment): boolean => confirmedAt !== null
