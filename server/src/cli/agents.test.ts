import { expect, it } from 'vitest'
import type { AgentRecords, ListedAgent } from '../core/agents/ports.ts'
import { systemOutside } from '../kernel/outside.ts'
import { agentList } from './agents.ts'

const at = new Date('2026-03-02T09:00:00.000Z')
const agent = { tenant: 'northwind', directory: 'people', name: 'site-1', fingerprint: 'f' }

it('prints nothing that an agent says of itself as a command to the terminal, or as a line of its own', async () => {
  const acting = '\u001b[2J\u001b]0;title\u0007\rpeople/site-1  connected\nall is well'
  const beat = {
    session: 's',
    count: 1,
    directory: { ok: false, code: 'x', problem: acting },
    writesLastHour: 0,
  }
  const line = { node: 'node-1', version: acting, connectedAt: at, beatAt: at, latencyMs: 1, beat }
  const times = { enrolledAt: at, rotatedAt: null, revokedAt: null, seenAt: at }

  const out = await listOf({ ...agent, ...times, lines: [line] })

  expect(out.split('\n')).toHaveLength(2)
  expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

it.each([
  [{ seenAt: null }, 'not connected, never seen'],
  [{ seenAt: at }, 'not connected, last seen 2026-03-02T09:00:00.000Z'],
  [{ seenAt: at, revokedAt: at }, 'revoked'],
])('says of an agent that is not connected when it was seen: %o', async (over, words) => {
  const times = { enrolledAt: at, rotatedAt: null, revokedAt: null }

  expect(await listOf({ ...agent, ...times, ...over, lines: [] })).toBe(`people/site-1  ${words}  key f`)
})

async function listOf(listed: ListedAgent): Promise<string> {
  const records: Pick<AgentRecords, 'list'> = { list: () => Promise.resolve([listed]) }
  const out: string[] = []
  await agentList(null, {
    agents: {
      ...systemOutside,
      directories: new Map([['northwind', ['people']]]),
      records: records as unknown as AgentRecords,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    json: false,
    terminal: { out: (text) => void out.push(text), err: () => undefined },
  })
  return out.join('\n')
}
