import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClientOptions, WebSocket } from 'ws'
import { dial } from '../../src/adapters/agents/dial.ts'
import { openJournal } from '../../src/adapters/agents/journal.ts'
import {
  drawAgentKeys,
  join,
  makeOrderTaker,
  messageBytesMax,
  publicKeysOf,
  readCode,
} from '../../src/core/agents/index.ts'
import type { Operation, Order } from '../../src/core/agents/orders.ts'
import type { AgentIdentity, Channel } from '../../src/core/agents/ports.ts'
import { sealPasswords } from '../../src/core/agents/sealed-passwords.ts'
import { digestOf } from '../../src/core/agents/signing.ts'
import { Fault } from '../../src/kernel/fault.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import {
  type AgentExchange,
  type AgentOptions,
  openRules,
  type StartedAgent,
  startAgent,
  startAgentExchange,
  tenant,
} from '../support/agent-exchange.ts'
import { makeMemoryDirectory } from '../support/memory-directory.ts'
import { anAccount } from '../support/recovery-world.ts'

const inTime = () => AbortSignal.timeout(10_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'
const canary = 'canary-of-a-password-7f3a'

let exchange: AgentExchange
beforeAll(async () => {
  exchange = await startAgentExchange()
})
afterAll(async () => {
  await exchange[Symbol.asyncDispose]()
})

const people = () => [
  {
    ...anAccount('ada', {
      key: 'ada',
      groups: ['Staff', 'cn=Finance,dc=x'],
      place: 'uid=ada,ou=people,dc=x',
    }),
    initialPassword: first,
  },
  { ...anAccount('bob', { key: 'bob' }), initialPassword: first },
  { ...anAccount('boss', { key: 'boss', privileged: true }), initialPassword: first },
]

interface Site {
  directory: ReturnType<AgentExchange['directory']>
  name: string
  inner: ReturnType<typeof makeMemoryDirectory>
  agent: StartedAgent
}

/** A directory of its own with one agent. */
async function aSite(options: Partial<AgentOptions> = {}): Promise<Site & AsyncDisposable> {
  const name = exchange.newDirectory()
  const inner = makeMemoryDirectory(name, people())
  const agent = await startAgent(exchange, { directory: name, name: 'site-1', inner, ...options })
  await agent.connected()
  const directory = exchange.directory(name, inner)
  return { directory, name, inner, agent, [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose]() }
}

const set = ({ directory }: Site, key: string, password: string) =>
  directory.setPassword(key, new Secret(password), inTime())

/** Whoever is between the two sides, and ends TLS: sees every text, and puts others in their place. */
interface Between {
  heard: string[]
  /** What goes to the agent in place of a text; null takes it away. */
  toAgent: (text: string) => string | null
  toServer: (text: string) => string | null
  inject(text: string): void
  dial: (signal: AbortSignal) => Promise<Channel>
}

function between(): Between {
  let waiting: string[] = []
  let wake = () => {}
  const self: Between = {
    heard: [],
    toAgent: (text) => text,
    toServer: (text) => text,
    inject(text) {
      waiting.push(text)
      wake()
    },
    async dial(signal) {
      const { url, ca } = exchange
      const real = await dial({ url, ca, messageBytesMax }, signal)
      waiting = []
      let ended = false
      const pump = async () => {
        for (let text = await real.next(); text !== null; text = await real.next()) {
          self.heard.push(text)
          const passed = self.toAgent(text)
          if (passed !== null) self.inject(passed)
        }
        ended = true
        wake()
      }
      void pump()
      return {
        send(text) {
          self.heard.push(text)
          const passed = self.toServer(text)
          return passed === null ? true : real.send(passed)
        },
        async next() {
          for (;;) {
            const text = waiting.shift()
            if (text !== undefined) return text
            if (ended) return null
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
        },
        widen: () => real.widen(),
        close: () => real.close(),
      }
    },
  }
  return self
}

/** Whoever holds the server, with its keys: writes any order, over the line that is open. */
async function order(
  { name }: Site,
  operation: Operation,
  over: Partial<Order> & { password?: string; sealedTo?: string } = {},
) {
  const [line] = exchange.switchboard.linesOf(tenant, name)
  const [enrolled] = await exchange.records.enrolledOf(tenant, name)
  if (line === undefined || enrolled === undefined) throw new Error('no agent is connected')
  const { password, sealedTo, ...changes } = over
  const id = changes.id ?? `order-${randomBytes(8).toString('hex')}`
  const to = {
    tenant,
    directory: name,
    agent: 'site-1',
    order: sealedTo ?? id,
    sealingKey: enrolled.keys.sealing,
  }
  const sealed =
    password === undefined
      ? null
      : sealPasswords({ password: new Secret(password), current: null }, to, systemOutside)
  const now = Date.now()
  const text = JSON.stringify({
    ...{ id, tenant, directory: name, operation },
    issuedAt: new Date(now).toISOString(),
    expiresAt: new Date(now + 60_000).toISOString(),
    for: [{ agent: 'site-1', session: line.session, sealed: sealed === null ? null : digestOf(sealed) }],
    ...changes,
  })
  const handed = line.hand({ id, text, digest: digestOf(text), sealed })
  const answer = await handed?.next(inTime())
  return typeof answer === 'object' ? answer.outcome : answer
}

const write = { name: 'set-password', key: 'ada' } as const
const refused = (because: string) => ({ is: 'refused', because })

describe('a network that reads and changes what passes', () => {
  it('reads no password, neither a new one, nor a present one, nor one that is proven', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    const { directory } = site

    expect(await set(site, 'ada', canary)).toEqual({ ok: true })
    expect(await directory.verifyPassword('ada', new Secret(canary), inTime())).toMatchObject({ ok: true })
    const passwords = { current: new Secret(canary), next: new Secret(`${canary}2`) }
    expect(await directory.changePassword('ada', passwords, inTime())).toEqual({ ok: true })

    const all = proxy.heard.join('\n')
    expect(all).toContain('set-password')
    for (const hidden of [canary, Buffer.from(canary).toString('base64').slice(0, 24)]) {
      expect(all).not.toContain(hidden)
    }
    const lengths = [...all.matchAll(/"sealed":"([\w-]{100,})"/g)].map(([, sealed = '']) => sealed.length)
    expect([lengths.length, new Set(lengths).size]).toEqual([3, 1])
  })

  it('that repeats an order has it carried out once, over the same line and over a later one', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    expect(await set(site, 'ada', second)).toEqual({ ok: true })
    const recorded = proxy.heard.find((text) => text.includes('set-password')) ?? ''
    expect(recorded).toContain('"is":"order"')

    proxy.inject(recorded)
    await site.directory.check(inTime())
    const before = await site.agent.connected()
    for (const line of exchange.switchboard.linesOf(tenant, site.name)) line.close()
    await expect.poll(() => site.agent.connected(), { timeout: 10_000 }).not.toBe(before)
    await site.directory.check(inTime())
    proxy.inject(recorded)
    await site.directory.check(inTime())

    expect(site.inner.writes).toHaveLength(1)
    const refusals = exchange.said.filter(({ message }) => message === 'agent site-1: an order was refused')
    expect(refusals.slice(-2).map(({ facts }) => facts['because'])).toEqual([
      'order-repeated',
      'order-not-for-this-agent',
    ])
  })

  it('that changes an order has nothing carried out, and loses the line', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    const session = await site.agent.connected()
    proxy.toAgent = (text) => text.replaceAll('\\"key\\":\\"ada\\"', '\\"key\\":\\"bob\\"')

    const writing = site.directory.setPassword('ada', new Secret(second), AbortSignal.timeout(500))

    await expect(writing).rejects.toMatchObject({ code: expect.stringMatching(/^directory-/) })
    expect(site.inner.writes).toEqual([])
    proxy.toAgent = (text) => text
    await expect.poll(() => site.agent.connected(), { timeout: 10_000 }).not.toBe(session)
  })

  it('that puts the sealed part of another order in place has nothing carried out', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    expect(await set(site, 'ada', second)).toEqual({ ok: true })
    const [, other = ''] = /"sealed":"([\w-]{100,})"/.exec(proxy.heard.join('\n')) ?? []
    proxy.toAgent = (text) => text.replace(/"sealed":"[\w-]{100,}"/, `"sealed":"${other}"`)

    const unreachable = { code: 'directory-unreachable' }
    await expect(set(site, 'ada', 'another sentence')).rejects.toMatchObject(unreachable)

    // Anybody can seal to a key that is public, for an order whose id is to be read.
    const [enrolled] = await exchange.records.enrolledOf(tenant, site.name)
    proxy.toAgent = (text) => {
      const [, id = ''] = /\\"id\\":\\"([\w-]+)\\"/.exec(text) ?? []
      const to = { tenant, directory: site.name, agent: 'site-1', order: id }
      const theirs = { password: new Secret('a password of theirs'), current: null }
      const sealed = sealPasswords(theirs, { ...to, sealingKey: enrolled?.keys.sealing ?? '' }, systemOutside)
      return text.replace(/"sealed":"[\w-]{100,}"/, `"sealed":"${sealed}"`)
    }
    await expect(set(site, 'ada', 'another sentence')).rejects.toMatchObject(unreachable)

    expect(site.inner.writes).toHaveLength(1)
  })

  it('that changes an answer is not believed', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    proxy.toServer = (text) =>
      text.replaceAll('\\"ok\\":false,\\"because\\":\\"wrong\\"', '\\"ok\\":true,\\"mustChange\\":false')

    const proving = site.directory.verifyPassword('ada', new Secret('wrong'), inTime())

    await expect(proving).rejects.toMatchObject({ code: 'directory-unreachable' })
  })

  it('that says that new keys are known does not have the agent give up the ones that are', async () => {
    const proxy = between()
    await using site = await aSite({ dial: proxy.dial })
    proxy.toServer = (text) => (text.includes('"is":"rotation"') ? null : text)
    expect(await site.agent.drawKeysWhenOld(0)).toBe(true)
    const { keys, nextKeys } = site.agent.identity()
    const theirs = { key: nextKeys === null ? '' : publicKeysOf(nextKeys).signing, signature: 'A'.repeat(86) }
    await site.directory.check(inTime())
    const before = await site.agent.connected()

    proxy.inject(JSON.stringify({ is: 'rotated', ...theirs }))
    proxy.toAgent = (text) =>
      text.includes('"is":"ready"') ? JSON.stringify({ is: 'ready', ...theirs }) : text

    await expect
      .poll(() => exchange.said.map(({ message }) => message), { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('is not the server that this agent was enrolled at'))
    expect(site.agent.identity().keys).toEqual(keys)
    proxy.toAgent = (text) => text
    await expect.poll(() => site.agent.connected(), { timeout: 20_000 }).not.toBe(before)
    expect(await set(site, 'ada', second)).toEqual({ ok: true })
  })

  it('that answers for the server learns who knocks and nothing else', async () => {
    const name = exchange.newDirectory()
    await using impostor = await startAgentExchange()
    while (impostor.newDirectory() !== name);
    const inner = makeMemoryDirectory(name, people())
    const heard: string[] = []
    const before = exchange.said.length
    const options = { directory: name, name: 'site-1', inner }
    await using agent = await startAgent(exchange, {
      ...options,
      async dial(signal) {
        const channel = await dial({ url: impostor.url, ca: impostor.ca, messageBytesMax }, signal)
        return { ...channel, send: (text) => (heard.push(text), channel.send(text)) }
      },
    })

    await expect
      .poll(() => exchange.said.slice(before).map(({ message }) => message), { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('is not the server that this agent was enrolled at'))
    expect(agent.identity().serverKey).toBe((await exchange.records.serverKey(tenant)).publicKey)
    expect(new Set(heard.map((text) => (JSON.parse(text) as { is: string }).is))).toEqual(new Set(['hello']))
    expect(exchange.switchboard.linesOf(tenant, name)).toEqual([])
  })
})

