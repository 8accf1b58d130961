import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SmtpConfig } from '../../src/adapters/channels/smtp/config.ts'
import { smtp, smtpConfigFromUrl } from '../../src/adapters/channels/smtp/index.ts'
import type { Envelope, MailProvider } from '../../src/core/messages/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type Certificates, makeCertificates } from '../support/certificates.ts'
import { aMailServer, type MailServer, type MailServerOptions } from '../support/smtp.ts'

const noon = new Date('2026-03-01T12:00:00Z')
const outside = { name: 'test', now: () => noon, randomBytes: (count: number) => new Uint8Array(count) }
const patience = () => AbortSignal.timeout(10_000)

let folder: string
let trusted: Certificates
let otherName: Certificates
let stranger: Certificates

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-mail-'))
  const at = async (name: string) => mkdtemp(join(folder, name))
  trusted = await makeCertificates({ folder: await at('trusted') })
  stranger = await makeCertificates({ folder: await at('stranger') })
  otherName = await makeCertificates({
    folder: await at('other-name'),
    names: ['mail.elsewhere.test'],
    addresses: ['192.0.2.1'],
  })
})
afterAll(() => rm(folder, { recursive: true }))

const anEnvelope = (some: Partial<Envelope> = {}): Envelope => ({
  id: '01jabcdefgh',
  to: 'ada@example.test',
  from: { name: 'Northwind', address: 'accounts@northwind.test' },
  locale: 'en',
  subject: 'Your way back in',
  text: 'https://portal.northwind.test/recover#abc\n\nor the code 1234 5678\n',
  html: '<p>https://portal.northwind.test/recover#abc</p>',
  ...some,
})

const open = (server: { host: string; port: number }, some: Partial<SmtpConfig> = {}): MailProvider =>
  smtp.open({ host: server.host, port: server.port, tls: 'none', timeoutSeconds: 5, ...some }, outside)

async function withServer(
  options: MailServerOptions,
  some: Partial<SmtpConfig>,
  test: (server: MailServer, provider: MailProvider) => Promise<void>,
) {
  await using server = await aMailServer(options)
  const provider = open(server, some)
  try {
    await test(server, provider)
  } finally {
    await provider.close()
  }
}
const withPlain = (test: (server: MailServer, provider: MailProvider) => Promise<void>) =>
  withServer({ tls: 'none' }, {}, test)

