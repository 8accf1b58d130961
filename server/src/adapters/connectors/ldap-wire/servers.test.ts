import { describe, expect, it } from 'vitest'
import type { LdapConnection } from './connection.ts'
import { makeHealth, makeServers } from './servers.ts'
import type { Target } from './socket.ts'

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
    const health = makeHealth({ now: () => new Date('2026-01-01T00:00:00Z') })
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
    expect(health.rests(provider)).toBe(false)
    done.resolve()
    await busy
    expect(await askedOf()).toBe(provider.host)
    servers.close()
  })
})
