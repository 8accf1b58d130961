import { createHash } from 'node:crypto'
import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { base32 } from '../../kernel/ids.ts'
import { constantTimeEqual } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import { sentFromElsewhere } from '../hardening.ts'

/**
 * `__Host-` binds a cookie to this host, path `/` and TLS: a sibling subdomain can't plant one (ASVS 3.3.3), so a
 * stranger's flow or CSRF value can't be put into somebody's browser. Lax, because the mailed link arrives from
 * another site and the page it opens should know the flow; every POST is checked besides.
 */
const attributes: CookieSerializeOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' }

const names = {
  flow: '__Host-rekey-flow',
  session: '__Host-rekey-session',
  journey: '__Host-rekey-journey',
  next: '__Host-rekey-next',
  csrf: '__Host-rekey-csrf',
  device: '__Host-rekey-device',
  language: '__Host-rekey-lang',
} as const

const deviceSeconds = 400 * 86_400

/** What a browser holds of a flow or of a session. */
export interface HeldFlow {
  id: string
  secret: string
}

export const readFlow = (request: FastifyRequest): HeldFlow | null => readHeld(request.cookies[names.flow])

function readHeld(cookie = ''): HeldFlow | null {
  const [, id, secret] = /^([a-z0-9]{26})\.([A-Za-z0-9_-]{43})$/.exec(cookie) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

/** A session cookie: it dies with the browser, and the flow dies before that. */
export function holdFlow(reply: FastifyReply, flow: HeldFlow): void {
  void reply.setCookie(names.flow, `${flow.id}.${flow.secret}`, attributes)
}

export function forgetFlow(reply: FastifyReply): void {
  void reply.clearCookie(names.flow, attributes)
}

/** A portal session; it dies with the browser, and after half an hour at the latest. */
export const readPortalSession = (request: FastifyRequest): HeldFlow | null =>
  readHeld(request.cookies[names.session])

export function holdPortalSession(reply: FastifyReply, session: HeldFlow): void {
  void reply.setCookie(names.session, `${session.id}.${session.secret}`, attributes)
}

export function forgetPortalSession(reply: FastifyReply): void {
  void reply.clearCookie(names.session, attributes)
}

/** What a sign-in at the provider needs on its way back, sealed. It is for one journey, and no longer than that takes. */
export function holdJourney(reply: FastifyReply, sealed: string, seconds: number): void {
  void reply.setCookie(names.journey, sealed, { ...attributes, maxAge: seconds })
}

/** Reading it takes it away: whatever comes of the answer, it is not asked about twice. */
export function takeJourney(request: FastifyRequest, reply: FastifyReply): string | null {
  void reply.clearCookie(names.journey, attributes)
  return request.cookies[names.journey] ?? null
}

/** Pages that a sign-in can lead to. */
export type NextPage = '/change' | '/methods'

const nextSeconds = 600

/** Where whoever is asked to sign in wanted to go; unless that is elsewhere, to a change, and nothing is remembered. */
export function rememberNext(request: FastifyRequest, reply: FastifyReply, next: NextPage): void {
  if (next !== '/change') void reply.setCookie(names.next, next, { ...attributes, maxAge: nextSeconds })
  else if (request.cookies[names.next] !== undefined) void reply.clearCookie(names.next, attributes)
}

export const readNext = (request: FastifyRequest): NextPage =>
  request.cookies[names.next] === '/methods' ? '/methods' : '/change'

/** The value for the forms of a page; the cookie is made when the browser brings none. */
export function csrfFor(
  request: FastifyRequest,
  reply: FastifyReply,
  outside: Pick<Outside, 'randomBytes'>,
): string {
  const present = request.cookies[names.csrf]
  if (present !== undefined && /^[A-Za-z0-9_-]{43}$/.test(present)) return present
  const made = Buffer.from(outside.randomBytes(32)).toString('base64url')
  void reply.setCookie(names.csrf, made, attributes)
  return made
}

/**
 * Whether a POST comes from our own page: the form's value equals the cookie's, and a browser that says where a
 * request comes from (Fetch Metadata) says "from here".
 */
export function isOwnForm(request: FastifyRequest, sent: string | undefined): boolean {
  if (sentFromElsewhere(request)) return false
  const cookie = request.cookies[names.csrf] ?? ''
  return cookie !== '' && constantTimeEqual(Buffer.from(cookie), Buffer.from(sent ?? ''))
}

/** 256 random bits, so a plain digest tells nothing about the cookie. */
export const deviceDigest = (tenant: string, device: string): string =>
  base32(createHash('sha256').update(`${tenant}/${device}`).digest().subarray(0, 20))

export function readDevice(request: FastifyRequest): string | null {
  const device = request.cookies[names.device] ?? ''
  return /^[A-Za-z0-9_-]{43}$/.test(device) ? device : null
}

export const newDevice = (outside: Pick<Outside, 'randomBytes'>): string =>
  Buffer.from(outside.randomBytes(32)).toString('base64url')

/** Given only to a browser that has just brought an account's owner back in. */
export function rememberDevice(reply: FastifyReply, device: string): void {
  void reply.setCookie(names.device, device, { ...attributes, maxAge: deviceSeconds })
}

export const readLanguage = (request: FastifyRequest): string | undefined => request.cookies[names.language]

export function rememberLanguage(reply: FastifyReply, language: string): void {
  void reply.setCookie(names.language, language, { ...attributes, maxAge: deviceSeconds })
}
