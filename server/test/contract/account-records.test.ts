import { beforeAll, describe, expect, it } from 'vitest'
import { openRedis } from '../../src/adapters/stores/redis.ts'
import { transition } from '../../src/core/recovery/transition.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { aRecoveryDatabase } from '../support/recovery-database.ts'
import { northwind } from '../support/recovery-world.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { aFlow } from './recovery-store.contract.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
  return () => server[Symbol.asyncDispose]()
})

const account = { directory: 'people', key: 'key-of-ada' }
const none = { events: [] }

describe.each(['rows', 'redis'] as const)('what is remembered of an account, with flows in %s', (place) => {
  async function aWorld() {
    await using opening = new AsyncDisposableStack()
    const database = opening.use(await aRecoveryDatabase())
    const redis =
      place === 'rows' ? null : await openRedis({ url: new Secret(server.url), log: () => undefined })
    if (redis !== null) opening.defer(() => redis.close())
    const { store, accounts: records } = database.node(undefined, redis ?? undefined)
    const running = opening.move()
    return { store, records, [Symbol.asyncDispose]: () => running.disposeAsync() }
  }

  it('is found by its opaque id, in its own tenant', async () => {
    await using world = await aWorld()
    const subject = await world.store.subjectOf(northwind, account)

    expect(await world.records.accountOf(northwind, subject)).toEqual(account)
    expect(await world.records.accountOf('other', subject)).toBeNull()
    expect(await world.records.accountOf(northwind, 'nobody')).toBeNull()
  })

  it('has the flows that are open, the newest first, and neither ended ones nor those of others', async () => {
    await using world = await aWorld()
    const { store, records } = world
    const subject = await store.subjectOf(northwind, account)
    for (const [at, id] of [
      `flow-${place}-1`,
      `flow-${place}-2`,
      `flow-${place}-3`,
      `flow-${place}-4`,
    ].entries()) {
      const startedAt = new Date(Date.UTC(2026, 2, 2, 9, at))
      await store.begin(aFlow({ id, startedAt, touchedAt: startedAt }), none)
      if (at === 3) continue
      await store.decide({ tenant: northwind, id, subject }, ({ flow }) => {
        const matched = transition(flow, { type: 'matched', account, username: 'ada', subject })
        return { answer: null, ...(matched === null ? {} : { flow: matched }) }
      })
    }
    await store.decide({ tenant: northwind, id: `flow-${place}-2` }, ({ flow }) => {
      const ended = transition(flow, { type: 'expired' })
      return { answer: null, ...(ended === null ? {} : { flow: ended }) }
    })

    const of = { tenant: northwind, subject }
    expect((await records.openFlows(of, 100)).map(({ id }) => id)).toEqual([
      `flow-${place}-3`,
      `flow-${place}-1`,
    ])
    expect((await records.openFlows(of, 1)).map(({ id }) => id)).toEqual([`flow-${place}-3`])
  })
})
