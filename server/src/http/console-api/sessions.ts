import { constantTimeEqual, mac } from '../../kernel/keys.ts'
import type { Outside } from '../../kernel/outside.ts'
import { Secret } from '../../kernel/secret.ts'
import { digestOf } from './entry.ts'

/** One browser that was let in. */
export interface Session {
  /** For the forms of its pages. */
  csrf: string
}

/** Sessions of this process; a restart ends them all. */
export interface Sessions {
  /** What the new session's cookie holds. */
  open(): Secret
  /** Counts as use. Null when there is no such session or it is over. */
  find(cookie: string | undefined): Session | null
  end(cookie: string): void
}

const sessionBytes = 32
export const idleSecondsMax = 15 * 60
export const sessionSecondsMax = 8 * 60 * 60

export function makeSessions({ now, randomBytes }: Outside): Sessions {
  const byDigest = new Map<string, { openedAt: number; usedAt: number }>()
  const keyOf = (cookie: string) => Buffer.from(digestOf(cookie)).toString('base64url')
  const isOver = ({ openedAt, usedAt }: { openedAt: number; usedAt: number }) => {
    const at = now().getTime()
    return at - usedAt >= idleSecondsMax * 1000 || at - openedAt >= sessionSecondsMax * 1000
  }
  return {
    open() {
      for (const [key, session] of byDigest) if (isOver(session)) byDigest.delete(key)
      const cookie = Buffer.from(randomBytes(sessionBytes)).toString('base64url')
      const at = now().getTime()
      byDigest.set(keyOf(cookie), { openedAt: at, usedAt: at })
      return new Secret(cookie)
    },
    find(cookie) {
      if (cookie === undefined) return null
      const key = keyOf(cookie)
      const session = byDigest.get(key)
      if (session === undefined) return null
      if (isOver(session)) {
        byDigest.delete(key)
        return null
      }
      session.usedAt = now().getTime()
      return { csrf: csrfOf(cookie) }
    },
    end: (cookie) => void byDigest.delete(keyOf(cookie)),
  }
}

/** Made from the cookie, which other origins can't read; it unlocks nothing by itself. */
const csrfOf = (cookie: string) => Buffer.from(mac(Buffer.from(cookie), 'console/csrf')).toString('base64url')

/** Whether a form was made for this session. */
export const isFormOf = (session: Session, csrf: string | undefined): boolean =>
  csrf !== undefined && constantTimeEqual(Buffer.from(csrf), Buffer.from(session.csrf))
