import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConsoleDeps } from '../../src/http/console-api/deps.ts'
import { type ConsoleWorld, openConsole, sessionCookieName, someOutbox } from './console-world.ts'

const opened: ConsoleWorld[] = []

async function aConsole(over: Partial<ConsoleDeps> = {}): Promise<ConsoleWorld> {
  const world = await openConsole(over)
  opened.push(world)
  return world
}

afterEach(async () => {
  for (const world of opened.splice(0)) await world[Symbol.asyncDispose]()
})

const withSession = ['/', '/outbox', '/outbox/northwind/recovery-0', '/outbox/northwind/recovery-0/html']
const open = ['/enter', '/docs', '/openapi.json', '/metrics', '/healthz']

describe('the host names of the console', () => {
  it.each(['localhost', 'LOCALHOST:9', '127.0.0.1:8081', '[::1]', 'console.example'])(
    '%s is one',
    async (host) => {
      expect((await (await aConsole()).ask('/healthz', { headers: { host } })).status).toBe(200)
    },
  )

  it.each(['evil.example', 'localhost.evil.example', 'localhost@evil.example', 'localhost.', '10.0.0.1'])(
    '%s is none, on any route and with a session',
    async (host) => {
      const console = await aConsole()
      const cookie = await console.comeIn()

      for (const path of [...withSession, ...open, '/nowhere']) {
        const answer = await console.ask(path, {
          headers: { host, cookie, 'x-forwarded-host': 'localhost', accept: 'text/html' },
        })

        expect(answer.status, path).toBe(421)
        expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
        expect(answer.body).not.toContain(host)
      }
    },
  )

  it('are not spoken to by two at once, or through an address that names another', async () => {
    const { port } = await aConsole()

    const twice = await raw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n')
    const absolute = await raw(port, 'GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')

    expect(twice).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(absolute).toMatch(/^HTTP\/1\.1 421 /)
  })
})

