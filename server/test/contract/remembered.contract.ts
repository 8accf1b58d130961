import { describe, expect, it } from 'vitest'
import type { HistoryChange, PasswordDigest } from '../../src/core/passwords/index.ts'
import type { Job, RecoveryStore } from '../../src/core/recovery/ports.ts'
import { after } from '../../src/core/recovery/rules.ts'
import { northwind } from '../support/recovery-world.ts'
import type { StoreHarness } from './recovery-store.contract.ts'

const start = new Date('2026-03-02T09:00:00.000Z')
const digest = (text: string): PasswordDigest => ({ keyId: 'k1', salt: 'c2FsdA', digest: text })
const begun = (text: string, over: Partial<HistoryChange & { change: 'write-begun' }> = {}) => ({
  change: 'write-begun' as const,
  write: { flow: `flow-${text}`, attempt: 1 },
  next: digest(text),
  current: null,
  at: start,
  ...over,
})

const change = (store: RecoveryStore, subject: string, what: HistoryChange, jobs: readonly Job[] = []) =>
  store.decideSubject({ tenant: northwind, subject }, () => ({
    answer: null,
    effects: { events: [], jobs, history: { tenant: northwind, subject, ...what } },
  }))

/** A password of an account that was in force. */
async function set(store: RecoveryStore, subject: string, text: string, keep = 24): Promise<void> {
  const { write, ...rest } = begun(text)
  await change(store, subject, { ...rest, write })
  await change(store, subject, { change: 'written', write, keep })
}

async function digests(store: RecoveryStore, subject: string, tenant = northwind): Promise<string[]> {
  const rows = await store.readRemembered(tenant, subject)
  return rows.toSorted((one, other) => one.number - other.number).map((row) => row.digest)
}

/** What every recovery store does with passwords that are remembered. */
export function rememberedContract({ name, open }: StoreHarness): void {
  describe(`the ${name} recovery store remembers passwords`, () => {
    it('as they were given, of one account of one tenant, and shows them to every node', async () => {
      await using opened = await open()
      const [store, other] = opened.nodes
      const write = { flow: 'flow-1', attempt: 3 }
      const current = { ...digest('current'), keyId: 'k0', replaces: [] }

      await change(store, 'ada', begun('next', { write, current, at: after(start, 0.001) }))

      expect((await other.readRemembered(northwind, 'ada')).toSorted((a, b) => a.number - b.number)).toEqual([
        { ...digest('current'), keyId: 'k0', number: 1, at: after(start, 0.001), write: null },
        { ...digest('next'), number: 2, at: after(start, 0.001), write },
      ])
      expect(await other.readRemembered(northwind, 'bob')).toEqual([])
      expect(await other.readRemembered('southwind', 'ada')).toEqual([])
    })

    it('until they are refused, replaced or too many', async () => {
      await using opened = await open()
      const [store] = opened.nodes
      for (const text of ['one', 'two', 'three']) await set(store, 'ada', text)
      const refused = begun('refused')
      await change(store, 'ada', refused)
      await change(store, 'ada', { change: 'not-written', write: refused.write })
      const [oldest] = (await store.readRemembered(northwind, 'ada')).toSorted((a, b) => a.number - b.number)

      expect(await digests(store, 'ada')).toEqual(['one', 'two', 'three'])
      const current = { ...digest('one again'), replaces: [oldest?.number ?? 0] }
      await change(store, 'ada', begun('four', { current }))
      expect(await digests(store, 'ada')).toEqual(['two', 'three', 'one again', 'four'])
      await change(store, 'ada', { change: 'written', write: begun('four').write, keep: 2 })
      expect(await digests(store, 'ada')).toEqual(['one again', 'four'])
      await change(store, 'ada', { change: 'cut', keep: 0 })
      expect(await digests(store, 'ada')).toEqual([])
    })

    it('together with everything else of the decision, or not at all', async () => {
      await using opened = await open()
      const [store] = opened.nodes
      await set(store, 'ada', 'one')
      const job: Job = { queue: 'resolve-recovery', payload: { tenant: northwind, flow: 'flow-1', ask: 1 } }

      opened.failNextEnqueue()
      await expect(change(store, 'ada', begun('two'), [job])).rejects.toThrow()
      opened.failNextEnqueue()
      await expect(change(store, 'ada', { change: 'cut', keep: 0 }, [job])).rejects.toThrow()

      expect(await digests(store, 'ada')).toEqual(['one'])
    })

    it('one after the other when thirty racers on two nodes begin to write', async () => {
      await using opened = await open()
      await Promise.all(
        Array.from({ length: 30 }, (_, racer) =>
          change(opened.nodes[racer % 2 === 0 ? 0 : 1], 'ada', begun(`of ${racer}`)),
        ),
      )

      const rows = await opened.nodes[0].readRemembered(northwind, 'ada')
      expect(new Set(rows.map(({ number }) => number)).size).toBe(30)
      expect(new Set(rows.map((row) => row.digest)).size).toBe(30)
    })

    it('no longer than any policy asks for: none of a directory that none is about, nor of nobody', async () => {
      await using opened = await open()
      const [store, other] = opened.nodes
      const subjectIn = (directory: string) => store.subjectOf(northwind, { directory, key: 'key-of-ada' })
      const [people, partners, guests] = [
        await subjectIn('people'),
        await subjectIn('partners'),
        await subjectIn('guests'),
      ]
      for (const subject of [people, partners, guests, 'nobody']) {
        for (const text of ['one', 'two', 'three']) await set(store, subject, text)
      }
      await change(store, partners, begun('unknown'))
      const kept = [
        { tenant: northwind, directory: 'people', keep: 3 },
        { tenant: northwind, directory: 'partners', keep: 2 },
        { tenant: 'southwind', directory: 'guests', keep: 9 },
      ]

      const gone = await other.cutHistories(kept)

      expect(gone).toBe(1 + 3 + 3)
      expect(await digests(store, people)).toEqual(['one', 'two', 'three'])
      expect(await digests(store, partners)).toEqual(['two', 'three', 'unknown'])
      expect([...(await digests(store, guests)), ...(await digests(store, 'nobody'))]).toEqual([])
      expect(await other.cutHistories(kept)).toBe(0)
      expect(await other.cutHistories([])).toBe(6)
    })
  })
}
