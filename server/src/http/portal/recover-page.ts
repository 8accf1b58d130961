import type { FastifyReply } from 'fastify'
import { maskAddress } from '../../core/accounts/index.ts'
import { enrolledMethods, type Method } from '../../core/proofs/index.ts'
import {
  type Flow,
  type FlowKind,
  isPartlyWritten,
  type Refused,
  type Targets,
} from '../../core/recovery/index.ts'
import { directoryRetrySeconds, problems } from '../problems.ts'
import type { PublicTenant } from '../public-deps.ts'
import { readPortalSession } from './cookies.ts'
import { methodNamed, showAwaiting } from './proof-page.ts'
import { acceptedPage } from './views/accepted.tsx'
import { activatePage } from './views/activate.tsx'
import { donePage } from './views/done.tsx'
import { endedPage } from './views/ended.tsx'
import { partlyPage } from './views/partly.tsx'
import { passwordPage } from './views/password.tsx'
import type {
  ActivateProps,
  AskedOfBrowser,
  PageContext,
  PartlyProps,
  PasswordProblem,
  ProveNotice,
  ShownTarget,
  StartProblem,
} from './views/props.ts'
import { startPage } from './views/start.tsx'
import { unlockPage } from './views/unlock.tsx'
import { workingPage } from './views/working.tsx'
import { goOn, show, type Visit } from './visit.ts'

const workingRefreshSeconds = 3
const acceptedRefreshSeconds = 20

type PasswordReason = (Refused & { because: 'password-refused' })['reasons'][number]

export function showStart(
  visit: Visit,
  status: number,
  problem: StartProblem | null,
  asked: AskedOfBrowser | null = visit.asked('start'),
): FastifyReply {
  if (visit.page.here === '/activate') return showActivate(visit, status, null)
  const { offersUnlock } = visit.tenant
  if (visit.page.here === '/unlock' && !offersUnlock) return goOn(visit, pages.recovery)
  const { service } = visit.request.query as { service?: unknown }
  const found = visit.tenant.services.find(({ name }) => name === service)
  const from = found === undefined ? null : { name: found.name, title: found.title }
  return show(visit, status, startPage({ page: visit.page, service: from, problem, offersUnlock, asked }))
}

/** Nobody can ask for an invitation here: there is a field for its code, and nothing else. */
export const showActivate = (visit: Visit, status: number, notice: ActivateProps['notice']): FastifyReply =>
  show(visit, status, activatePage({ page: visit.page, notice }))

/** Where a person meets flows of a kind. */
export const pageOf = (kind: FlowKind): Exclude<PageContext['here'], '/disavow'> => pages[kind]

const pages = {
  recovery: '/recover',
  unlock: '/unlock',
  change: '/change',
  activation: '/activate',
} as const satisfies Record<FlowKind, PageContext['here']>

interface More {
  status?: number
  notice?: ProveNotice
  /** What was just answered; the page goes on asking for it. */
  method?: Method
  problems?: readonly PasswordProblem[]
  /** The directory can lift the lock; for a page that asks for a password: there is one, so the password may be kept. */
  offersUnlock?: boolean
  /** What was sent for the rest of the applications is not the password that was set. */
  isAnother?: boolean
  /** The rest of the applications were tried again. The directory that leads may have been out of reach itself. */
  triedAgain?: { leads: 'reached' | 'unreached' }
}

