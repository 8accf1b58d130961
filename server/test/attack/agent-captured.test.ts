import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { dial } from '../../src/adapters/agents/dial.ts'
import { agentSigner } from '../../src/core/agents/identity.ts'
import { makeDesk, messageBytesMax } from '../../src/core/agents/index.ts'
import type { AgentIdentity } from '../../src/core/agents/ports.ts'
import type { ServerLine } from '../../src/core/agents/server-line.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type AgentExchange, startAgent, startAgentExchange, tenant } from '../support/agent-exchange.ts'
import { makeMemoryDirectory } from '../support/memory-directory.ts'
import { anAccount } from '../support/recovery-world.ts'

const inTime = () => AbortSignal.timeout(10_000)

let exchange: AgentExchange
beforeAll(async () => {
  exchange = await startAgentExchange()
})
afterAll(async () => {
  await exchange[Symbol.asyncDispose]()
})

/** A way to the server for an agent that says something else than it should. */
const saying = (instead: (text: string) => readonly string[]) => async (signal: AbortSignal) => {
  const { url, ca } = exchange
  const channel = await dial({ url, ca, messageBytesMax }, signal)
  return { ...channel, send: (text: string) => instead(text).every((one) => channel.send(one)) }
}

/** A line to an agent as the desk sees it; `hand` is what becomes of an order. */
const aLine = (hand: ServerLine['hand']) => ({
  agent: {
    tenant: 'example',
    directory: 'people',
    name: 'site-1',
    keys: { signing: 's', sealing: 'k' },
    previousSigning: null,
  },
  session: 'session',
  isOpenedBy: () => true,
  hand,
})

describe('a captured agent', () => {
  it('that is back and takes nothing does not keep the server from everything else', async () => {
    let handed = 0
    const lost = aLine(() => ({
      next: () => Promise.resolve('lost'),
      ...{ more: () => undefined, cancel: () => undefined, end: () => undefined },
    }))
    const closing = aLine(() => {
      handed += 1
      if (handed > 100_000) throw new Error('asked without a pause')
      return null
    })
    let lines = [lost]
    const switchboard = {
      linesOf: () => {
        const now = lines
        lines = [closing]
        return now as unknown as readonly ServerLine[]
      },
    }
    const desk = makeDesk({ ...systemOutside, switchboard, records: { enrolledOf: async () => [] } })
    const directory = { tenant: 'example', name: 'people', nextAgentSeconds: 4 }

    const asked = desk.ask(directory, { name: 'unlock', key: 'ada' }, { signal: AbortSignal.timeout(300) })

    await expect(asked).rejects.toMatchObject({ code: 'directory-outcome-unknown' })
    expect(handed).toBeLessThan(20)
  })

  it('puts no key in place that nothing can be sealed to: the other agents go on', async () => {
    const directory = exchange.newDirectory()
    const ada = { ...anAccount('ada', { key: 'ada' }), initialPassword: 'the first of all' }
    const inner = makeMemoryDirectory(directory, [ada])
    await using _ = await startAgent(exchange, { directory, name: 'site-1', inner })
    let identity = (): AgentIdentity | null => null
    await using captured = await startAgent(exchange, {
      ...{ directory, name: 'site-2', inner },
      dial: saying((text) => {
        const said = JSON.parse(text) as { is: string; rotation: string }
        const own = identity()
        if (said.is !== 'rotation' || own === null || own.nextKeys === null) return [text]
        const rotation = said.rotation.replace(/("sealing":")[\w-]+/, `$1${'A'.repeat(43)}`)
        const signature = agentSigner(own.keys).sign('rotation', rotation)
        const ownSignature = agentSigner(own.nextKeys).sign('rotation', rotation)
        return [JSON.stringify({ ...said, rotation, signature, ownSignature })]
      }),
    })
    identity = captured.identity
    const session = await captured.connected()
    await captured.drawKeysWhenOld(0)
    await exchange.switchboard.round()
    const sessions = () => exchange.switchboard.linesOf(tenant, directory).map((line) => line.session)
    await expect.poll(sessions).not.toContain(session)

    const written = exchange.directory(directory, inner).setPassword('ada', new Secret('another'), inTime())

    expect(await written).toEqual({ ok: true })
  })

  it('has an answer that is longer than a message end in itself, and not with the line', async () => {
    const directory = exchange.newDirectory()
    const long = {
      ...anAccount('ada', { key: 'ada', displayName: '"'.repeat(600_000) }),
      initialPassword: 'x',
    }
    const inner = makeMemoryDirectory(directory, [
      long,
      { ...anAccount('bob', { key: 'bob' }), initialPassword: 'x' },
    ])
    await using agent = await startAgent(exchange, { directory, name: 'site-1', inner })
    const session = await agent.connected()
    const reached = exchange.directory(directory, inner)

    await expect(reached.read('ada', inTime())).rejects.toMatchObject({ code: 'directory-answer-unusable' })

    expect(await reached.read('bob', inTime())).toMatchObject({ username: 'bob' })
    expect(await agent.connected()).toBe(session)
  })

  it('that sends more of a list than it was asked for loses its line', async () => {
    const directory = exchange.newDirectory()
    const bob = { ...anAccount('bob', { key: 'bob' }), initialPassword: 'x' }
    const inner = makeMemoryDirectory(directory, [bob])
    await using agent = await startAgent(exchange, {
      ...{ directory, name: 'site-1', inner },
      dial: saying((text) =>
        text.includes('"is":"answer"') ? Array.from({ length: 50 }, () => text) : [text],
      ),
    })
    const session = await agent.connected()

    for await (const _ of exchange.directory(directory, inner).list(inTime())) {
      await expect.poll(() => exchange.switchboard.linesOf(tenant, directory)).toEqual([])
      break
    }

    await expect.poll(() => agent.connected(), { timeout: 10_000 }).not.toBe(session)
  })
})

describe('whoever reads nothing', () => {
  it('has no more waiting for it than fits: neither a server nor an agent fills the other’s memory', async () => {
    const listener = new WebSocketServer({ port: 0 })
    await once(listener, 'listening')
    const port = (listener.address() as AddressInfo).port
    const met = Promise.withResolvers<WebSocket>()
    listener.on('connection', (socket) => met.resolve(socket))
    const url = `ws://127.0.0.1:${String(port)}/agent`
    const channel = await dial({ url, ca: null, messageBytesMax }, inTime())
    const other = await met.promise
    other.pause()

    const text = 'x'.repeat(1_000_000)
    let sent = 0
    while (sent < 200 && channel.send(text)) sent += 1

    expect(sent).toBeLessThan(100)
    expect(await channel.next(inTime())).toBeNull()
    other.terminate()
    listener.close()
  })
})
