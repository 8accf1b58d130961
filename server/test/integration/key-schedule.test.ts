import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addKey, drawKey, ringLinesOf } from '../../src/config/ring-file.ts'
import { formatRing } from '../../src/config/ring-text.ts'
import { ringNames } from '../../src/core/keys/index.ts'
import { systemOutside as outside } from '../../src/kernel/outside.ts'
import { aComposedNode } from '../support/composed-node.ts'
import { aDatabase, type TestDatabase } from '../support/database.ts'
import { eventually } from '../support/person-at-api.ts'

const dayMs = 86_400_000
const daysAgo = (days: number) => new Date(outside.now().getTime() - days * dayMs)
const relay = { host: '127.0.0.1', port: 9 }

let folder: string
let database: TestDatabase<unknown>
const opening = new AsyncDisposableStack()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rekey-schedule-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
})
afterAll(() => opening.disposeAsync())

const pathOf = (place: string, ring: string) => join(place, `${ring}.ring`)
async function ringsAt(place: string, from: Date): Promise<void> {
  for (const ring of ringNames) {
    await writeFile(pathOf(place, ring), formatRing([drawKey(ring, from, outside)]), { mode: 0o600 })
  }
}
const keysAt = (place: string, more: object = {}) =>
  Object.fromEntries(ringNames.map((ring) => [ring, { ringFile: pathOf(place, ring), ...more }]))
const idsIn = (place: string, ring: (typeof ringNames)[number]) =>
  ringLinesOf(ring, pathOf(place, ring)).map(({ id }) => id)

/** The key that all nodes write with, by what they wrote down. */
async function active(ring: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from ring_key where ring = ${ring} and retired_at is null`.execute(database.kysely)
  return rows[0]?.id
}

describe('keys that rotate by schedule', () => {
  beforeAll(async () => {
    database = opening.use(await aDatabase())
    await ringsAt(folder, daysAgo(31))
  })

  it('get a successor when they are old enough, which is written with later; and none before', async () => {
    const before = await readFile(pathOf(folder, 'audit'), 'utf8')
    const schedule = keysAt(folder, { rotateEveryDays: 30 }) as Record<string, object>
    const keys = { ...schedule, audit: { ringFile: pathOf(folder, 'audit'), rotateEveryDays: 32 } }
    await using node = await aComposedNode({ folder, database: database.url, mail: relay, keys })

    for (const ring of ['token', 'data'] as const) {
      const [old, next] = await eventually(`the next ${ring} key`, () => {
        const ids = idsIn(folder, ring)
        return ids.length === 2 && ids
      })
      expect(await active(ring)).toBe(old)
      expect(node.log()).toContain(next)
    }
    expect(await readFile(pathOf(folder, 'audit'), 'utf8')).toBe(before)
  })
})

describe('keys that nothing needs any more', () => {
  it('leave the ring by themselves, a day after they were last written with', async () => {
    database = opening.use(await aDatabase())
    const place = join(folder, 'pruned')
    await mkdir(place)
    await ringsAt(place, daysAgo(3))
    const shared = {
      folder,
      database: database.url,
      mail: relay,
      keys: keysAt(place, { rotateEveryDays: 30 }),
    }
    const [old] = idsIn(place, 'token')
    const next = addKey('token', { path: pathOf(place, 'token'), from: daysAgo(2), outside })
    await using first = await aComposedNode(shared)
    expect(first.log()).not.toContain('took out')
    await first[Symbol.asyncDispose]()
    expect(idsIn(place, 'token')).toEqual([old, next?.id])
    await sql`update ring_key set active_at = ${daysAgo(2)} where ring = 'token'`.execute(database.kysely)

    await using second = await aComposedNode(shared)
    await eventually('the old key to be gone', () => idsIn(place, 'token').length === 1)
    expect(idsIn(place, 'token')).toEqual([next?.id])
    await eventually('the log to say so', () => second.log().includes(old ?? 'nothing'))
  })
})

describe('an old ring file that is put back', () => {
  it('is written with again, and the log warns of it once', async () => {
    database = opening.use(await aDatabase())
    const place = join(folder, 'restored')
    await mkdir(place)
    await ringsAt(place, daysAgo(2))
    const [old] = idsIn(place, 'token')
    const backup = await readFile(pathOf(place, 'token'), 'utf8')
    await using node = await aComposedNode({
      folder,
      database: database.url,
      mail: relay,
      keys: keysAt(place),
    })
    const next = addKey('token', { path: pathOf(place, 'token'), from: daysAgo(1), outside })
    await eventually('the new key to be written with', async () => (await active('token')) === next?.id)
    const warnings = () => node.log().split('an older token key is written with again').length - 1
    expect(warnings()).toBe(0)

    await writeFile(pathOf(place, 'token'), backup, { mode: 0o600 })

    await eventually('the log to warn', () => warnings() > 0)
    expect(await active('token')).toBe(old)
    expect(node.log()).toMatch(/"level":40[^\n]*an older token key is written with again/)
    const mark = node.log().length
    addKey('data', { path: pathOf(place, 'data'), from: daysAgo(1), outside })
    await eventually('a later look at the rings', () =>
      node.log().slice(mark).includes('another key is written'),
    )
    expect(warnings()).toBe(1)
  })
})

describe('a node with a copy of the ring of its own', () => {
  it('keeps the others from writing with a key that it does not have, and is named', async () => {
    database = opening.use(await aDatabase())
    const [mine, copy] = [join(folder, 'mine'), join(folder, 'copy')]
    await mkdir(mine)
    await ringsAt(mine, daysAgo(2))
    await cp(mine, copy, { recursive: true })
    const shared = { folder, database: database.url, mail: relay }
    await using one = await aComposedNode({ ...shared, keys: keysAt(mine) })
    {
      await using _other = await aComposedNode({ ...shared, keys: keysAt(copy) })
      const added = addKey('token', { path: pathOf(mine, 'token'), from: daysAgo(1), outside })
      await eventually('the first node to name the other', () =>
        one.log().includes('other nodes do not have it'),
      )
      expect(await active('token')).not.toBe(added?.id)

      await cp(pathOf(mine, 'token'), pathOf(copy, 'token'))
      await eventually('both to write with the new key', async () => (await active('token')) === added?.id)
    }

    addKey('data', { path: pathOf(mine, 'data'), from: daysAgo(1), outside })
    await eventually('the one that is left to write with it', async () => {
      return (await active('data')) === idsIn(mine, 'data').at(-1)
    })
    const late = aComposedNode({ ...shared, keys: keysAt(copy) })
    await using node = await late
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503)
    expect(node.log()).toContain('other nodes write with a data key that this node does not have')
    await cp(pathOf(mine, 'data'), pathOf(copy, 'data'))
    await eventually('it to be ready', async () => (await fetch(`${node.url}/readyz`)).status === 200)
  })
})
