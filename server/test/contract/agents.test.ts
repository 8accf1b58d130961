import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dial } from '../../src/adapters/agents/dial.ts'
import { drawAgentKeys, join, messageBytesMax, publicKeysOf, readCode } from '../../src/core/agents/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type AgentExchange, startAgent, startAgentExchange, tenant } from '../support/agent-exchange.ts'
import { type MemoryDirectory, makeMemoryDirectory } from '../support/memory-directory.ts'
import { anAccount } from '../support/recovery-world.ts'

const inTime = () => AbortSignal.timeout(10_000)
const first = 'correct horse battery staple'
const second = 'a quite different sentence'

let exchange: AgentExchange
beforeAll(async () => {
  exchange = await startAgentExchange()
})
afterAll(async () => {
  await exchange[Symbol.asyncDispose]()
})

const ada = () => [{ ...anAccount('ada', { key: 'ada' }), initialPassword: first }]

/** Two agents, each with a directory of its own, so that it is seen which one was asked. The first is asked first. */
async function twoAgents(nextAgentSeconds = 4) {
  const name = exchange.newDirectory()
  const inners = [makeMemoryDirectory(name, ada()), makeMemoryDirectory(name, ada())] as const
  const agents = [
    await startAgent(exchange, { directory: name, name: 'site-1', inner: inners[0] }),
    await startAgent(exchange, { directory: name, name: 'site-2', inner: inners[1] }),
  ] as const
  const directory = exchange.directory(name, inners[0], nextAgentSeconds)
  // Their order is that of their first signs of life, and settled with them.
  await expect.poll(() => linesOf(name).every((line) => line.state().latencyMs !== null)).toBe(true)
  const [asked] = linesOf(name)
  const at = asked?.agent.name === 'site-2' ? 1 : 0
  return {
    name,
    directory,
    asked: inners[at],
    other: inners[1 - at] as MemoryDirectory,
    askedAgent: agents[at],
    set: (password: string, signal = inTime()) => directory.setPassword('ada', new Secret(password), signal),
    async [Symbol.asyncDispose]() {
      for (const agent of agents) await agent[Symbol.asyncDispose]()
    },
  }
}

const linesOf = (name: string) => exchange.switchboard.linesOf(tenant, name)

describe('a directory with several agents', () => {
  it('is read at the next one when the first can not reach it, keeps silent, or is gone', async () => {
    await using two = await twoAgents(1)
    two.asked.down = true
    expect(await two.directory.read('ada', inTime())).toMatchObject({ username: 'ada' })
    expect(await two.directory.verifyPassword('ada', new Secret(first), inTime())).toMatchObject({ ok: true })
    const listed: string[] = []
    for await (const page of two.directory.list(inTime())) listed.push(...page.map(({ key }) => key))
    expect(listed).toEqual(['ada'])

    two.asked.down = false
    const silent = Promise.withResolvers<null>()
    two.asked.read = () => silent.promise
    expect(await two.directory.read('ada', inTime())).toMatchObject({ username: 'ada' })

    silent.resolve(null)
    two.askedAgent.drop()
    await expect.poll(() => linesOf(two.name).length).toBe(1)
    expect(await two.directory.read('ada', inTime())).toMatchObject({ username: 'ada' })
    expect(two.other.calls.length).toBeGreaterThan(3)
  })

  it('is written to at the next one when the first signs that nothing was done', async () => {
    await using two = await twoAgents()
    two.asked.down = true

    expect(await two.set(second)).toEqual({ ok: true })

    expect([two.asked.writes, two.other.writes.length]).toEqual([[], 1])
  })

  it('is written to once where the first gave no answer: then nobody knows', async () => {
    await using two = await twoAgents()
    two.asked.nextWrite = { is: 'unanswered', applied: true }
    await expect(two.set(second)).rejects.toMatchObject({ code: 'directory-outcome-unknown' })

    const until = Promise.withResolvers<undefined>()
    two.asked.nextWrite = { is: 'late', until: until.promise }
    const arrived = Promise.withResolvers<undefined>()
    two.asked.onWrite = () => arrived.resolve(undefined)
    const deadline = new AbortController()
    const late = two.set('another sentence', deadline.signal)
    const outcome = expect(late).rejects.toMatchObject({ code: 'directory-outcome-unknown' })
    await arrived.promise
    deadline.abort()
    await outcome
    until.resolve(undefined)

    expect([two.asked.writes.length, two.other.writes]).toEqual([2, []])
  })

  it('tries a password once where the first gave no answer, because wrong ones are counted', async () => {
    await using two = await twoAgents(1)
    const silent = Promise.withResolvers<never>()
    let asked = 0
    two.asked.verifyPassword = () => {
      asked += 1
      return silent.promise
    }
    const prove = (signal: AbortSignal) =>
      expect(two.directory.verifyPassword('ada', new Secret(first), signal)).rejects.toMatchObject({
        code: 'directory-unreachable',
      })

    await prove(AbortSignal.timeout(1_500))
    const lost = prove(inTime())
    await expect.poll(() => asked).toBe(2)
    linesOf(two.name)[0]?.close()
    await lost

    expect(two.other.calls).not.toContain('verifyPassword')
  })
})

