import { newId } from '../../kernel/ids.ts'
import { fold } from '../accounts/index.ts'
import { asksAtSignIn } from '../proofs/index.ts'
import type { Answered, Refused } from './answers.ts'
import { refuse } from './answers.ts'
import type { JudgedEntry, RecoveryDeps } from './deps.ts'
import { flowEvent } from './events.ts'
import type { Client, Proven } from './flow.ts'
import { targetsOf } from './following.ts'
import { invitationEvent, isActivated, isSetSince, stateOf, wasAskedForAnother } from './invitation.ts'
import { type Ledger, secondProofIsWanted } from './ledger.ts'
import type { Invitation, InvitationDecision, InvitationName } from './ports.ts'
import { takeProof } from './proof-quota.ts'
import { readAccount } from './proven.ts'
import { newFlowSecret } from './secrets.ts'
import { keptAsSeen } from './seen-account.ts'
import type { Targets } from './targets.ts'

export interface ActivateCall {
  tenant: string
  /** The token of the link, or the code typed on the fixed page (spaces and hyphens are ignored). */
  token: string
  client: Client
  locale: string
}

type ActivateDeps = Pick<RecoveryDeps, 'store' | 'limiter' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>
type Activated = (Answered & { secret: string }) | Refused

const unusable = refuse({ because: 'link-unusable' })

/**
 * Spends an invitation: it becomes a flow that is proven from its start, in the hands of whoever held it. Expired,
 * spent, withdrawn, forged, for an account that may not come by mail or got a password meanwhile are one refusal: the page sends them all to
 * whoever invited. A directory that does not answer uses nothing up.
 */
export const makeActivate =
  (deps: ActivateDeps) =>
  async (call: ActivateCall): Promise<Activated> => {
    const refused = await takeProof(deps, call.tenant, call.client)
    if (refused !== null) return refused
    const invitation = await find(deps, call)
    if (invitation === null) return unusable
    const why = whyNot(invitation, await deps.store.readLedger(call.tenant, invitation.subject), deps.now())
    const account = why === null ? await readAccount(deps, invitation) : null
    if (account?.ok === false) return account
    const entry = account?.entry ?? null
    const found = account?.following ?? []
    const targets = await targetsOf(deps, invitation, found)
    const target = { tenant: call.tenant, by: { id: invitation.id } }
    const answer = await deps.store.decideInvitations<Activated>(target, ({ invitations, ledger }) => {
      const now = deps.now()
      const seen = invitations.find(({ id }) => id === invitation.id) ?? invitation
      // What was looked at before the directory was asked may have changed meanwhile.
      const because = whyNot(seen, ledger, now) ?? whyNotThere(seen, entry)
      return because === null
        ? open(deps, call, { invitation: seen, entry, targets }, now)
        : decline(call, seen, because, now)
    })
    return answer ?? unusable
  }

/** What the invitation is known by: its link, or the digest of the code. */
function names(deps: ActivateDeps, { tenant, token }: ActivateCall): readonly InvitationName[] {
  const id = deps.tokens.readInvitationLink(tenant, token.trim())
  if (id !== null) return [{ id }]
  const typed = token.replaceAll(/[\s-]/g, '').toLowerCase()
  return deps.tokens.invitationCodeDigests(tenant, typed).map((codeDigest) => ({ codeDigest }))
}

async function find(deps: ActivateDeps, call: ActivateCall): Promise<Invitation | null> {
  for (const name of names(deps, call)) {
    const found = await deps.store.readInvitation(call.tenant, name)
    if (found !== null) return found
  }
  return null
}

type Unusable = 'spent' | 'withdrawn' | 'expired' | 'activated' | 'account-unavailable' | 'password-set'

function whyNotThere(invitation: Invitation, entry: JudgedEntry | null): Unusable | null {
  if (entry === null) return 'account-unavailable'
  return isSetSince(invitation, entry.password) ? 'password-set' : null
}

function whyNot(invitation: Invitation, ledger: Ledger, now: Date): Unusable | null {
  const state = stateOf(invitation, now)
  if (state !== 'open') return state
  if (isActivated(ledger)) return 'activated'
  // A mailbox alone brings nobody in who signs in with more, or whose owner has just said "this was not me".
  if (asksAtSignIn(ledger.enrolled) || secondProofIsWanted(ledger, now)) return 'account-unavailable'
  return wasAskedForAnother(ledger) ? 'password-set' : null
}

function decline(
  { client }: ActivateCall,
  invitation: Invitation,
  because: Unusable,
  at: Date,
): InvitationDecision<Activated> {
  const events = [invitationEvent('invitation.refused', { invitation, at, client }, { because })]
  return { answer: unusable, effects: { events } }
}

function open(
  deps: ActivateDeps,
  { client, locale }: ActivateCall,
  {
    invitation,
    entry,
    targets,
  }: { invitation: Invitation; entry: JudgedEntry | null; targets: { targets?: Targets } },
  at: Date,
): InvitationDecision<Activated> {
  const { tenant, subject, account, username, service } = invitation
  const secret = newFlowSecret(deps)
  const flow: Proven = {
    ...{ tenant, subject, account, username, service, client, locale },
    state: 'proven',
    kind: 'activation',
    id: newId(deps),
    secretDigest: deps.tokens.secretDigest(secret),
    decoySubject: deps.tokens.name(tenant, fold(username)),
    startedAt: at,
    touchedAt: at,
    proofs: [{ method: 'invitation', at }],
    ...targets,
    refusals: 0,
    attempts: 0,
  }
  const { directory } = account
  return {
    answer: { ok: true, flow, secret },
    opened: flow,
    changed: [{ ...invitation, spentAt: at }],
    effects: {
      ...keptAsSeen(deps.tenant(tenant), { tenant, subject, entry, at }),
      events: [
        invitationEvent('invitation.spent', { invitation, at, flow: flow.id, client }, { directory }),
        flowEvent('proof.accepted', { flow, at, client }, { method: 'invitation', enough: true }),
      ],
    },
  }
}
