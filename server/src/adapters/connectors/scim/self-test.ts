import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
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
  outside: Pick<Outside, 'randomBytes'>
}): (signal: AbortSignal) => Promise<void> {
  const { config, client, service, outside } = deps
  const { endpoint } = client
  const misconfigured = (words: string) =>
    new Fault('directory-misconfigured', { detail: `${endpoint}: ${words}` })
  return async (signal) => {
    const known = await service.asked(signal)
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
