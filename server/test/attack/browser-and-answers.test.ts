import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { rowCounts } from '../support/observer.ts'
import { ask, type RawAnswer } from '../support/raw-http.ts'
import { type Attacked, anAttackedRekey, attackerAddress, oldPassword, victimAddress } from './attacked.ts'

let rekey: Attacked

beforeAll(async () => {
  rekey = await anAttackedRekey()
})

afterAll(() => rekey[Symbol.asyncDispose]())

beforeEach(async () => {
  await rekey.settled()
  rekey.clock.advance(1_000)
})

const form = 'application/x-www-form-urlencoded'
const csrf = 'C'.repeat(43)
const formPaths = [
  '/recover/start',
  '/recover/code',
  '/recover/resend',
  '/recover/link',
  '/recover/password',
  '/recover/check',
  '/disavow',
]

const flowsNow = async () => (await rowCounts(rekey.database.config))['public.flow']
const newPassword = 'copper lantern meadow tundra 5'
const spend = async (token: string) =>
  (await rekey.post('/v1/links', { token })).json as { id: string; secret: string }

describe('[129] a form of another site', () => {
  it.each([
    ['with the cookie and no value', { cookie: `__Host-rekey-csrf=${csrf}` }, ''],
    ['with a value and no cookie', {}, `csrf=${csrf}`],
    ['with another value', { cookie: `__Host-rekey-csrf=${csrf}` }, `csrf=${'D'.repeat(43)}`],
    ['with an empty cookie and an empty value', { cookie: '__Host-rekey-csrf=' }, 'csrf='],
    [
      'with the right value, from another site',
      { cookie: `__Host-rekey-csrf=${csrf}`, 'sec-fetch-site': 'cross-site' },
      `csrf=${csrf}`,
    ],
    [
      'with the right value, from a sibling',
      { cookie: `__Host-rekey-csrf=${csrf}`, 'sec-fetch-site': 'same-site' },
      `csrf=${csrf}`,
    ],
    ['with a cookie that lacks the prefix', { cookie: `rekey-csrf=${csrf}` }, `csrf=${csrf}`],
  ] as readonly [string, Record<string, string>, string][])('%s does nothing', async (_, headers, fields) => {
    const { token } = await rekey.mailed('victim', victimAddress)
    const spent = await spend((await rekey.mailed('victim', victimAddress)).token)
    const before = await flowsNow()
    const { cookie = '' } = headers
    for (const path of formPaths) {
      const { status } = await rekey.ask(path, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': form,
          cookie: `${cookie}; __Host-rekey-flow=${spent.id}.${spent.secret}`,
        },
        body: `${fields}&identifier=attacker&token=${token}&password=${newPassword}`,
      })
      expect(status, path).toBe(403)
    }

    expect(await flowsNow()).toBe(before)
    expect(await rekey.signsIn('victim', oldPassword)).toBe(true)
  })

  it('as text/plain JSON or by a method override reaches no step of the API', async () => {
    const { token } = await rekey.mailed('victim', victimAddress)
    for (const type of ['text/plain', form, 'multipart/form-data; boundary=x']) {
      for (const method of ['POST', 'PUT', 'GET']) {
        const { status } = await rekey.ask('/v1/links?_method=POST', {
          method,
          headers: { 'content-type': type, 'x-http-method-override': 'POST', origin: 'https://evil.test' },
          body: JSON.stringify({ token }),
        })
        expect([404, 405, 415]).toContain(status)
      }
    }

    expect(await spend(token)).toMatchObject({ state: 'proven' })
  })

  it('gets no permission to read: no answer has a CORS header', async () => {
    for (const path of ['/recover', '/v1/recoveries', '/readyz', '/nowhere']) {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const { headers } = await rekey.ask(path, {
          method,
          headers: { origin: 'https://evil.test', 'access-control-request-method': 'POST' },
        })
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      }
    }
  })
})

