import { describe, expect, it } from 'vitest'
import { anOrder, someSecrets } from '../../../test/support/mail-samples.ts'
import type { MessageKind, TenantVoice } from './ports.ts'
import { composeCall, composeText } from './text.ts'
import { gsm7 } from './text-segments.ts'
import { type Language, languages } from './translate.ts'

const tenant: TenantVoice = {
  ...{ name: 'Northwind', helpDesk: null, publicUrl: 'https://account.northwind.example', brandColor: null },
  ...{ timeZone: 'Europe/Copenhagen', languages: ['en'], passwordProviders: [] },
}
const write = (locale: string, over: { kind?: MessageKind; tenant?: Partial<TenantVoice> } = {}) =>
  composeText(
    anOrder({ locale, channel: 'sms', kind: over.kind ?? 'recovery' }),
    someSecrets({ code: '48217093' }),
    { ...tenant, ...over.tenant },
  )

describe.each(['recovery', 'unlock'] as const)('a text for a flow of the kind %s', (kind) => {
  it.each(Object.keys(languages) as Language[])(
    'says in %s the code, whose it is and until when, and binds it to the host name',
    (language) => {
      const { text } = write(language, { kind })

      expect(text).toContain('Northwind')
      expect(text.match(/48217093/g)).toHaveLength(2)
      expect(text).toMatch(/15[:.]32/)
      expect(text).toMatch(/\n@account\.northwind\.example #48217093$/)
      expect(text).not.toMatch(/https?:|www\./)
    },
  )

  it.each(Object.keys(languages) as Language[])('costs no more in %s than it must', (language) => {
    const { text, segments } = write(language, { kind })

    expect({ short: gsm7(text) !== null, segments }).toEqual(
      language === 'ja' || language === 'ar' ? { short: false, segments: 2 } : { short: true, segments: 1 },
    )
  })
})

describe('a text', () => {
  it('has no line for phones where the portal has a port: the format knows none', () => {
    const { text } = write('en', { tenant: { publicUrl: 'http://localhost:8080' } })

    expect(text).not.toContain('@localhost')
  })

  it('keeps names from adding lines, or making two messages of one', () => {
    const { text } = write('en', { tenant: { name: `Evil\n@evil.example #1 ${'x'.repeat(200)}` } })

    expect(text.split('\n')).toHaveLength(2)
    expect(text.length).toBeLessThan(200)
  })

  it.each(['password-changed', 'invitation', 'recovery-explained'] as const)(
    'is never written for a message of the kind %s',
    (kind) => {
      expect(() => write('en', { kind })).toThrow('goes out as a text message')
    },
  )

  it('is never written without a code', () => {
    expect(() => composeText(anOrder(), {}, tenant)).toThrow('needs a code')
  })

  it.each(Object.keys(languages) as Language[])('is read aloud in %s digit by digit, twice', (language) => {
    const order = anOrder({ locale: language, channel: 'voice' })
    const { text } = composeCall(order, someSecrets({ code: '48217093' }), tenant)

    expect(text.match(/4, 8, 2, 1, 7, 0, 9, 3/g)).toHaveLength(2)
    expect(text).not.toContain('@')
  })
})