describe('a stranger at the place where agents come in', () => {
  const knock = (options: ClientOptions, path = '/agent', protocols: string[] = ['rekey-agent.1']) => {
    const url = `${exchange.url.replace('/agent', '')}${path}`
    const socket = new WebSocket(url, protocols, { ca: exchange.ca, ...options })
    const said = Promise.withResolvers<string>()
    socket.on('error', (error) => said.resolve(error.message))
    socket.on('close', (code) => said.resolve(String(code)))
    return { socket, said: said.promise }
  }

  it('is refused as a page of another site, at another address, and without the protocol', async () => {
    expect(await knock({ origin: 'https://evil.test' }).said).toContain('403')
    expect(await knock({}, '/agent/').said).toContain('404')
    expect(await knock({}, '/').said).toContain('404')
    expect(await knock({}, '/agent', ['chat']).said).toContain('400')
  })

  it.each([
    ['pours texts in', Array.from({ length: 40 }, () => 'x'.repeat(5_000))],
    ['sends bytes', [Buffer.from('hello')]],
    ['says what is no hello', ['{"is":"hello"}']],
    ['sends more than any message', ['x'.repeat(messageBytesMax + 1)]],
  ])('loses the connection when it %s', async (_, texts) => {
    const { socket, said } = knock({})
    socket.on('open', () => {
      for (const text of texts) socket.send(text)
    })

    expect(await said).toMatch(/^1\d{3}$/)
  })

  it('learns of no directory and of no agent that there is', async () => {
    const name = exchange.newDirectory()
    const keys = drawAgentKeys(systemOutside)
    const serverKey = (await exchange.records.serverKey(tenant)).publicKey
    await using known = await startAgent(exchange, {
      directory: name,
      name: 'site-1',
      inner: makeMemoryDirectory(name, []),
    })
    const answers = async (hello: object) => {
      const channel = await dial({ url: exchange.url, ca: exchange.ca, messageBytesMax }, inTime())
      const nonce = randomBytes(32).toString('base64url')
      const key = publicKeysOf(keys).signing
      channel.send(
        JSON.stringify({
          is: 'hello',
          tenant,
          directory: name,
          agent: 'site-1',
          key,
          serverKey,
          nonce,
          ...hello,
        }),
      )
      const challenge = await channel.next(inTime())
      channel.send(JSON.stringify({ is: 'proof', about: '{}', signature: 'A'.repeat(86) }))
      return [challenge === null, await channel.next(inTime())]
    }

    expect(await answers({})).toEqual([false, null])
    expect(await answers({ agent: 'nobody' })).toEqual([false, null])
    expect(await answers({ directory: 'nowhere' })).toEqual([false, null])
    expect(await answers({ tenant: 'nowhere' })).toEqual([true, null])
    expect(known.identity().keys).not.toEqual(keys)
  })
})

