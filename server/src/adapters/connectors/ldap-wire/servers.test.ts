import { describe, expect, it } from 'vitest'
import { aClock, anOutside } from '../../../../test/support/fake-outside.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { LdapConnection } from './connection.ts'
import { makeHealth, makeServers } from './servers.ts'
import { ServerUnusable, type Target } from './socket.ts'

const target = (host: string): Target => ({
  url: `ldaps://${host}`,
  host,
  port: 636,
  security: 'tls',
  serverName: host,
  authorities: null,
})
const connectionTo = ({ host }: Target): LdapConnection => ({
  server: host,
  isAlive: () => true,
  ask: () => Promise.reject(new Error('nothing is asked here')),
  close: () => {},
})

describe('a server whose connections are all in use', () => {
  it('is passed over by whoever waited too long, and does not rest for it', async () => {
    const [provider, replica] = [target('provider.example.test'), target('replica.example.test')]
    const states: string[] = []
    const health = makeHealth({ ...anOutside(), serverChanged: (_, state) => void states.push(state) })
    const servers = makeServers({
      targets: [provider, replica],
      providers: 1,
      health,
      open: (asked) => Promise.resolve(connectionTo(asked)),
      connectionsMax: 1,
      idleMilliseconds: 1_000,
      readSeconds: 0.05,
    })
    const done = Promise.withResolvers<void>()
    const busy = servers.use(AbortSignal.timeout(60_000), () => done.promise)

    const askedOf = () =>
      servers.use(AbortSignal.timeout(60_000), ({ connection }) => Promise.resolve(connection.server))

    expect(await askedOf()).toBe(replica.host)
    expect(states).not.toContain('open')
    done.resolve()
    await busy
    expect(await askedOf()).toBe(provider.host)
    servers.close()
  })
})

describe('of several servers one that fails', () => {
  function aPair() {
    const [first, second] = [target('one.example.test'), target('two.example.test')]
    const clock = aClock()
    const states: string[] = []
    const down = new Set([first])
    const opened: string[] = []
    const servers = makeServers({
      targets: [first, second],
      providers: 1,
      health: makeHealth({
        ...anOutside(clock),
        randomBytes: (count) => new Uint8Array(count),
        serverChanged: (server, state) => void states.push(`${server} ${state}`),
      }),
      open(asked) {
        opened.push(asked.host)
        return down.has(asked)
          ? Promise.reject(new ServerUnusable(new Fault('directory-unreachable', { detail: asked.host })))
          : Promise.resolve(connectionTo(asked))
      },
      connectionsMax: 1,
      idleMilliseconds: 0,
      readSeconds: 30,
    })
    const ask = (options = {}) =>
      servers.use(
        AbortSignal.timeout(60_000),
        ({ connection }) => Promise.resolve(connection.server),
        options,
      )
    return { first, second, clock, states, down, opened, servers, ask }
  }

  it('is asked after the others for a rest that doubles, and then by one call at a time', async () => {
    const { second, clock, states, opened, ask } = aPair()
    await ask()
    await ask()
    expect(opened).toEqual(['one.example.test', 'two.example.test', 'two.example.test'])

    opened.splice(0)
    clock.advance(10)
    expect(await Promise.all([ask(), ask()])).toEqual([second.host, second.host])
    expect(opened.toSorted()).toEqual(['one.example.test', 'two.example.test', 'two.example.test'])

    opened.splice(0)
    clock.advance(10)
    await ask()
    expect(opened).toEqual(['two.example.test'])
    clock.advance(10)
    await ask()
    expect(opened).toContain('one.example.test')
    expect(states).toEqual([
      ...['one.example.test:636 closed', 'one.example.test:636 open', 'two.example.test:636 closed'],
      ...['one.example.test:636 on-trial', 'one.example.test:636 open'],
      ...['one.example.test:636 on-trial', 'one.example.test:636 open'],
    ])
  })

  it('has its place again after one good answer', async () => {
    const { first, clock, down, opened, ask } = aPair()
    await ask()
    down.clear()
    clock.advance(10)
    await ask()

    opened.splice(0)
    expect(await ask()).toBe(first.host)
    expect(opened).toEqual([first.host])
  })

  it('is still asked for what no other can do, and a good answer is enough', async () => {
    const { first, down, opened, ask } = aPair()
    await ask()

    await expect(ask({ providersOnly: true })).rejects.toMatchObject({ code: 'directory-unreachable' })
    expect(opened.filter((host) => host === first.host)).toHaveLength(2)
    down.clear()
    expect(await ask({ providersOnly: true })).toBe(first.host)
    expect(await ask()).toBe(first.host)
  })

  it('is not on trial for ever when the caller gives up meanwhile', async () => {
    const { first, clock, down, ask, servers } = aPair()
    await ask()
    down.clear()
    clock.advance(10)
    await expect(
      servers.use(AbortSignal.timeout(60_000), () => Promise.reject(new Error('a defect'))),
    ).rejects.toThrow()

    expect(await ask()).toBe(first.host)
  })
})
