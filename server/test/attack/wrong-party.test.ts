import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ReceivedMail } from '../support/smtp.ts'
import {
  type Attacked,
  anAttackedRekey,
  attackerAddress,
  oldPassword,
  publicUrl,
  victimAddress,
} from './attacked.ts'

let rekey: Attacked

beforeAll(async () => {
  rekey = await anAttackedRekey()
  await rekey.addPerson({
    username: 'mike',
    displayName: 'Mike Kilo',
    mails: ['mike.fisk@example.test'],
    recoveryAddresses: ['Mike.Fisk+Home@example.test'],
  })
})

afterAll(() => rekey[Symbol.asyncDispose]())

let seen: number
beforeEach(async () => {
  await rekey.settled()
  // The quota of mails to one mailbox is for a quarter of an hour.
  rekey.clock.advance(1_000)
  seen = rekey.mail.received.length
})

const newMails = async (): Promise<ReceivedMail[]> => {
  await rekey.settled()
  return rekey.mail.received.slice(seen)
}

/** Every mailbox that an envelope or a header of new mails names. */
const recipients = async () => {
  const mails = await newMails()
  return [
    ...new Set(
      mails.flatMap((mail) => [...mail.to, ...['to', 'cc', 'bcc'].flatMap((name) => mail.header(name))]),
    ),
  ]
}

describe('[1] [6] [11] [58] [90] an identifier that means two mailboxes', () => {
  it.each([
    'victim@example.test,attacker.home@evil.test',
    'victim@example.test;attacker.home@evil.test',
    'victim@example.test attacker.home@evil.test',
    'victim@example.test%0acc:attacker.home@evil.test',
    'victim@example.test%0d%0abcc:attacker.home@evil.test',
    'victim@example.test\r\nBcc: attacker.home@evil.test',
    'victim@example.test\nCc: attacker.home@evil.test',
    'victim@example.test|attacker.home@evil.test',
    '<victim@example.test> attacker.home@evil.test',
    '"victim@example.test" <attacker.home@evil.test>',
    'attacker.home@evil.test <victim@example.test>',
    '"victim@example.test,attacker.home@evil.test"',
    'victim@example.test@evil.test',
    '"victim@evil.test"@example.test',
    'victim%evil.test@example.test',
    'victim@[evil.test]',
    '=?utf-8?q?victim=40example.test?=',
    '=?x?q?=41=42?=@example.test',
    '&ABB-victim@example.test',
    'xn--0.victim@example.test',
    'victim@example.test(comment)',
    '(attacker.home@evil.test)victim@example.test',
    '-oQ/tmp -X/tmp/x victim@example.test',
    'victim@example.test\u0000attacker.home@evil.test',
    '\u0176ictim@example.test',
    'victim@example.test.',
    'victim@example.test/',
  ])('%j sends no mail to anybody', async (identifier) => {
    await rekey.post('/v1/recoveries', { identifier })

    expect(await newMails()).toEqual([])
  })

  it.each([
    ['two keys', '{"identifier":"victim","identifier":"attacker"}'],
    ['a list', '{"identifier":["victim","attacker"]}'],
    ['another field for the address', '{"identifier":"victim","email":"attacker.home@evil.test"}'],
    ['a field "to"', '{"identifier":"victim","to":"attacker.home@evil.test"}'],
    ['a field "redirect_uri"', '{"identifier":"victim","redirect_uri":"https://evil.test"}'],
    ['a field "userId"', '{"identifier":"attacker","userId":"victim"}'],
  ])('as %s is refused before anything happens', async (_, body) => {
    const { status } = await rekey.ask('/v1/recoveries', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })

    expect(status).toBe(400)
    expect(await newMails()).toEqual([])
  })

  it('in the query is not looked at', async () => {
    await rekey.ask('/v1/recoveries?identifier=attacker&email=attacker.home@evil.test', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"identifier":"victim"}',
    })

    expect(await recipients()).toEqual([victimAddress])
  })
})