/** What the flow waits for, or how it ended. The state alone chooses the page. */
export async function showFlow(visit: Visit, flow: Flow, more: More = {}): Promise<FastifyReply> {
  const { tenant } = visit
  const page = { ...visit.page, here: pageOf(flow.kind) }
  const { status = 200, notice = null, problems = [], offersUnlock } = more
  switch (flow.state) {
    case 'awaiting-proof': {
      const { method: named } = visit.request.query as { method?: unknown }
      const method = more.method ?? methodNamed(named)
      return showAwaiting(visit, page, flow, { status, notice, method })
    }
    case 'proven': {
      const maskedIdentifier = maskAddress(flow.username)
      if (flow.kind === 'unlock') {
        return show(
          visit,
          status,
          unlockPage({ page, maskedIdentifier, isNotOffered: offersUnlock === false }),
        )
      }
      if (isPartlyWritten(flow)) {
        const targets = shownTargets(flow, tenant)
        const isAnother = more.isAnother === true
        const triedAgain = more.triedAgain === undefined ? null : afterTrying(targets, more.triedAgain)
        return show(
          visit,
          status,
          partlyPage({ page, maskedIdentifier, targets, problems, isAnother, triedAgain }),
        )
      }
      const props = { page, maskedIdentifier, rules: await visit.passwordRules(), problems }
      return show(
        visit,
        status,
        passwordPage({ ...props, offersUnlock: offersUnlock === true, endsSessions: false }),
      )
    }
    case 'accepted':
      return showAccepted(visit, page, flow.acceptance)
    case 'writing':
      if (flow.acceptance !== undefined) return showAccepted(visit, page, flow.acceptance)
      return show(visit, status, workingPage({ page, refreshSeconds: workingRefreshSeconds }))
    case 'completed':
      return show(
        visit,
        status,
        donePage({
          page,
          outcome: flow.outcome,
          targets: shownTargets(flow, tenant),
          signIn: signInOf(tenant, flow.service),
          endsSessions: false,
          offersMethods: offersMethods(tenant),
          offersSignOut: flow.kind === 'change' && readPortalSession(visit.request) !== null,
        }),
      )
    case 'ended':
      return show(visit, status, endedPage({ page, because: flow.because }))
  }
}

/** There is something that people can set up to prove themselves with. */
export const offersMethods = ({ methods }: Pick<PublicTenant, 'methods'>): boolean =>
  enrolledMethods.some((method) => methods.includes(method))

/** The rest could not even be tried: the page says so as it does when they were. Null when this is about something else. */
export function showUntried(visit: Visit, flow: Flow, { because }: Refused): Promise<FastifyReply> | null {
  const isAway = because === 'directory-unreachable'
  const isUntried = isAway || because === 'write-in-progress'
  if (!isUntried || flow.state !== 'proven' || !isPartlyWritten(flow)) return null
  if (isAway) void visit.reply.header('retry-after', String(directoryRetrySeconds))
  const { status } = problems[because]
  return showFlow(visit, flow, { status, triedAgain: { leads: isAway ? 'unreached' : 'reached' } })
}

/** None where the password is one account's. */
const shownTargets = (
  { targets = [] }: { targets?: Targets },
  { titleOf }: Pick<PublicTenant, 'titleOf'>,
): readonly ShownTarget[] =>
  targets.length < 2
    ? []
    : targets.map(({ account, outcome }) => ({ title: titleOf(account.directory), outcome }))

/** When the one that leads does not answer, the others are not asked at all. */
function afterTrying(
  targets: readonly ShownTarget[],
  { leads }: NonNullable<More['triedAgain']>,
): PartlyProps['triedAgain'] {
  const unreached =
    leads === 'unreached'
      ? targets.slice(0, 1)
      : targets.filter(({ outcome }) => outcome.is === 'unreachable')
  return { unreached: unreached.map(({ title }) => title), retryAfterSeconds: directoryRetrySeconds }
}

const showAccepted = (visit: Visit, page: PageContext, { expiresAt }: { expiresAt: Date }): FastifyReply =>
  show(visit, 200, acceptedPage({ page, worksBy: expiresAt, refreshSeconds: acceptedRefreshSeconds }))

function signInOf(tenant: PublicTenant, service: string | null): { title: string; url: string } | null {
  const from =
    tenant.services.find(({ name }) => name === service) ??
    (tenant.services.length === 1 ? tenant.services[0] : undefined)
  if (from === undefined || from.signInUrl === null) return null
  return { title: from.title, url: from.signInUrl }
}

/** `account-unavailable` ends the flow and never comes here as a reason. */
export const shownProblem = (reason: PasswordReason): PasswordProblem[] =>
  reason.code === 'account-unavailable' ? [] : [reason]
