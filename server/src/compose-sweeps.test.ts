import { pino } from 'pino'
import { expect, it } from 'vitest'
import { startSweeps } from './compose-sweeps.ts'
import { systemOutside } from './kernel/outside.ts'

it('what is swept beside the requests goes on whatever else of it fails, and each failure is logged and counted', async () => {
  const done: string[] = []
  const lines: string[] = []
  const counted: string[] = []
  const does = (name: string) => async () => {
    done.push(name)
    return 0
  }
  const fails = (name: string) => async (): Promise<never> => {
    done.push(name)
    throw new Error('broken')
  }
  const opening = new AsyncDisposableStack()
  const nobody = { sweep: fails('flows'), forget: fails('old flows') }

  startSweeps({
    tenants: [],
    clock: { sync: async () => undefined, isSafe: () => true },
    recovery: nobody,
    shredOfOthers: does('waiting of others'),
    helpdesk: { sweepOffboardings: does('offboardings') },
    counter: { purge: fails('counters') },
    requests: { forget: does('requests') },
    places: { forget: does('places') },
    offboardings: { forget: does('old offboardings') },
    audit: {
      startSealer: () => ({ stop: async () => undefined, [Symbol.asyncDispose]: async () => undefined }),
      eraseDaysBefore: async () => 0,
    },
    rounds: { begin: async () => true },
    jobs: { enqueue: async () => undefined },
    metrics: { countSweepFailure: (sweep) => void counted.push(sweep) },
    outside: systemOutside,
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    opening,
  })
  await opening.disposeAsync()

  expect(done.toSorted()).toEqual([
    'counters',
    'flows',
    'offboardings',
    'old flows',
    'old offboardings',
    'places',
    'requests',
    'waiting of others',
  ])
  expect(counted.toSorted()).toEqual(['sweep', 'tidy', 'tidy'])
  expect(lines.filter((line) => line.includes('failed for'))).toHaveLength(3)
})
