import { expect, it } from 'vitest'
import type { RingRecord } from './ports.ts'
import { makeKeySchedule } from './schedule.ts'

const now = new Date('2026-05-04T10:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

interface Told {
  added: string[]
  dropped: string[]
}

/** One round for a token ring that holds `old` and `now`; another node knows these keys. */
async function aRound(asked: {
  newestDays: number
  known?: readonly string[]
  isLate?: boolean
  use?: number
}) {
  const told: Told = { added: [], dropped: [] }
  const keys = [
    { id: 'old', from: daysAgo(90) },
    { id: 'now', from: daysAgo(asked.newestDays) },
  ]
  const record = (id: string, activeAt: Date, retiredAt: Date | null): RingRecord => ({
    ring: 'token',
    resealedAt: null,
    ...{ id, activeAt, retiredAt },
  })
  await makeKeySchedule({
    rings: [
      {
        name: 'token',
        ring: { keys: () => keys },
        everyDays: 30,
        add(from, after) {
          if (asked.isLate === true) return null
          told.added.push(`${after}+${(from.getTime() - now.getTime()) / 60_000} min`)
          return { id: 'next', from }
        },
        drop: (ids) => told.dropped.push(...ids),
      },
    ],
    meeting: {
      nodes: async () => [{ node: 'other', ring: 'token', ids: asked.known ?? ['old', 'now'] }],
      records: async () => [
        record('old', daysAgo(90), daysAgo(asked.newestDays)),
        record('now', daysAgo(asked.newestDays), null),
      ],
    },
    countUse: async () => ({
      token: new Map([['old', asked.use ?? 1]]),
      data: new Map(),
      audit: new Map(),
    }),
    now: () => now,
    added: (ring, key) => told.added.push(`told ${ring} ${key}`),
    dropped: (ring, ids) => told.dropped.push(`told ${ring} ${ids.join()}`),
  })()
  return told
}

it('adds a key after the newest one when that is old enough, so early that all nodes get it', async () => {
  expect(await aRound({ newestDays: 30 })).toEqual({ added: ['now+5 min', 'told token next'], dropped: [] })
  expect(await aRound({ newestDays: 29 })).toEqual({ added: [], dropped: [] })
})

it('adds none while a node does not know the newest one, and tells nothing when another node was faster', async () => {
  expect(await aRound({ newestDays: 30, known: ['old'] })).toEqual({ added: [], dropped: [] })
  expect(await aRound({ newestDays: 30, isLate: true })).toEqual({ added: [], dropped: [] })
})

it('takes out what nothing needs any more', async () => {
  expect(await aRound({ newestDays: 2, use: 0 })).toEqual({ added: [], dropped: ['old', 'told token old'] })
})
