import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { loadConfig } from '../../src/config/load.ts'
import { ask, speak } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, oldPassword, victimAddress } from './attacked.ts'

let rekey: Attacked

beforeAll(async () => {
  rekey = await anAttackedRekey()
})

afterAll(() => rekey[Symbol.asyncDispose]())

beforeEach(async () => {
  await rekey.settled()
  rekey.clock.advance(1_000)
})

/** Flows that were begun, wherever they wait: each has ordered its job with the same commit. */
async function flowsNow(): Promise<number> {
  const { rows } = await rekey.database.pool.query<{ count: number }>(
    `select count(*)::int as count from jobs.job where name = 'resolve-recovery'`,
  )
  return rows[0]?.count ?? -1
}
const statusLines = (heard: string) => heard.match(/HTTP\/1\.1 \d{3} /g) ?? []

const startBody = '{"identifier":"victim"}'
const start = `POST /v1/recoveries HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${startBody.length}\r\n\r\n${startBody}`
/** A start, cut into chunks. */
const chunked = `${start.length.toString(16)}\r\n${start}\r\n0\r\n\r\n`
const head = (...lines: string[]) =>
  ['POST /v1/links HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines, '', ''].join('\r\n')

/** Requests whose end two readers see in different places; behind the nearer end stands a whole other request. */
const riddles: readonly [string, string][] = [
  [
    'a length and chunks',
    head(`Content-Length: ${chunked.length + start.length}`, 'Transfer-Encoding: chunked') +
      `0\r\n\r\n${start}`,
  ],
  [
    'chunks and a length of nothing',
    head('Transfer-Encoding: chunked', 'Content-Length: 0') + chunked + start,
  ],
  ['two lengths', head('Content-Length: 0', `Content-Length: ${start.length}`) + start],
  ['a list of lengths', head(`Content-Length: 0, ${start.length}`) + start],
  ['a length with a sign', head('Content-Length: +0') + start],
  ['a negative length', head('Content-Length: -1') + start],
  ['a length in hexadecimal', head('Content-Length: 0x0') + start],
  ['a length beyond 64 bits', head('Content-Length: 18446744073709551616') + start],
  ['a blank before the colon', head('Transfer-Encoding : chunked') + chunked + start],
  ['a blank before the colon of a length', head('Content-Length : 0') + start],
  ['an unknown coding', head('Transfer-Encoding: xchunked') + start],
  ['chunks that are not the last coding', head('Transfer-Encoding: chunked, identity') + start],
  ['two codings in two lines', head('Transfer-Encoding: chunked', 'Transfer-Encoding: x') + start],
  ['a coding with a vertical tab', head('Transfer-Encoding: \u000bchunked') + start],
  ['a coding on a folded line', head('Transfer-Encoding:', ' chunked') + start],
  ['a name that is no name', head('Transfer Encoding: chunked') + start],
  ['a NUL in a value', head('X: a\u0000b', 'Content-Length: 0') + start],
  ['a chunk whose size is too long', `${head('Transfer-Encoding: chunked')}fffffffffffffffff\r\n${start}`],
  ['a chunk whose size is no number', `${head('Transfer-Encoding: chunked')}0x0\r\n\r\n${start}`],
  [
    'a chunk that is longer than it says',
    `${head('Transfer-Encoding: chunked')}1\r\nabc\r\n0\r\n\r\n${start}`,
  ],
  ['a size that ends in a bare line feed', `${head('Transfer-Encoding: chunked')}0;x=\n\r\n\r\n${start}`],
  ['a bare carriage return', head('X: a\rTransfer-Encoding: chunked', 'Content-Length: 0') + start],
]

describe('[134] requests that two readers end in different places', () => {
  it('would be seen to work: two plain requests on one connection are two answers and a flow', async () => {
    const before = await flowsNow()
    const heard = await speak(rekey.url, `${head('Content-Length: 2')}{}${start}`, 30_000)

    expect(statusLines(heard)).toEqual(['HTTP/1.1 400 ', 'HTTP/1.1 202 '])
    expect(await flowsNow()).toBe(before + 1)
  })

  it.each(riddles)('with %s are refused, and what follows is not read', async (_, bytes) => {
    const before = await flowsNow()
    const heard = await speak(rekey.url, bytes, 3_000)

    expect(statusLines(heard).filter((line) => !line.includes(' 400 '))).toEqual([])
    expect(statusLines(heard).length).toBeLessThanOrEqual(1)
    expect(await flowsNow()).toBe(before)
  })

  it.each(['length', 'chunks'] as const)(
    'reach nobody else through a proxy that shares one connection and goes by %s',
    async (reads) => {
      await using proxy = await aSharingProxy(rekey.url, reads)
      const before = await flowsNow()
      const plain = await proxy.pass('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(plain).toContain('{"alive":true}')
      for (const [name, bytes] of riddles) {
        await proxy.pass(bytes)
        const heard = await proxy.pass('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')

        expect(['', 'HTTP/1.1 200 '], name).toContain(statusLines(heard)[0] ?? '')
        if (heard !== '') expect(heard, name).toContain('{"alive":true}')
      }
      expect(await flowsNow()).toBe(before)
    },
  )
})

/**
 * The naivest proxy there is: one connection to the service for everybody, a request ends where one header says,
 * and the next answer on the connection belongs to the request before it. When the service hangs up, whoever waits
 * gets nothing and the next one a new connection.
 */
async function aSharingProxy(url: string, reads: 'length' | 'chunks') {
  let back: Socket | null = null
  let heard = ''
  const connected = async (): Promise<Socket> => {
    if (back !== null && !back.destroyed) return back
    heard = ''
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) })
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (back === socket) back = null
    })
    await once(socket, 'connect')
    back = socket
    return socket
  }
  return {
    /** One answer to one request, as this proxy cuts them. */
    async pass(bytes: string): Promise<string> {
      const socket = await connected()
      socket.write(oneRequest(bytes, reads))
      const closed = new Promise<'closed'>((resolve) => socket.once('close', () => resolve('closed')))
      for (let end = endOfAnswer(heard); ; end = endOfAnswer(heard)) {
        if (end !== null) {
          const answer = heard.slice(0, end)
          heard = heard.slice(end)
          return answer
        }
        const waited = new Promise<'waited'>((resolve) => setTimeout(() => resolve('waited'), 1_000))
        const news = await Promise.race([once(socket, 'data').then(() => 'data' as const), closed, waited])
        if (news === 'data') continue
        // A request that the service still waits for the rest of: the proxy gives up and hangs up.
        socket.destroy()
        back = null
        return endOfAnswer(heard) === null ? '' : heard
      }
    },
    async [Symbol.asyncDispose]() {
      back?.destroy()
    },
  }
}