describe('a line that is lost while a write is under way', () => {
  it('is no reason to know nothing: the agent tells when it is back', async () => {
    await using two = await twoAgents()
    const until = Promise.withResolvers<undefined>()
    two.asked.nextWrite = { is: 'late', until: until.promise }
    const arrived = Promise.withResolvers<undefined>()
    two.asked.onWrite = () => arrived.resolve(undefined)

    const write = two.set(second)
    await arrived.promise
    for (const line of linesOf(two.name)) line.close()
    until.resolve(undefined)

    expect(await write).toEqual({ ok: true })
    expect([two.asked.writes.length, two.other.writes]).toEqual([1, []])
  })

  it('goes to another agent when the first had not begun, and never begins', async () => {
    await using two = await twoAgents()
    const reading = Promise.withResolvers<undefined>()
    const go = Promise.withResolvers<undefined>()
    const { read } = two.asked
    two.asked.read = async (key) => {
      reading.resolve(undefined)
      await go.promise
      return read.call(two.asked, key, inTime())
    }

    const write = two.set(second)
    await reading.promise
    linesOf(two.name)[0]?.close()

    expect(await write).toEqual({ ok: true })
    go.resolve(undefined)
    await two.directory.check(inTime())
    expect([two.asked.writes, two.other.writes.length]).toEqual([[], 1])
  })
})

describe('keys', () => {
  it('of an agent are drawn anew, and the former ones put no others in their place', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    await using agent = await startAgent(exchange, { directory: name, name: 'site-1', inner })
    const before = publicKeysOf(agent.identity().keys)
    const present = async () =>
      (await exchange.records.find({ tenant, directory: name, name: 'site-1' }))?.keys

    expect(await agent.drawKeysWhenOld(30)).toBe(false)
    expect(await agent.drawKeysWhenOld(0)).toBe(true)
    await exchange.switchboard.round()
    await expect.poll(() => publicKeysOf(agent.identity().keys).signing).not.toBe(before.signing)

    expect(await present()).toEqual(publicKeysOf(agent.identity().keys))
    const directory = exchange.directory(name, inner)
    expect(await directory.setPassword('ada', new Secret(second), inTime())).toEqual({ ok: true })
    const theirs = publicKeysOf(drawAgentKeys(systemOutside))
    const signedWith = before.signing
    expect(
      await exchange.records.rotate({ tenant, directory: name, name: 'site-1', signedWith }, theirs),
    ).toBe(false)
    expect(await present()).toEqual(publicKeysOf(agent.identity().keys))
  })

  it('of the server follow each other, and agents come back and trust the last of them', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    await using agent = await startAgent(exchange, { directory: name, name: 'site-1', inner })
    const session = await agent.connected()
    const { serverKey } = agent.identity()

    await exchange.records.succeedServerKey(tenant)
    const { key } = await exchange.records.succeedServerKey(tenant)
    await exchange.switchboard.round()

    await expect.poll(() => agent.connected(), { timeout: 10_000 }).not.toBe(session)
    expect(agent.identity().serverKey).toBe(key)
    expect(key).not.toBe(serverKey)
    expect(await exchange.records.successionsSince(tenant, key)).toEqual([])
    expect(await exchange.records.successionsSince(tenant, 'unknown')).toBeNull()
  })
})

