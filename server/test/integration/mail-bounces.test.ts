import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import type { Config, MailConfig } from '../../src/config/schema.ts'
import { anExim } from '../support/exim.ts'
import { aMailWorld } from '../support/mail-world.ts'
import { aMailServer } from '../support/smtp.ts'

const soon = { timeout: 30_000, interval: 20 }
const breaker: MailConfig['breaker'] = {
  failures: 3,
  slowSeconds: 10,
  coolDownSeconds: 1,
  coolDownSecondsMax: 1,
}
const from = { name: 'Northwind', address: 'accounts@northwind.test' }
const overOne = ({ host, port }: { host: string; port: number }): MailConfig['providers'] => [
  { name: 'main', kind: 'smtp', host, port, tls: 'none' },
]

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('a mail that a real server took and could not deliver', () => {
  it('is known to have bounced, once, and nobody’s address or link is written down', async () => {
    const port = await freePort()
    const bounces = { host: '127.0.0.1', port, domain: 'bounces.northwind.test' }
    await using exim = await anExim({ bouncesDomain: bounces.domain, bouncesPort: port })
    await using world = await aMailWorld({ mail: { from, breaker, bounces, providers: overOne(exim) } })
    const id = await world.order({ to: 'nobody@gone.test' })
    await world.order({ to: 'ada@example.test' })

    await vi.waitFor(() => expect(world.events.map(({ name }) => name)).toContain('message.bounced'), soon)
    await vi.waitFor(
      () => expect(world.events.filter(({ name }) => name === 'message.sent')).toHaveLength(2),
      soon,
    )
    const bounced = world.events.filter(({ name }) => name === 'message.bounced')
    expect(bounced).toEqual([
      {
        ...{ name: 'message.bounced', tenant: 'northwind', at: expect.any(Date), flow: 'flow-id' },
        subject: 'subject-key',
        facts: {
          kind: 'recovery',
          provider: expect.stringMatching(/main|none/),
          action: 'failed',
          status: '5.0',
        },
      },
    ])
    const row = world.database.kysely.selectFrom('message').select('bounced').where('id', '=', id)
    expect(await row.executeTakeFirst()).toEqual({ bounced: 'failed' })
    expect(JSON.stringify(world.events) + world.log()).not.toMatch(/gone\.test|recover#token/)
  })
})

describe('the sender of a mail', () => {
  it('is the tenant’s own where it has one, and the common one elsewhere', async () => {
    await using server = await aMailServer({ tls: 'none' })
    const own = { from: { name: 'Contoso', address: 'help@contoso.test' }, returnPath: 'back@contoso.test' }
    const tenants = [{ id: 'northwind' }, { id: 'contoso', mail: own }] as unknown as Config['tenants']
    await using world = await aMailWorld({ mail: { from, breaker, providers: overOne(server) }, tenants })
    await world.order({ tenant: 'northwind', to: 'ada@example.test' })
    await world.order({ tenant: 'contoso', to: 'bob@example.test' })
    const [ada, bob] = [await server.next('ada@example.test'), await server.next('bob@example.test')]

    expect([ada.from, bob.from]).toEqual(['accounts@northwind.test', 'back@contoso.test'])
    expect([ada, bob].map((mail) => mail.header('from')[0])).toEqual([
      'Northwind <accounts@northwind.test>',
      'Contoso <help@contoso.test>',
    ])
    expect(bob.header('message-id')[0]).toMatch(/@contoso\.test>$/)
  })
})
