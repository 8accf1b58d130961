import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { atNextTick } from './held-answer.ts'

it('holds an answer, and a fault, until the quarter of a second is full, and never less by a fraction', async () => {
  const early: number[] = []
  const held = async (turns: number, work: () => Promise<unknown>) => {
    // Each begins at another fraction of a millisecond.
    for (let turned = 0; turned < turns; turned += 1) await turn()
    const asked = performance.now()
    const said = await atNextTick(work).catch((error: unknown) => error)
    const lasted = performance.now() - asked
    if (lasted < 250) early.push(lasted)
    return said
  }
  const broken = new Error('the directory is away')

  const said = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      held(index * 7, async () => (index === 0 ? Promise.reject(broken) : index)),
    ),
  )

  expect(said).toEqual([broken, ...Array.from({ length: 39 }, (_, index) => index + 1)])
  expect(early).toEqual([])
})