describe('an agent', () => {
  it('that is revoked gets no password any more, from that moment, and loses its line', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    await using agent = await startAgent(exchange, { directory: name, name: 'site-1', inner })
    const directory = exchange.directory(name, inner)
    await agent.connected()

    expect(await exchange.records.revoke({ tenant, directory: name, name: 'site-1' })).toBe(true)

    const writing = directory.setPassword('ada', new Secret(second), inTime())
    await expect(writing).rejects.toMatchObject({ code: 'directory-unreachable' })
    await exchange.switchboard.round()
    await expect.poll(() => linesOf(name)).toEqual([])
    await expect
      .poll(() => exchange.said.map(({ message }) => message), { timeout: 10_000 })
      .toContainEqual(expect.stringContaining('lets this agent in no more'))
    expect(inner.writes).toEqual([])
  })

  it('that was enrolled anew is who has the new keys: a line with the former ones is worth nothing', async () => {
    const name = exchange.newDirectory()
    const [stolen, inner] = [makeMemoryDirectory(name, ada()), makeMemoryDirectory(name, ada())]
    await using old = await startAgent(exchange, { directory: name, name: 'site-1', inner: stolen })
    const session = await old.connected()
    const code = readCode(new Secret(await exchange.enrol(name, 'site-1')))
    if (code === null) throw new Error('no code')
    const channel = await dial({ url: exchange.url, ca: exchange.ca, messageBytesMax }, inTime())
    expect(await join(channel, code, systemOutside)).toMatchObject({ ok: true })
    expect(await old.connected()).toBe(session)

    const writing = exchange.directory(name, inner).setPassword('ada', new Secret(second), inTime())
    await expect(writing).rejects.toMatchObject({ code: 'directory-unreachable' })
    await exchange.switchboard.round()

    await expect.poll(() => linesOf(name)).toEqual([])
    expect(stolen.writes).toEqual([])
  })

  it('is listed with its version, since when it is there, how quick it is, and how its directory does', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    await using agent = await startAgent(exchange, { directory: name, name: 'site-1', inner })
    const listed = async () =>
      (await exchange.records.list(tenant)).find(({ directory }) => directory === name)?.lines[0]

    await agent.checkDirectory()
    await exchange.switchboard.round()
    await expect.poll(listed).toMatchObject({
      ...{
        node: 'node-1',
        version: '0.1.0-test',
        connectedAt: expect.any(Date),
        latencyMs: expect.any(Number),
      },
      beat: { directory: { ok: true }, writesLastHour: 0 },
    })

    inner.check = () => Promise.reject(new Error('anything'))
    await agent.checkDirectory()
    await exchange.switchboard.round()
    await expect.poll(listed).toMatchObject({ beat: { directory: { ok: false, code: 'unexpected' } } })
  })

  it('is listed with when it was seen last, and without a line once it is revoked', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    const started = await startAgent(exchange, { directory: name, name: 'site-1', inner })
    await using other = await startAgent(exchange, { directory: name, name: 'site-2', inner })
    const listed = async () =>
      (await exchange.records.list(tenant))
        .filter(({ directory }) => directory === name)
        .map(({ seenAt, lines }) => [seenAt !== null, lines.length])

    await exchange.switchboard.round()
    await expect.poll(listed).toEqual([
      [true, 1],
      [true, 1],
    ])

    started.drop()
    await expect.poll(() => linesOf(name)).toHaveLength(1)
    await exchange.records.revoke({ tenant, directory: name, name: 'site-2' })
    await expect.poll(listed).toEqual([
      [true, 0],
      [true, 0],
    ])
    expect(linesOf(name)).toHaveLength(1)
    expect(other.folder).not.toBe(started.folder)
  })

  it('whose directory can do less than the configuration says is told of by the check', async () => {
    const name = exchange.newDirectory()
    const inner = makeMemoryDirectory(name, ada())
    const abilities = { ...inner.abilities, unlock: false }
    await using _agent = await startAgent(exchange, {
      ...{ directory: name, name: 'site-1' },
      inner: { ...inner, abilities },
    })

    await expect(exchange.directory(name, inner).check(inTime())).rejects.toMatchObject({
      code: 'directory-misconfigured',
      detail: expect.stringContaining('unlock'),
    })
  })
})
