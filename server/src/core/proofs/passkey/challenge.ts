import { derive, mac } from '../../../kernel/keys.ts'

/** What an answer is for. It is good for nothing else, and for this once: whatever takes it changes so that it asks no more. */
export interface ChallengeName {
  tenant: string
  /** Whose id it is. */
  purpose: 'enrolment' | 'flow' | 'session'
  /** 80 of its bits are random. */
  of: string
}

/**
 * What authenticators sign, and how accounts are called to them. Both are derived, so looking at a page that asks changes
 * nothing, and every node knows both.
 */
export interface PasskeyChallenges {
  /** 256 bits, base64url, that nobody knows before the flow or session is there (WebAuthn level 3 section 13.4.3). */
  current(of: ChallengeName, now: Date): string
  /** Those that may be answered now: given out within ten to twenty minutes. */
  open(of: ChallengeName, now: Date): readonly string[]
  /** 32 bytes, base64url, that tell nothing (section 14.6.1). One authenticator keeps one passkey for each. */
  userHandle(tenant: string, subject: string): string
}

/** How long a browser lets a person take: section 15.1 recommends 5 to 10 minutes. */
export const ceremonySeconds = 300

/** A page may have been open for a while before somebody takes the passkey on it. */
const windowSeconds = 600

/** `namesKey` is the installation's own, 32 bytes, that outlives every rotation. */
export function makePasskeyChallenges(namesKey: Uint8Array): PasskeyChallenges {
  const challengeKey = derive(namesKey, 'rekey/passkey-challenge/v1')
  const handleKey = derive(namesKey, 'rekey/passkey-user/v1')
  const windowOf = (now: Date) => Math.floor(now.getTime() / 1_000 / windowSeconds)
  const challenge = ({ tenant, purpose, of }: ChallengeName, window: number) =>
    base64url(mac(challengeKey, tenant, purpose, of, String(window)))
  return {
    current: (of, now) => challenge(of, windowOf(now)),
    open: (of, now) => [challenge(of, windowOf(now)), challenge(of, windowOf(now) - 1)],
    userHandle: (tenant, subject) => base64url(mac(handleKey, tenant, subject)),
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
