import { expect, it } from 'vitest'
import { makeProgress } from './progress.ts'

const at = (done: number, of: number | null = 100) => ({ what: 'reading', done, of, note: `${done} of it` })

it('draws a line again and again in a terminal, ten times a second at most', () => {
  const drawn: string[] = []
  const below: string[] = []
  let now = 1_000
  const terminal = {
    out: () => undefined,
    err: (text: string) => below.push(text),
    draw: (line: string) => drawn.push(line),
  }
  const progress = makeProgress(terminal, () => now)
  for (const done of [0, 10, 50, 100]) {
    progress.show(at(done))
    now += 50
  }
  progress.end()

  expect(drawn).toEqual([
    `reading [${'.'.repeat(30)}]  0% 0 of it`,
    `reading [${'#'.repeat(15)}${'.'.repeat(15)}] 50% 50 of it`,
    `reading [${'#'.repeat(30)}]100% 100 of it`,
  ])
  expect(below).toEqual([''])
})

it('says something every ten seconds where lines can’t be drawn again, and nothing about short work', () => {
  const told: string[] = []
  let now = 0
  const progress = makeProgress({ out: () => undefined, err: (text) => told.push(text) }, () => now)
  for (let second = 0; second <= 25; second += 1) {
    now = second * 1_000
    progress.show(at(second, null))
  }
  progress.end()

  expect(told).toEqual(['reading 10 of it', 'reading 20 of it'])
})
