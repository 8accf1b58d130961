import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { phone } from '../support/browser.ts'
import { choose, followLink, forget, heading, openWorld, typeCode, type World } from './world.ts'

const fresh = 'violet tundra kettle 9'
const other = 'saddle amber pigeon 31'

let world: World

beforeAll(async () => {
  world = await openWorld()
  return () => world[Symbol.asyncDispose]()
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** node:http and not fetch, which would not let a test choose Host, Sec-Fetch-Site and the raw path. */
function exchange(
  path: string,
  asked: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = asked
  const port = Number(new URL(world.origin).port)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const formType = { 'content-type': 'application/x-www-form-urlencoded' }
const aValue = 'A'.repeat(43)

/** A form as our own page would send it, from a program that makes up both halves of the forgery guard. */
const postForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  exchange(path, {
    method: 'POST',
    headers: { ...formType, cookie: `__Host-rekey-csrf=${aValue}`, ...headers },
    body: new URLSearchParams({ csrf: aValue, ...fields }).toString(),
  })

describe('a mail scanner', () => {
  it('that fetches, renders, hovers and scrolls spends nothing, and the person comes in afterwards', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await using scanner = await world.visitor()
    const posted: string[] = []
    scanner.context.on('request', (sent) => {
      if (sent.method() !== 'GET') posted.push(`${sent.method()} ${sent.url()}`)
    })
    await forget(visitor.page, world.origin, someone.uid)
    const letter = await someone.mailbox.next()

    for (const link of [letter.link, letter.disavowLink]) {
      for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS']) await fetch(link ?? '', { method })
      const { page } = scanner
      await page.goto(link ?? '')
      await page.locator('#landing button').waitFor()
      for (const target of await page.locator('a:visible, button:visible').all()) await target.hover()
      await page.mouse.wheel(0, 500)
      await page.waitForTimeout(2_500)
      await page.reload()
    }

    expect(posted).toEqual([])
    await followLink(visitor.page, letter.link)
    await choose(visitor.page, fresh)
    await visitor.page.getByText('Your new password works now').waitFor()
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })

  it('that sends every form it finds in the markup spends nothing either', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await forget(visitor.page, world.origin, someone.uid)
    const { link } = await someone.mailbox.next()
    // Fetched without a fragment, as every program that follows a link does (RFC 9110, section 4.2.5).
    const { body, headers } = await exchange('/recover')
    const cookie = (headers['set-cookie'] ?? []).map((each) => each.split(';')[0]).join('; ')
    const forms = [...body.matchAll(/<form [^>]*action="([^"]+)"[^>]*>(.*?)<\/form>/gs)]
    expect(forms.map(([, action]) => action)).toEqual(['/recover/link', '/recover/start'])

    for (const [, action = '', inside = ''] of forms) {
      const fields = [...inside.matchAll(/<input[^>]*?name="([^"]+)"(?:[^>]*?value="([^"]*)")?/g)]
      const filled = fields.map(([, name = '', value]) => [name, value ?? 'scanner'] as const)
      const sent = await exchange(action, {
        method: 'POST',
        headers: { ...formType, cookie },
        body: new URLSearchParams(Object.fromEntries(filled)).toString(),
      })
      expect([action, sent.status]).toEqual([action, action === '/recover/link' ? 422 : 303])
    }

    await followLink(visitor.page, link)
    await visitor.page.locator('#password').waitFor()
  })
})

/** The page as the server sends it to this browser, byte for byte, with what it says about it. */
async function served(context: BrowserContext): Promise<unknown> {
  const response = await context.request.get(`${world.origin}/recover`)
  const { date, 'x-request-id': id, ...headers } = response.headers()
  return { status: response.status(), headers, body: await response.text() }
}

