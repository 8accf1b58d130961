import { expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import { makeMetrics } from './metrics.ts'

it('says of each directory what was asked of it, how it ended, and who waits', async () => {
  const clock = aClock()
  const metrics = makeMetrics(clock)
  const people = { tenant: 'northwind', directory: 'people' }
  const idle = { working: 0, waiting: 0, waitingSince: null }
  const lookup = { working: 2, waiting: 3, waitingSince: clock.now() }
  metrics.observeDirectory({ ...people, state: () => ({ breaker: 'open', lines: { lookup, write: idle } }) })
  metrics.observeDirectoryCall({
    ...people,
    ...{ operation: 'find', kind: 'lookup', outcome: 'answered', seconds: 0.2 },
  })
  metrics.observeDirectoryCall({
    ...people,
    ...{ operation: 'find', kind: 'lookup', outcome: 'resting', seconds: null },
  })
  metrics.observeDirectoryServer({ ...people, server: 'one.example.test:636', state: 'closed' })
  metrics.observeDirectoryServer({ ...people, server: 'one.example.test:636', state: 'open' })
  clock.advance(4)

  const { body } = await metrics.render()

  const shown = body
    .split('\n')
    .filter((line) => line.startsWith('rekey_directory') && !line.includes('_bucket'))
  const labels = 'tenant="northwind",directory="people"'
  expect(shown).toEqual([
    `rekey_directory_calls_total{${labels},operation="find",outcome="answered"} 1`,
    `rekey_directory_calls_total{${labels},operation="find",outcome="resting"} 1`,
    `rekey_directory_seconds_sum{${labels},kind="lookup"} 0.2`,
    `rekey_directory_seconds_count{${labels},kind="lookup"} 1`,
    `rekey_directory_breaker{${labels},state="closed"} 0`,
    `rekey_directory_breaker{${labels},state="open"} 1`,
    `rekey_directory_server{${labels},server="one.example.test:636",state="closed"} 0`,
    `rekey_directory_server{${labels},server="one.example.test:636",state="open"} 1`,
    `rekey_directory_server{${labels},server="one.example.test:636",state="on-trial"} 0`,
    `rekey_directory_in_flight{${labels},kind="lookup"} 2`,
    `rekey_directory_in_flight{${labels},kind="write"} 0`,
    `rekey_directory_waiting{${labels},kind="lookup"} 3`,
    `rekey_directory_waiting{${labels},kind="write"} 0`,
    `rekey_directory_oldest_waiting_seconds{${labels},kind="lookup"} 4`,
    `rekey_directory_oldest_waiting_seconds{${labels},kind="write"} 0`,
  ])
})
