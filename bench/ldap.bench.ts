import { readFile } from 'node:fs/promises'
import { Attribute, Change, Client, EqualityFilter } from 'ldapts'
import { storeMigrations } from '../server/src/adapters/stores/migrations/index.ts'
import type { Directory } from '../server/src/core/accounts/index.ts'
import { Secret } from '../server/src/kernel/secret.ts'
import { ldapConfigFor, openLdapDirectory } from '../server/test/contract/directory-ldap.ts'
import { startAgent, startAgentExchange } from '../server/test/support/agent-exchange.ts'
import { startOpenLdap } from '../server/test/support/openldap.ts'
import { aDatabase } from './harness/a-database.ts'
import { inTurns } from './harness/per-second.ts'
import { print } from './harness/rows.ts'

/**
 * Resets per second through the LDAP connector: the entry is read with all that decides whether its owner may come back,
 * the group of administrators is asked, the password is replaced under two controls, and the mark "must change" is looked
 * for. Beside it, in the same run, against the same slapd and as many at once, the client library alone: the entry is
 * looked for by its key, and the password is replaced. Both go over TLS, on connections that stay. Then the same once more
 * through an agent, which asks for the entry first, for its own rules, and writes its journal.
 */
const rounds = 3
const people = Number(process.env['REKEY_BENCH_PEOPLE'] ?? 400)
const atOnce = 8

await using server = await startOpenLdap({ flushes: true })
const uids = Array.from({ length: people }, (_, number) => `person-${number}`)
await server.addCrowd(uids)
const keys = await Promise.all(uids.map((uid) => server.entryUuid(uid)))
const directory = openLdapDirectory(ldapConfigFor(server, { connections: atOnce, passwordWrite: 'replace' }))
const tlsOptions = { ca: await readFile(server.caFile) }
const url = server.ldapsUrl.replace('127.0.0.1', 'localhost')
const clients = await Promise.all(
  Array.from({ length: atOnce }, async () => {
    const client = new Client({ url, tlsOptions })
    await client.bind(server.bindDn, server.bindPassword)
    return client
  }),
)

const resetsOf = (of: Directory) => async (key: string, password: string) => {
  const written = await of.setPassword(key, new Secret(password), AbortSignal.timeout(20_000))
  if (!written.ok) throw new Error(written.because)
}
const sides = {
  async alone(key: string, password: string) {
    const client = clients.pop()
    if (client === undefined) throw new Error('more at once than clients')
    const filter = new EqualityFilter({ attribute: 'entryUUID', value: key })
    const { searchEntries } = await client.search(`ou=people,${server.baseDn}`, {
      filter,
      attributes: ['uid'],
    })
    const modification = new Attribute({ type: 'userPassword', values: [password] })
    await client.modify(searchEntries[0]?.dn ?? '', new Change({ operation: 'replace', modification }))
    clients.push(client)
  },
}
const measured = await inTurns({ rounds, keys, atOnce }, { alone: sides.alone, resets: resetsOf(directory) })
await using exchange = await startAgentExchange({ open: () => aDatabase(storeMigrations) })
const name = exchange.newDirectory()
const agent = await startAgent(exchange, { directory: name, name: 'site-1', inner: directory })
const behind = exchange.directory(name, directory)
const throughAgent = await inTurns({ rounds, keys, atOnce }, { alone: sides.alone, resets: resetsOf(behind) })
await agent[Symbol.asyncDispose]()
await Promise.all(clients.map((client) => client.unbind()))
await directory.close()
print({
  what: 'resets per second at OpenLDAP',
  values: measured.resets,
  unit: '/s',
  beside: { what: 'a search and a modify by ldapts', values: measured.alone },
  aim: { ratio: 0.85 },
})
print({
  what: 'resets per second at OpenLDAP behind an agent',
  values: throughAgent.resets,
  unit: '/s',
  beside: { what: 'a search and a modify by ldapts', values: throughAgent.alone },
  note: 'in one process with the agent',
})
