import { describe, expect, it } from 'vitest'
import { makeDesk } from '../../src/core/agents/index.ts'
import type { ServerLine } from '../../src/core/agents/server-line.ts'
import { systemOutside } from '../../src/kernel/outside.ts'

/** A line to an agent as the desk sees it; `hand` is what becomes of an order. */
const aLine = (hand: ServerLine['hand']) => ({
  agent: {
    tenant: 'example',
    directory: 'people',
    name: 'site-1',
    keys: { signing: 's', sealing: 'k' },
    previousSigning: null,
  },
  session: 'session',
  isOpenedBy: () => true,
  hand,
})

describe('a captured agent', () => {
  it('that is back and takes nothing does not keep the server from everything else', async () => {
    let handed = 0
    const lost = aLine(() => ({
      next: () => Promise.resolve('lost'),
      ...{ more: () => undefined, cancel: () => undefined, end: () => undefined },
    }))
    const closing = aLine(() => {
      handed += 1
      if (handed > 100_000) throw new Error('asked without a pause')
      return null
    })
    let lines = [lost]
    const switchboard = {
      linesOf: () => {
        const now = lines
        lines = [closing]
        return now as unknown as readonly ServerLine[]
      },
    }
    const desk = makeDesk({ ...systemOutside, switchboard, records: { enrolledOf: async () => [] } })
    const directory = { tenant: 'example', name: 'people', nextAgentSeconds: 4 }

    const asked = desk.ask(directory, { name: 'unlock', key: 'ada' }, { signal: AbortSignal.timeout(300) })

    await expect(asked).rejects.toMatchObject({ code: 'directory-outcome-unknown' })
    expect(handed).toBeLessThan(20)
  })
})
