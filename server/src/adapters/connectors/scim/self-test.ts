import { Fault } from '../../../kernel/fault.ts'
import type { ConnectorOutside } from '../define.ts'
import type { ScimClient } from './client.ts'
import type { ScimConfig } from './config.ts'
import { groupsOf } from './entry.ts'
import { equals, readPath } from './paths.ts'
import { requireFilter } from './people.ts'
import type { KnownService } from './service.ts'

/** Asks what the server can do, for somebody who can't be there, and for the groups of the configuration. */
export function makeSelfTest(deps: {
  config: ScimConfig
  client: ScimClient
  service: KnownService
  outside: Pick<ConnectorOutside, 'randomBytes' | 'warn'>
}): (signal: AbortSignal) => Promise<void> {
  const { config, client, service, outside } = deps
  const { endpoint } = client
  const misconfigured = (words: string) =>
    new Fault('directory-misconfigured', { detail: `${endpoint}: ${words}` })
  // What a server says of it is a hint: whether the token is taken shows soon enough.
  let isTold = false
  return async (signal) => {
    const known = await service.asked(signal)
    if (!isTold && known.schemes.length > 0 && !known.schemes.some(takesTokens)) {
      isTold = true
      const schemes = known.schemes.join(', ')
      outside.warn('the server names no way to sign in with a token', { schemes })
    }
    requireFilter(known, endpoint)
    if (!known.changePassword) {
      throw misconfigured('the server says that it takes no passwords: switch changePassword on there')
    }
    const nobody = `rekey-${Buffer.from(outside.randomBytes(16)).toString('hex')}`
    const filter = equals(readPath(config.attributes.username), nobody)
    const { resources } = await client.people({ filter, count: '1', attributes: 'id' }, signal)
    if (resources.length > 0) {
      throw misconfigured('the server passes over filters, so that anybody would be found by any name')
    }
    for (const id of groupsOf(config)) {
      const group = await client.resource({ kind: 'Groups', id, attributes: ['members'] }, signal)
      if (group === null)
        throw misconfigured(`there is no group with the id "${id}", which a condition names`)
    }
  }
}

/** RFC 7643 section 5. */
const takesTokens = (scheme: string) => scheme !== 'httpbasic' && scheme !== 'httpdigest'