/** What the proxy takes for one request. */
function oneRequest(bytes: string, reads: 'length' | 'chunks'): string {
  const body = bytes.indexOf('\r\n\r\n') + 4
  const lower = bytes.slice(0, body).toLowerCase()
  if (reads === 'chunks' && /transfer-encoding\s*:\s*\S*chunked/.test(lower)) {
    const end = bytes.indexOf('0\r\n\r\n', body)
    return end < 0 ? bytes : bytes.slice(0, end + 5)
  }
  const lengths = [...lower.matchAll(/content-length\s*:\s*(?:\d+, )?(\d+)/g)].map(([, text]) => Number(text))
  return bytes.slice(0, body + Math.min(lengths.at(-1) ?? 0, bytes.length))
}

function endOfAnswer(heard: string): number | null {
  const body = heard.indexOf('\r\n\r\n')
  if (body < 0) return null
  const length = /content-length: (\d+)/i.exec(heard.slice(0, body))?.[1]
  const end = body + 4 + Number(length ?? 0)
  return heard.length >= end ? end : null
}

describe('[41] [42] [70] fields that nobody asked for', () => {
  const more: Record<string, unknown> = {
    userId: 'victim',
    sub: 'victim',
    account: 'victim',
    username: 'victim',
    email: 'attacker.home@evil.test',
    password: oldPassword,
    credential: oldPassword,
    resetToken: 'x',
    tokenExpiry: '2099-01-01',
    emailVerified: true,
    state: 'proven',
    proofs: ['email_link'],
    role: 'owner',
    tenant: 'northwind',
    data: {},
    disableEmail: true,
    expiration: 9_999_999,
    url: 'https://evil.test',
    redirectTo: 'https://evil.test',
    callback: 'https://evil.test',
  }

  it('are refused by every step of the API, one by one, and change nothing', async () => {
    const flow = await rekey.mailed('victim', victimAddress)
    const steps: readonly [string, Record<string, unknown>][] = [
      ['/v1/recoveries', { identifier: 'victim' }],
      [`/v1/recoveries/${flow.id}/challenges`, { method: 'email_link' }],
      [`/v1/recoveries/${flow.id}/proofs`, { method: 'email_code', code: flow.code }],
      [`/v1/recoveries/${flow.id}/password`, { password: 'copper lantern meadow tundra 5' }],
      ['/v1/links', { token: flow.token }],
      ['/v1/disavowals', { token: 'x' }],
    ]
    const before = await flowsNow()
    for (const [path, body] of steps) {
      for (const [name, value] of Object.entries(more).filter(([field]) => !(field in body))) {
        const { status } = await rekey.post(path, { ...body, [name]: value }, flow.secret)
        expect(status, `${path} ${name}`).toBe(400)
      }
    }

    expect(await flowsNow()).toBe(before)
    expect((await rekey.post('/v1/links', { token: flow.token })).json).toMatchObject({ state: 'proven' })
    expect(await rekey.signsIn('victim', oldPassword)).toBe(true)
  })
})

