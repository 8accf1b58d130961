import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { guardedFetch } from '../../kernel/guarded-fetch.ts'
import { Secret } from '../../kernel/secret.ts'
import { makeRangeApi } from './range-api.ts'

const password = new Secret('correct horse battery staple')
const hash = createHash('sha1').update(password.reveal()).digest('hex').toUpperCase()
const suffix = hash.slice(5)
const other = `${suffix.slice(0, 34)}${suffix.endsWith('0') ? '1' : '0'}`

let answer: (request: IncomingMessage, reply: ServerResponse) => void
let asked: IncomingMessage[]
let url: string
let server: ReturnType<typeof createServer>

beforeEach(async () => {
  asked = []
  server = createServer((request, reply) => {
    asked.push(request)
    answer(request, reply)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const says = (text: string) => (_request: IncomingMessage, reply: ServerResponse) => void reply.end(text)
const has = (signal = AbortSignal.timeout(2_000)) =>
  makeRangeApi({ url, kind: 'sha1', fetch: guardedFetch }).has(password, signal)

describe('a range', () => {
  it('says whether the rest of the hash is in it', async () => {
    answer = says(`${other}:4\r\n${suffix}:9\r\n`)
    expect(await has()).toBe(true)
    answer = says(`${other}:4\r\n${suffix.toLowerCase()}:9`)
    expect(await has()).toBe(true)
    answer = says(`${other}:4\r\n`)
    expect(await has()).toBe(false)
  })

  it('may be padded: what has the count 0 is not in it', async () => {
    answer = says(`${suffix}:0\r\n${other}:0\r\n`)

    expect(await has()).toBe(false)
    expect(asked[0]?.headers['add-padding']).toBe('true')
  })

  it('is asked for by five digits, and nothing else of the password leaves', async () => {
    answer = says(`${other}:1\r\n`)
    await has()

    const [{ url: path, headers, rawHeaders } = { url: '', headers: {}, rawHeaders: [] }] = asked
    expect(path).toBe(`/range/${hash.slice(0, 5)}`)
    expect(headers.authorization ?? headers.cookie).toBeUndefined()
    expect(rawHeaders.join(' ').toUpperCase()).not.toContain(suffix.slice(0, 8))
  })

  it('is asked for by the other hash when the service holds that one', async () => {
    answer = says(`${'0'.repeat(27)}:1\r\n`)
    const api = makeRangeApi({ url: `${url}/`, kind: 'ntlm', fetch: guardedFetch })

    // MS-NLMP section 4.2.2.1.2 (NTOWFv1 of "Password").
    expect(await api.has(new Secret('Password'), AbortSignal.timeout(2_000))).toBe(false)
    expect(asked[0]?.url).toBe('/range/A4F49?mode=ntlm')
    answer = says('C406510BDCAB6824EE7C30FD852:3\r\n')
    expect(await api.has(new Secret('Password'), AbortSignal.timeout(2_000))).toBe(true)
  })
})

describe('what is no range is no answer', () => {
  const useless: [string, (request: IncomingMessage, reply: ServerResponse) => void][] = [
    ['an error', (_, reply) => void reply.writeHead(500).end(`${other}:1`)],
    ['too many requests', (_, reply) => void reply.writeHead(429).end()],
    ['nothing', says('')],
    ['a page', says('<!doctype html>\n<title>Sign in to the network</title>')],
    ['lines of another hash', says(`${'0'.repeat(27)}:1`)],
    ['a line without its count', says(other)],
    [
      'half an answer',
      (_, reply) => void reply.writeHead(200, { 'content-length': '500' }).end(`${other}:1`),
    ],
    ['far too much', says(`${other}:1\r\n`.repeat(20_000))],
    ['another place', (_, reply) => void reply.writeHead(302, { location: '/elsewhere' }).end()],
    ['silence', () => undefined],
  ]
  it.each(useless)('%s', async (_, reply) => {
    answer = reply
    await expect(has(AbortSignal.timeout(300))).rejects.toMatchObject({ code: 'breach-list-unreachable' })
  })

  it('a service that is not there', async () => {
    server.close()
    await expect(has()).rejects.toMatchObject({ code: 'breach-list-unreachable' })
  })
})
