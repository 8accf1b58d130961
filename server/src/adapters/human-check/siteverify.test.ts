import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { guardedFetch } from '../../kernel/guarded-fetch.ts'
import { Secret } from '../../kernel/secret.ts'
import { makeSiteverify } from './siteverify.ts'

/** Answers as both services document it: each token once, and only with the secret that belongs to it. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const fields = new URLSearchParams(Buffer.concat(chunks).toString())
    asked.push({ type: request.headers['content-type'] ?? '', fields: [...fields.keys()] })
    const token = fields.get('response') ?? ''
    if (token === 'moved') return response.writeHead(302, { location: '/elsewhere' }).end()
    if (token === 'broken') return response.writeHead(500).end('{"success":true}')
    if (token === 'html') return response.end('<p>success: true</p>')
    if (token === 'text') return response.end('{"success":"true"}')
    const isNew = fields.get('secret') === 'the-secret' && token === 'good' && !spent.has(token)
    spent.add(token)
    return response.end(
      JSON.stringify({ success: isNew, 'error-codes': isNew ? [] : ['timeout-or-duplicate'] }),
    )
  })
})
const asked: { type: string; fields: string[] }[] = []
const spent = new Set<string>()
const told: unknown[] = []

let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`
})
afterAll(() => server.close())
beforeEach(() => {
  spent.clear()
  told.length = 0
})

const check = (secret = 'the-secret', at = url) =>
  makeSiteverify({
    url: at,
    secret: new Secret(secret),
    fetch: guardedFetch,
    warn: (cause) => told.push(cause),
  })

describe('a token of a check for people', () => {
  it('is asked about once, with nothing about the person', async () => {
    expect([await check().isPassed('good'), await check().isPassed('good')]).toEqual([true, false])
    expect(asked.at(-1)).toEqual({
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      fields: ['secret', 'response'],
    })
    expect(told).toEqual([])
  })

  it('does not count when it is wrong, or the secret is', async () => {
    expect([await check().isPassed('bad'), await check('another').isPassed('good')]).toEqual([false, false])
  })

  it.each(['moved', 'broken', 'html'])(
    'does not count, and it is told, when the answer is no answer: %s',
    async (token) => {
      expect(await check().isPassed(token)).toBe(false)
      expect(told).toHaveLength(1)
    },
  )

  it('counts for nothing but a yes, and is not sent when it can be none', async () => {
    const before = asked.length
    expect(await check().isPassed('text')).toBe(false)
    expect(await check().isPassed('')).toBe(false)
    expect(await check().isPassed('x'.repeat(8_193))).toBe(false)
    expect(asked).toHaveLength(before + 1)
  })

  it('does not count when nobody answers', async () => {
    expect(await check('the-secret', 'http://127.0.0.1:9/').isPassed('good')).toBe(false)
    expect(told).toHaveLength(1)
  })
})
