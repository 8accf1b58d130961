import { afterAll, beforeAll, expect, it } from 'vitest'
import { readStoredHash } from '../../src/adapters/connectors/hashes/stored-hash.ts'
import { aStore } from '../contract/directory-sql.ts'
import { call, proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const first = 'before it was forgotten'
const fresh = 'seven otters borrow umbrellas'
const address = 'ada@home.example'

let mail: MailServer
beforeAll(async () => {
  mail = await aMailServer({ tls: 'none' })
})
afterAll(() => mail[Symbol.asyncDispose]())

it.each(['postgresql', 'mariadb'] as const)(
  'docs/sql.md: by its configuration, somebody locked out of a table of %s comes back in, and has a hash of its own',
  async (dialect) => {
    await using store = await aStore(dialect)
    await store.add({ username: 'ada', password: first, recoveryAddresses: [address] })
    await store.set('ada', dialect === 'postgresql' ? 'locked_at' : 'locked_until', '2090-01-01 00:00:00')
    const hash = { scheme: 'bcrypt', cost: 10 }
    const config = {
      tenants: [
        {
          id: 'northwind',
          name: 'Northwind',
          branding: { helpDesk: { text: 'Call 4000, Monday to Friday, 8 to 17' } },
          directories: [{ ...store.entry, hash }],
          limits: { requestsPerNetworkPerMinute: 100_000 },
        },
      ],
    }
    await using rekey = await startRekey({ config, env: store.env, smtp: mail })

    const held = await proveByMail(rekey.portalUrl, { identifier: 'ADA', address }, mail)
    const refused = await setPassword(rekey.portalUrl, held, first)
    const tooLong = await setPassword(rekey.portalUrl, held, `${fresh} ${'é'.repeat(30)}`)
    const done = await setPassword(rekey.portalUrl, held, fresh)

    const codesOf = (answer: typeof done) =>
      ((answer?.body['errors'] ?? []) as { code: string }[]).map(({ code }) => code)
    expect(codesOf(refused)).toEqual(['password-in-history'])
    expect(codesOf(tooLong)).toEqual(['password-too-long-for-directory'])
    expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
    const written = (await store.hashOf('ada')) ?? ''
    expect(written).toMatch(/^\$2y\$10\$/)
    expect(await readStoredHash(written)?.(Buffer.from(fresh))).toBe(true)
    expect(await call(rekey.portalUrl, '/readyz')).toMatchObject({ status: 200 })
  },
)
