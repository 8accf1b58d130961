import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createTransport } from 'nodemailer'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BounceListener, listenForBounces } from '../../src/adapters/channels/bounces/listener.ts'
import { type Bounce, makeReturnPaths } from '../../src/core/messages/bounces.ts'
import { makeKeyRing } from '../../src/kernel/keys.ts'

const paths = makeReturnPaths({
  keys: makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(5) }),
  domain: 'bounces.test',
  tenants: ['northwind'],
})
const ref = { tenant: 'northwind', id: '01order' }

const options = () => ({
  host: '127.0.0.1',
  port: 0,
  read: paths.read,
  record: async (_: unknown, bounce: Bounce) => recorded.push(bounce),
  warn: (...said: unknown[]) => void warnings.push(said),
})

/** Somebody who says nothing, and the code that he was greeted with. */
async function client(localAddress: string): Promise<{ socket: Socket; greeting: string }> {
  const socket = connect({ port: listener.port, host: '127.0.0.1', localAddress })
  socket.on('error', () => undefined)
  const [data] = (await once(socket, 'data')) as [Buffer]
  return { socket, greeting: data.toString().slice(0, 3) }
}

let recorded: Bounce[]
let warnings: unknown[][]
let listener: BounceListener
beforeEach(async () => {
  recorded = []
  warnings = []
  listener = await listenForBounces(options())
})
afterEach(() => listener[Symbol.asyncDispose]())

/** The code of the server's answer: 250, or that of its refusal. */
async function deliver(raw: string | Buffer, { from = '', to = [paths.of(ref)] } = {}): Promise<number> {
  const transport = createTransport({ host: '127.0.0.1', port: listener.port, ignoreTLS: true })
  try {
    await transport.sendMail({ envelope: { from, to }, raw })
    return 250
  } catch (error) {
    return (error as { responseCode?: number }).responseCode ?? 0
  } finally {
    transport.close()
  }
}

const canary = 'canary-link https://portal.test/recover#token'
const report = (status: string, { type = 'message/delivery-status' } = {}) =>
  [
    'From: MAILER-DAEMON@mx.test',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    `Action: failed for ada@example.test, ${canary}`,
    '--b',
    `Content-Type: ${type}`,
    '',
    'Reporting-MTA: dns; mx.test',
    '',
    'Final-Recipient: rfc822;ada@example.test',
    status,
    '--b',
    'Content-Type: message/rfc822',
    '',
    `Subject: Your way back in\r\n\r\n${canary}`,
    '--b--',
    '',
  ].join('\r\n')
const failure = report('Action: failed\r\nStatus: 5.1.1')

describe('the port for bounces', () => {
  it('takes a notification for a return path of ours and reads what became of the message, nothing else', async () => {
    expect(await deliver(failure)).toBe(250)
    expect(
      await deliver(report('Action: delayed\r\nStatus: 4.4.1', { type: 'message/global-delivery-status' })),
    ).toBe(250)

    expect(recorded).toEqual([
      { action: 'failed', status: '5.1' },
      { action: 'delayed', status: '4.4' },
    ])
  })

  it.each([
    ['a mailbox without a mac', { to: ['b-01order@bounces.test'] }],
    ['a mac that was guessed', { to: [`b-01order-${'0'.repeat(16)}@bounces.test`] }],
    ['somebody’s address elsewhere: it relays nothing', { to: ['ada@example.test'] }],
    ['the postmaster', { to: ['postmaster@bounces.test'] }],
    ['a right path of a sender with a name', { from: 'eve@evil.test' }],
  ])('refuses %s before it reads anything', async (_, envelope) => {
    expect(await deliver(failure, envelope)).toBe(550)
    expect([recorded, warnings]).toEqual([[], []])
  })

  it('refuses what is too large for a notification', async () => {
    expect(await deliver(failure + 'x'.repeat(300_000))).toBe(552)
    expect(recorded).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['no report', 'Subject: Out of office\r\n\r\nI am away.\r\n'],
    ['a delivery that worked', report('Action: delivered\r\nStatus: 2.0.0')],
    ['a status in the text only', report('')],
    ['a report inside a quoted mail', `Content-Type: message/rfc822\r\n\r\n${failure}`],
    ['a thousand nested parts', 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(1_000)],
    [
      'boundaries without an end',
      `Content-Type: multipart/report; boundary=b\r\n\r\n${'--b\r\n\r\n'.repeat(20_000)}`,
    ],
    ['one header of 200 kB', `X: ${'x'.repeat(200_000)}\r\n\r\n`],
    ['ten thousand headers', `${'X: y\r\n'.repeat(10_000)}\r\n`],
    ['encoded words without an end', `Subject: ${'=?utf-8?Q?'.repeat(5_000)}\r\n\r\n`],
    ['addresses in addresses', `From: ${'a:'.repeat(20_000)}\r\n\r\n`],
    ['parameters without an end', `Content-Type: multipart/report; ${'a*0*=%ff;'.repeat(10_000)}\r\n\r\n`],
    ['bytes that are no text', Buffer.from(Array.from({ length: 60_000 }, (_, at) => (at * 7919) % 251))],
    [
      'an unknown character set',
      report('Action: f').replace('text/plain', 'text/plain; charset="x-nobody\\0"'),
    ],
  ])('takes %s and records nothing, and goes on listening', async (_, mail) => {
    expect([250, 0]).toContain(await deliver(mail === '' ? '\r\n' : mail))
    expect(recorded).toEqual([])
    expect(JSON.stringify(warnings)).not.toMatch(/canary|ada@/)

    expect(await deliver(failure)).toBe(250)
    expect(recorded).toHaveLength(1)
  })

  it('serves few at the same time, and others when those have gone', async () => {
    const idle = await Promise.all(
      Array.from({ length: 30 }, (_, index) => client(`127.0.0.${10 + (index % 10)}`)),
    )

    expect(idle.filter(({ greeting }) => greeting === '421')).toHaveLength(10)
    for (const { socket } of idle) socket.destroy()
    await vi.waitFor(async () => expect(await deliver(failure)).toBe(250), { timeout: 10_000, interval: 50 })
  })

  it('leaves places for others when one network takes all it can', async () => {
    const idle = await Promise.all(Array.from({ length: 20 }, () => client('127.0.0.2')))

    expect(idle.filter(({ greeting }) => greeting === '421')).toHaveLength(15)
    expect(await deliver(failure)).toBe(250)
    for (const { socket } of idle) socket.destroy()
    await vi.waitFor(async () => expect((await client('127.0.0.2')).greeting).toBe('220'), {
      timeout: 10_000,
      interval: 50,
    })
  })

  it('ends a connection after a while, however busy its client keeps it', async () => {
    await listener[Symbol.asyncDispose]()
    listener = await listenForBounces({ ...options(), connectionMsMax: 500 })
    const { socket } = await client('127.0.0.1')
    const drip = setInterval(() => socket.write('NOOP\r\n'), 50)
    onTestFinished(() => clearInterval(drip))

    await once(socket, 'close')
  })

  it('asks the sending server to come back when a bounce can’t be recorded', async () => {
    await listener[Symbol.asyncDispose]()
    listener = await listenForBounces({
      host: '127.0.0.1',
      port: 0,
      read: paths.read,
      record: () => Promise.reject(new Error('database is away')),
      warn: (...said) => void warnings.push(said),
    })

    expect(await deliver(failure)).toBe(451)
  })
})
