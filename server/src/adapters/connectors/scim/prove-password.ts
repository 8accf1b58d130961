import type { PasswordVerdict } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { type ScimClient, unusable } from './client.ts'
import type { ScimConfig } from './config.ts'
import { anyHolds, attributesToProve, ownFacts } from './entry.ts'
import { type Exchange, isDone } from './exchange.ts'
import type { IsMember } from './groups.ts'
import { type Patient, redirected } from './patience.ts'
import { askForToken, basic } from './token-endpoint.ts'

type Verify = NonNullable<ScimConfig['verify']>

/** Whether a name and a password let somebody in at the address of `verify`. */
export type LetsIn = (username: string, password: string, signal: AbortSignal) => Promise<boolean>

/**
 * Proves a password where people sign in, and reads the person to tell why it is refused. Nobody is asked about by the
 * name of a decoy. Whoever is locked or disabled is asked about as well, and told apart by what the server says of them:
 * an address that only knows yes and no does not say.
 */
export function makeProvePassword(deps: {
  config: ScimConfig
  verify: Verify
  client: ScimClient
  memberships: () => IsMember
  letsIn: LetsIn
}): (key: string, password: string, signal: AbortSignal) => Promise<PasswordVerdict> {
  const { config, verify, client, memberships, letsIn } = deps
  const { endpoint } = client
  const attributes = attributesToProve(config)
  return async (key, password, signal) => {
    const found = await client.resource({ kind: 'Users', id: key, attributes }, signal)
    const facts = found === null ? null : ownFacts(found.body, { config, endpoint })
    const isRight = await letsIn(facts?.username ?? verify.decoyUsername, password, signal)
    if (found === null || facts === null) return { ok: false, because: 'wrong' }
    const asked = { resource: found.body, endpoint, isMember: memberships() }
    if (facts.disabled || (await anyHolds(config.disabled, asked, signal)))
      return { ok: false, because: 'disabled' }
    if (facts.locked) return { ok: false, because: 'locked' }
    return isRight ? { ok: true, mustChange: facts.password.mustChange } : { ok: false, because: 'wrong' }
  }
}

export function makeLetsIn(verify: Verify, deps: { exchange: Exchange; patient: Patient }): LetsIn {
  return verify.by === 'basic' ? byBasic(deps) : byPasswordGrant(verify, deps)
}

function byPasswordGrant(
  verify: Extract<Verify, { by: 'password-grant' }>,
  deps: { exchange: Exchange; patient: Patient },
): LetsIn {
  return async (username, password, signal) => {
    // The token that comes with a yes is thrown away.
    const grant = { grant_type: 'password', username, password }
    return (await askForToken(deps, verify, grant, signal)).ok
  }
}

function byBasic({ exchange, patient }: { exchange: Exchange; patient: Patient }): LetsIn {
  return async (username, password, signal) => {
    // The name ends at the first colon (RFC 7617, section 2): somebody else would be asked about.
    if (username.includes(':')) return false
    const authorization = basic(username, password)
    const { status } = await patient(
      exchange,
      { as: 'proof', method: 'GET', path: '', headers: { accept: 'application/json', authorization } },
      signal,
    )
    const { endpoint } = exchange.target
    if (isDone(status)) return true
    if (status === 401 || status === 403) return false
    if (status >= 300 && status < 400) throw redirected(endpoint)
    if (status >= 500 && status !== 501) {
      throw new Fault('directory-unreachable', { detail: `${endpoint}: verify.url answers HTTP ${status}` })
    }
    if (status === 404 || status === 405 || status === 501) {
      const detail = `${endpoint}: verify.url is no address that lets people in (HTTP ${status})`
      throw new Fault('directory-misconfigured', { detail })
    }
    throw unusable(endpoint, `verify.url answers HTTP ${status}`)
  }
}
