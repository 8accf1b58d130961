import { newId } from '../../kernel/ids.ts'
import {
  type DirectoryEntry,
  foldMail,
  type Resolved,
  resolveIdentifier,
  whyNotByMail,
} from '../accounts/index.ts'
import { isPlainMailbox } from '../messages/index.ts'
import type { Ineligible, MessageOrder } from '../messages/ports.ts'
import type { RecoveryDeps } from './deps.ts'
import { endActivation } from './end-other.ts'
import { followersFor, targetsOf } from './following.ts'
import { invitationEvent, isActivated, stateOf } from './invitation.ts'
import type { Ledger } from './ledger.ts'
import { distinctMailboxes, noticeSeconds, orderNotice } from './notices.ts'
import type { Effects, Invitation, InvitationDecision } from './ports.ts'
import { after } from './rules.ts'
import { followingIn, type Targets } from './targets.ts'

export interface InviteCall {
  tenant: string
  /** As people would type it. */
  identifier: string
  /** Where to write to; null for the recovery addresses that the directory has. */
  address: string | null
  /** Whether it may be another than those: whoever reads the mail there gets into the account. */
  mayNameAddress: boolean
  /** BCP 47; null for what the directory says. */
  locale: string | null
  /** For who has none in the directory either. */
  localeOtherwise: string
  /** The service whose directory is asked; null for all directories of the tenant. */
  service: string | null
  /** Who or what invites: a label for operators. */
  invitedBy: string
  /** Also who was invited before and never set a password; what was sent before is dead then, used or not. */
  again: boolean
  /** Says what would be done. The account gets its opaque id, and nothing else is written. */
  dryRun: boolean
}

export type NotInvited =
  | { because: 'account-unknown' | 'account-ambiguous' | 'no-address' | 'address-unusable' }
  | { because: 'account-ineligible'; why: Ineligible }
  /** It is none of the account's recovery addresses, and whoever asks may write to those alone. */
  | { because: 'address-not-theirs' }
  | { because: 'invited-before' }
  /** The owner said that an invitation was not asked for: from then on it goes to the account's own addresses alone. */
  | { because: 'invitation-disowned' }
  /** A password was set with Rekey already: the owner needs no invitation. */
  | { because: 'already-activated' }

export type Invited =
  | { ok: true; username: string; sentTo: readonly string[]; id: string; expiresAt: Date }
  | ({ ok: false } & NotInvited)

type InviteDeps = Pick<RecoveryDeps, 'store' | 'tokens' | 'tenant' | 'now' | 'randomBytes'>

/**
 * Invites somebody to set the first password of an account that the directory has. Operators alone call this. Throws
 * the faults of a directory that can't be asked.
 *
 * Nobody can tell for certain whether an account is new: an initial password of a provisioning script has a date like any
 * other. So an invitation to an address that is none of the account's is told to those, with "this was not me", and it is
 * over as soon as the directory shows that a password was set since.
 */
export const makeInvite =
  (deps: InviteDeps) =>
  async (call: InviteCall, signal: AbortSignal): Promise<Invited> => {
    const tenant = deps.tenant(call.tenant)
    const { ambiguous, links } = tenant
    const directories = tenant.directoriesFor(call.service)
    const resolved = await resolveIdentifier(call.identifier, { directories, ambiguous, links }, signal)
    if (!resolved.found) return { ok: false, because: notFound[resolved.because] }
    const { account, entry } = resolved
    const followed = await followersFor(tenant, { account, entry }, signal)
    if (!followed.ok) {
      const { because } = followed
      return because === 'ambiguous'
        ? { ok: false, because: 'account-ambiguous' }
        : { ok: false, because: 'account-ineligible', why: because }
    }
    if (followed.away[0] !== undefined) throw followed.away[0].fault
    const { to, others } = mailboxesOf(call, [entry, ...followed.found.map((one) => one.entry)])
    const unfit = whyNot(entry, to)
    if (unfit !== null) return { ok: false, ...unfit }
    if (others !== null && !call.mayNameAddress) return { ok: false, because: 'address-not-theirs' }

    const subject = await deps.store.subjectOf(call.tenant, account)
    const { targets } = await targetsOf(deps, { tenant: call.tenant, account, subject }, followed.found)
    if (others !== null && (await areActivated(deps, call.tenant, targets))) {
      return { ok: false, because: 'already-activated' }
    }
    const target = { tenant: call.tenant, by: { subject } }
    const answer = await deps.store.decideInvitations<Invited>(target, ({ invitations, ledger }) => {
      const now = deps.now()
      const before = whyNotNow(invitations, ledger, { again: call.again, elsewhere: others !== null })
      if (before !== null) return { answer: { ok: false, because: before } }
      const invitation = newInvitation(deps, call, { account, entry, subject, to }, now)
      const { id, username, sentTo, expiresAt } = invitation
      const { directory } = account
      // Whoever invites chooses the words for whom they invite, and not for whom that warns.
      const locale = entry.locale ?? call.localeOtherwise
      const invited: InvitationDecision<Invited> = { answer: { ok: true, id, username, sentTo, expiresAt } }
      if (call.dryRun) return invited
      const dead = invitations
        .filter((one) => stateOf(one, now) === 'open')
        .map((one) => ({ ...one, withdrawnAt: now }))
      const events = [
        ...dead.map((one) => invitationEvent('invitation.withdrawn', { invitation: one, at: now })),
        invitationEvent('invitation.created', { invitation, at: now }, { directory, by: call.invitedBy }),
      ]
      return {
        ...invited,
        changed: [...dead, invitation],
        others: (flow) => endActivation(flow, now),
        effects: { ...withNotice(deps, mailsOf(deps, invitation), { invitation, others, locale }), events },
      }
    })
    if (answer === null) throw new RangeError('an account has no ledger')
    return answer
  }