describe('a code that lets an agent in', () => {
  const reach = () => dial({ url: exchange.url, ca: exchange.ca, messageBytesMax }, inTime())
  const spend = async (code: string, channel?: Channel) => {
    const read = readCode(new Secret(code))
    if (read === null) throw new Error('no code')
    return join(channel ?? (await reach()), read, systemOutside)
  }

  it('is spent by one, whoever comes at the same moment', async () => {
    const name = exchange.newDirectory()
    const code = await exchange.enrol(name, 'site-1')

    const all = await Promise.all(Array.from({ length: 6 }, () => spend(code)))
    const later = await spend(code)

    expect(all.filter(({ ok }) => ok)).toHaveLength(1)
    expect(later).toEqual({ ok: false, because: 'code-refused' })
    expect(exchange.events.filter((event) => event === 'agent.enrolled').length).toBeGreaterThan(0)
    const read = readCode(new Secret(code))
    const spent = {
      tenant,
      directory: name,
      agent: 'site-1',
      id: read?.enrolment ?? '',
      expiresAt: new Date(),
    }
    const theirs = publicKeysOf(drawAgentKeys(systemOutside))
    expect(await exchange.records.enrol(spent, theirs)).toBe(false)
  })

  it('is worth nothing after its time, and with another secret', async () => {
    let now = new Date()
    await using own = await startAgentExchange({ now: () => now })
    const name = own.newDirectory()
    const code = readCode(new Secret(await own.enrol(name, 'site-1')))
    const go = async (secret: string) =>
      code === null
        ? null
        : join(
            await dial({ url: own.url, ca: own.ca, messageBytesMax }, inTime()),
            { ...code, secret },
            systemOutside,
          )

    expect(await go(randomBytes(32).toString('base64url'))).toEqual({ ok: false, because: 'code-refused' })
    now = new Date(now.getTime() + 3_600_001)
    expect(await go(code?.secret ?? '')).toEqual({ ok: false, because: 'code-refused' })
  })

  it('is worth nothing after a newer one, after the agent was let in, and after it was revoked', async () => {
    const name = exchange.newDirectory()
    const agent = { tenant, directory: name, name: 'site-1' }
    const [older, newer] = [await exchange.enrol(name, 'site-1'), await exchange.enrol(name, 'site-1')]
    const ofOther = await exchange.enrol(name, 'site-2')
    const refusal = { ok: false, because: 'code-refused' }

    expect(await spend(older)).toEqual(refusal)
    expect(await spend(newer)).toMatchObject({ ok: true })

    const unspent = await exchange.enrol(name, 'site-1')
    expect(await exchange.records.revoke(agent)).toBe(true)
    expect(await spend(unspent)).toEqual(refusal)
    expect(await exchange.records.find(agent)).toBeNull()

    // Also where nobody has used one yet.
    const lost = await exchange.enrol(name, 'site-3')
    expect(await exchange.records.revoke({ ...agent, name: 'site-3' })).toBe(true)
    expect(await spend(lost)).toEqual(refusal)
    expect(await exchange.records.revoke({ ...agent, name: 'site-3' })).toBe(false)
    expect(await spend(ofOther)).toMatchObject({ ok: true })
  })

  it('lets in no keys of whoever sees it used, and never travels itself', async () => {
    const name = exchange.newDirectory()
    const code = await exchange.enrol(name, 'site-1')
    const theirs = Buffer.from(randomBytes(32)).toString('base64url')
    const heard: string[] = []
    const real = await reach()
    const channel: Channel = {
      ...real,
      send(text) {
        heard.push(text)
        return real.send(text.replace(/(\\"sealing\\":\\")[\w-]+/, `$1${theirs}`))
      },
    }

    expect(await spend(code, channel)).toEqual({ ok: false, because: 'code-refused' })

    expect(await exchange.records.find({ tenant, directory: name, name: 'site-1' })).toBeNull()
    expect(heard.join('\n')).not.toContain(readCode(new Secret(code))?.secret)
    expect(await spend(code)).toMatchObject({ ok: true })
  })
})

describe('a server in foreign hands', () => {
  it('orders nothing with a time, a place or an agent that is not now, here and this one', async () => {
    await using site = await aSite()
    const [line] = exchange.switchboard.linesOf(tenant, site.name)
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    const session = line?.session ?? ''
    const sealedFor = (agent: string, on: string) => [{ agent, session: on, sealed: null }]
    const unlock = { name: 'unlock', key: 'ada' } as const
    const orders: [Partial<Order>, string][] = [
      [{ issuedAt: at(-200_000), expiresAt: at(-100_000) }, 'order-outside-its-time'],
      [{ issuedAt: at(100_000), expiresAt: at(150_000) }, 'order-outside-its-time'],
      [{ issuedAt: at(0), expiresAt: at(86_400_000) }, 'order-outside-its-time'],
      [{ directory: 'people-0' }, 'order-not-for-this-agent'],
      [{ tenant: 'other' }, 'order-not-for-this-agent'],
      [{ for: sealedFor('site-2', session) }, 'order-not-for-this-agent'],
      [{ for: sealedFor('site-1', 'another-session') }, 'order-not-for-this-agent'],
    ]

    for (const [changes, because] of orders) {
      expect(await order(site, unlock, changes)).toMatchObject(refused(because))
    }
    expect(await order(site, write)).toMatchObject(refused('sealed-part-unusable'))
    expect(await order(site, write, { password: second, sealedTo: 'another' })).toMatchObject(
      refused('sealed-part-unusable'),
    )

    expect(site.inner.calls).not.toContain('setPassword')
    expect(site.inner.calls).not.toContain('unlock')
    expect(await order(site, unlock)).toMatchObject({ is: 'value' })
  })

  const denials: [string, object][] = [
    ['a user name', { usernames: ['ADA'] }],
    ['a group', { groups: ['staff'] }],
    ['a distinguished name of a group', { groups: ['CN=finance, DC=x'] }],
    ['a place', { places: ['ou=people,dc=x'] }],
  ]
  it.each(denials)('writes and tries no password of who is denied by %s', async (_, denied) => {
    const deny = { usernames: [], groups: [], places: [], ...denied }
    await using site = await aSite({ rules: { deny } })

    await untouched(site, 'ada')

    expect(await site.directory.read('ada', inTime())).toMatchObject({ privileged: true })
  })

  it('writes and tries no password of who is privileged in the directory itself', async () => {
    await using site = await aSite()

    await untouched(site, 'boss')
  })

  async function untouched(site: Site, key: string) {
    for (const name of ['set-password', 'offboard'] as const) {
      expect(await order(site, { name, key }, { password: second })).toMatchObject(refused('account-denied'))
    }
    for (const name of ['unlock', 'require-change'] as const) {
      expect(await order(site, { name, key })).toMatchObject(refused('account-denied'))
    }
    const proof = await order(site, { name: 'verify-password', key }, { password: first })
    expect(proof).toEqual({ is: 'value', value: { ok: false, because: 'wrong' } })
    expect(await set(site, key, second)).toEqual({ ok: false, because: 'account-unavailable' })
    expect(site.inner.writes).toEqual([])
    expect(site.inner.passwords.get(key)).toBe(first)
  }

  it('denies nobody whom the directory can not be asked about: nothing is done then', async () => {
    await using site = await aSite()
    const { inner } = site
    const { read } = inner
    inner.read = () => Promise.reject(new Error('anything'))

    expect(await order(site, write, { password: second })).toMatchObject({
      is: 'fault',
      code: 'directory-unreachable',
    })

    inner.read = read
    expect(inner.writes).toEqual([])
  })

  it('does nothing that the agent was told never to do', async () => {
    await using site = await aSite({ rules: { refuse: ['offboard', 'list'] } })

    const offboarding = await order(site, { name: 'offboard', key: 'ada' }, { password: second })
    expect(offboarding).toMatchObject(refused('operation-not-allowed'))
    expect(await order(site, { name: 'list' })).toMatchObject(refused('operation-not-allowed'))
    expect(site.inner.writes).toEqual([])
  })

  it('writes no more than the cap, also after the agent was started again, and at no other agent instead', async () => {
    let ahead = 0
    const now = () => new Date(Date.now() + ahead)
    const caps = { writesPerMinute: 3, writesPerHour: 4, proofsPerMinute: 2 }
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, people())
    const directory = exchange.directory(name, inner)
    const options = { directory: name, name: 'site-1', inner, now, rules: { caps, clockSkewSeconds: 4_000 } }
    const attempt = (at: number) =>
      directory.setPassword('ada', new Secret(`${second} ${at}`), inTime()).then(
        ({ ok }) => ok,
        (error: unknown) => (error instanceof Fault ? [error.code, whenBack(error)] : error),
      )
    const whenBack = ({ retryAfterSeconds: wait }: Fault) =>
      wait === null ? 'never' : wait > 60 ? 'within the hour' : 'within a minute'
    const tries = async (count: number) => {
      const answers: unknown[] = []
      for (let at = 0; at < count; at++) answers.push(await attempt(at))
      return answers
    }
    const capped = ['directory-unreachable', 'within a minute']

    const started = await startAgent(exchange, options)
    expect(await tries(5)).toEqual([true, true, true, capped, capped])
    for (const expected of ['told', 'told', 'within a minute']) {
      const proof = await directory.verifyPassword('ada', new Secret(`${second} 2`), inTime()).then(
        () => 'told',
        (error: unknown) => (error instanceof Fault ? whenBack(error) : error),
      )
      expect(proof).toBe(expected)
    }
    started.drop()
    await expect.poll(() => exchange.switchboard.linesOf(tenant, name)).toEqual([])
    await using again = await startAgent(exchange, { ...options, folder: started.folder })
    expect(await tries(2)).toEqual([capped, capped])
    ahead = 61_000
    expect(await tries(2)).toEqual([true, ['directory-unreachable', 'within the hour']])
    ahead = 3_662_000
    expect(await tries(1)).toEqual([true])

    expect(inner.writes).toHaveLength(5)
    expect(again.folder).toBe(started.folder)
  })

  it('writes nobody whom the directory that was asked does not know: another copy of it may', async () => {
    await using site = await aSite({ rules: { deny: { usernames: ['ada'], groups: [], places: [] } } })
    site.inner.read = () => Promise.resolve(null)

    expect(await order(site, write, { password: second })).toMatchObject(refused('account-denied'))
    const guess = { name: 'verify-password', key: 'ada' } as const
    const proof = await order(site, guess, { password: first })

    expect(proof).toEqual({ is: 'value', value: { ok: false, because: 'wrong' } })
    expect(site.inner.writes).toEqual([])
  })

  it('has an order carried out and counted once that comes over two lines at the same moment', async () => {
    const folder = await mkdtemp(joinPath(tmpdir(), 'rekey-agent-'))
    const inner = makeMemoryDirectory('people', people())
    const journal = openJournal(folder, systemOutside)
    const keys = drawAgentKeys(systemOutside)
    const identity: AgentIdentity = {
      ...{ tenant, directory: 'people', agent: 'site-1', serverKey: '', keys },
      ...{ nextKeys: null, formerKeys: [] },
    }
    const store = { read: () => identity, save: () => Promise.resolve() }
    const said = { version: '0', log: () => undefined }
    const taker = makeOrderTaker({
      ...systemOutside,
      inner,
      journal,
      identity: store,
      rules: openRules,
      ...said,
    })
    const to = { tenant, directory: 'people', agent: 'site-1', order: 'once' }
    const of = { password: new Secret(second), current: null }
    const sealed = sealPasswords(of, { ...to, sealingKey: publicKeysOf(keys).sealing }, systemOutside)
    const now = new Date()
    const times = { issuedAt: now.toISOString(), expiresAt: new Date(now.getTime() + 60_000).toISOString() }
    const sessions = ['one', 'other']
    const written: Order = {
      ...{ id: 'once', tenant, directory: 'people', operation: write, ...times },
      for: sessions.map((session) => ({ agent: 'site-1', session, sealed: digestOf(sealed) })),
    }
    const cutting = { cancelled: inTime(), lineGone: inTime() }
    const take = (session: string) =>
      taker.take({ order: written, sealed, line: { ...to, session }, now }, cutting)

    const outcomes = await Promise.all(sessions.map(take))

    await journal.close()
    await rm(folder, { recursive: true })
    expect(outcomes).toContainEqual({ is: 'value', value: { ok: true } })
    expect(inner.writes).toHaveLength(1)
  })

  it('fills no disk with what was refused, and finds what was not allowed in the journal', async () => {
    await using site = await aSite({ rules: { refuse: ['offboard'] } })
    const { agent } = site
    expect(await order(site, { name: 'offboard', key: 'ada' }, { password: second })).toMatchObject(
      refused('operation-not-allowed'),
    )
    for (let at = 0; at < 200; at++) {
      const key = `boss${'x'.repeat(19_000)}`
      expect(await order(site, { name: 'unlock', key })).toMatchObject(refused('account-denied'))
    }

    const [day = ''] = await readdir(joinPath(agent.folder, 'journal'))
    const text = await readFile(joinPath(agent.folder, 'journal', day), 'utf8')
    const lines = text.split('\n').filter((line) => line !== '')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ is: 'refused', because: 'operation-not-allowed' })
    expect(lines.length).toBeLessThan(120)
    expect(text.length).toBeLessThan(100_000)
  })
})
