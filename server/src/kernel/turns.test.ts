import { expect, it } from 'vitest'
import { makeTurns, NoTurnCame } from './turns.ts'

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
