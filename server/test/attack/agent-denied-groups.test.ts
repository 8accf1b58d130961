import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openInner } from '../../src/compose-agent.ts'
import { loadAgentConfig } from '../../src/config/agent.ts'
import { isDenied } from '../../src/core/agents/agent-rules.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { startOpenLdap } from '../support/openldap.ts'

it('whoever is in a group that is denied is out of reach, also where no entry lists its groups', async () => {
  await using ldap = await startOpenLdap()
  const home = await mkdtemp(join(tmpdir(), 'rekey-agent-'))
  await using cleanUp = new AsyncDisposableStack()
  cleanUp.defer(() => rm(home, { recursive: true }))
  await ldap.addPeople([{ uid: 'ada' }, { uid: 'boss' }])
  await ldap.addToGroup('boss')
  const file = join(home, 'agent.yaml')
  const directory = {
    ...{ name: 'people', kind: 'ldap', urls: [ldap.ldapsUrl], caFile: ldap.caFile },
    ...{ bindDn: ldap.bindDn, bindPassword: { env: 'LDAP' }, baseDn: ldap.baseDn },
  }
  const deny = { groups: [ldap.groupDn] }
  const written = { servers: ['wss://recovery.example.org/agent'], data: home, directory, deny }
  await writeFile(file, JSON.stringify(written))
  const config = loadAgentConfig(file, { LDAP: ldap.bindPassword })
  const inner = openInner(config, { outside: systemOutside, tenant: 'northwind', log: null })
  cleanUp.defer(() => inner.close())

  const of = async (uid: string) => {
    const entry = await inner.read(await ldap.entryUuid(uid), AbortSignal.timeout(10_000))
    return entry === null ? null : isDenied(entry, config.deny)
  }

  expect([await of('ada'), await of('boss')]).toEqual([false, true])
})
