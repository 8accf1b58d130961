import { describe, expect, it } from 'vitest'
import { aClock } from '../../test/support/fake-outside.ts'
import { makeLine, makeTurns, NoTurnCame } from './turns.ts'

const never = new AbortController().signal

it('lets so many work at a time, and the others in the order in which they came', async () => {
  const take = makeTurns(2)
  const began: number[] = []
  const ends: (() => void)[] = []
  const all = [0, 1, 2, 3].map((number) =>
    take(never, async () => {
      began.push(number)
      await new Promise<void>((resolve) => ends.push(resolve))
      return number
    }),
  )
  await Promise.resolve()
  expect(began).toEqual([0, 1])

  ends[1]?.()
  await all[1]
  await Promise.resolve()
  expect(began).toEqual([0, 1, 2])

  ends[0]?.()
  ends[2]?.()
  await Promise.all([all[0], all[2]])
  await Promise.resolve()
  ends[3]?.()
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3])
})

it('gives the turn on when work fails', async () => {
  const take = makeTurns(1)
  const failing = take(never, () => Promise.reject(new Error('broken')))
  const next = take(never, () => Promise.resolve('done'))

  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('done')
  expect(await take(never, () => Promise.resolve('again'))).toBe('again')
})

it('ends the wait of whoever gives up, and takes no turn for them', async () => {
  const take = makeTurns(1)
  const busy = Promise.withResolvers<undefined>()
  const first = take(never, () => busy.promise)
  const impatient = new AbortController()
  const second = take(impatient.signal, () => Promise.reject(new Error('never begun')))
  const third = take(never, () => Promise.resolve('mine'))

  impatient.abort(new Error('too long'))
  await expect(second).rejects.toThrow(NoTurnCame)
  busy.resolve(undefined)
  await first
  expect(await third).toBe('mine')
  await expect(take(impatient.signal, () => Promise.resolve())).rejects.toThrow(NoTurnCame)
})

describe('a line', () => {
  it('turns away whoever finds it full, and tells who waits and since when', async () => {
    const clock = aClock()
    const line = makeLine({ atOnce: 1, waitingMax: 1 }, clock)
    const busy = Promise.withResolvers<undefined>()
    const first = line.take(never, () => busy.promise)
    clock.advance(2)
    const since = clock.now()
    const second = line.take(never, () => Promise.resolve('mine'))
    clock.advance(3)

    await expect(line.take(never, () => Promise.resolve())).rejects.toMatchObject({ because: 'line-full' })
    expect(line.state()).toEqual({ working: 1, waiting: 1, waitingSince: since })
    busy.resolve(undefined)
    await first
    expect(await second).toBe('mine')
    expect(line.state()).toEqual({ working: 0, waiting: 0, waitingSince: null })
  })

  it('lets nobody wait beyond its patience, and says who ran out of it', async () => {
    const patience = new AbortController()
    const line = makeLine({ atOnce: 1 }, { ...aClock(), patience: () => patience.signal })
    const busy = Promise.withResolvers<undefined>()
    const first = line.take(never, () => busy.promise)
    const impatient = new AbortController()
    const second = line.take(impatient.signal, () => Promise.reject(new Error('never begun')))
    const third = line.take(never, () => Promise.reject(new Error('never begun')))

    impatient.abort()
    await expect(second).rejects.toMatchObject({ because: 'gave-up' })
    patience.abort()
    await expect(third).rejects.toMatchObject({ because: 'waited-too-long' })
    busy.resolve(undefined)
    await first
    expect(line.state().working).toBe(0)
  })
})
