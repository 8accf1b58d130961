import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseKey } from './choose.ts'

const now = new Date('2026-05-04T10:00:00Z')
const key = (id: string, minutesAgo: number) => ({ id, from: new Date(now.getTime() - minutesAgo * 60_000) })
const [old, newer, coming] = [key('old', 60), key('newer', 1), key('coming', -5)]
const node = (name: string, ...ids: string[]) => ({ node: name, ids })

describe('the key that all write with', () => {
  it('is the newest whose moment has come', () => {
    const seen = { now, active: 'old', retired: [], others: [node('b', 'old', 'newer', 'coming')] }

    expect(chooseKey([old, newer, coming], seen)).toEqual({
      use: 'newer',
      missing: null,
      waiting: null,
      returns: false,
    })
  })

  it('stays the old one until the last node has the new one, and those that lack it are named', () => {
    const others = [node('b', 'old', 'newer'), node('c', 'old')]

    expect(chooseKey([old, newer], { now, active: 'old', retired: [], others })).toEqual({
      use: 'old',
      missing: null,
      waiting: { id: 'newer', nodes: ['c'] },
      returns: false,
    })
  })

  it('is not chosen by a node that lacks what the others write with', () => {
    const others = [node('b', 'old', 'newer')]

    expect(chooseKey([old], { now, active: 'newer', retired: [], others })).toEqual({
      use: null,
      missing: 'newer',
      waiting: null,
      returns: false,
    })
  })

  it('may be replaced outright once nobody has the old one any more', () => {
    expect(chooseKey([newer], { now, active: 'old', retired: [], others: [node('b', 'newer')] }).use).toBe(
      'newer',
    )
  })

  it('is said to return when a newer one had replaced it and nobody has the newer one any more', () => {
    const seen = { now, active: 'newer', retired: ['old'], others: [node('b', 'old')] }

    expect(chooseKey([old], seen)).toMatchObject({ use: 'old', returns: true })
    expect(chooseKey([old], { ...seen, active: 'old', retired: ['newer'] })).toMatchObject({ returns: false })
    expect(chooseKey([old, newer], { ...seen, others: [] })).toMatchObject({ use: 'newer', returns: false })
  })

  it('is the first of the ring before any moment has come', () => {
    expect(chooseKey([coming, key('later', -10)], { now, active: null, retired: [], others: [] }).use).toBe(
      'coming',
    )
  })

  it('is one that every node can read, in whatever order rings reach the nodes', () => {
    const ids = ['k1', 'k2', 'k3', 'k4']
    const ring = ids.map((id, index) => key(id, 60 - index))
    const steps = fc.array(fc.record({ node: fc.nat({ max: 2 }), grows: fc.boolean() }), { maxLength: 60 })
    fc.assert(
      fc.property(steps, (order) => {
        const known = [1, 1, 1]
        let active: string | null = null
        for (const { node: at, grows } of order) {
          if (grows) known[at] = Math.min((known[at] ?? 1) + 1, ids.length)
          const others = known.flatMap((count, index) =>
            index === at ? [] : [node(`n${index}`, ...ids.slice(0, count))],
          )
          const choice = chooseKey(ring.slice(0, known[at]), { now, active, retired: [], others })
          if (choice.use !== null) active = choice.use
          for (const count of known) if (active !== null) expect(ids.slice(0, count)).toContain(active)
        }
      }),
    )
  })
})
