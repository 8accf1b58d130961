import type { FastifyInstance, FastifyReply } from 'fastify'
import {
  asksAtSignIn,
  codesLeft,
  type EnrolledMethod,
  type Enrolment,
  enrolledMethods,
  summaryOf,
} from '../../core/proofs/index.ts'
import type { Refused } from '../../core/recovery/index.ts'
import type { PortalSession } from '../../core/sessions/index.ts'
import { problems } from '../problems.ts'
import type { PublicDeps } from '../public-deps.ts'
import { givenAnswer, parsed } from './given-answer.ts'
import { askToSignIn, askToSignInAgain, withOwn } from './own-session.ts'
import { type Fields, form, page, refused } from './routes.ts'
import { typedAnswer } from './typed-answer.ts'
import { codesPage } from './views/codes.tsx'
import { methodPage, removePage } from './views/method.tsx'
import { methodsPage } from './views/methods.tsx'
import { makePasskeyPage } from './views/passkey.tsx'
import {
  formPaths,
  type MethodProps,
  type MethodsNotice,
  methodsNotices,
  type SetUpProps,
  type ShownMethod,
} from './views/props.ts'
import { setUpPage } from './views/set-up.tsx'
import { goOn, show, type Visit } from './visit.ts'

/** What people prove themselves with: listed, added, tried, named, removed, with and without JavaScript. */
export function methodPages(app: FastifyInstance, deps: PublicDeps): void {
  const own = (path: Visit['page']['here'], run: (call: Call) => Promise<FastifyReply>) =>
    page(app, deps, path, (visit) =>
      withOwn(deps, visit, (session) => run({ deps, visit, session, fields: queryOf(visit) })),
    )
  const ownForm = (
    path: string,
    run: (call: Call) => Promise<FastifyReply>,
    here: Visit['page']['here'] = '/methods',
  ) =>
    form(app, deps, { path, here }, (visit, fields) =>
      withOwn(deps, visit, (session) => run({ deps, visit, session, fields })),
    )
  own('/methods', showList)
  own('/methods/set-up', (call) => showSetUp(call, { status: 200, notice: null }))
  own('/methods/one', (call) => showOne(call, { status: 200, notice: null }))
  own('/methods/remove', showRemove)
  ownForm(formPaths.addMethod, add)
  ownForm(formPaths.confirmMethod, confirm)
  ownForm(formPaths.renameMethod, rename)
  ownForm(formPaths.tryMethod, tryOut)
  ownForm(formPaths.removeMethod, remove, '/methods/remove')
}

/** One step of whoever has signed in, in full. */
interface Call {
  deps: PublicDeps
  visit: Visit
  session: PortalSession
  fields: Fields
}

