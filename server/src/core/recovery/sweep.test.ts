import { describe, expect, it } from 'vitest'
import { aWorld, northwind, prove, type World } from '../../../test/support/recovery-world.ts'
import { failuresOf } from '../../kernel/each-row.ts'
import { transition } from './transition.ts'

/** Leaves so many flows behind whose process died while it wrote, in the order of their ids. */
async function leaveWriting(world: World, count: number): Promise<string[]> {
  const { id } = await prove(world, 'ada')
  const flow = world.store.rows.flows.get(JSON.stringify([northwind, id]))
  const writing = flow?.state === 'proven' ? transition(flow, { type: 'write-started', notify: [] }) : null
  if (writing === null) throw new Error('nothing to leave behind')
  world.store.rows.flows.clear()
  const ids = Array.from({ length: count }, (_, index) => `flow-${String(index).padStart(4, '0')}`)
  for (const name of ids) await world.store.begin({ ...writing, id: name, subject: name }, { events: [] })
  return ids
}

const stateOf = (world: World, id: string) =>
  world.store.rows.flows.get(JSON.stringify([northwind, id]))?.state

describe('the sweep of writes that were cut off', () => {
  it('ends all but those that can’t be ended, of which it says which they are', async () => {
    const world = aWorld()
    const ids = await leaveWriting(world, 3)
    const { decide } = world.store
    world.store.decide = (target, decider) =>
      target.id === ids[0] ? Promise.reject(new Error('this row is broken')) : decide(target, decider)

    const error = await world.recovery.sweep().catch((thrown: unknown) => thrown)

    expect(failuresOf(error)).toMatchObject([
      { message: 'failed for flow northwind/flow-0000', cause: { message: 'this row is broken' } },
    ])
    expect(ids.map((id) => stateOf(world, id))).toEqual(['writing', 'ended', 'ended'])
  })

  it('comes to the last one, however many before it fail each time', async () => {
    const world = aWorld()
    const ids = await leaveWriting(world, 251)
    const { decide } = world.store
    world.store.decide = (target, decider) =>
      target.id === ids.at(-1) ? decide(target, decider) : Promise.reject(new Error('this row is broken'))

    await expect(world.recovery.sweep()).rejects.toMatchObject({ message: '250 failed' })

    expect(stateOf(world, ids.at(-1) ?? '')).toBe('ended')
    world.store.decide = decide
    expect(await world.recovery.sweep()).toEqual({ ended: 250 })
  })
})