describe('a stranger who starts for somebody else', () => {
  it('sees nothing of what the victim does, and can write at no point', async () => {
    const someone = await world.someone()
    await using stranger = await world.visitor()
    await using victim = await world.visitor({ viewport: phone })
    await forget(stranger.page, world.origin, someone.uid)
    const letter = await someone.mailbox.next()
    const shown = await stranger.page.content()
    const before = await served(stranger.context)
    const looksTheSame = async () => {
      await stranger.page.reload()
      expect(await stranger.page.content()).toBe(shown)
      expect(await served(stranger.context)).toEqual(before)
    }
    const triesToWrite = async () => {
      const csrf = await csrfOf(stranger.page)
      const answer = await stranger.context.request.post(`${world.origin}/recover/password`, {
        form: { csrf, password: other },
        maxRedirects: 0,
      })
      expect([answer.status(), answer.headers()['location']]).toEqual([303, '/recover'])
      expect(await world.directory.canBind(someone.uid, other)).toBe(false)
    }

    await looksTheSame()
    await triesToWrite()
    await victim.page.goto(letter.link ?? '')
    await looksTheSame()
    await victim.page.locator('#landing button').click()
    await victim.page.locator('#password').waitFor()
    await looksTheSame()
    await triesToWrite()
    // Even the code that was in the mail is a wrong one by now, as it would be for a name that does not exist.
    const typed = await stranger.context.request.post(`${world.origin}/recover/code`, {
      form: { csrf: await csrfOf(stranger.page), code: letter.code ?? '' },
    })
    expect(typed.status()).toBe(422)
    expect(await typed.text()).toContain('This is not the code from the newest mail. You have 4 tries left.')
    await looksTheSame()
    await choose(victim.page, fresh)
    await victim.page.getByText('Your new password works now').waitFor()
    await looksTheSame()
    await triesToWrite()

    await typeCode(stranger.page, letter.code)
    expect(await stranger.page.locator('#problem').innerText()).toBe(
      'This is not the code from the newest mail. You have 3 tries left.',
    )
    expect(await world.directory.canBind(someone.uid, fresh)).toBe(true)
  })

  it('sees for a name that exists what is seen for one that does not', async () => {
    const someone = await world.someone()
    const transcript = async (identifier: string) => {
      await using visitor = await world.visitor()
      const { page } = visitor
      await forget(page, world.origin, identifier)
      const pages = [await page.locator('main').innerHTML()]
      for (let wrong = 0; wrong < 5; wrong += 1) {
        await typeCode(page, '0000 0000')
        await page.locator('[role=alert], #problem').first().waitFor()
        pages.push(await page.locator('main').innerHTML())
      }
      const cookies = (await visitor.context.cookies()).map(({ name, value }) => [name, value.length])
      // The forgery guard is random, and the clock goes on between two visits.
      const neutral = pages.map((html) =>
        html.replaceAll(/value="[\w-]{43}"/g, 'value=""').replaceAll(/\d\d:\d\d/g, ''),
      )
      return { cookies, neutral }
    }

    expect(await transcript(someone.uid)).toEqual(await transcript('nobody-at-all'))
  })
})

const csrfOf = (page: Page): Promise<string> => page.locator('input[name=csrf]').first().inputValue()

