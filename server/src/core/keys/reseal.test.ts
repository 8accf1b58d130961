import { expect, it } from 'vitest'
import { makeResealAll } from './reseal.ts'

/** Two places with three old rows each and one that nothing opens, and a vital one; `during` happens between them. */
async function resealed(during: (world: { stop(): void; turn(): void }) => void, isLocked = false) {
  const stopping = new AbortController()
  const noted: string[] = []
  let active = 'new'
  let claims = 0
  const place = {
    async reseal({ progress }: { progress(rows: number): unknown }) {
      await progress(4)
      during({ stop: () => stopping.abort(), turn: () => (active = 'newer') })
      return { resealed: 3, unreadable: 1 }
    },
    under: async () => 0,
    isVital: false,
  }
  const vital = {
    isVital: true,
    under: async () => 0,
    reseal: async () => ({ resealed: 1, unreadable: isLocked ? 1 : 0 }),
  }
  const resealAll = makeResealAll({
    places: [place, place, vital],
    meeting: {
      keepResealing: async () => {
        claims += 1
      },
      resealed: async (key) => {
        noted.push(key)
      },
    },
    active: () => active,
  })
  const total = await resealAll('new', { signal: stopping.signal, progress: () => undefined })
  return { total, noted, claims }
}

it('goes through every place, keeps its claim meanwhile, and notes that nothing is left', async () => {
  expect(await resealed(() => undefined)).toEqual({
    total: { resealed: 7, unreadable: 2 },
    noted: ['new'],
    claims: 2,
  })
})

it('is not for a process that lacks the key of what is vital: it touches nothing else and notes nothing', async () => {
  let touched = 0

  await expect(resealed(() => (touched += 1), true)).rejects.toThrow(
    'config-invalid: no key of keys.data opens',
  )
  expect(touched).toBe(0)
})

it('notes nothing when it was cut off, or when another key is written with by then', async () => {
  expect((await resealed(({ stop }) => stop())).noted).toEqual([])
  expect((await resealed(({ turn }) => turn())).noted).toEqual([])
})