describe('[2] [3] [4] [10] a name that only looks like the victim’s', () => {
  it.each([
    'v\u0131ctim',
    'v\u0130ctim',
    'V\u0130CTIM',
    'm\u0131ke',
    'mi\u212ae',
    'MI\u212aE',
    'mike.fi\u017fk@example.test',
    'mike.\ufb01sk@example.test',
    'm\u00edke',
    'mike\u0301',
    '\uff4dike',
    'mike.fisk@\uff45xample.test',
    'mike.fisk@example\u3002test',
    'mi\u200bke',
    'mike\u00ad',
    '\u202eekim',
    'mike\u3000x',
    '\u043cike',
    'mike.fi\u00dfk@example.test',
  ])('%j finds nobody, or writes to the stored address', async (identifier) => {
    await rekey.post('/v1/recoveries', { identifier })

    const to = await recipients()
    // IDNA maps a full-width letter or dot of a domain to the plain one; the mail still goes to the stored bytes.
    expect([[], ['Mike.Fisk+Home@example.test']]).toContainEqual(to)
    if (!/@/.test(identifier)) expect(to).toEqual([])
  })

  it.each(['MIKE', 'Mike', ' mike ', '\ufeffmike\u3000', 'mike.fisk@example.test', 'MIKE.FISK@EXAMPLE.TEST'])(
    '%j is the person, and the mail goes to the stored bytes',
    async (identifier) => {
      await rekey.start(identifier)

      expect(await recipients()).toEqual(['Mike.Fisk+Home@example.test'])
    },
  )

  it('a stranger whose user name is the victim’s address makes it ambiguous, and gets nothing', async () => {
    await rekey.addPerson({
      username: 'grace@example.test',
      displayName: 'Not Grace',
      recoveryAddresses: ['not.grace@evil.test'],
    })
    await rekey.addPerson({
      username: 'grace',
      displayName: 'Grace Hopper',
      mails: ['grace@example.test'],
      recoveryAddresses: ['grace.home@example.test'],
    })

    await rekey.start('grace@example.test')

    expect(await newMails()).toEqual([])
  })
})

const elsewhere = 'evil.test'
const hostHeaders: readonly [string, Record<string, string | readonly string[]>][] = [
  ['Host', { host: elsewhere }],
  ['Host with a port', { host: `${elsewhere}:443` }],
  ['Host with credentials', { host: `recovery.northwind.test@${elsewhere}` }],
  ['Host with a path', { host: `${elsewhere}/recover#` }],
  ['Host as a prefix', { host: `recovery.northwind.test.${elsewhere}` }],
  ['X-Forwarded-Host', { 'x-forwarded-host': elsewhere }],
  ['X-Forwarded-Host twice', { 'x-forwarded-host': ['recovery.northwind.test', elsewhere] }],
  ['X-Forwarded-Server', { 'x-forwarded-server': elsewhere }],
  ['X-Forwarded-Proto', { 'x-forwarded-proto': 'http' }],
  ['X-Forwarded-Scheme', { 'x-forwarded-scheme': 'javascript' }],
  ['X-Forwarded-Prefix', { 'x-forwarded-prefix': `//${elsewhere}` }],
  ['X-Original-URL', { 'x-original-url': `https://${elsewhere}/`, 'x-rewrite-url': `https://${elsewhere}/` }],
  ['X-Host', { 'x-host': elsewhere, 'x-http-host-override': elsewhere }],
  ['Forwarded', { forwarded: `for=1.2.3.4;host=${elsewhere};proto=http` }],
  ['Origin and Referer', { origin: `https://${elsewhere}`, referer: `https://${elsewhere}/x` }],
  ['User-Agent', { 'user-agent': `<a href=https://${elsewhere}>click</a> https://${elsewhere}` }],
  ['Accept-Language', { 'accept-language': `https://${elsewhere}` }],
  ['X-Forwarded-For', { 'x-forwarded-for': elsewhere, 'true-client-ip': elsewhere }],
]