/** Only texts: an address may name a field twice. */
const queryOf = ({ request }: Visit): Fields =>
  Object.fromEntries(
    Object.entries(request.query as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

const ownerOf = ({ session, visit }: Call) => ({ session, client: visit.client })
const idOf = ({ fields }: Call): string => /^[a-z0-9]{1,64}$/.exec(fields['id'] ?? '')?.[0] ?? ''

const backTo = ({ visit }: Call, said: MethodsNotice): FastifyReply => goOn(visit, `/methods?said=${said}`)

async function showList(call: Call): Promise<FastifyReply> {
  const { deps, visit, session, fields } = call
  const enrolled = await deps.enrolment.list({ session })
  const hasSheet = enrolled.some(({ method }) => method === 'recovery_code')
  const offers = enrolledMethods.filter(
    (method) => visit.tenant.methods.includes(method) && !(method === 'recovery_code' && hasSheet),
  )
  const methods = enrolled.map((one) => shownOf(one, deps.now()))
  const notice = methodsNotices.find((one) => one === fields['said']) ?? null
  return show(
    visit,
    200,
    methodsPage({ page: visit.page, methods, offers: firstMissing(offers, methods), notice }),
  )
}

/** What a person has not got yet comes first. */
const firstMissing = (
  offers: readonly EnrolledMethod[],
  methods: readonly ShownMethod[],
): readonly EnrolledMethod[] => {
  const has = (method: EnrolledMethod) => methods.some((one) => one.method === method)
  return [...offers.filter((one) => !has(one)), ...offers.filter(has)]
}

function shownOf(enrolment: Enrolment, now: Date): ShownMethod {
  const { id, method, name, createdAt, lastUsedAt, usableFrom } = enrolment
  const left = enrolment.method === 'recovery_code' ? codesLeft(enrolment.kept) : null
  const synced = enrolment.method === 'passkey' ? (enrolment.kept?.synced ?? null) : null
  const waitsUntil = usableFrom > now ? usableFrom : null
  return { id, method, name, createdAt, lastUsedAt, left, synced, waitsUntil }
}

async function add(call: Call): Promise<FastifyReply> {
  const { deps, visit, session, fields } = call
  const method = enrolledMethods.find((one) => one === fields['method'])
  if (method === undefined) return goOn(visit, '/methods')
  // A form that is sent again must not make the sheet worthless that was printed after it was sent first.
  if (method === 'recovery_code' && (fields['replaces'] ?? '') !== (await sheetOf(deps, session))) {
    return backTo(call, 'shown')
  }
  const added = await deps.enrolment.add({ ...ownerOf(call), method, name: '', locale: visit.page.locale })
  if (!added.ok) return notDone(call, added)
  const { enrolment, shown } = added
  return shown.method === 'recovery_code'
    ? show(visit, 200, codesPage({ page: visit.page, codes: shown.codes, at: enrolment.createdAt }))
    : goOn(visit, `/methods/set-up?id=${enrolment.id}`)
}

/** Id of the sheet that there is; empty when there is none. */
async function sheetOf(deps: PublicDeps, session: PortalSession): Promise<string> {
  const enrolled = await deps.enrolment.list({ session })
  return enrolled.find(({ method }) => method === 'recovery_code')?.id ?? ''
}

async function showSetUp(
  call: Call,
  { status, notice }: { status: number; notice: SetUpProps['notice'] },
): Promise<FastifyReply> {
  const { deps, visit, fields } = call
  const id = idOf(call)
  const begun = await deps.enrolment.show({ ...ownerOf(call), id })
  if (!begun.ok) return notDone(call, begun)
  const { enrolment, shown } = begun
  const page = { ...visit.page, here: '/methods/set-up', query: `id=${id}` } as const
  if (shown.method === 'passkey') {
    const refused = notice === null ? null : 'passkey-refused'
    return show(visit, status, makePasskeyPage({ page, id, asks: shown.passkey, notice: refused }))
  }
  if (shown.method !== 'totp') return goOn(visit, '/methods')
  const name = nameIn(fields) ?? enrolment.name
  return show(visit, status, setUpPage({ page, id, name, seed: shown.seed, uri: shown.uri, notice }))
}

/** Null where the form has no such field. */
const nameIn = (fields: Fields): string | null => {
  const typed = fields['name']
  return typed === undefined ? null : [...typed.replaceAll(/\p{Cc}/gu, '').trim()].slice(0, 64).join('')
}

async function confirm(call: Call): Promise<FastifyReply> {
  const { deps, visit, fields } = call
  if (fields['credential'] !== undefined) return confirmPasskey(call, fields['credential'])
  const code = typedAnswer.totp(fields['code'] ?? '')
  if (code === null) return showSetUp(call, { status: 422, notice: 'code-unreadable' })
  const owner = { ...ownerOf(call), id: idOf(call) }
  const confirmed = await deps.enrolment.confirm({ ...owner, code, locale: visit.page.locale })
  if (!confirmed.ok) {
    return confirmed.because === 'code-wrong'
      ? showSetUp(call, { status: problems[confirmed.because].status, notice: 'wrong-code' })
      : notDone(call, confirmed)
  }
  const name = nameIn(fields) ?? ''
  if (name !== '') await deps.enrolment.rename({ ...owner, name })
  return backTo(call, 'added')
}

async function confirmPasskey(call: Call, credential: string): Promise<FastifyReply> {
  const { deps, visit } = call
  const owner = { ...ownerOf(call), id: idOf(call), locale: visit.page.locale }
  const confirmed = await deps.enrolment.confirm({ ...owner, credential: parsed(credential) })
  if (confirmed.ok) return backTo(call, 'added')
  return confirmed.because === 'passkey-refused'
    ? showSetUp(call, { status: problems[confirmed.because].status, notice: 'wrong-code' })
    : notDone(call, confirmed)
}

async function showOne(
  call: Call,
  { status, notice }: { status: number; notice: MethodProps['notice'] },
): Promise<FastifyReply> {
  const { deps, visit } = call
  const { found } = await findOwn(call)
  if (found === undefined) return backTo(call, 'unknown')
  const page = { ...visit.page, here: '/methods/one', query: `id=${found.id}` } as const
  const renews = found.method === 'recovery_code' && visit.tenant.methods.includes(found.method)
  const passkey = found.method === 'passkey' ? deps.sessions.passkeyRequest(call.session) : null
  return show(visit, status, methodPage({ page, shown: shownOf(found, deps.now()), notice, renews, passkey }))
}

async function findOwn(call: Call) {
  const all = await call.deps.enrolment.list(call)
  const id = idOf(call)
  return { found: all.find((one) => one.id === id), rest: all.filter((one) => one.id !== id) }
}

async function rename(call: Call): Promise<FastifyReply> {
  const name = nameIn(call.fields) ?? ''
  const renamed = await call.deps.enrolment.rename({ ...ownerOf(call), id: idOf(call), name })
  return renamed.ok ? backTo(call, 'renamed') : notDone(call, renamed)
}

async function tryOut(call: Call): Promise<FastifyReply> {
  const { found } = await findOwn(call)
  if (found === undefined) return backTo(call, 'unknown')
  const { method, id } = found
  const answer = givenAnswer(method, call.fields)
  if (answer === null) return showOne(call, { status: 422, notice: 'code-unreadable' })
  const tried = await call.deps.enrolment.test({ ...ownerOf(call), ...answer })
  if (tried.ok) {
    return showOne(call, { status: 200, notice: tried.enrolment.id === id ? 'works' : 'works-other' })
  }
  return tried.because === 'code-wrong' || tried.because === 'passkey-refused'
    ? showOne(call, { status: problems[tried.because].status, notice: 'wrong-code' })
    : notDone(call, tried)
}

async function showRemove(call: Call): Promise<FastifyReply> {
  const { deps, visit } = call
  const { found, rest } = await findOwn(call)
  if (found === undefined) return backTo(call, 'unknown')
  const isLastFactor = asksAtSignIn(summaryOf([found])) && !asksAtSignIn(summaryOf(rest))
  const page = { ...visit.page, query: `id=${found.id}` }
  return show(visit, 200, removePage({ page, shown: shownOf(found, deps.now()), isLastFactor }))
}

async function remove(call: Call): Promise<FastifyReply> {
  const { deps, visit } = call
  const removed = await deps.enrolment.remove({
    ...ownerOf(call),
    id: idOf(call),
    locale: visit.page.locale,
  })
  return removed.ok ? backTo(call, 'removed') : notDone(call, removed)
}

/** A refusal that no form can show. */
function notDone(call: Call, refusal: Refused): FastifyReply | Promise<FastifyReply> {
  const { visit } = call
  switch (refusal.because) {
    case 'sign-in-again':
      return askToSignInAgain(visit, problems[refusal.because].status)
    case 'session-unknown':
      return askToSignIn(visit)
    case 'enrolment-unknown':
      return backTo(call, 'unknown')
    case 'too-many-enrolments':
      return backTo(call, 'too-many')
    default:
      return refused(visit, refusal)
  }
}
