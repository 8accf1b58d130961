import { describe, expect, it, vi } from 'vitest'
import type { MailConfig } from '../../src/config/schema.ts'
import { aMailWorld, type MailWorld } from '../support/mail-world.ts'
import { aMailServer, type MailFault, type MailServer } from '../support/smtp.ts'

const soon = { timeout: 40_000, interval: 20 }

/** Short patience with the first one, so that a test need not wait as long as people would. */
const mailOver = (servers: readonly MailServer[]): MailConfig => ({
  from: { name: 'Northwind', address: 'accounts@northwind.test' },
  breaker: { failures: 3, slowSeconds: 3, coolDownSeconds: 1, coolDownSecondsMax: 1 },
  providers: servers.map(({ host, port }, at) => ({
    name: at === 0 ? 'first' : 'second',
    kind: 'smtp' as const,
    ...{ host, port, tls: 'none' as const, timeoutSeconds: at === 0 ? 2 : 20 },
  })),
})

const idOf = (mail: { subject: string }) => mail.subject

async function orderMany(world: MailWorld, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let number = 0; number < count; number += 1) ids.push(await world.order())
  return ids
}

const stateOf = (world: MailWorld, name: string) =>
  world.mail.observed.mailProviders().find(({ provider }) => provider === name)?.state

/** Messages that came while more than `missing` older ones had not. */
function hurried(arrived: readonly string[], ordered: readonly string[], missing: number): string[] {
  return arrived.filter((id, at) => {
    const before = new Set(arrived.slice(0, at))
    const older = ordered.slice(0, ordered.indexOf(id))
    return older.filter((one) => !before.has(one)).length > missing
  })
}

/** Messages that one process has under way at the same time, but for the one that is looked at. */
const besideEach = 3

describe('mail over two providers', { timeout: 180_000 }, () => {
  it('arrives once each, the oldest first, while the first one is dead, slow, refusing and back', async () => {
    const arrived: string[] = []
    const onMail = (mail: { subject: string }) => void arrived.push(idOf(mail))
    const dead = await aMailServer({ tls: 'none' })
    await dead.close()
    await using second = await aMailServer({ tls: 'none', onMail })
    await using world = await aMailWorld({ mail: mailOver([dead, second]) })
    const ordered: string[] = []
    const all = async (count: number) => {
      ordered.push(...(await orderMany(world, count)))
      await vi.waitFor(() => expect(arrived).toHaveLength(ordered.length), soon)
    }
    await all(40)
    expect(stateOf(world, 'first')).toBe('open')

    await using first = await aMailServer({ tls: 'none', port: dead.port, onMail })
    const faults: MailFault[] = [
      { silentAt: 'connect' },
      { silentAt: 'mail' },
      { answersAfterMs: 3_200 },
      { at: 'connect', code: 554 },
      { at: 'mail', code: 550, text: '5.7.1 no mail from you' },
      { at: 'rcpt', code: 554, text: '5.7.1 relay access denied' },
    ]
    for (const fault of faults) {
      first.fault = fault
      const before = first.troubled
      await all(20)
      // Not before it was tried again and found wanting.
      await vi.waitFor(async () => {
        if (first.troubled === before) await all(1)
        expect(first.troubled).toBeGreaterThan(before)
      }, soon)
    }
    first.fault = null
    await vi.waitFor(async () => {
      await all(1)
      expect(stateOf(world, 'first')).toBe('closed')
    }, soon)
    const taken = first.received.length
    await all(40)

    expect(first.received.length - taken).toBe(40)
    expect(arrived.toSorted()).toEqual(ordered.toSorted())
    // Whatever an older one waits for, it is under way.
    expect(hurried(arrived, ordered, besideEach)).toEqual([])
    const sent = () => world.events.filter(({ name }) => name === 'message.sent')
    await vi.waitFor(() => expect(sent()).toHaveLength(ordered.length), soon)
  })

  it('arrives once each and the oldest first when both were away, and people are told while they are', async () => {
    const arrived: string[] = []
    const onMail = (mail: { subject: string }) => void arrived.push(idOf(mail))
    const away = [await aMailServer({ tls: 'none' }), await aMailServer({ tls: 'none' })]
    for (const server of away) await server.close()
    await using world = await aMailWorld({ mail: mailOver(away) })
    await using beside = await aMailWorld({ mail: mailOver(away) }, world.database)
    const ordered = await orderMany(world, 60)

    await vi.waitFor(
      () => expect([world, beside].map(({ mail }) => mail.isDelayed())).toEqual([true, true]),
      soon,
    )
    expect(await world.metrics()).toMatch(/rekey_mail_provider\{provider="first",state="open"\} 1/)
    expect(await world.metrics()).toMatch(/rekey_mail_oldest_waiting_seconds [1-9]/)
    await using _first = await aMailServer({ tls: 'none', port: away[0]?.port ?? 0, onMail })
    await using _second = await aMailServer({ tls: 'none', port: away[1]?.port ?? 0, onMail })
    await vi.waitFor(() => expect(arrived).toHaveLength(60), soon)

    expect(arrived.toSorted()).toEqual(ordered.toSorted())
    // Older ones that are missing are under way at one of two nodes, or wait for the end of a trial. One message is on
    // trial at each provider of each node, and whatever was due by itself may be that.
    const early = hurried(arrived, ordered, 2 * (besideEach + 1 + 2))
    expect(early.length, early.join()).toBeLessThanOrEqual(4)
    await vi.waitFor(
      () => expect([world, beside].map(({ mail }) => mail.isDelayed())).toEqual([false, false]),
      soon,
    )
    expect(await world.metrics()).toMatch(
      /rekey_mail_seconds_count\{provider="(first|second)",outcome="sent"\} \d/,
    )
  })

  it('is sent to nobody else when a server hangs up with the whole message in its hands', async () => {
    await using first = await aMailServer({ tls: 'none' })
    await using second = await aMailServer({ tls: 'none' })
    await using world = await aMailWorld({ mail: mailOver([first, second]) })
    first.fault = { drop: 'after-mail' }
    const id = await world.order()
    const doubted = () =>
      world.database.kysely.selectFrom('message').select('doubted_at').where('id', '=', id).executeTakeFirst()

    await vi.waitFor(async () => expect(await doubted()).toEqual({ doubted_at: expect.any(Date) }), soon)
    first.fault = null
    await vi.waitFor(
      () => expect(world.log().match(/mail-outcome-unknown/g)?.length).toBeGreaterThan(1),
      soon,
    )
    expect([first.received.length, second.received.length]).toEqual([1, 0])
  })
})
