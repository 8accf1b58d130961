import { makeInvite, makeWithdraw } from '../recovery/index.ts'
import type { Invitation } from '../recovery/ports.ts'
import { type DeskRefused, refuse } from './answers.ts'
import { type DeskCall, deskEvent, type HelpdeskDeps } from './deps.ts'
import { callerMay } from './permissions.ts'

export interface InviteAsked {
  identifier: string
  address: string | null
  locale: string | null
  /** Also who was invited before; what was sent then is dead. */
  again: boolean
}

export type DeskInvited = { ok: true; id: string; username: string; expiresAt: Date } | DeskRefused

/** Invites somebody to choose their first password, in the name of the key that asks. */
export const makeDeskInvite = (deps: HelpdeskDeps) => {
  const invite = makeInvite(deps)
  return async ({ tenant, caller }: DeskCall, asked: InviteAsked): Promise<DeskInvited> => {
    const signal = AbortSignal.timeout(deps.tenant(tenant).rules.writeDeadlineSeconds * 1_000)
    const localeOtherwise = deps.languageOf(tenant)
    const mayNameAddress = callerMay(caller, 'invitations.address')
    const how = { service: null, dryRun: false, invitedBy: caller.name, localeOtherwise, mayNameAddress }
    const invited = await invite({ tenant, ...asked, ...how }, signal)
    if (invited.ok) {
      const { id, username, expiresAt } = invited
      return { ok: true, id, username, expiresAt }
    }
    switch (invited.because) {
      case 'account-ineligible':
        return refuse({ because: 'account-not-eligible', why: invited.why })
      case 'address-not-theirs':
        return refuse({ because: 'permission-missing', why: 'invitations.address' })
      default:
        return refuse({ because: invited.because })
    }
  }
}

export type DeskWithdrawn = { ok: true; id: string; writeUnderWay: boolean } | DeskRefused

/** Makes an invitation worthless that nobody has used; the log says who did. */
export const makeDeskWithdraw = (deps: HelpdeskDeps) => {
  const withdraw = makeWithdraw(deps)
  return async (call: DeskCall, id: string): Promise<DeskWithdrawn> => {
    const { tenant } = call
    const found = await deps.store.readInvitation(tenant, { id })
    if (found === null) return refuse({ because: 'invitation-unknown' })
    const order = deskEvent(
      'invitation.withdrawal-ordered',
      call,
      { subject: found.subject, at: deps.now() },
      { invitation: id },
    )
    await deps.store.record([order])
    const withdrawn = await withdraw({ tenant, id })
    if (withdrawn.ok) return { ...withdrawn, id }
    return withdrawn.because === 'invitation-over'
      ? refuse({ because: 'invitation-over', why: withdrawn.state })
      : refuse({ because: withdrawn.because })
  }
}

export const invitationsPerPage = 100

/** By id, which begins with their time, those after the one given. */
export const makeListInvitations =
  (deps: Pick<HelpdeskDeps, 'store'>) =>
  ({ tenant }: DeskCall, after: string | null): Promise<readonly Invitation[]> =>
    deps.store.listInvitations(tenant, { after, limit: invitationsPerPage })
