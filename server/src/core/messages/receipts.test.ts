import { describe, expect, it } from 'vitest'
import { makeKeyRing } from '../../kernel/keys.ts'
import { makeReceiptTags, makeReturnPaths } from './bounces.ts'
import { makeRecordReceipt, type ReceiptOutcome } from './receipts.ts'

const ref = { tenant: 'northwind', id: '01jd9z6m3k8q' }
const keys = makeKeyRing({ id: 'k1', bytes: new Uint8Array(32).fill(7) })
const tags = makeReceiptTags({ keys, tenants: ['contoso', 'northwind'] })

describe('the address of a receipt', () => {
  it('names the text, and nobody can make one up', () => {
    const tag = tags.of(ref)

    expect(tags.read(tag)).toEqual(ref)
    const forged = tag.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
    const other = tag.replace('01jd', '02jd')
    expect([forged, other, '', ref.id, `${tag}0`].map((each) => tags.read(each))).toEqual(
      Array.from({ length: 5 }, () => null),
    )
  })

  it('is no return path, and the other way round', () => {
    const paths = makeReturnPaths({ keys, domain: 'bounces.test', tenants: ['northwind'] })

    expect(paths.read(`b-${tags.of(ref)}@bounces.test`)).toBeNull()
    expect(tags.read(paths.of(ref).slice(2, -'@bounces.test'.length))).toBeNull()
  })
})

describe('a receipt', () => {
  it.each([
    ['delivered', 'message.delivered', { kind: 'recovery', provider: 'gateway' }],
    ['expired', 'message.undelivered', { kind: 'recovery', provider: 'gateway', status: 'expired' }],
  ] as const)('that says %s is recorded once, with how long it took', async (status, name, facts) => {
    const orderedAt = new Date('2026-03-01T12:00:00Z')
    const now = new Date('2026-03-01T12:00:07Z')
    const text = { kind: 'recovery', subject: 's1', flow: 'f1', orderedAt } as const
    const told: unknown[] = []
    const observed: ReceiptOutcome[] = []
    const record = makeRecordReceipt({
      async receive(_, __, eventsOf) {
        if (told.length > 0) return null
        told.push(...eventsOf(text))
        return text
      },
      observe: (outcome) => observed.push(outcome),
      now: () => now,
    })
    const receipt = { provider: 'gateway', receipt: { status } }

    expect([await record(ref, receipt), await record(ref, receipt)]).toEqual([true, false])
    expect(told).toEqual([{ name, tenant: 'northwind', at: now, subject: 's1', flow: 'f1', facts }])
    expect(observed).toEqual([{ provider: 'gateway', status, seconds: 7 }])
  })
})
