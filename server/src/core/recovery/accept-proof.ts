import {
  type AssurancePolicy,
  demandOf,
  type Method,
  methodsThatHelp,
  missingIn,
  usableIn,
} from '../proofs/index.ts'
import type { Band } from '../risk/index.ts'
import { type Answered, type Refused, refuse } from './answers.ts'
import type { RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { AwaitingProof, Client, Wanted } from './flow.ts'
import { isClosed, type Ledger, secondProofIsWanted } from './ledger.ts'
import type { Decision } from './ports.ts'
import type { ScoredProof } from './score-proof.ts'
import { newFlowSecret } from './secrets.ts'
import { transition } from './transition.ts'

export type Proved = (Answered & { secret: string }) | Refused

/** Adds a proof that was found right to a flow: its holder gets a new secret, and is done or hears what is wanted besides. */
export function acceptProof(
  deps: Pick<RecoveryDeps, 'tokens' | 'tenant' | 'randomBytes'>,
  proof: {
    flow: AwaitingProof
    ledger: Ledger
    method: Method
    client: Client
    now: Date
    /** Of the request that brings it. */
    scored: ScoredProof
  },
): Decision<Proved> {
  const { flow, ledger, method, client, now, scored } = proof
  const { methods } = deps.tenant(flow.tenant)
  const proofs = [...flow.proofs, { method, at: now }]
  const band = worse(flow.band, scored.verdict.acting)
  const demand = demandOf({
    policy: policyOf(deps, flow),
    enrolled: ledger.enrolled,
    disavowed: secondProofIsWanted(ledger, now),
    band,
  })
  // Who has left does not come back, whatever they can still prove.
  const enough = !isClosed(ledger) && missingIn(proofs, demand).length === 0
  const onHand = [...mailed, ...textedTo(flow), ...usableIn(ledger.enrolled, now)].filter((one) =>
    methods.includes(one),
  )
  const wanted: Wanted | null = enough
    ? null
    : {
        kinds: demand.kinds,
        methods: isClosed(ledger) ? [] : methodsThatHelp(onHand, proofs, demand),
        because: demand.because,
      }
  const secret = newFlowSecret(deps)
  const secretDigest = deps.tokens.secretDigest(secret)
  const proved = transition(
    { ...flow, client },
    {
      type: 'proved',
      ...{ proofs, wanted, secretDigest, at: now },
      ...(band === 'low' ? {} : { band }),
    },
  )
  if (proved === null) return { answer: refuse({ because: 'already-proven' }) }
  const facts = { method, enough, because: demand.because.join(' ') }
  const events = [...scored.events, flowEvent('proof.accepted', { flow: proved, at: now, client }, facts)]
  return { answer: { ok: true, flow: proved, secret }, flow: proved, effects: { events } }
}

/** A score is never better than the worst that the flow has seen. */
const worse = (one: Band = 'low', other: Band): Band =>
  bandsInOrder.indexOf(one) > bandsInOrder.indexOf(other) ? one : other

const bandsInOrder: readonly Band[] = ['low', 'medium', 'high']

/** As it was for the account when the flow found it; of one that began before that was kept, what is asked of everybody. */
const policyOf = (deps: Pick<RecoveryDeps, 'tenant'>, { tenant, whose }: AwaitingProof): AssurancePolicy =>
  (whose.is === 'account' ? whose.assurance : undefined) ?? deps.tenant(tenant).assurance

/** A text goes to whoever has a number, once it is asked for. */
const textedTo = ({ whose }: AwaitingProof): readonly Method[] =>
  whose.is === 'account' && whose.hasNumber === true ? ['sms_code'] : []

/** A mail is on its way to everybody who can come back. */
const mailed: readonly Method[] = ['email_link', 'email_code']
