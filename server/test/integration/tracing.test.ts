import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { openTracing, type TracingOptions } from '../../src/adapters/tracing/tracing.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { traced } from '../../src/kernel/tracing.ts'
import { anAttackedRekey, oldPassword, victimAddress } from '../attack/attacked.ts'
import { aCollector, type Collector } from '../support/collector.ts'
import { startRekey } from '../support/rekey-process.ts'

const newPassword = 'copper lantern meadow tundra'

/** The names on the way from a span up to the first one of its trace. */
function above({ spans }: Collector, name: string): string[] {
  const names: string[] = []
  let span = spans.find((one) => one.name === name)
  while (span !== undefined) {
    names.push(span.name)
    const { traceId, parentSpanId } = span
    span = spans.find((one) => one.traceId === traceId && one.spanId === parentSpanId)
  }
  return names
}

describe('a traced recovery', () => {
  it('is one trace from the request over the jobs to directory and mail server', async () => {
    await using collector = await aCollector()
    await using rekey = await anAttackedRekey({ config: { tracing: { url: collector.url } } })

    const { token } = await rekey.mailed('victim', victimAddress)
    const { json } = await rekey.post('/v1/links', { token })
    const { id, secret } = json as { id: string; secret: string }
    await rekey.post(`/v1/recoveries/${id}/password`, { password: newPassword }, secret)
    await rekey.settled()

    await vi.waitFor(() => {
      expect(above(collector, 'mail send').slice(-4)).toEqual([
        'mail send',
        'job deliver-message',
        'job resolve-recovery',
        'POST /v1/recoveries',
      ])
      expect(above(collector, 'directory find').slice(-2)).toEqual([
        'job resolve-recovery',
        'POST /v1/recoveries',
      ])
      expect(above(collector, 'directory set-password')).toEqual([
        'directory set-password',
        'POST /v1/recoveries/:id/password',
      ])
    }, 10_000)
  })

  it.each([
    { what: 'the body came later than the head', leaves: false },
    { what: 'nobody waited for the answer', leaves: true },
  ])('lies below its request also when $what', async ({ leaves }) => {
    await using collector = await aCollector()
    await using rekey = await anAttackedRekey({ config: { tracing: { url: collector.url } } })

    const { hostname, port } = new URL(rekey.url)
    const body = JSON.stringify({ identifier: 'victim' })
    const socket = connect(Number(port), hostname)
    const head = ['POST /v1/recoveries HTTP/1.1', `host: ${hostname}`, 'content-type: application/json']
    socket.write([...head, `content-length: ${body.length}`, 'connection: close', '', ''].join('\r\n'))
    await sleep(50)
    if (leaves) socket.end(body)
    else socket.write(body)
    await new Promise((resolve) => socket.resume().on('close', resolve))

    await vi.waitFor(() => {
      expect(above(collector, 'directory find')).toContain('POST /v1/recoveries')
    }, 10_000)
  })

  it('shows nobody who reads traces a name, an address, a secret or what was typed', async () => {
    await using collector = await aCollector()
    await using rekey = await anAttackedRekey({ config: { tracing: { url: collector.url } } })

    const { token, code, secret: first } = await rekey.mailed('victim', victimAddress)
    const { json } = await rekey.post('/v1/links', { token })
    const { id, secret } = json as { id: string; secret: string }
    await rekey.post(`/v1/recoveries/${id}/password`, { password: newPassword }, secret)
    await rekey.settled()
    await vi.waitFor(() => {
      expect(collector.spans.map(({ name }) => name)).toContain('directory set-password')
    }, 10_000)

    for (const hidden of [token, code, first, secret, 'victim', 'example.test', newPassword, oldPassword]) {
      expect(collector.posted()).not.toContain(hidden)
    }
  })

  it('takes no place in a trace, and no word on what is kept, from whoever asks', async () => {
    await using collector = await aCollector()
    await using rekey = await anAttackedRekey({ config: { tracing: { url: collector.url } } })

    const place = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-00`
    const { headers } = await rekey.ask('/recover', { headers: { traceparent: place } })

    await vi.waitFor(() => {
      expect(collector.spans.map(({ name }) => name)).toContain('GET /recover')
    }, 10_000)
    expect(collector.posted()).not.toContain('ab'.repeat(16))
    expect(Object.keys(headers).filter((name) => name.startsWith('trace'))).toEqual([])
  })
})

const options = (collector: Collector, over: Partial<TracingOptions> = {}): TracingOptions => ({
  url: collector.url,
  ratio: 1,
  serviceName: 'rekey',
  serviceVersion: '0',
  warn: () => undefined,
  ...over,
})

describe('a collector', () => {
  const start = { name: 'work', kind: 'client', facts: {} } as const

  it('that is away loses spans and nothing else, and an operator is told once', async () => {
    const collector = await aCollector()
    const said: string[] = []
    const tracing = openTracing(options(collector, { warn: (message) => said.push(message) }))
    collector.answer(400)

    for (let round = 0; round < 3; round += 1) {
      expect(await traced(tracing.begin(start), () => Promise.resolve(round))).toBe(round)
      const posts = collector.posted().length
      await vi.waitFor(() => expect(collector.posted().length).toBeGreaterThan(posts), 10_000)
    }
    await vi.waitFor(() => expect(said).toHaveLength(1), 10_000)
    collector.answer(200)
    tracing.begin(start).end()
    await vi.waitFor(() => expect(said).toHaveLength(2), 10_000)
    await collector[Symbol.asyncDispose]()

    tracing.begin(start).end()
    await tracing.close()
    expect(said).toEqual([
      'tracing: the collector takes no spans, they are lost',
      'tracing: spans arrive again',
    ])
  })

  it('is told who we are in the header, and gets what is left at the end', async () => {
    await using collector = await aCollector()
    const tracing = openTracing(options(collector, { authorization: new Secret('Bearer of news') }))

    tracing.begin(start).end()
    await tracing.close()

    expect(collector.spans.map(({ name }) => name)).toEqual(['work'])
    expect(collector.posted()).toContain('"authorization":"Bearer of news"')
  })

  it('gets no trace when none is to be kept, also not of what goes on elsewhere', async () => {
    await using collector = await aCollector()
    const tracing = openTracing(options(collector, { ratio: 0 }))

    const first = tracing.begin(start)
    const place = first.run(() => tracing.here())
    first.end()
    tracing.beginBelow(place, start).end()
    await tracing.close()

    expect(place).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
    expect(collector.spans).toEqual([])
  })
})

describe('a piece of work that throws', () => {
  it('ends its span as failed', async () => {
    await using collector = await aCollector()
    const tracing = openTracing(options(collector))
    const work = traced(tracing.begin({ name: 'work', kind: 'client', facts: {} }), () =>
      Promise.reject(new Error('no')),
    )

    await expect(work).rejects.toThrow('no')
    await tracing.close()

    expect(collector.spans).toMatchObject([{ name: 'work', status: { code: 2 } }])
  })
})

describe('an installation that traces nothing', () => {
  it('does not even load the library', async () => {
    const hook = `import{registerHooks}from'node:module';registerHooks({resolve(name,context,next){if(name.startsWith('@opentelemetry/sdk'))throw new Error('loaded');return next(name,context)}})`
    const env = { NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(hook)}"` }

    await using rekey = await startRekey({ env })
    expect((await fetch(`${rekey.portalUrl}/recover`)).status).toBe(200)
  })

  it('has jobs that carry nothing more', async () => {
    await using rekey = await anAttackedRekey()
    await rekey.start('victim')
    await rekey.settled()

    const { rows } = await rekey.database.pool.query<{ data: object }>(
      'select data from jobs.job where data is not null',
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.filter(({ data }) => 'traceparent' in data)).toEqual([])
  })
})
