import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { withinDeadline } from '../deadline.ts'
import type { ScimConfig } from './config.ts'
import type { Exchange } from './exchange.ts'
import type { Patient } from './patience.ts'
import { askForToken } from './token-endpoint.ts'

/** What Rekey signs in with. */
export interface Credentials {
  token(signal: AbortSignal): Promise<string>
  /** Says that the server did not take a token. True when there can be another. */
  refused(token: string): boolean
}

type Authentication = ScimConfig['authentication']

/** Before its end a token is not used any more, because a request takes its time, and clocks differ. */
const marginSeconds = 30
/** Of a token whose end is not told. */
const unknownSeconds = 300
const patienceSeconds = 10

/** Throws `directory-misconfigured` for what can't stand in a header (RFC 6750, section 2.1). */
export function fixedToken({ token }: Extract<Authentication, { by: 'token' }>): Credentials {
  if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
    const detail = 'authentication.token holds spaces, line ends or other characters that no token has'
    throw new Fault('directory-misconfigured', { detail })
  }
  return { token: async () => token.reveal(), refused: () => false }
}

/** One token for everybody who asks, and one request for it however many wait. */
export function clientCredentials(
  client: Extract<Authentication, { by: 'client-credentials' }>,
  deps: { exchange: Exchange; patient: Patient; outside: Pick<Outside, 'now'> },
): Credentials {
  let held: { token: string; until: number } | null = null
  let asking: Promise<string> | null = null

  const ask = async () => {
    const asked = deps.outside.now().getTime()
    const granted = await askForToken(
      deps,
      client,
      { grant_type: 'client_credentials' },
      AbortSignal.timeout(patienceSeconds * 1_000),
    )
    if (!granted.ok) {
      const detail = `${deps.exchange.target.endpoint}: the token endpoint does not take the client (invalid_grant)`
      throw new Fault('directory-misconfigured', { detail })
    }
    const { token, lastsSeconds } = granted
    const lasts = lastsSeconds ?? unknownSeconds
    held = { token, until: asked + (lasts - Math.min(marginSeconds, lasts / 4)) * 1_000 }
    return token
  }

  return {
    async token(signal) {
      if (held !== null && deps.outside.now().getTime() < held.until) return held.token
      asking ??= ask().finally(() => {
        asking = null
      })
      // Others may wait for it when this caller no longer does.
      asking.catch(() => {})
      return withinDeadline(asking, signal).catch((cause: unknown) => {
        if (cause instanceof Fault) throw cause
        const detail = `${deps.exchange.target.endpoint}: no token before the deadline`
        throw new Fault('directory-unreachable', { cause, detail })
      })
    },
    refused(token) {
      if (held?.token === token) held = null
      return true
    },
  }
}
