import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import fastifySwagger from '@fastify/swagger'
import Fastify from 'fastify'
import { pino } from 'pino'
import { renderMail } from '../../src/adapters/channels/rendering/render-mail.ts'
import { apiDocument } from '../../src/http/api/document.ts'
import { recoveryRoutes } from '../../src/http/api/recoveries.ts'
import { buildConsole } from '../../src/http/console-api/app.ts'
import type { ConsoleDeps, OutboxItem } from '../../src/http/console-api/deps.ts'
import { type Entry, makeEntry } from '../../src/http/console-api/entry.ts'
import type { PublicDeps } from '../../src/http/public-deps.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { mailSamples, someSecrets } from '../support/mail-samples.ts'
import { aTenant } from '../support/portal-samples.ts'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Asked {
  method?: string
  headers?: Record<string, string>
  body?: string
}

/** The console on a real socket, with real mails in its outbox. Tests own the clock. */
export interface ConsoleWorld {
  origin: string
  port: number
  entry: Entry
  /** Everything that was logged, as it was written. */
  log(): string
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Sends a form as a page of ours would. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
  /** Comes in through the one-time address; the Cookie header that stays in. */
  comeIn(): Promise<string>
  wait(seconds: number): void
  [Symbol.asyncDispose](): Promise<void>
}

export const sessionCookieName = '__Host-rekey-console'

export async function openConsole(over: Partial<ConsoleDeps> = {}): Promise<ConsoleWorld> {
  let offset = 0
  const outside = {
    now: () => new Date(systemOutside.now().getTime() + offset),
    randomBytes: systemOutside.randomBytes,
  }
  const entry = makeEntry(outside)
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const openapi = await publicApi()
  const app = buildConsole({
    ...outside,
    logger: pino({ level: 'trace' }, sink),
    hostNames: ['localhost', '127.0.0.1', '[::1]', 'Console.Example'],
    https: false,
    entry: entry.gate,
    outbox: someOutbox(),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4; charset=utf-8', body: 'up 1\n' }),
    openapi: () => openapi,
    admin: null,
    demo: true,
    portalUrl: 'http://localhost:8080',
    ...over,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo

  const world: ConsoleWorld = {
    origin: `http://localhost:${port}`,
    port,
    entry,
    log: () => lines.join(''),
    ask: (path, asked = {}) => exchange(port, path, asked),
    post: (path, fields, headers = {}) =>
      exchange(port, path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    async comeIn() {
      const { headers } = await world.post('/enter', { token: entry.token.reveal() })
      return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? ''
    },
    wait: (seconds) => void (offset += seconds * 1000),
    [Symbol.asyncDispose]: () => app.close(),
  }
  return world
}

/** node:http and not fetch, which would not let a test choose Host and Sec-Fetch-Site. */
function exchange(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asked,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Every kind of mail there is, rendered as it would be sent; the oldest was ordered first. */
export function someOutbox(): NonNullable<ConsoleDeps['outbox']> {
  const orders = [...mailSamples().values()].map((order, at) => ({ ...order, id: `${order.kind}-${at}` }))
  const states: OutboxItem['state'][] = ['sent', 'ordered', 'failed', 'given-up']
  const render = (order: (typeof orders)[number]) => renderMail(order, someSecrets(), aTenant())
  return {
    list: async (limit) =>
      orders.slice(0, limit).map((order, at) => ({
        tenant: order.tenant,
        id: order.id,
        kind: order.kind,
        to: order.to,
        subject: render(order).subject,
        orderedAt: new Date(Date.UTC(2026, 10, 20, 12, at)),
        state: states[at % states.length] ?? 'sent',
      })),
    async show(tenant, id) {
      const order = orders.find((each) => each.tenant === tenant && each.id === id)
      return order === undefined ? null : { ...render(order), to: order.to }
    },
  }
}

/** The document of the real self-service routes; nobody calls them here. */
async function publicApi(): Promise<object> {
  const app = Fastify()
  await app.register(fastifySwagger, apiDocument({ server: 'https://portal.example' }))
  app.after(() => recoveryRoutes(app, {} as PublicDeps))
  await app.ready()
  return app.swagger()
}