const notFound = {
  none: 'account-unknown',
  unreadable: 'account-unknown',
  ambiguous: 'account-ambiguous',
} as const satisfies Record<Extract<Resolved, { found: false }>['because'], NotInvited['because']>

/** Whoever reads the mail of an invitation gets into all of them: no address of the inviter's choice for one that is in use. */
async function areActivated(
  { store }: InviteDeps,
  tenant: string,
  targets: Targets | undefined,
): Promise<boolean> {
  const ledgers = followingIn({ ...(targets && { targets }) }).map(({ subject }) =>
    store.readLedger(tenant, subject),
  )
  return (await Promise.all(ledgers)).some(isActivated)
}

/** `others`: those of all accounts that the password is for, when the mail goes elsewhere. */
function mailboxesOf(
  { address }: InviteCall,
  [entry, ...following]: readonly [DirectoryEntry, ...DirectoryEntry[]],
): { to: readonly string[]; others: readonly string[] | null } {
  const own = distinctMailboxes(entry.recoveryAddresses)
  if (address === null) return { to: own, others: null }
  const stored = own.find((one) => foldMail(one) === foldMail(address))
  if (stored !== undefined) return { to: [stored], others: null }
  const theirs = [entry, ...following].flatMap(({ recoveryAddresses }) => recoveryAddresses)
  return { to: [address], others: distinctMailboxes(theirs) }
}

function whyNot(entry: DirectoryEntry, to: readonly string[]): NotInvited | null {
  const why = whyNotByMail(entry)
  if (why !== null) return { because: 'account-ineligible', why }
  if (to.length === 0) return { because: 'no-address' }
  return to.every(isPlainMailbox) ? null : { because: 'address-unusable' }
}

function whyNotNow(
  invitations: readonly Invitation[],
  ledger: Ledger,
  { again, elsewhere }: { again: boolean; elsewhere: boolean },
) {
  if (isActivated(ledger)) return 'already-activated'
  if (elsewhere && invitations.some(({ disownedAt }) => disownedAt !== null)) return 'invitation-disowned'
  return !again && invitations.some(({ withdrawnAt }) => withdrawnAt === null) ? 'invited-before' : null
}

interface Invitee {
  account: Invitation['account']
  entry: DirectoryEntry
  subject: string
  to: readonly string[]
}

function newInvitation(deps: InviteDeps, call: InviteCall, invitee: Invitee, now: Date): Invitation {
  const { tenant, service, invitedBy } = call
  const { account, entry, subject, to } = invitee
  const id = newId(deps)
  const code = deps.tokens.invitationCode({ tenant, id, keyId: deps.tokens.keyId })
  const codeDigest = deps.tokens
    .invitationCodeDigests(tenant, code)
    .find((digest) => digest.startsWith(`${deps.tokens.keyId}:`))
  if (codeDigest === undefined) throw new RangeError('the current token key is not in the ring')
  return {
    ...{ tenant, id, codeDigest, subject, account, service, invitedBy },
    username: entry.username,
    sentTo: to,
    locale: call.locale ?? entry.locale ?? call.localeOtherwise,
    createdAt: now,
    passwordSetAt: entry.password.changedAt,
    expiresAt: after(now, deps.tenant(tenant).rules.invitationSeconds),
    spentAt: null,
    withdrawnAt: null,
    disownedAt: null,
  }
}

/** The mails of an invitation, and what the account's own addresses are told of one that goes elsewhere. */
function withNotice(
  deps: InviteDeps,
  mails: Required<Pick<Effects, 'messages' | 'jobs'>>,
  {
    invitation,
    others,
    locale,
  }: { invitation: Invitation; others: readonly string[] | null; locale: string },
): Omit<Effects, 'events'> {
  if (others === null || others.length === 0) return mails
  const { tenant, subject, username, service, createdAt: at, expiresAt } = invitation
  const { disavowalSeconds, invitationSeconds } = deps.tenant(tenant).rules
  const notice = orderNotice(deps, {
    ...{ tenant, subject, username, locale, service, at },
    kind: 'invited-elsewhere',
    flow: null,
    generation: 0,
    to: others,
    client: { device: null, place: null },
    notAfter: after(at, noticeSeconds),
    facts: { byHelp: true, validUntil: expiresAt.toISOString() },
    // It must not stop working before the invitation does.
    disavowalSeconds: Math.max(disavowalSeconds, invitationSeconds),
  })
  const { messages, jobs, disavowals } = notice
  return { messages: [...mails.messages, ...messages], jobs: [...mails.jobs, ...jobs], disavowals }
}

/** Mails go through the same queue as all others, behind those that somebody is waiting for. */
function mailsOf(deps: InviteDeps, invitation: Invitation): Required<Pick<Effects, 'messages' | 'jobs'>> {
  const { tenant, id, subject, username, locale, service, createdAt, expiresAt } = invitation
  const messages = invitation.sentTo.map(
    (to): MessageOrder => ({
      ...{ tenant, subject, to, locale, service },
      id: newId(deps),
      kind: 'invitation',
      flow: null,
      invitation: id,
      generation: 0,
      keyId: deps.tokens.keyId,
      disavowal: null,
      facts: {
        username,
        at: createdAt.toISOString(),
        device: null,
        place: null,
        validUntil: expiresAt.toISOString(),
      },
      notAfter: expiresAt,
    }),
  )
  return {
    messages,
    jobs: messages.map((order) => ({
      queue: 'deliver-message',
      payload: { tenant, message: order.id },
      priority: -1,
    })),
  }
}