describe('a mail on its way through a real SMTP server', () => {
  it('arrives with text and HTML, link and code, every letter intact', () =>
    withPlain(async (server, provider) => {
      const text = `Grüße, Ωmega, 日本, שלום, 😀\n.\n..\n${'x'.repeat(2_000)}\nFrom here: 8765 4321\nhttps://a.test/recover#Zz-_9\n`
      const html = '<p lang="de">Grüße &amp; 日本 😀</p>'

      expect(await provider.send(anEnvelope({ subject: 'Grüße 日本 😀', text, html }), patience())).toEqual({
        ok: true,
      })
      const mail = await server.next()

      expect(mail.subject).toBe('Grüße 日本 😀')
      expect(mail.text.replaceAll('\r\n', '\n').trim()).toBe(text.trim())
      expect(mail.html.trim()).toBe(html)
      expect(mail.header('content-type')[0]).toMatch(/^multipart\/alternative/)
      expect(mail.raw).toMatch(/Content-Type: text\/plain; charset=utf-8/i)
      expect(mail).toMatchObject({ link: 'https://a.test/recover#Zz-_9', code: '87654321' })
      expect(Math.max(...mail.raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    }))

  it('carries a sender, a return path, a Message-ID and a date from configuration and order only', () =>
    withServer({ tls: 'none' }, { returnPath: 'bounces@northwind.test' }, async (server, provider) => {
      await provider.send(anEnvelope(), patience())
      await provider.send(anEnvelope({ subject: 'Again', locale: 'de' }), patience())
      const mails = [await server.next(), await server.next()]

      for (const mail of mails) {
        expect(mail.from).toBe('bounces@northwind.test')
        expect(mail.to).toEqual(['ada@example.test'])
        expect(mail.header('from')).toEqual(['Northwind <accounts@northwind.test>'])
        expect(mail.header('message-id')).toEqual(['<01jabcdefgh@northwind.test>'])
        expect(mail.header('date')).toEqual(['Sun, 01 Mar 2026 12:00:00 +0000'])
        expect(mail.header('auto-submitted')).toEqual(['auto-generated'])
        expect(mail.header('x-auto-response-suppress')).toEqual(['All'])
        expect(mail.header('list-unsubscribe')).toEqual([])
        expect(mail.header('x-mailer')).toEqual([])
      }
      expect(mails.map((mail) => mail.header('content-language')[0])).toEqual(['en', 'de'])
    }))

  it('uses one connection for one message after the other', () =>
    withPlain(async (server, provider) => {
      for (const id of ['one', 'two', 'three']) await provider.send(anEnvelope({ id }), patience())

      expect(server.received).toHaveLength(3)
      expect(server.connections).toBe(1)
    }))
})

describe('addresses', () => {
  it.each([
    'ada@example.test',
    'O\u2019Neil@example.test',
    "o'neil+rekey=x/y@example.test",
    'Ada.Lovelace@example.test',
    'jürgen@example.test',
    '用户@example.test',
    'root@localhost',
  ])('reach the server byte for byte: %s', (to) =>
    withPlain(async (server, provider) => {
      const expected = to.includes('\u2019') ? 'refused' : 'sent'
      const delivery = await provider.send(anEnvelope({ to }), patience())

      expect(delivery.ok ? 'sent' : 'refused').toBe(expected)
      expect(server.received.flatMap((mail) => mail.to)).toEqual(delivery.ok ? [to] : [])
    }),
  )

  it('with a domain in another script are sent to the same domain in its wire form', () =>
    withPlain(async (server, provider) => {
      await provider.send(anEnvelope({ to: 'ada@bücher.test' }), patience())

      // smtp-server shows domains as people read them; the wire form is in the header.
      expect((await server.next()).raw).toMatch(/^To: ada@xn--bcher-kva\.test\r$/m)
    }))

  it.each([
    ['two mailboxes', 'ada@example.test,eve@evil.test'],
    ['two mailboxes with a space', 'ada@example.test eve@evil.test'],
    ['a second at sign', 'ada@example.test@evil.test'],
    ['a quoted local part', '"eve@evil.test> x"@example.test'],
    ['a quoted local part with a line break', '"a\r\nRCPT TO:<eve@evil.test>\r\n"@example.test'],
    ['a header', 'ada@example.test\r\nBcc: eve@evil.test'],
    ['a bare line feed', 'ada@example.test\nBcc: eve@evil.test'],
    ['NUL', 'ada\u0000@example.test'],
    ['angle brackets', 'Ada <ada@example.test>'],
    ['a closing bracket and parameters', 'ada@example.test> SIZE=1'],
    ['a comment', 'ada(x)@example.test'],
    ['a group', 'all:ada@example.test;'],
    ['nested groups', `${'a:'.repeat(10_000)}ada@example.test${';'.repeat(10_000)}`],
    ['nested comments', `ada${'('.repeat(10_000)}@example.test`],
    ['a source route', '@relay.test:ada@example.test'],
    ['a percent route is one mailbox, but a bang path with spaces is not', 'relay ! ada@example.test'],
    ['a program option', '-oQspool@example.test'],
    ['an address literal', 'ada@[192.0.2.1]'],
    ['a bare IP address', 'ada@192.0.2.1'],
    ['full-width letters that fold into another domain', 'ada@ｅｘａｍｐｌｅ.test'],
    ['enclosed letters that fold into another domain', 'ada@ⓔxample.test'],
    ['an ideographic full stop', 'ada@example。test'],
    ['an empty label', 'ada@example..test'],
    ['a leading dot', '.ada@example.test'],
    ['a trailing dot', 'ada@example.test.'],
    ['a soft hyphen', 'ada@exam\u00adple.test'],
    ['a direction override', 'ada\u202e@example.test'],
    ['a zero-width space', 'a\u200bda@example.test'],
    ['a lone surrogate', 'ada\ud800@example.test'],
    ['white space in front', ' ada@example.test'],
    ['nothing', ''],
    ['no domain', 'ada@'],
    ['no local part', '@example.test'],
    ['a megabyte', `${'a'.repeat(1_000_000)}@example.test`],
  ])('with %s are refused for good, and no connection is made', (_, to) =>
    withPlain(async (server, provider) => {
      expect(await provider.send(anEnvelope({ to }), patience())).toEqual({
        ok: false,
        permanent: true,
        because: 'address-unusable',
      })
      expect(server.connections).toBe(0)
    }),
  )

  it.each([
    ['a header', 'Northwind\r\nBcc: eve@evil.test'],
    ['a quote and a second address', 'X" <eve@evil.test>, "Y'],
    ['direction overrides', 'North\u202ewind'],
    ['an encoded word', '=?utf-8?Q?a=0D=0ABcc=3A_eve?='],
    ['ten thousand letters', 'W'.repeat(10_000)],
  ])('keep their one recipient and one sender whatever the display name holds: %s', (_, name) =>
    withPlain(async (server, provider) => {
      await provider.send(anEnvelope({ from: { name, address: 'accounts@northwind.test' } }), patience())
      const mail = await server.next()

      expect(mail.parsed.from?.address).toBe('accounts@northwind.test')
      expect([...(mail.parsed.from?.name ?? '')].length).toBeLessThanOrEqual(64)
      expect(mail.parsed.from?.name).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(mail.parsed.bcc ?? []).toEqual([])
      expect(mail.to).toEqual(['ada@example.test'])
    }),
  )

  it('keep a line break in a subject from becoming a header', () =>
    withPlain(async (server, provider) => {
      await provider.send(anEnvelope({ subject: 'Hello\r\nBcc: eve@evil.test\r\n\r\nBody' }), patience())
      const mail = await server.next()

      expect(mail.header('bcc')).toEqual([])
      expect(mail.to).toEqual(['ada@example.test'])
      expect(mail.text).toContain('recover#abc')
    }))
})

describe('TLS', () => {
  it.each(['implicit', 'starttls'] as const)('%s: a mail goes out encrypted to the right server', (tls) =>
    withServer({ tls, certificates: trusted }, { tls, caFile: trusted.caFile }, async (server, provider) => {
      await provider.check(patience())
      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      expect((await server.next()).encrypted).toBe(true)
    }),
  )

  it.each(['implicit', 'starttls'] as const)(
    '%s: nothing is sent to a server with a certificate of another authority',
    (tls) =>
      withServer(
        { tls, certificates: stranger },
        { tls, caFile: trusted.caFile },
        async (server, provider) => {
          expect(await provider.send(anEnvelope(), patience())).toEqual({
            ok: false,
            permanent: false,
            because: 'tls-failed',
            detail: expect.stringMatching(/^127\.0\.0\.1:\d+: the certificate is not trusted: .*`caFile`/),
          })
          expect(server.received).toEqual([])
          await expect(provider.check(patience())).rejects.toMatchObject({
            code: 'mail-unreachable',
            detail: expect.stringContaining(`${server.host}:${server.port}: the certificate is not trusted`),
          })
        },
      ),
  )

  it.each(['implicit', 'starttls'] as const)(
    '%s: nothing is sent to a server whose certificate is for another name',
    (tls) =>
      withServer(
        { tls, certificates: otherName },
        { tls, caFile: otherName.caFile },
        async (server, provider) => {
          expect(await provider.send(anEnvelope(), patience())).toMatchObject({
            because: 'tls-failed',
            detail: expect.stringContaining('the certificate is for another host name'),
          })
          expect(server.received).toEqual([])
        },
      ),
  )

  it('accepts a certificate for the name that the configuration gives', () =>
    withServer(
      { tls: 'implicit', certificates: otherName },
      { tls: 'implicit', caFile: otherName.caFile, serverName: 'mail.elsewhere.test' },
      async (_, provider) => {
        expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      },
    ))

  it('does not fall back to clear text when a server takes STARTTLS away', () =>
    withServer({ tls: 'none' }, { tls: 'starttls' }, async (server, provider) => {
      expect(await provider.send(anEnvelope(), patience())).toMatchObject({ ok: false, permanent: false })
      expect(server.received).toEqual([])
    }))

  it('is not optional beyond the machine itself', () => {
    for (const host of ['mail.example.test', '192.0.2.1', '127.0.0.1.evil.test', 'localhost.evil.test']) {
      expect(() => open({ host, port: 25 })).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    }
    expect(() => smtpConfigFromUrl(new Secret('smtp://mail.example.test'))).not.toThrow()
    expect(smtpConfigFromUrl(new Secret('smtp://mail.example.test')).tls).toBe('starttls')
  })
})

describe('credentials', () => {
  const credentials = { username: 'rekey', password: 'p@ss:w/rd %41' }

  it('come from the URL as well', () =>
    withServer({ tls: 'starttls', certificates: trusted, credentials }, {}, async (server) => {
      const login = `rekey:${encodeURIComponent(credentials.password)}`
      const url = `smtp://${login}@127.0.0.1:${server.port}?tls=starttls&ca=${encodeURIComponent(trusted.caFile)}`
      const provider = smtp.open(smtpConfigFromUrl(new Secret(url)), outside)

      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      expect((await server.next()).user).toBe('rekey')
      await provider.close()
    }))

  it('that are wrong lose no message, and are named without being shown', () =>
    withServer(
      { tls: 'starttls', certificates: trusted, credentials },
      { tls: 'starttls', caFile: trusted.caFile, username: 'rekey', password: new Secret('canary-4711') },
      async (_, provider) => {
        expect(await provider.send(anEnvelope(), patience())).toEqual({
          ok: false,
          permanent: false,
          because: 'authentication-failed',
          detail: expect.stringMatching(/sign-in refused: check `username` and `password` \(535 to AUTH/),
        })
        const fault = await provider.check(patience()).catch((error: unknown) => error)

        expect(fault).toMatchObject({ code: 'mail-unreachable' })
        expect(String(fault) + String((fault as Error).cause)).not.toContain('canary-4711')
      },
    ))
})

describe('a mail server in trouble', () => {
  it.each([
    ['rcpt', 550, { permanent: true, because: 'refused' }],
    ['rcpt', 450, { permanent: false, because: 'deferred' }],
    ['data', 554, { permanent: true, because: 'refused' }],
    ['data', 452, { permanent: false, because: 'deferred' }],
    ['mail', 550, { permanent: false, because: 'deferred' }],
    ['mail', 421, { permanent: false, because: 'deferred' }],
    ['connect', 554, { permanent: false, because: 'deferred' }],
    ['connect', 421, { permanent: false, because: 'deferred' }],
  ] as const)('that answers %s with %i', (at, code, expected) =>
    withPlain(async (server, provider) => {
      server.fault = { at, code }
      expect(await provider.send(anEnvelope(), patience())).toMatchObject({ ok: false, ...expected })

      server.fault = null
      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
    }),
  )

  it.each([
    ['rcpt', 554, '5.7.1 relay access denied', { permanent: false, because: 'deferred' }],
    ['rcpt', 550, '5.1.1 user unknown', { permanent: true, because: 'refused' }],
    ['rcpt', 552, '5.2.2 mailbox full', { permanent: true, because: 'refused' }],
    ['rcpt', 450, '4.2.0 greylisted', { permanent: false, because: 'deferred', blames: 'mailbox' }],
    ['rcpt', 451, '4.3.0 no disk', { permanent: false, because: 'deferred' }],
    ['rcpt', 421, '4.2.0 closing', { permanent: false, because: 'deferred' }],
    ['data', 554, '5.3.1 mail system full', { permanent: false, because: 'deferred' }],
    ['data', 554, '5.7.1 looks like spam', { permanent: true, because: 'refused' }],
    ['data', 451, '4.7.1 not now', { permanent: false, because: 'deferred', blames: 'mailbox' }],
    ['data', 452, 'later', { permanent: false, because: 'deferred' }],
  ] as const)('that answers %s with %i %s says by that whose trouble it is', (at, code, text, expected) =>
    withPlain(async (server, provider) => {
      server.fault = { at, code, text }

      expect(await provider.send(anEnvelope(), patience())).toEqual({
        ok: false,
        detail: expect.any(String),
        ...expected,
      })
    }),
  )

  it.each(['connect', 'mail', 'rcpt'] as const)(
    'that falls silent at %s is given up in time for another one, and certainly took nothing',
    (silentAt) =>
      withServer({ tls: 'none' }, { timeoutSeconds: 1 }, async (server, provider) => {
        const stop = patience()
        server.fault = { silentAt }

        expect(await provider.send(anEnvelope(), stop)).toMatchObject({
          ok: false,
          permanent: false,
          because: 'timed-out',
        })
        expect(stop.aborted).toBe(false)
        expect(server.received).toEqual([])
      }),
  )

  it('that has the whole mail is waited for, however short its patience with everything before', () =>
    withServer({ tls: 'none' }, { timeoutSeconds: 1 }, async (server, provider) => {
      server.fault = { answersAfterMs: 1_500 }

      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      expect(server.received).toHaveLength(1)
    }))

  it('that hangs up before it took the mail is asked again later', () =>
    withPlain(async (server, provider) => {
      server.fault = { drop: 'before-mail' }

      expect(await provider.send(anEnvelope(), patience())).toMatchObject({ ok: false, permanent: false })
      expect(server.received).toEqual([])
    }))

  it('that hangs up after it took the mail gets it once per send, under the same Message-ID', () =>
    withPlain(async (server, provider) => {
      server.fault = { drop: 'after-mail' }
      expect(await provider.send(anEnvelope(), patience())).toMatchObject({
        ok: false,
        permanent: false,
        because: 'outcome-unknown',
      })
      expect(server.received).toHaveLength(1)

      server.fault = null
      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      expect(new Set(server.received.flatMap((mail) => mail.header('message-id'))).size).toBe(1)
    }))

  it('that hung up on an idle connection is reached over a new one, at once', () =>
    withPlain(async (server, provider) => {
      await provider.send(anEnvelope(), patience())
      server.hangUp()

      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      expect(server.connections).toBe(2)
    }))

  it('that never answers is given up when the caller says so, and others are served meanwhile', () =>
    withServer({ tls: 'none' }, { connectionsMax: 2 }, async (server, provider) => {
      const held = Promise.withResolvers<void>()
      server.fault = { holdUntil: held.promise }
      const stop = new AbortController()
      const stuck = provider.send(anEnvelope({ to: 'stuck@example.test' }), stop.signal)
      await server.next('stuck@example.test')
      server.fault = null

      expect(await provider.send(anEnvelope(), patience())).toEqual({ ok: true })
      stop.abort()
      expect(await stuck).toMatchObject({ ok: false, permanent: false, because: 'outcome-unknown' })
      held.resolve()
    }))

  it('that is not there is unreachable, not an exception', async () => {
    const server = await aMailServer({ tls: 'none' })
    await server.close()
    const provider = open(server)

    expect(await provider.send(anEnvelope(), patience())).toEqual({
      ok: false,
      permanent: false,
      because: 'unreachable',
      detail: expect.stringMatching(/^127\.0\.0\.1:\d+: connection refused: .*\(ECONNREFUSED\)$/),
    })
    await expect(provider.check(patience())).rejects.toMatchObject({
      code: 'mail-unreachable',
      detail: expect.stringContaining(`${server.host}:${server.port}: connection refused`),
    })
    await provider.close()
  })

  it('is not asked at all once the caller has stopped', () =>
    withPlain(async (server, provider) => {
      expect(await provider.send(anEnvelope(), AbortSignal.abort())).toMatchObject({
        ok: false,
        permanent: false,
      })
      expect(server.received).toEqual([])
    }))
})