describe('[130] a flow that somebody else put into the browser', () => {
  it('can’t be planted by a sibling host: every cookie is bound to this host, path and TLS', async () => {
    const pages = [
      await rekey.ask('/recover'),
      await rekey.ask('/recover/start', {
        method: 'POST',
        headers: { 'content-type': form, cookie: `__Host-rekey-csrf=${csrf}` },
        body: `csrf=${csrf}&identifier=victim`,
      }),
    ]
    const lines = pages.flatMap(({ headers }) => headers['set-cookie'] ?? [])
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-/)
      expect(line).toMatch(/; Path=\/(;|$)/)
      expect(line).toMatch(/; Secure/)
      expect(line).toMatch(/; HttpOnly/)
      expect(line).toMatch(/; SameSite=Lax/)
      expect(line).not.toMatch(/Domain/i)
    }
  })

  it('under a name without the prefix is not looked at', async () => {
    const own = await spend((await rekey.mailed('attacker', attackerAddress)).token)
    const { text } = await rekey.ask('/recover', {
      headers: { cookie: `rekey-flow=${own.id}.${own.secret}; flow=${own.id}.${own.secret}` },
    })

    expect(text).toContain('name="identifier"')
  })
})

describe('[131] [132] markup and frames', () => {
  const payloads = [
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    '<img src=x onerror=alert(1)>',
    'javascript:alert(1)',
    '</title><svg onload=alert(1)>',
    '${7*7}{{7*7}}',
    '\u202e<b>',
  ]

  it('nothing that is sent comes back in a page unescaped', async () => {
    for (const payload of payloads) {
      const encoded = encodeURIComponent(payload)
      const answers: RawAnswer[] = [
        await rekey.ask(
          `/recover?service=${encoded}&lang=${encoded}&again=${encoded}&error=${encoded}&token=${encoded}`,
        ),
        await rekey.ask(`/disavow?token=${encoded}&code=${encoded}`),
        await rekey.ask(`/${encoded}`),
        await rekey.ask('/recover', {
          headers: {
            'accept-language': encoded,
            'user-agent': encoded,
            cookie: `__Host-rekey-lang=${encoded}; __Host-rekey-csrf=${encoded}`,
          },
        }),
      ]
      for (const path of formPaths) {
        const fields = ['identifier', 'code', 'token', 'password', 'again', 'service', 'username'].map(
          (name) => `${name}=${encoded}`,
        )
        answers.push(
          await rekey.ask(path, {
            method: 'POST',
            headers: { 'content-type': form, cookie: `__Host-rekey-csrf=${csrf}` },
            body: [`csrf=${csrf}`, ...fields].join('&'),
          }),
        )
      }
      for (const { text, status } of answers) {
        expect(status).toBeLessThan(500)
        expect(text).not.toContain(payload)
      }
    }
  })

  it('every answer forbids frames, sniffing, caching and scripts of others, errors included', async () => {
    const { id, secret } = await rekey.start('victim')
    const paths = [
      '/',
      '/recover',
      '/disavow',
      '/nowhere',
      '/problems',
      '/healthz',
      '/readyz',
      '/v1/recoveries/%zz',
      `/v1/recoveries/${id}`,
      '/recover/start',
    ]
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const { headers } = await rekey.ask(path, { method, headers: { authorization: `Flow ${secret}` } })
        expect(headers['content-security-policy'], path).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
        expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/)
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cache-control': 'no-store',
          'strict-transport-security': expect.stringContaining('max-age='),
        })
        expect(headers['server']).toBeUndefined()
      }
    }
  })
})

