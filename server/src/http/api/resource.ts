import { Type } from 'typebox'
import { assess, type Method, methods, type RequestOptions } from '../../core/proofs/index.ts'
import {
  expiresAt,
  type Flow,
  type FlowKind,
  flowKinds,
  type Outcome,
  outcomes,
  type RecoveryRules,
  type TargetOutcome,
  type Wanted,
} from '../../core/recovery/index.ts'
import { PasskeyRequest } from './parts.ts'

/** A flow as clients see it. Before the first proof nothing in it depends on an account. */
export const FlowResource = Type.Object(
  {
    id: Type.String({ description: 'Public id of the flow; nothing is unlocked by knowing it.' }),
    kind: Type.Enum([...flowKinds], { description: 'What is wanted of it.' }),
    state: Type.Enum(['awaiting-proof', 'proven', 'writing', 'accepted', 'completed', 'ended'], {
      description:
        'Where it stands: `proven` waits for a password, or to unlock; `writing` for the directory. `accepted`, where an ' +
        'operator allows it: the directory is away, and the password is written once it is back.',
    }),
    methods: Type.Array(Type.Enum([...methods]), {
      description:
        'Before the first proof: what the tenant lets people prove themselves by, the same for everybody. Between two proofs: what ' +
        'this person has that would do. Empty then: only people can help.',
    }),
    assurance: Type.Union([Type.Object({ have: Type.Integer(), need: Type.Integer() }), Type.Null()], {
      description: 'Distinct kinds of proof given and needed; null before the first proof.',
    }),
    expiresAt: Type.String({
      format: 'date-time',
      description: 'When it ends unless a step is taken before.',
    }),
    because: Type.Optional(
      Type.Enum(
        [
          'expired',
          'superseded',
          'disavowed',
          'outcome-unknown',
          'too-many-refusals',
          'account-unavailable',
          'ended-by-operator',
          'not-set-in-time',
          'refused-later',
        ],
        { description: 'Why it ended; only then.' },
      ),
    ),
    outcome: Type.Optional(
      Type.Enum([...outcomes], {
        description:
          'What was done, once `completed`. `was-not-locked`: there was no lock to lift, and nothing was changed.',
      }),
    ),
    targets: Type.Optional(
      Type.Array(
        Type.Object({
          directory: Type.String({ description: 'Name of the directory.' }),
          title: Type.String({ description: 'What people call what they sign in to with it.' }),
          outcome: Type.Enum(['waiting', 'written', 'refused', 'unreachable', 'unknown'], {
            description:
              '`unreachable`: certainly not written. `unknown`: sent, and there was no answer; the new password may work.',
          }),
          because: Type.Optional(
            Type.String({
              description: 'With `refused`: what that directory said, by the code of a reason.',
            }),
          ),
        }),
        {
          description:
            'All accounts that are to have this one password, the leading one first; only where there are several. While the ' +
            'first is `written` and others are not, the flow stays `proven`: send the same password again to try those.',
        },
      ),
    ),
    worksBy: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'When an `accepted` password works at the latest, or is thrown away; only then. Its owner gets a mail either way.',
      }),
    ),
    notices: Type.Optional(
      Type.Array(Type.Enum(['mail-delayed']), {
        description:
          'What to tell the person while a mail is waited for; left out when there is nothing. `mail-delayed`: no mail ' +
          'goes out right now, for nobody; what was asked for is sent as soon as it can be. New values may be added.',
      }),
    ),
    passkey: Type.Optional(PasskeyRequest),
    secret: Type.Optional(
      Type.String({
        description:
          'The flow secret, told once. Send it as `Authorization: Flow <secret>`. Each accepted proof brings a ' +
          'new one and kills the one before.',
      }),
    ),
  },
  { additionalProperties: false },
)

interface ShownTarget {
  directory: string
  title: string
  outcome: TargetOutcome['is']
  because?: string
}

export interface FlowBody {
  id: string
  kind: FlowKind
  state: Flow['state']
  methods: readonly Method[]
  assurance: { have: number; need: number } | null
  expiresAt: string
  because?: string
  outcome?: Outcome
  targets?: readonly ShownTarget[]
  worksBy?: string
  notices?: readonly 'mail-delayed'[]
  passkey?: RequestOptions
  secret?: string
}

export function flowBody(
  flow: Flow,
  tenant: { methods: readonly Method[]; rules: RecoveryRules; titleOf(directory: string): string },
  {
    secret,
    mailIsDelayed,
    passkey,
  }: { secret: string | undefined; mailIsDelayed: boolean; passkey?: RequestOptions | undefined },
): FlowBody {
  // Tries come and go; whoever waits is told that it waits.
  const acceptance = flow.state === 'accepted' || flow.state === 'writing' ? flow.acceptance : undefined
  const waitsForMail = flow.state === 'awaiting-proof' && flow.proofs.length === 0
  return {
    id: flow.id,
    kind: flow.kind,
    state: acceptance === undefined ? flow.state : 'accepted',
    methods: waitsForMail ? tenant.methods : wantedOf(flow).methods,
    assurance: assuranceOf(flow),
    expiresAt: expiresAt(flow, tenant.rules).toISOString(),
    ...(flow.state === 'ended' ? { because: flow.because } : {}),
    ...(flow.state === 'completed' ? { outcome: flow.outcome } : {}),
    ...shownTargets(flow, tenant),
    ...(acceptance === undefined ? {} : { worksBy: acceptance.expiresAt.toISOString() }),
    ...(waitsForMail && mailIsDelayed ? { notices: ['mail-delayed'] as const } : {}),
    ...(passkey === undefined ? {} : { passkey }),
    ...(secret === undefined ? {} : { secret }),
  }
}

/** After the proof alone: before it nothing may tell that there are several accounts, or one. */
function shownTargets(
  flow: Flow,
  { titleOf }: { titleOf(directory: string): string },
): { targets?: readonly ShownTarget[] } {
  if (flow.state === 'awaiting-proof' || flow.state === 'ended') return {}
  const { targets = [] } = flow
  if (targets.length < 2) return {}
  return {
    targets: targets.map(({ account: { directory }, outcome }) => ({
      directory,
      title: titleOf(directory),
      outcome: outcome.is,
      ...(outcome.is === 'refused' ? { because: outcome.because } : {}),
    })),
  }
}

/** One that waits since before this was kept waits for a second kind. */
const wantedOf = (flow: Flow): Pick<Wanted, 'kinds' | 'methods'> =>
  (flow.state === 'awaiting-proof' ? flow.wanted : undefined) ?? { kinds: 2, methods: [] }

/** A flow that waits with proofs in hand waits for one more kind; one that went on had enough. */
function assuranceOf(flow: Flow): { have: number; need: number } | null {
  if (flow.state === 'ended') return null
  if (flow.state === 'awaiting-proof') {
    return flow.proofs.length === 0 ? null : assess(flow.proofs, wantedOf(flow))
  }
  const { have } = assess(flow.proofs, { kinds: 1 })
  return { have, need: have }
}
