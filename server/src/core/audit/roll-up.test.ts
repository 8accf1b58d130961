import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditEvent } from './ports.ts'
import {
  countedEvent,
  foldRepeats,
  type OpenRollUp,
  openRollUpId,
  rollUpKey,
  rollUpWindowMs,
} from './roll-up.ts'

const aRefusal = (event: Partial<AuditEvent> = {}): AuditEvent => ({
  name: 'proof.refused',
  tenant: 'acme',
  at: new Date(0),
  subject: 'ada',
  flow: 'flow-1',
  facts: { method: 'email_code', because: 'wrong' },
  ...event,
})

describe('rolling up', () => {
  it('joins events of the same name and labels only', () => {
    const key = rollUpKey(aRefusal())

    expect(
      rollUpKey(
        aRefusal({
          subject: 'grace',
          flow: null,
          facts: { because: 'wrong', method: 'email_code', tries: 2 },
        }),
      ),
    ).toBe(key)
    expect(rollUpKey(aRefusal({ facts: { method: 'email_code', because: 'expired' } }))).not.toBe(key)
    expect(rollUpKey(aRefusal({ name: 'flow.moved' }))).toBeNull()
  })

  it('counts every event exactly once, whatever the batches', () => {
    const events = fc.array(
      fc.record({
        rollUp: fc.constantFrom('["a",{}]', '["b",{}]', null),
        minute: fc.integer({ min: 0, max: 2 }),
      }),
    )

    fc.assert(
      fc.property(fc.array(events), (batches) => {
        let open = new Map<string, OpenRollUp>()
        let [recorded, counted] = [0, 0]
        for (const batch of batches) {
          const waiting = batch.map(({ rollUp, minute }) => ({
            rollUp,
            at: new Date(minute * rollUpWindowMs + 7),
          }))
          const folded = foldRepeats(waiting, [...open.values()])
          recorded += folded.record.length
          counted += folded.counted.length
          open = new Map([...open, ...folded.changed.map((one) => [openRollUpId(one), one] as const)])
        }
        const all = batches.flat()
        const keys = new Set(
          all.filter(({ rollUp }) => rollUp).map(({ rollUp, minute }) => `${rollUp}${minute}`),
        )

        expect(recorded + counted).toBe(all.length)
        expect(recorded).toBe(all.filter(({ rollUp }) => rollUp === null).length + keys.size)
        expect([...open.values()].reduce((sum, { repeats }) => sum + repeats, 0)).toBe(counted)
      }),
    )
  })

  it('says afterwards how many and since when, and of nobody in particular', () => {
    const key = rollUpKey(aRefusal()) ?? ''
    const open = { key, window: new Date(60_000), repeats: 41, lastAt: new Date(119_000) }

    expect(countedEvent('acme', open)).toEqual({
      name: 'proof.refused',
      tenant: 'acme',
      at: new Date(119_000),
      subject: null,
      flow: null,
      facts: { method: 'email_code', because: 'wrong', repeats: 41, since: '1970-01-01T00:01:00.000Z' },
    })
  })
})
