/** What somebody wants who has proven nothing yet. Work for one is none for another. */
export const purposes = ['start', 'sign-in'] as const
export type Purpose = (typeof purposes)[number]

/** A task of the kept library, version 2 of its format; whoever has one of its clients can solve it. */
export interface WorkChallenge {
  parameters: {
    algorithm: string
    nonce: string
    salt: string
    cost: number
    keyLength: number
    keyPrefix: string
    keySignature?: string
    data?: Record<string, string | number | boolean | null>
  }
  signature?: string
}

/** What a piece of work is good for. */
export interface WorkName {
  tenant: string
  purpose: Purpose
  /** How many times the base difficulty it is. */
  factor: number
  expiresAt: Date
}

/** Tasks that cost a stranger's machine something, and this one next to nothing. */
export interface Work {
  issue(of: WorkName): Promise<WorkChallenge>
  /**
   * What a solved task was issued for, and the nonce that it is told from others by. Null: not ours, changed, or not
   * solved. Whether it is too old, for somebody else or used is for the caller to say.
   *
   * @param solved base64 of `{"challenge", "solution"}`, as the library's clients send it.
   */
  read(solved: string): Promise<(WorkName & { nonce: string }) | null>
}

/** Adds up what all nodes count. Nobody waits for it: a node that gets no answer goes by what it has counted itself. */
export interface SharedTally {
  /** Adds, and returns the sums over all nodes in the order of `counts`. No key may occur twice. */
  add(
    counts: readonly { tenant: string; key: string; count: number; endsAt: Date }[],
  ): Promise<readonly number[]>
}

/** A service that says whether a token was given to a person; in place of work, where a tenant wants one. */
export interface HumanCheck {
  /** False also where the service gives no answer: work and waiting are open to everybody all the same. */
  isPassed(token: string): Promise<boolean>
}

/** What has to come with the request, one of these. */
export interface Asked {
  challenge: WorkChallenge
  wait: Wait
}

/** For those whose browser can't work: a token that counts `seconds` from now. */
export interface Wait {
  token: string
  seconds: number
}

/** What a request brings. Each is as it was sent. */
export interface Shown {
  work?: string | undefined
  wait?: string | undefined
  human?: string | undefined
}

/** Ways to reach a person, the weakest first. */
export const channels = ['sms', 'voice', 'email_code', 'email_link', 'push', 'passkey'] as const
export type Channel = (typeof channels)[number]