describe('coming in', () => {
  it('takes the one-time address once: a cookie for this host only, and the way to the overview', async () => {
    const console = await aConsole()
    const token = console.entry.token.reveal()

    const first = await console.post('/enter', { token })
    const second = await console.post('/enter', { token })

    expect([first.status, first.headers.location]).toEqual([303, '/'])
    const [cookie = ''] = first.headers['set-cookie'] ?? []
    expect(cookie).toMatch(/^__Host-rekey-console=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
    expect(second.status).toBe(401)
    expect(second.headers).not.toHaveProperty('set-cookie')
    expect(second.body).toContain('This address has been used or is too old')
  })

  it('takes the whole address where somebody pastes it', async () => {
    const console = await aConsole()

    const answer = await console.post('/enter', {
      token: ` ${console.origin}${console.entry.path.reveal()}\n`,
    })

    expect(answer.status).toBe(303)
  })

  it('lets in exactly one of thirty racers', async () => {
    const console = await aConsole()
    const token = console.entry.token.reveal()

    const answers = await Promise.all(Array.from({ length: 30 }, () => console.post('/enter', { token })))

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
    expect(statuses).toEqual([303, ...Array.from({ length: 29 }, () => 401)])
    expect(answers.filter(({ headers }) => headers['set-cookie'] !== undefined)).toHaveLength(1)
  })

  it('spends nothing by looking, guessing or sending a broken form', async () => {
    const console = await aConsole()
    const token = console.entry.token.reveal()
    const form = { 'content-type': 'application/x-www-form-urlencoded' }

    await console.ask('/enter')
    await console.ask(`/enter?token=${token}`)
    await console.ask('/enter', { method: 'HEAD' })
    const refused = [
      await console.post('/enter', { token: `${token}A` }),
      await console.post('/enter', { token, more: '1' }),
      await console.post('/enter', {}),
      await console.ask('/enter', { method: 'POST', headers: form, body: `token=${token}&token=${token}` }),
      await console.ask('/enter', { method: 'POST', headers: form, body: `token=${token}%zz` }),
      await console.ask('/enter', { method: 'POST', headers: form, body: `token=${'x'.repeat(5000)}` }),
      await console.ask('/enter', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token }),
      }),
      await console.post('/enter', { token }, { 'sec-fetch-site': 'cross-site' }),
      await console.post('/enter', { token }, { 'sec-fetch-site': 'same-site' }),
      await console.post('/enter', { token }, { host: 'evil.example' }),
    ]

    expect(refused.map(({ status }) => status)).toEqual([401, 400, 400, 400, 400, 413, 415, 403, 403, 421])
    expect((await console.post('/enter', { token }, { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
  })

  it('is too late after eight hours', async () => {
    const console = await aConsole()

    console.wait(8 * 60 * 60)

    expect((await console.post('/enter', { token: console.entry.token.reveal() })).status).toBe(401)
  })
})

describe('pages that need a session', () => {
  it.each(withSession)(
    '%s says where the one-time address is, and shows and redirects nothing',
    async (path) => {
      const console = await aConsole()
      const forged = `${sessionCookieName}=${'A'.repeat(43)}`

      for (const headers of [{}, { cookie: forged }, { cookie: `${sessionCookieName}=` }]) {
        const answer = await console.ask(path, { headers })

        expect(answer.status).toBe(401)
        expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
        expect(answer.headers).not.toHaveProperty('location')
        expect(answer.body).toContain('printed in the terminal')
        expect(answer.body).not.toMatch(/northwind|4821/)
      }
    },
  )

  it.each(withSession)('%s is there with one, on GET and HEAD', async (path) => {
    const console = await aConsole()
    const cookie = await console.comeIn()

    const answer = await console.ask(path, { headers: { cookie } })
    const head = await console.ask(path, { method: 'HEAD', headers: { cookie } })

    expect([answer.status, head.status, head.body]).toEqual([200, 200, ''])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('are closed again after fifteen minutes without use', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()

    console.wait(14 * 60)
    const used = await console.ask('/', { headers: { cookie } })
    console.wait(14 * 60)
    const usedAgain = await console.ask('/', { headers: { cookie } })
    console.wait(15 * 60)
    const idle = await console.ask('/', { headers: { cookie } })

    expect([used.status, usedAgain.status, idle.status]).toEqual([200, 200, 401])
  })

  it('are closed after signing out, which takes the form of that very session', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()
    const { body } = await console.ask('/', { headers: { cookie } })
    const csrf = /name="csrf" value="([\w-]+)"/.exec(body)?.[1] ?? ''

    const forged = await console.post('/leave', { csrf: 'x' }, { cookie })
    const elsewhere = await console.post('/leave', { csrf }, { cookie, 'sec-fetch-site': 'same-site' })
    const still = await console.ask('/', { headers: { cookie } })
    const left = await console.post('/leave', { csrf }, { cookie })
    const after = await console.ask('/', { headers: { cookie } })

    expect([forged.status, elsewhere.status, still.status]).toEqual([403, 403, 200])
    expect([left.status, left.headers.location]).toEqual([303, '/enter'])
    expect(left.headers['set-cookie']?.[0]).toMatch(/^__Host-rekey-console=; .*Secure/)
    expect(after.status).toBe(401)
  })
})

describe('the outbox', () => {
  it('lists every mail, the newest first', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()

    const { body } = await console.ask('/outbox', { headers: { cookie } })

    const times = [...body.matchAll(/<tr[^>]*><td[^>]*><time dateTime="([^"]+)"/gi)].map(([, time]) => time)
    const all = await someOutbox().list(100)
    expect(times).toHaveLength(all.length)
    expect(times).toEqual(times.toSorted().reverse())
    expect(body).toContain('ada@northwind.example')
  })

  it('shows a mail with links that can be clicked, tokens and all', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()
    const mail = await someOutbox().show('northwind', 'recovery-0')

    const { body, headers } = await console.ask('/outbox/northwind/recovery-0', { headers: { cookie } })

    const [link = ''] = /https:\/\/account\.northwind\.example\/recover#\S+/.exec(mail?.text ?? '') ?? []
    expect(link.length).toBeGreaterThan(60)
    expect(body).toContain(`<a href="${link}" rel="noreferrer">${link}</a>`)
    expect(body).toContain('4821 7093')
    expect(headers['content-security-policy']).toContain("frame-src 'self'")
    expect(headers['content-security-policy']).not.toContain('unsafe')
  })

  it('shows nothing of a mail as markup of the page', async () => {
    const evil = '"><script>alert(1)</script>'
    const mail = {
      subject: evil,
      to: evil,
      text: `${evil} javascript:alert(1) https://a.example/${evil}`,
      html: evil,
    }
    const console = await aConsole({ outbox: { list: async () => [], show: async () => mail } })
    const cookie = await console.comeIn()

    const { body } = await console.ask('/outbox/northwind/some', { headers: { cookie } })

    expect(body).not.toContain('<script>')
    expect([...body.matchAll(/href="(https?:\/\/a[^"]*|javascript[^"]*)"/g)].map(([, href]) => href)).toEqual(
      ['https://a.example/'],
    )
  })

  it('serves the HTML part where nothing runs, loads or leaves', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()

    const { body, headers } = await console.ask('/outbox/northwind/recovery-0/html', { headers: { cookie } })

    expect(body).toBe((await someOutbox().show('northwind', 'recovery-0'))?.html)
    expect(headers['content-security-policy']).toBe(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; " +
        "frame-ancestors 'self'",
    )
    expect(headers['x-frame-options']).toBe('SAMEORIGIN')
  })

  it.each(['/outbox/northwind/none', '/outbox/other/recovery-0', '/outbox/northwind/none/html'])(
    '%s is a page that says so',
    async (path) => {
      const console = await aConsole()
      const cookie = await console.comeIn()

      const { status, body, headers } = await console.ask(path, { headers: { cookie } })

      expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
      expect(body).toContain('There is no such page')
    },
  )

  it('asks nobody for a mail whose name can be none', async () => {
    const asked: string[] = []
    const show = async (tenant: string, id: string) => {
      asked.push(`${tenant}/${id}`)
      return null
    }
    const console = await aConsole({ outbox: { list: async () => [], show } })
    const cookie = await console.comeIn()

    for (const id of ['%00', 'a%00b', '..%2f..', '%F0%9F%94%91', 'x'.repeat(129), "'--", '%ED%A0%80', '%']) {
      const { status } = await console.ask(`/outbox/northwind/${id}`, { headers: { cookie } })
      expect(status, id).toBeGreaterThanOrEqual(400)
      expect(status, id).toBeLessThan(500)
    }

    expect(asked).toEqual([])
  })

  it('is not there when mails go to a mail server', async () => {
    const console = await aConsole({ outbox: null, demo: false })
    const cookie = await console.comeIn()

    const overview = await console.ask('/', { headers: { cookie } })
    const outbox = await console.ask('/outbox', { headers: { cookie } })
    const mail = await console.ask('/outbox/northwind/recovery-0', { headers: { cookie } })

    expect([overview.status, outbox.status, mail.status]).toEqual([200, 404, 404])
    expect(overview.body).not.toMatch(/outbox|demo/i)
  })
})