describe('a page of somebody else', () => {
  /** A page on another port: another site as `127.0.0.1`, the same site as `localhost`. */
  async function hostile(html: string): Promise<{ port: number } & AsyncDisposable> {
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html')
      response.end(html)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      port: (server.address() as AddressInfo).port,
      [Symbol.asyncDispose]: async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  const formTo = (path: string, fields: Record<string, string>) => `<!doctype html><title>Win a prize</title>
    <form method="post" action="${world.origin}${path}">${Object.entries(fields)
      .map(([name, value]) => `<input name="${name}" value="${value}">`)
      .join('')}</form><script>document.forms[0].submit()</script>`

  it.each(['127.0.0.1', 'localhost'])(
    'at %s can neither start nor push a flow into a browser',
    async (host) => {
      const victim = await world.someone()
      const attacker = await world.someone()
      await using theirs = await world.visitor()
      await forget(theirs.page, world.origin, attacker.uid)
      const token = (await attacker.mailbox.next()).link?.split('#')[1] ?? ''
      await using browser = await world.visitor()
      await browser.page.goto(`${world.origin}/recover`)
      const held = async () => (await browser.context.cookies()).filter(({ name }) => name.endsWith('-flow'))

      for (const [path, fields] of [
        ['/recover/start', { identifier: victim.uid }],
        ['/recover/link', { token }],
        ['/recover/start', { identifier: victim.uid, csrf: aValue }],
        ['/disavow', { token }],
      ] as const) {
        await using page = await hostile(formTo(path, fields))
        const answered = browser.page.waitForResponse(
          (response) => response.request().method() === 'POST' && response.url() === world.origin + path,
        )
        await browser.page.goto(`http://${host}:${page.port}/`)
        expect([path, (await answered).status()]).toEqual([path, 403])
        expect(await heading(browser.page)).toBe('This page was open for too long')
        expect(await held()).toEqual([])
      }

      // The attacker's own link was not spent by it, and the victim got no mail.
      await followLink(theirs.page, `${world.origin}/recover#${token}`)
      await theirs.page.locator('#password').waitFor()
      expect(victim.mailbox.all()).toEqual([])
    },
  )

  it('can neither frame the portal nor keep a handle on its window', async () => {
    await using frame = await hostile(`<iframe src="${world.origin}/recover"></iframe>`)
    await using browser = await world.visitor()

    await browser.page.goto(`http://localhost:${frame.port}/`)
    await expect.poll(() => browser.complaints.join(' ')).toMatch(/frame-ancestors|X-Frame-Options/i)

    expect(await browser.page.frames()[1]?.locator('#identifier').count()).toBe(0)
  })

  it('gets nowhere without Fetch Metadata either, because it does not know the value in the cookie', async () => {
    const { status } = await postForm('/recover/start', { identifier: 'ada' }, { cookie: '' })
    const crossed = await postForm('/recover/start', { identifier: 'ada', csrf: 'B'.repeat(43) })

    expect([status, crossed.status]).toEqual([403, 403])
  })
})

describe('a request with a false host', () => {
  it('changes nothing in the mail: links come from the configuration alone', async () => {
    const corpus: Record<string, string>[] = [
      { host: 'evil.example' },
      { host: 'evil.example:80' },
      { host: 'localhost@evil.example' },
      { host: 'localhost:1' },
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '444' },
      { forwarded: 'host=evil.example;proto=https' },
      { 'x-original-host': 'evil.example', 'x-host': 'evil.example', 'x-http-host-override': 'evil.example' },
      {
        'x-original-url': 'https://evil.example/',
        'x-rewrite-url': '/evil',
        referer: 'https://evil.example/',
      },
    ]
    const people = await Promise.all(corpus.map(() => world.someone()))

    for (const [at, headers] of corpus.entries()) {
      const someone = people[at] ?? (await world.someone())
      const answer = await postForm('/recover/start', { identifier: someone.uid }, headers)
      expect([headers, answer.status, answer.headers.location]).toEqual([headers, 303, '/recover'])
      expect(JSON.stringify([answer.headers, answer.body])).not.toContain('evil')
      const letter = await someone.mailbox.next()
      expect(letter.raw).not.toContain('evil')
      expect(letter.link?.startsWith(`${world.origin}/recover#`)).toBe(true)
      expect(letter.disavowLink?.startsWith(`${world.origin}/disavow#`)).toBe(true)
    }
  })
})

