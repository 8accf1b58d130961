import { createTransport } from 'nodemailer'
import { describe, expect, it, vi } from 'vitest'
import type { Config, MailConfig } from '../../src/config/schema.ts'
import { makeReturnPaths } from '../../src/core/messages/bounces.ts'
import { anExim } from '../support/exim.ts'
import { freePort } from '../support/free-ports.ts'
import { aMailWorld, ring } from '../support/mail-world.ts'
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

/** A notification as servers write it, handed to the port for bounces. */
async function notify(port: number, to: string, status: string): Promise<void> {
  const raw = [
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.test',
    '',
    status,
    '--b--',
    '',
  ].join('\r\n')
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  await transport.sendMail({ envelope: { from: '', to: [to] }, raw })
  transport.close()
}

describe('bounces of one message', () => {
  it('are recorded once for a delay and once for a failure, however often they come and in what order', async () => {
    const port = await freePort()
    const bounces = { host: '127.0.0.1', port, domain: 'bounces.northwind.test' }
    await using server = await aMailServer({ tls: 'none' })
    await using world = await aMailWorld({ mail: { from, breaker, bounces, providers: overOne(server) } })
    const id = await world.order()
    const { from: path } = await server.next()
    const paths = makeReturnPaths({ keys: ring, domain: bounces.domain, tenants: ['northwind'] })
    expect(paths.read(path)).toEqual({ tenant: 'northwind', id })

    for (const [action, status] of [
      ['delayed', '4.4.1'],
      ['delayed', '4.4.1'],
      ['failed', '5.1.1'],
      ['failed', '5.1.1'],
      ['delayed', '4.4.1'],
    ] as const)
      await notify(port, path, `Action: ${action}\r\nStatus: ${status}`)
    await vi.waitFor(() => expect(world.events.map(({ name }) => name)).toContain('message.sent'), soon)

    const bounced = world.events.filter(({ name }) => name === 'message.bounced')
    expect(bounced.map(({ facts }) => facts['action'])).toEqual(['delayed', 'failed'])
    expect(bounced.map(({ facts }) => facts['status'])).toEqual(['4.4', '5.1'])
  })

  it('of a message that never was change nothing', async () => {
    const port = await freePort()
    const bounces = { host: '127.0.0.1', port, domain: 'bounces.northwind.test' }
    await using server = await aMailServer({ tls: 'none' })
    await using world = await aMailWorld({ mail: { from, breaker, bounces, providers: overOne(server) } })
    const paths = makeReturnPaths({ keys: ring, domain: bounces.domain, tenants: ['northwind'] })
    await notify(port, paths.of({ tenant: 'northwind', id: '01nobody' }), 'Action: failed\r\nStatus: 5.1.1')

    expect(world.events).toEqual([])
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
