import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it } from 'vitest'
import { systemOutside } from '../kernel/outside.ts'
import {
  contentPolicy,
  hardened,
  hardenedOptions,
  hostOf,
  onlyHosts,
  sentFromElsewhere,
} from './hardening.ts'

const options = { https: true, randomBytes: systemOutside.randomBytes }

function anApp(over: Partial<typeof options> = {}): FastifyInstance {
  const hardening = { ...options, ...over }
  const app: FastifyInstance = Fastify(hardenedOptions(hardening))
  app.decorate('problemBase', 'https://portal.example/problems')
  hardened(app, hardening)
  app.get('/plain', () => ({ fine: true }))
  app.get('/kept', (_, reply) => reply.header('cache-control', 'public, max-age=60').send('kept'))
  app.get('/kept-but-broken', (_, reply) => {
    void reply.header('cache-control', 'public, max-age=60')
    throw new Error('broken')
  })
  app.get('/own-policy', (_, reply) => reply.header('content-security-policy', 'sandbox').send('own'))
  app.get('/chatty', (_, reply) => reply.headers({ server: 'x', 'x-powered-by': 'y' }).send('chatty'))
  app.post('/json', { schema: { body: { type: 'object', required: ['a'] } } }, () => 'ok')
  return app
}

const expected = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'permissions-policy': expect.stringMatching(/camera=\(\), .*microphone=\(\)/),
  'x-request-id': expect.stringMatching(/^[0-9a-z]{16}$/),
}

describe('security headers', () => {
  it.each([
    ['an answer', { method: 'GET', url: '/plain' }, 200],
    ['HEAD', { method: 'HEAD', url: '/plain' }, 200],
    ['an unknown address', { method: 'GET', url: '/nowhere' }, 404],
    ['an unknown method', { method: 'DELETE', url: '/plain' }, 404],
    ['a fault', { method: 'GET', url: '/kept-but-broken' }, 500],
    ['a body that is refused', { method: 'POST', url: '/json', payload: { b: 1 } }, 400],
    [
      'a body of a strange kind',
      { method: 'POST', url: '/json', payload: 'x', headers: { 'content-type': 'a/b' } },
      415,
    ],
    ['an address that can’t be decoded', { method: 'GET', url: '/%' }, 400],
  ] as const)('are on %s', async (_, request, status) => {
    const answer = await anApp().inject(request)

    expect(answer.statusCode).toBe(status)
    expect(answer.headers).toMatchObject(expected)
    expect(answer.headers).not.toHaveProperty('server')
    expect(answer.headers).not.toHaveProperty('x-powered-by')
  })

  it('let a route allow caching, but not of the error it ends in', async () => {
    const app = anApp()

    const kept = await app.inject('/kept')
    const broken = await app.inject('/kept-but-broken')

    expect(kept.headers['cache-control']).toBe('public, max-age=60')
    expect(broken.headers['cache-control']).toBe('no-store')
  })

  it('let a route replace the policy for itself', async () => {
    expect((await anApp().inject('/own-policy')).headers['content-security-policy']).toBe('sandbox')
    expect(contentPolicy({ 'frame-src': "'self'", 'img-src': "'self'" })).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'; frame-src 'self'",
    )
  })

  it('do not say what runs here, even when a route does', async () => {
    const { headers } = await anApp().inject('/chatty')

    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  it('ask for HTTPS only where there is HTTPS: on plain loopback a browser would lock itself out', async () => {
    const { headers } = await anApp({ https: false }).inject('/plain')

    expect(headers).not.toHaveProperty('strict-transport-security')
  })

  it('carry an id that is new for every request and never the client’s', async () => {
    const app = anApp()
    const headers = { 'x-request-id': 'chosen', 'request-id': 'chosen' }

    const first = await app.inject({ url: '/plain', headers })
    const second = await app.inject({ url: '/plain', headers })

    expect(first.headers['x-request-id']).not.toBe('chosen')
    expect(first.headers['x-request-id']).not.toBe(second.headers['x-request-id'])
  })
})

const named = (...hosts: string[]) => ({
  raw: {
    url: '/',
    rawHeaders: hosts.flatMap((host) => ['Host', host]),
    headers: hosts[0] === undefined ? {} : { host: hosts[0] },
  } as unknown as Parameters<typeof hostOf>[0]['raw'],
})

describe('the host of a request', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LocalHost:8081', 'localhost'],
    ['[::1]:8081', '[::1]'],
    ['127.0.0.1', '127.0.0.1'],
    ['console.example', 'console.example'],
  ])('%s is %s', (header, host) => {
    expect(hostOf(named(header))).toBe(host)
  })

  it.each([
    '',
    ' ',
    'localhost@evil.example',
    'evil.example/localhost',
    'localhost:',
    'localhost:x',
    'a b',
    'localhost,evil',
  ])('is nobody’s when it reads %j', (header) => {
    expect(hostOf(named(header))).toBeNull()
  })

  it('is nobody’s when there are two, or none, or when the address names another', () => {
    const absolute = named('localhost')
    absolute.raw.url = 'http://evil.example/'

    expect(hostOf(named('localhost', 'localhost'))).toBeNull()
    expect(hostOf(named())).toBeNull()
    expect(hostOf(absolute)).toBeNull()
  })

  it.each([
    ['localhost:1', 200],
    ['CONSOLE.example', 200],
    ['console.example.', 421],
    ['sub.localhost', 421],
    ['localhost.evil.example', 421],
    ['evil.example', 421],
  ])('%s gets %i', async (host, status) => {
    const app = anApp()
    onlyHosts(app, ['localhost', 'Console.Example'])

    const answer = await app.inject({ url: '/plain', headers: { host } })
    const forwarded = await app.inject({
      url: '/plain',
      headers: { host, 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' },
    })

    expect(answer.statusCode).toBe(status)
    expect(forwarded.statusCode).toBe(status)
    if (status === 421) expect(answer.json()).toMatchObject({ status: 421, title: 'Not this host' })
    expect(answer.headers).toMatchObject(expected)
  })
})

describe('a form that another origin sends', () => {
  it.each([
    ['same-origin', false],
    ['none', false],
    ['same-site', true],
    ['cross-site', true],
    ['anything new', true],
    [undefined, false],
  ])('is told by Sec-Fetch-Site: %s', (site, elsewhere) => {
    const headers = site === undefined ? {} : { 'sec-fetch-site': site }

    expect(sentFromElsewhere({ headers })).toBe(elsewhere)
  })
})