describe('every answer', () => {
  it('carries the security headers, errors included', async () => {
    const html = { accept: 'text/html' }
    const answers: Record<string, Answer> = {
      page: await exchange('/recover', { headers: html }),
      disavow: await exchange('/disavow', { headers: html }),
      redirect: await exchange('/'),
      'other language': await exchange('/recover?lang=de', { headers: html }),
      'missing page': await exchange('/nowhere', { headers: html }),
      'missing resource': await exchange('/nowhere'),
      undecodable: await exchange('/%'),
      'wrong method': await exchange('/recover', { method: 'DELETE' }),
      'stale form': await exchange('/recover/start', { method: 'POST', headers: formType, body: 'a=b' }),
      'doubled field': await exchange('/recover/start', {
        method: 'POST',
        headers: { ...formType, ...html },
        body: 'csrf=a&csrf=b',
      }),
      'large form': await postForm('/recover/start', { identifier: 'a'.repeat(20_000) }, html),
      'other type': await exchange('/recover/start', {
        method: 'POST',
        headers: { 'content-type': 'text/plain', ...html },
        body: 'identifier=ada',
      }),
      refused: await postForm('/recover/start', { identifier: '' }),
      started: await postForm('/recover/start', { identifier: 'nobody' }),
      'used link': await postForm('/recover/link', { token: 'a.b.1.c' }),
      ready: await exchange('/readyz'),
    }
    const statuses = Object.entries(answers).map(([name, { status }]) => `${name}: ${status}`)
    expect(statuses).toEqual([
      'page: 200',
      'disavow: 200',
      'redirect: 303',
      'other language: 200',
      'missing page: 404',
      'missing resource: 404',
      'undecodable: 400',
      'wrong method: 404',
      'stale form: 403',
      'doubled field: 400',
      'large form: 413',
      'other type: 415',
      'refused: 422',
      'started: 303',
      'used link: 422',
      'ready: 200',
    ])

    for (const [name, { headers }] of Object.entries(answers)) {
      const policy = String(headers['content-security-policy'])
      expect([name, headers]).toMatchObject([
        name,
        {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
          'cache-control': 'no-store',
        },
      ])
      expect([name, policy]).toEqual([name, expect.stringContaining("default-src 'none'")])
      expect([name, policy]).toEqual([name, expect.stringContaining("frame-ancestors 'none'")])
      expect([name, /unsafe|\*|https?:/.test(policy)]).toEqual([name, false])
      expect([name, headers['x-request-id']]).toEqual([name, expect.stringMatching(/^[a-z0-9]{16}$/)])
      expect([name, headers['server'], headers['x-powered-by']]).toEqual([name, undefined, undefined])
      for (const cookie of headers['set-cookie'] ?? []) {
        expect([name, cookie]).toEqual([
          name,
          expect.stringMatching(/^__Host-rekey-[a-z]+=[^;]*;(.*;)? Path=\/; HttpOnly; Secure; SameSite=Lax$/),
        ])
        expect([name, cookie]).not.toEqual([name, expect.stringMatching(/domain=/i)])
      }
    }
  })

  it('gives a person a page for an error, in words, without what the server runs on', async () => {
    for (const [path, body] of [
      ['/recover/start', 'csrf=a&csrf=b'],
      ['/recover/code', `csrf=${'a'.repeat(20_000)}`],
    ] as const) {
      const { body: shown, headers } = await exchange(path, {
        method: 'POST',
        headers: { ...formType, accept: 'text/html,*/*;q=0.8' },
        body,
      })

      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(shown).toContain('We could not read that')
      expect(shown).not.toMatch(/fastify|node|error:/i)
    }
  })

  it('in a whole recovery sets only cookies that no script reads and no neighbour plants', async () => {
    const someone = await world.someone()
    await using visitor = await world.visitor()
    await forget(visitor.page, world.origin, someone.uid)
    await visitor.page.getByRole('link', { name: 'Deutsch' }).click()
    await followLink(visitor.page, (await someone.mailbox.next()).link)
    await choose(visitor.page, fresh)
    await visitor.page.locator('.note.ok').waitFor()

    const cookies = await visitor.context.cookies()

    expect(cookies.map(({ name }) => name).toSorted()).toEqual(
      ['csrf', 'device', 'flow', 'lang'].map((name) => `__Host-rekey-${name}`),
    )
    for (const { name, httpOnly, secure, sameSite, path, domain } of cookies) {
      expect({ name, httpOnly, secure, sameSite, path, domain }).toEqual({
        name,
        httpOnly: true,
        secure: true,
        sameSite: 'Lax',
        path: '/',
        domain: 'localhost',
      })
    }
    expect(await visitor.page.evaluate('document.cookie')).toBe('')
  })
})
