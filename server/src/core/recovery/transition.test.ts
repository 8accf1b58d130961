import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyEvent, anyFlow, eventTypes } from '../../../test/support/arbitrary-flow.ts'
import { type Flow, type FlowEvent, type FlowState, keepsPassword, moves } from './flow.ts'
import { transition } from './transition.ts'

const table: Record<FlowState, Partial<Record<FlowEvent['type'], readonly FlowState[]>>> = moves
const listed = (flow: Flow, event: FlowEvent) => table[flow.state][event.type] ?? []

describe('a transition', () => {
  it('goes only where the table of moves says, from every state and on every event', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        const next = transition(flow, event)

        if (next !== null) expect(listed(flow, event)).toContain(next.state)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is possible for every move in the table', () => {
    const seen = new Set<string>()
    const events = fc.sample(anyEvent, 300)
    for (const flow of fc.sample(anyFlow, 200)) {
      for (const event of events) {
        const next = transition(flow, event)
        if (next !== null) seen.add(`${flow.state} ${event.type} ${next.state}`)
      }
    }

    const wanted = Object.entries(table).flatMap(([from, events]) =>
      Object.entries(events).flatMap(([event, targets]) => targets.map((to) => `${from} ${event} ${to}`)),
    )
    expect([...seen].toSorted()).toEqual(wanted.toSorted())
  })

  it('never changes whose tenant, which id or which start a flow has, nor the flow that it was given', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        const before = structuredClone(flow)
        const next = transition(flow, event) ?? flow

        expect(flow).toEqual(before)
        expect([next.tenant, next.id, next.kind, next.startedAt]).toEqual([
          flow.tenant,
          flow.id,
          flow.kind,
          flow.startedAt,
        ])
      }),
    )
  })

  it('leads out of an end nowhere', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        fc.pre(flow.state === 'completed' || flow.state === 'ended')

        expect(transition(flow, event)).toBeNull()
      }),
    )
  })

  it('never proves anew what was ended while its write was under way', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        fc.pre(flow.state === 'writing' && flow.endsAs !== undefined)

        const next = transition(flow, event)
        if (next !== null) expect(['writing', 'completed', 'ended']).toContain(next.state)
      }),
    )
  })

  it('gives nobody a second choice once a password was accepted', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        fc.pre(keepsPassword(flow))

        const next = transition(flow, event)
        if (next !== null) expect(['writing', 'accepted', 'completed', 'ended']).toContain(next.state)
      }),
    )
  })

  it('lets no password of a change wait, which would need the old one as well', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        fc.pre(flow.kind === 'change' && flow.state === 'writing')

        expect(transition(flow, event)?.state).not.toBe('accepted')
      }),
    )
  })

  it('proves nothing to a flow of nobody', () => {
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        fc.pre(flow.state === 'awaiting-proof' && flow.whose.is !== 'account')

        expect(transition(flow, event)?.state ?? 'ended').not.toBe('proven')
        if (event.type === 'proved' || event.type === 'issued') expect(transition(flow, event)).toBeNull()
      }),
    )
  })

  it('leaves what belonged to the old state alone behind', () => {
    const fields: Record<FlowState, readonly string[]> = {
      'awaiting-proof': ['whose', 'codesTried', 'asked', 'issued', 'proofs'],
      proven: ['account', 'username', 'proofs', 'refusals', 'attempts'],
      writing: ['account', 'username', 'proofs', 'refusals', 'attempts', 'notify'],
      accepted: ['account', 'username', 'proofs', 'refusals', 'attempts', 'notify', 'acceptance'],
      completed: ['account', 'username', 'proofs', 'outcome', 'completedAt'],
      ended: ['because'],
    }
    const base =
      'state tenant id kind secretDigest subject decoySubject locale service client startedAt touchedAt'.split(
        ' ',
      )
    fc.assert(
      fc.property(anyFlow, anyEvent, (flow, event) => {
        const next = transition(flow, event)
        fc.pre(next !== null)

        const ofKind = flow.change === undefined ? [] : ['change']
        const wanting = next.state === 'awaiting-proof' && next.wanted !== undefined ? ['wanted'] : []
        const texted = next.state === 'awaiting-proof' && next.issuedText !== undefined ? ['issuedText'] : []
        // They go with the account.
        const linked = next.state !== 'ended' && 'targets' in next ? ['targets'] : []
        const ending = next.state === 'writing' && next.endsAs !== undefined ? ['endsAs'] : []
        const later = next.state === 'writing' && next.acceptance !== undefined ? ['acceptance'] : []
        expect(Object.keys(next).toSorted()).toEqual(
          [
            ...base,
            ...ofKind,
            ...linked,
            ...ending,
            ...later,
            ...wanting,
            ...texted,
            ...fields[next.state],
          ].toSorted(),
        )
      }),
      { numRuns: 1_000 },
    )
  })

  it('starts no write of a change before its action token was spent and the password proven since', () => {
    fc.assert(
      fc.property(anyFlow, fc.array(anyEvent, { maxLength: 30 }), (flow, events) => {
        fc.pre(flow.state === 'proven' && flow.change !== undefined && flow.proofs.length === 0)
        let since: string[] = []
        let now: Flow = flow
        for (const event of events) {
          const next = transition(now, event)
          if (next === null) continue
          if (event.type === 'action-issued' || event.type === 'action-spent') since = [event.type]
          if (event.type === 'password-proven') since.push(event.type)
          if (event.type === 'write-started') {
            expect(since).toContain('password-proven')
            expect(now.change?.action?.spent).toBe(true)
          }
          now = next
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('is listed for every kind of event', () => {
    const used = new Set(Object.values(table).flatMap((events) => Object.keys(events)))

    expect([...used].toSorted()).toEqual(eventTypes.toSorted())
  })
})
