import { expect, it } from 'vitest'
import { forLookups } from './lookups.ts'
import type { Servers } from './servers.ts'

const never = new AbortController().signal

/** What everybody does with a connection never ends. */
function busyServers(): { servers: Servers; asked: () => number } {
  let asked = 0
  const use: Servers['use'] = () => {
    asked += 1
    return new Promise(() => undefined)
  }
  return { servers: { use, close: () => undefined }, asked: () => asked }
}

it.each([
  [4, 3],
  [2, 1],
  [1, 1],
])('a crowd that is looked for, over %i connections to a server, has %i of them', (connections, atOnce) => {
  const { servers, asked } = busyServers()
  const toLookUp = forLookups(servers, connections)

  for (let one = 0; one < 30; one += 1) void toLookUp.use(never, () => Promise.resolve())

  expect(asked()).toBe(atOnce)
})