describe('[72] [73] [74] caches and referrers', () => {
  it.each([
    '/recover/x.css',
    '/recover.css',
    '/recover%2f.css',
    '/recover/..%2fassets%2fportal.css',
    '/recover;.css',
    '/recover%00.css',
    '/assets/..%2frecover',
    '/v1/recoveries/x.css',
  ])('%s is no page that a cache could keep', async (path) => {
    const { status, headers } = await rekey.ask(path)

    expect(status).toBeGreaterThanOrEqual(400)
    expect(headers['cache-control']).toBe('no-store')
  })

  it('the mailed link has its token in the fragment, which a browser sends to nobody', async () => {
    const before = rekey.mailsTo(victimAddress).length
    await rekey.start('victim')
    await rekey.settled()
    const mail = rekey.mailsTo(victimAddress)[before]
    const links = [...`${mail?.text} ${mail?.html}`.matchAll(/https?:\/\/[^\s"<>]+/g)].map(
      ([link]) => new URL(link),
    )

    expect(links.filter(({ hash }) => hash.length > 40).length).toBeGreaterThan(1)
    expect(links.filter(({ search, pathname }) => search !== '' || pathname.length > 10)).toEqual([])
  })

  it('no page links to, loads from or posts to another origin', async () => {
    const { token } = await rekey.mailed('victim', victimAddress)
    const spent = await spend(token)
    for (const cookie of ['', `__Host-rekey-flow=${spent.id}.${spent.secret}`]) {
      const { text } = await rekey.ask('/recover', { headers: { cookie } })
      const targets = [...text.matchAll(/(?:href|src|action|content)="((?:https?:)?\/\/[^"]*)"/g)].map(
        ([, target]) => target,
      )
      expect(targets).toEqual([])
    }
  })
})

describe('[120] [124] answers', () => {
  it('hold no secret but the flow’s own, once, to whoever earned it', async () => {
    const answers: RawAnswer[] = []
    const started = await rekey.post('/v1/recoveries', { identifier: 'victim' })
    const { id, secret } = started.json as { id: string; secret: string }
    await rekey.settled()
    const mail = rekey.mailsTo(victimAddress).at(-1)
    const token = /\/recover#([\w.-]+)/.exec(mail?.text ?? '')?.[1] ?? ''
    const code =
      /(\d{4}) ?(\d{4})/
        .exec(mail?.text ?? '')
        ?.slice(1, 3)
        .join('') ?? ''
    expect([token, code]).not.toContain('')
    answers.push(
      started,
      await rekey.ask(`/v1/recoveries/${id}`, { headers: { authorization: `Flow ${secret}` } }),
    )
    answers.push(
      await rekey.post(`/v1/recoveries/${id}/proofs`, { method: 'email_code', code: '00000000' }, secret),
    )
    const linked = await rekey.post('/v1/links', { token })
    const held = linked.json as { id: string; secret: string }
    answers.push(
      linked,
      await rekey.post(`/v1/recoveries/${held.id}/password`, { password: 'short' }, held.secret),
    )
    answers.push(
      await rekey.ask(`/v1/recoveries/${held.id}`, { headers: { authorization: `Flow ${held.secret}` } }),
    )

    const said = answers.map(({ text, headers }) => `${text}${JSON.stringify(headers)}`)
    for (const text of said) {
      expect(text).not.toContain(code)
      expect(text).not.toContain(token)
      expect(text).not.toContain(victimAddress)
      expect(text).not.toMatch(/argon2|subject|digest/i)
    }
    expect(said.filter((text) => text.includes(held.secret))).toHaveLength(1)
    expect(said.filter((text) => text.includes(secret))).toHaveLength(1)
  })

  it('[75] [77] have nothing in common between two flows of one moment', async () => {
    const flows = await Promise.all(Array.from({ length: 50 }, () => rekey.start('victim')))
    const secrets = flows.map(({ secret }) => secret)

    expect(new Set(secrets).size).toBe(50)
    expect(new Set(secrets.map((secret) => secret.slice(0, 4))).size).toBeGreaterThan(45)
    expect(new Set(secrets.map((secret) => secret.slice(-4))).size).toBeGreaterThan(45)
  })
})

describe('[56] [65] a configuration that lets anybody in', () => {
  it.each([
    ['no keys', (text: string) => text.replace(/^keys:\n(?: .*\n)+/m, '')],
    ['no public URL', (text: string) => text.replace(/^ +publicUrl:.*\n/m, '')],
    [
      'a public URL without TLS',
      (text: string) => text.replace('https://recovery.northwind.test', 'http://recovery.northwind.test'),
    ],
    [
      'no mail provider',
      (text: string) => text.replace(/^ +providers:\n(?: {4,}.*\n)+/m, '    providers: []\n'),
    ],
  ])('is refused: %s', async (_, change) => {
    const text = await readFile(join(rekey.folder, 'rekey.yaml'), 'utf8')
    expect(change(text)).not.toBe(text)
    const file = join(rekey.folder, 'changed.yaml')
    await writeFile(file, change(text), { mode: 0o600 })

    expect(() => loadConfig({ REKEY_CONFIG: file, ATTACKED_DATABASE: 'postgresql://x@localhost/x' })).toThrow(
      /config-invalid/,
    )
  })

  it.each(['short', 'A'.repeat(44), '0'.repeat(64), 'password'.repeat(8)])(
    'is refused: a key like %s',
    async (key) => {
      const file = join(rekey.folder, 'token.key')
      const kept = await readFile(file)
      await writeFile(file, key, { mode: 0o600 })
      try {
        const load = () =>
          loadConfig({
            REKEY_CONFIG: join(rekey.folder, 'rekey.yaml'),
            ATTACKED_DATABASE: 'postgresql://x@localhost/x',
          })
        expect(load).toThrow(/config-invalid/)
      } finally {
        await writeFile(file, kept)
      }
    },
  )
})

describe('[135] [43] the way round the doors', () => {
  it.each([
    '/v1/admin',
    '/v1/admin/accounts',
    '/./v1/admin',
    '/v1/./admin',
    '/v1//admin',
    '/V1/admin',
    '/v1/admin;x',
    '/v1/%61dmin',
    '/recover/../v1/admin',
    '/recover/%2e%2e/v1/admin',
    '/metrics',
    '/metrics/',
    '/outbox',
    '/mails',
    '/enter',
    '/openapi.json',
    '/docs',
  ])('%s is not on the public listener', async (path) => {
    for (const method of ['GET', 'POST', 'PUT']) {
      const { status } = await rekey.ask(path, { method })
      expect([400, 404]).toContain(status)
    }
  })

  it.each([
    'evil.test',
    'localhost.evil.test',
    'rebound.test:80',
    '[::ffff:127.0.0.1]',
    '0.0.0.0',
    '127.1',
    '2130706433',
    'localhost@evil.test',
  ])('the console does not answer to the name %j', async (host) => {
    for (const path of ['/', '/metrics', '/docs', '/openapi.json', '/enter']) {
      const { status } = await ask(`${rekey.consoleUrl}${path}`, { headers: { host } })
      expect([400, 421]).toContain(status)
    }
  })

  it('[36] [38] the console opens to its one-time token and to nothing else, once', async () => {
    await using fresh = await anAttackedRekey()
    const token = fresh.consoleEntry.split('#')[1] ?? ''
    const host = new URL(fresh.consoleUrl).host
    const enter = (text: string) =>
      ask(`${fresh.consoleUrl}/enter`, {
        method: 'POST',
        headers: { host, 'content-type': form },
        body: new URLSearchParams({ token: text }).toString(),
      })
    for (const wrong of [
      '',
      'null',
      'undefined',
      '0',
      'x',
      token.slice(1),
      `${token}x`,
      token.toUpperCase(),
    ]) {
      expect(Object.values((await enter(wrong)).cookies).filter((value) => value !== '')).toEqual([])
    }
    const answers = await Promise.all(Array.from({ length: 10 }, () => enter(token)))

    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })
})