describe('[121] questions with filters', () => {
  it('are not understood: no operation takes a parameter but the id of the flow', async () => {
    const { host } = new URL(rekey.consoleUrl)
    const { json } = await ask(`${rekey.consoleUrl}/openapi.json`, { headers: { host } })
    const { paths } = json as {
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>
    }
    const parameters = Object.entries(paths)
      // Operators and their scripts have a listener and keys of their own.
      .filter(([path]) => !path.startsWith('/v1/admin/'))
      .flatMap(([, path]) => Object.values(path))
      .flatMap(({ parameters: taken = [] }) => taken)

    expect(Object.keys(paths).length).toBeGreaterThan(5)
    expect(new Set(parameters.map((one) => `${one.in} ${one.name}`))).toEqual(new Set(['path id']))
  })

  it('get the answer without them', async () => {
    const flow = await rekey.start('victim')
    const look = async (query: string) =>
      (
        await rekey.ask(`/v1/recoveries/${flow.id}${query}`, {
          headers: { authorization: `Flow ${flow.secret}` },
        })
      ).text
    const plain = await look('')
    for (const query of [
      '?filter[secretDigest][$startsWith]=a',
      '?select=*',
      '?include=account&populate=account.recoveryAddresses',
      '?fields=whose,issued',
      '?secretDigest[$regex]=^',
    ]) {
      expect(await look(query)).toBe(plain)
    }
  })
})

