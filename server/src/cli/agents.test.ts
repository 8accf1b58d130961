import { expect, it } from 'vitest'
import type { AgentRecords } from '../core/agents/ports.ts'
import { systemOutside } from '../kernel/outside.ts'
import { agentList } from './agents.ts'

it('prints nothing that an agent says of itself as a command to the terminal, or as a line of its own', async () => {
  const at = new Date('2026-03-02T09:00:00.000Z')
  const acting = '\u001b[2J\u001b]0;title\u0007\rpeople/site-1  connected\nall is well'
  const beat = {
    session: 's',
    count: 1,
    directory: { ok: false, code: 'x', problem: acting },
    writesLastHour: 0,
  }
  const line = { node: 'node-1', version: acting, connectedAt: at, beatAt: at, latencyMs: 1, beat }
  const agent = { tenant: 'northwind', directory: 'people', name: 'site-1', fingerprint: 'f' }
  const times = { enrolledAt: at, rotatedAt: null, revokedAt: null }
  const records = { list: () => Promise.resolve([{ ...agent, ...times, lines: [line] }]) }
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

  expect(out.join('\n').split('\n')).toHaveLength(2)
  expect(out.join('').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})
