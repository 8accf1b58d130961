import { describe, expect, it } from 'vitest'
import type { AuditEvent } from './ports.ts'
import { type EventLine, makeReport } from './report.ts'

const event: AuditEvent = {
  name: 'proof.refused',
  tenant: 'acme',
  at: new Date(0),
  subject: 'subject-ada',
  flow: 'flow-1',
  facts: { method: 'email_code', tries: 3 },
  personal: { network: '192.0.2.1' },
}

describe('a report of events', () => {
  it('logs and counts each with the labels of the catalogue and nothing else', () => {
    const lines: EventLine[] = []
    const counts: unknown[] = []
    const report = makeReport({
      log: (line) => lines.push(line),
      count: (...counted) => counts.push(counted),
    })

    report([event, { ...event, name: 'flow.moved' }])

    expect(lines).toEqual([
      {
        level: 'info',
        event: 'proof.refused',
        tenant: 'acme',
        flow: 'flow-1',
        labels: { method: 'email_code', because: 'none' },
      },
      { level: 'info', event: 'flow.moved', tenant: 'acme', flow: 'flow-1', labels: {} },
    ])
    expect(counts).toEqual([
      ['proof.refused', { method: 'email_code', because: 'none' }],
      ['flow.moved', {}],
    ])
    expect(JSON.stringify([lines, counts])).not.toMatch(/192\.0\.2\.1|subject-ada|tries/)
  })

  it('counts although logging fails, and never throws', () => {
    const counts: string[] = []
    const log = () => {
      throw new Error('disk full')
    }
    const report = makeReport({ log, count: (name) => counts.push(name) })

    report([event, event])

    expect(counts).toEqual(['proof.refused', 'proof.refused'])
  })
})