describe('[120] [131] problem documents', () => {
  it('repeat no value that was sent', async () => {
    const flow = await rekey.start('victim')
    const canary = 'canary<script>alert(1)</script>'
    const bodies = [
      `{"identifier":"${canary}`,
      JSON.stringify({ identifier: [canary] }),
      JSON.stringify({ identifier: { canary } }),
      JSON.stringify({ identifier: `${canary}\u0000` }),
      JSON.stringify({ identifier: 'victim', service: canary }),
      JSON.stringify({ identifier: 'victim', locale: canary.repeat(9) }),
      JSON.stringify({ token: canary }),
      JSON.stringify({ password: `${canary}\u0000` }),
      JSON.stringify({ password: canary.repeat(500) }),
      JSON.stringify({ method: canary }),
      JSON.stringify({ method: 'email_code', code: canary }),
      canary,
    ]
    const steps = ['challenges', 'proofs', 'password'].map((step) => `/v1/recoveries/${flow.id}/${step}`)
    for (const path of ['/v1/recoveries', '/v1/links', '/v1/disavowals', ...steps]) {
      for (const body of bodies) {
        const { status, text, headers } = await rekey.ask(path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Flow ${flow.secret}` },
          body,
        })
        expect(`${text}${JSON.stringify(headers)}`, `${path} ${body.slice(0, 60)}`).not.toContain('canary')
        if (status >= 400) expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
      }
    }
  })
})

describe('[140] addresses that the service might be made to fetch', () => {
  it('are fetched by nobody, in whatever field they come', async () => {
    let visits = 0
    const trap = createServer((socket) => {
      visits += 1
      socket.destroy()
    }).listen(0, '127.0.0.1')
    await once(trap, 'listening')
    const bait = `http://127.0.0.1:${(trap.address() as { port: number }).port}/bait`
    const headers = {
      referer: bait,
      origin: bait,
      'user-agent': bait,
      'x-forwarded-host': bait,
      'x-callback-url': bait,
    }
    for (const path of ['/v1/recoveries', '/v1/links', '/v1/disavowals']) {
      for (const body of [
        { identifier: bait },
        { identifier: `x@${new URL(bait).host}` },
        { token: bait },
        { identifier: 'victim', service: bait },
        { identifier: 'victim', url: bait },
      ]) {
        await rekey.ask(path, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      }
    }
    await rekey.ask(`/recover?url=${encodeURIComponent(bait)}`, { headers })
    // A proxy would fetch this.
    await speak(rekey.url, `GET ${bait} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await rekey.settled()
    const seen = visits
    // The trap itself works.
    await ask(bait).catch(() => undefined)
    trap.close()

    expect([seen, visits]).toEqual([0, 1])
  })
})

describe('[135] [136] what the network reaches', () => {
  it('is nothing when the configuration names no listener: portal and console are on this machine alone', async () => {
    const whole = parse(await readFile(join(rekey.folder, 'rekey.yaml'), 'utf8')) as Record<string, unknown>
    delete whole['listen']
    const file = join(rekey.folder, 'no-listener.yaml')
    await writeFile(file, stringify(whole), { mode: 0o600 })
    const { config } = loadConfig({ ...rekey.env, REKEY_CONFIG: file })

    expect([config.listen.portal.host, config.listen.console.host]).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(config.listen.portal.port).not.toBe(config.listen.console.port)
  })

  const spellings = (path: string): string[] => {
    const inner = path.slice(1)
    return [
      path,
      `/.${path}`,
      `/${path}`,
      `/x/..${path}`,
      `/enter/..${path}`,
      `/enter/%2e%2e${path}`,
      `/enter;${path}`,
      `${path};x`,
      `${path};/enter`,
      `${path}%00`,
      `${path}%20`,
      `${path}/`,
      `${path}/.`,
      `${path}?x=/enter`,
      `${path}%3f`,
      `/${inner.toUpperCase()}`,
      `/%${inner.charCodeAt(0).toString(16)}${inner.slice(1)}`,
      `${path}.json`,
      `${path}..;/`,
      `\\${inner}`,
    ]
  }

  it('of the console without a session is its door, whatever the address is written like', async () => {
    await using fresh = await anAttackedRekey()
    const { host } = new URL(fresh.consoleUrl)
    const inside = ['/', '/outbox', '/outbox/northwind/x', '/leave']
    for (const path of inside.flatMap((one) =>
      one === '/' ? ['/', '//', '/.', '/?', '/;', '/%2e'] : spellings(one),
    )) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']) {
        const { status, text, headers } = await ask(`${fresh.consoleUrl}${path}`, {
          method,
          headers: {
            host,
            'x-original-url': '/enter',
            'x-rewrite-url': '/enter',
            'x-http-method-override': 'GET',
            'content-type': 'application/x-www-form-urlencoded',
          },
          ...(method === 'POST' ? { body: 'csrf=x' } : {}),
        })
        expect([400, 401, 403, 404, 405, 421], `${method} ${path}`).toContain(status)
        expect(headers['set-cookie'] ?? [], path).toEqual([])
        expect(text, path).not.toContain('action="/leave"')
      }
    }
    const entered = await ask(`${fresh.consoleUrl}/enter`, {
      method: 'POST',
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: fresh.consoleEntry.split('#')[1] ?? '' }).toString(),
    })
    const cookie = Object.entries(entered.cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ')
    expect((await ask(fresh.consoleUrl, { headers: { host, cookie } })).text).toContain('action="/leave"')
  })
})
