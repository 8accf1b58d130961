import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, proveByMail, setPassword } from '../support/person-at-api.ts'
import { startRekey } from '../support/rekey-process.ts'
import { addScimPerson, scimEntry, scimEnv } from '../support/scim-people.ts'
import { type ScimServer, startScimServer } from '../support/scim-server.ts'
import { aMailServer, type MailServer } from '../support/smtp.ts'

const first = 'before it was forgotten'
const fresh = 'seven otters borrow umbrellas'
const address = 'ada@home.example'

const opened = new AsyncDisposableStack()
let mail: MailServer
let server: ScimServer
beforeAll(async () => {
  mail = opened.use(await aMailServer({ tls: 'none' }))
  server = opened.use(await startScimServer())
})
afterAll(() => opened.disposeAsync())

const tenantOn = (directory: object) => ({
  tenants: [
    {
      id: 'northwind',
      name: 'Northwind',
      branding: { helpDesk: { text: 'Call 4000, Monday to Friday, 8 to 17' } },
      directories: [directory],
      limits: { requestsPerNetworkPerMinute: 100_000 },
    },
  ],
})

it('docs/scim.md: by its configuration, somebody locked out of a SCIM service comes back in, and signs in with the new password', async () => {
  const key = addScimPerson(server, { username: 'ada', password: first, recoveryAddresses: [address] })
  const person = server.people.get(key)
  if (person === undefined) throw new Error('nobody was added')
  person.locked = true
  await using rekey = await startRekey({
    config: tenantOn(await scimEntry(server)),
    env: scimEnv,
    smtp: mail,
  })

  const held = await proveByMail(rekey.portalUrl, { identifier: 'ADA', address }, mail)
  const refused = await setPassword(rekey.portalUrl, held, first)
  const done = await setPassword(rekey.portalUrl, held, fresh)

  const codes = ((refused?.body['errors'] ?? []) as { code: string }[]).map(({ code }) => code)
  expect(codes).toEqual(['password-in-history'])
  expect(done).toMatchObject({ status: 200, body: { state: 'completed' } })
  expect(person).toMatchObject({ password: fresh, locked: false })
  expect(await call(rekey.portalUrl, '/readyz')).toMatchObject({ status: 200 })
  const signIn = (password: string) => call(rekey.portalUrl, '/v1/sign-ins', { identifier: 'ada', password })
  expect((await signIn(first))?.status).not.toBe(201)
  expect((await signIn(fresh))?.status).toBe(201)
})