describe('[60] [62] [63] [64] [65] [68] [69] [139] a request that names another host', () => {
  it.each(hostHeaders)('by %s changes no byte of the mail but what is drawn for it', async (_, headers) => {
    const ownHost = { host: 'recovery.northwind.test' }
    const send = (more: Record<string, string | readonly string[]>) =>
      rekey.ask('/v1/recoveries', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...ownHost, ...more },
        body: '{"identifier":"victim"}',
      })
    await send(headers)
    const [mail] = await newMails()
    if (mail === undefined) throw new Error('the victim got no mail')

    expect(mail.raw).not.toContain(elsewhere)
    expect(mail.to).toEqual([victimAddress])
    expect(mail.from).toBe('bounces@northwind.test')
    expect(mail.header('from')).toEqual(['Northwind account recovery <recovery@northwind.test>'])
    expect(mail.header('message-id')[0]).toMatch(/@northwind\.test>$/)
    const links = [
      ...new Set([...`${mail.text}\n${mail.html}`.matchAll(/https?:\/\/[^/\s"<>]+/g)].map(([link]) => link)),
    ]
    expect(links).toEqual([publicUrl])
  })

  it('answers with addresses from the configuration alone', async () => {
    for (const [, headers] of hostHeaders) {
      for (const path of ['/', '/recover', '/disavow', '/nowhere', '/readyz']) {
        const answer = await rekey.ask(path, { headers })
        const said = `${JSON.stringify({ ...answer.headers })}${answer.text}`
        expect(said, path).not.toContain(elsewhere)
      }
    }
  })

  it('never redirects anywhere but to its own pages', async () => {
    for (const query of [
      'next',
      'redirect',
      'redirect_uri',
      'return',
      'returnTo',
      'url',
      'continue',
      'service',
      'lang',
    ]) {
      for (const target of [
        'https://evil.test',
        '//evil.test',
        '/\\evil.test',
        '/////evil.test',
        'javascript:alert(1)',
      ]) {
        for (const path of ['/', '/recover']) {
          const { headers, text } = await rekey.ask(`${path}?${query}=${encodeURIComponent(target)}`)
          expect([undefined, '/recover']).toContain(headers.location)
          expect(text).not.toContain('evil.test')
        }
      }
    }
  })
})

describe('[60] a name with markup in it', () => {
  it('reaches the mail as text, short and encoded', async () => {
    const markup = '<a href="https://evil.test">click</a>'
    await rekey.addPerson({
      username: `x${markup}`,
      displayName: `${markup}\u202e`,
      recoveryAddresses: ['markup.home@example.test'],
    })
    await rekey.start(`x${markup}`)

    const [mail] = await newMails()
    expect(mail?.html).not.toContain('<a href="https://evil.test"')
    const targets = [...(mail?.html ?? '').matchAll(/(?:href|src|action)="([^"]*)"/g)].map(
      ([, target]) => target,
    )
    expect(targets.filter((target) => !target?.startsWith(publicUrl))).toEqual([])
    expect(mail?.subject).not.toMatch(/evil/)
  })
})

describe('[53] an identifier that is written in the language of filters', () => {
  it.each([
    '*',
    '*)(uid=*',
    'vic*',
    'victim)(|(uid=*',
    "' or 1=1 --",
    'victim\\2a',
    '%',
    '_ictim',
    'vict%',
    '${jndi:ldap://x}',
    '{{7*7}}',
  ])('%j names nobody', async (identifier) => {
    const { status } = await rekey.post('/v1/recoveries', { identifier })

    expect(status).toBe(202)
    expect(await newMails()).toEqual([])
  })
})

it('leaves the victim’s password as it was', async () => {
  expect(await rekey.signsIn('victim', oldPassword)).toBe(true)
  expect(rekey.mailsTo(attackerAddress)).toEqual([])
  expect(await rekey.audit('password.written')).toBe(0)
  expect(await rekey.audit('recovery.requested')).toBeGreaterThan(50)
})