describe('what tools fetch', () => {
  it('needs no session', async () => {
    const console = await aConsole()

    const answers = await Promise.all(open.map((path) => console.ask(path)))
    const [, , openapi, metrics] = answers

    expect(answers.map(({ status }) => status)).toEqual(open.map(() => 200))
    expect(JSON.parse(openapi?.body ?? '')).toMatchObject({ openapi: '3.1.0' })
    expect(metrics?.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(metrics?.body).toBe('up 1\n')
  })

  it('has a page to read with every operation of the document', async () => {
    const console = await aConsole()
    const { paths } = JSON.parse((await console.ask('/openapi.json')).body) as {
      paths: Record<string, object>
    }

    const { body } = await console.ask('/docs')

    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(operations).toContain('POST /v1/recoveries')
    for (const operation of operations) expect(body).toContain(operation)
  })

  it('fails as a problem document, without the cause, which is in the log', async () => {
    const broken = async () => Promise.reject(new Error('cause-of-trouble'))
    const console = await aConsole({ metrics: broken, outbox: { list: broken, show: broken } })
    const cookie = await console.comeIn()

    const metrics = await console.ask('/metrics')
    const page = await console.ask('/', { headers: { cookie } })

    expect(metrics.status).toBe(500)
    expect(metrics.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(metrics.body)).toMatchObject({
      type: 'http://localhost:8080/problems#internal',
      status: 500,
      instance: `urn:rekey:request:${String(metrics.headers['x-request-id'])}`,
    })
    expect([page.status, page.headers['content-type']]).toEqual([500, 'text/html; charset=utf-8'])
    expect(page.body).toContain(String(page.headers['x-request-id']))
    expect(metrics.body + page.body).not.toContain('cause-of-trouble')
    expect(console.log()).toContain('cause-of-trouble')
  })

  it('keeps its own files for good, and their addresses change with them', async () => {
    const console = await aConsole()
    const { body } = await console.ask('/enter')

    for (const [, path = ''] of body.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      const file = await console.ask(path)
      expect([file.status, file.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
    }
  })
})

describe('everything else', () => {
  it.each(['DELETE', 'PUT', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s is not a method here',
    async (method) => {
      const { status, headers } = await (await aConsole()).ask('/', { method })

      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST'])
    },
  )

  it('is a page for people and a problem document for programs', async () => {
    const console = await aConsole()

    const person = await console.ask('/nowhere', { headers: { accept: 'text/html,*/*;q=0.8' } })
    const program = await console.ask('/nowhere')

    expect([person.status, person.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect([program.status, program.headers['content-type']]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ])
  })

  it('carries the security headers, whatever was asked', async () => {
    const console = await aConsole()
    const cookie = await console.comeIn()
    const { port } = console

    const answers = await Promise.all([
      ...[...withSession, ...open, '/nowhere', '/%', '/%ED%A0%80'].map((path) =>
        console.ask(path, { headers: { cookie } }),
      ),
      console.ask('/', { method: 'PUT' }),
      console.ask('/', { headers: { host: 'evil.example' } }),
      console.post('/enter', { token: 'x' }),
    ])
    const garbled = await raw(port, 'NOT HTTP AT ALL\r\n\r\n')
    const swollen = await raw(port, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)

    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-z]{16}$/),
      })
      expect(headers).not.toHaveProperty('server')
      expect(headers).not.toHaveProperty('x-powered-by')
    }
    expect(garbled).toMatch(/^HTTP\/1\.1 400 /)
    expect(swollen).toMatch(/^HTTP\/1\.1 431 /)
    for (const answer of [garbled, swollen]) {
      expect(answer).toContain("content-security-policy: default-src 'none'")
      expect(answer).toMatch(/\r\nx-request-id: [0-9a-z]{16}\r\n/)
    }
  })

  it('leaves no token, cookie, address or code in the log', async () => {
    const console = await aConsole()
    const token = console.entry.token.reveal()
    const cookie = await console.comeIn()
    for (const path of withSession) await console.ask(path, { headers: { cookie } })
    await console.post('/enter', { token })
    await console.ask(`/enter?token=${token}`)

    // Where the server listens is no secret; it is said once, before anybody comes.
    const log = console
      .log()
      .split('\n')
      .filter((line) => !line.includes('Server listening'))
      .join('\n')

    expect(log).toContain('"route":"/outbox/:tenant/:id"')
    for (const secret of [
      token,
      cookie.split('=')[1] ?? '',
      'ada@',
      '4821',
      '48217093',
      'wRq8f2mV0cYx',
      '127.0.0.1',
    ])
      expect(log).not.toContain(secret)
  })
})

/** Bytes that node:http would not send. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer')))
  socket.write(bytes.replace(/\r\n\r\n$/, '\r\nConnection: close\r\n\r\n'))
  return text(socket)
}
