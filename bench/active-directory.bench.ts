import { type Client, EqualityFilter } from 'ldapts'
import { Secret } from '../server/src/kernel/secret.ts'
import { adConfigFor, openAd } from '../server/test/contract/directory-ad.ts'
import { canRunSamba, startSambaAd } from '../server/test/support/samba-ad.ts'
import { clientOf, replacing, unicodePwd } from '../server/test/support/samba-domain.ts'
import { inTurns } from './harness/per-second.ts'
import { print } from './harness/rows.ts'

/**
 * Resets per second through the connector for Active Directory: the account is read, and its groups with those that they
 * are in, and then the password is reset and the lock lifted. Beside it, in the same run, at the same controller and as
 * many at once, the client library alone: the account is looked for by its name, and the same is written. Both go over
 * TLS, on connections that stay.
 */
const rounds = 3
const people = Number(process.env['REKEY_BENCH_PEOPLE'] ?? 120)
const atOnce = 4

if (canRunSamba) await measure()
else process.stdout.write('A domain controller can be run by root only: left out.\n')

async function measure(): Promise<void> {
  await using domain = await startSambaAd()
  const names = Array.from({ length: people }, (_, number) => `person-${number}`)
  await domain.addPeople(names.map((username) => ({ username, password: 'Violet tundra kettle 0' })))
  const nameOf = new Map(
    await Promise.all(names.map(async (name) => [await domain.guid(name), name] as const)),
  )
  const directory = openAd(adConfigFor(domain, { connections: atOnce }))
  const clients: (Client & AsyncDisposable)[] = []
  for (let number = 0; number < atOnce; number += 1) clients.push(await clientOf(domain, domain.service))
  const measured = await inTurns(
    { rounds, keys: [...nameOf.keys()], atOnce },
    {
      async alone(key, password) {
        const client = clients.pop()
        if (client === undefined) throw new Error('more at once than clients')
        const filter = new EqualityFilter({ attribute: 'sAMAccountName', value: nameOf.get(key) ?? '' })
        const { searchEntries } = await client.search(domain.peopleDn, {
          filter,
          attributes: ['sAMAccountName'],
        })
        await client.modify(searchEntries[0]?.dn ?? '', [
          replacing('unicodePwd', [unicodePwd(password)]),
          replacing('lockoutTime', ['0']),
        ])
        clients.push(client)
      },
      async resets(key, password) {
        const written = await directory.setPassword(key, new Secret(password), AbortSignal.timeout(20_000))
        if (!written.ok) throw new Error(written.because)
      },
    },
  )
  for (const client of clients) await client[Symbol.asyncDispose]()
  await directory.close()
  print({
    what: 'resets per second at Active Directory (Samba)',
    values: measured.resets,
    unit: '/s',
    beside: { what: 'a search and a modify by ldapts', values: measured.alone },
    aim: { ratio: 0.85 },
  })
}
