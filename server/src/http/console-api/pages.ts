import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ConsoleAssets, loadConsoleAssets } from './assets.ts'
import type { ConsoleDeps, OutboxItem } from './deps.ts'
import { makeSessions, type Session, type Sessions } from './sessions.ts'
import { enterPage } from './views/enter.tsx'
import type { Frame } from './views/layout.tsx'

/** `__Host-`: this host, every path, HTTPS or loopback; no other host can plant one (RFC 6265bis, 4.1.3.2). */
export const sessionCookie = '__Host-rekey-console'
export const sessionCookieOptions = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const

const mailsShown = 200

/** What routes share: sessions, the look, and the mails that the frame of every page counts. */
export interface Pages {
  sessions: Sessions
  assets: ConsoleAssets
  /** Null without a session. Counts as use of it. */
  sessionOf(request: FastifyRequest): Session | null
  /** Newest first; null when there is no outbox. */
  mails(): Promise<readonly OutboxItem[] | null>
  frame(session: Session | null, mails: readonly OutboxItem[] | null): Frame
}

export function makePages(deps: ConsoleDeps): Pages {
  const sessions = makeSessions(deps)
  const assets = loadConsoleAssets()
  const { stylesheet, script } = assets
  const { portalUrl, demo, outbox } = deps
  return {
    sessions,
    assets,
    sessionOf: (request) => sessions.find(request.cookies[sessionCookie]),
    async mails() {
      if (outbox === null) return null
      const mails = await outbox.list(mailsShown)
      return mails.toSorted((a, b) => b.orderedAt.getTime() - a.orderedAt.getTime()).slice(0, mailsShown)
    },
    frame: (session, mails) => ({
      stylesheet,
      script,
      portalUrl,
      demo,
      outbox: outbox !== null,
      waiting: mails?.filter(({ state }) => state === 'ordered').length ?? 0,
      csrf: session?.csrf ?? null,
    }),
  }
}

export const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(html)

/** The way in instead of the page; never a redirect, so that a browser that keeps no cookie is not sent around. */
export function sendEntry(
  reply: FastifyReply,
  pages: Pages,
  because: 'no-session' | 'refused',
): FastifyReply {
  // RFC 9110 section 15.5.2 wants a challenge with 401; browsers pass over schemes that they do not know.
  void reply.code(401).header('www-authenticate', 'OneTimeAddress realm="Rekey console"')
  return sendPage(reply, enterPage(pages.frame(null, null), because))
}
