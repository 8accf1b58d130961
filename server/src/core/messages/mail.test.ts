import { describe, expect, it } from 'vitest'
import { anOrder, mailSamples, someFacts, someSecrets } from '../../../test/support/mail-samples.ts'
import { aTenant } from '../../../test/support/portal-samples.ts'
import { composeMail } from './mail.ts'
import type { MailBlock, MailDocument } from './mail-document.ts'
import type { MessageKind } from './ports.ts'

const compose = (over: Parameters<typeof anOrder>[0] = {}, secrets = someSecrets()) =>
  composeMail(anOrder(over), secrets, aTenant())

const ofKind = <K extends MailBlock['kind']>(document: MailDocument, kind: K) =>
  document.blocks.filter((block): block is Extract<MailBlock, { kind: K }> => block.kind === kind)

const saidIn = (document: MailDocument) => JSON.stringify(document.blocks)

/** A password that grows old is nothing that anybody did at a place. */
const ages: Partial<Record<MessageKind, string[]>> = {
  'password-expires': ['Expires', 'Account'],
  'password-expired': ['Expired', 'Account'],
}

describe('every mail', () => {
  it.each([...mailSamples()])(
    'begins with the fact, then says when, which account, device and place: %s',
    (_, order) => {
      const document = composeMail(order, someSecrets(), aTenant())

      expect(document.blocks[0]?.kind).toBe('fact')
      expect(document.blocks[1]?.kind).toBe('rows')
      // Nobody stood at a device for an invitation, and where somebody who helps sits tells the reader nothing.
      const nowhere = order.kind === 'invitation' || order.facts.byHelp === true
      const told = ages[order.kind] ?? ['When', 'Account', ...(nowhere ? [] : ['Device', 'Place'])]
      expect(ofKind(document, 'rows')[0]?.rows.map(({ label }) => label)).toEqual(told)
    },
  )

  it('holds no code and no address in its subject', () => {
    for (const order of mailSamples().values()) {
      const { subject } = composeMail(order, someSecrets(), aTenant())

      expect(subject).not.toMatch(/\d{4}|@|https?:/)
    }
  })

  it('names an account in at most 64 harmless characters', () => {
    const username = `ada\r\nPlace: your office\u202E${'x'.repeat(500)}`

    const [rows] = ofKind(compose({ facts: someFacts({ username }) }), 'rows')
    const shown = rows?.rows[1]?.value ?? ''

    expect([...shown]).toHaveLength(64)
    expect(shown).toMatch(/^ada\uFFFD\uFFFDPlace: your office\uFFFDx+…$/)
  })

  it('speaks the language of the order, device and place included', () => {
    const document = compose({ locale: 'de' })

    expect(document.language).toBe('de')
    expect(saidIn(document)).toContain('Firefox auf Windows')
    expect(saidIn(document)).toContain('Kopenhagen, Dänemark')
    const nameless = someFacts({ device: 'a desktop app on Linux' })
    expect(saidIn(compose({ locale: 'de', facts: nameless }))).toContain('eine Desktop-App auf Linux')
  })
})

describe('the recovery mail', () => {
  it('carries link and code, until when they work, and that nobody asks for the code', () => {
    const document = compose()
    const [way] = ofKind(document, 'button')
    const [code] = ofKind(document, 'code')

    expect(way).toMatchObject({ look: 'main', url: someSecrets().link })
    expect(code?.code).toBe('4821 7093')
    expect(saidIn(document)).toContain('until 20 November 2025 at 14:32 UTC')
    expect(saidIn(document)).toContain('will ever ask you for this code')
  })

  it('offers the link alone while codes do not work', () => {
    const document = compose({ facts: someFacts({ codeWorks: false }) })

    expect(saidIn(document)).not.toContain('4821 7093')
    expect(saidIn(document)).toContain(someSecrets().link)
    expect(saidIn(document)).toContain('The link works once')
  })
})

describe('“This was not me”', () => {
  it.each(['recovery', 'recovery-explained', 'password-changed', 'password-unexplained'] as const)(
    'is a button in the %s mail, with a code for a fixed page',
    (kind) => {
      const document = compose({ kind })
      const button = ofKind(document, 'button').find(({ look }) => look === 'quiet')

      expect(button).toMatchObject({ label: 'This was not me', url: someSecrets().disavowLink })
      expect(ofKind(document, 'code').at(-1)?.code).toBe('7k3m 9x2p qw5t 8hnd')
      expect(saidIn(document)).toContain('https://account.northwind.example/disavow and type')
    },
  )
})

describe('the mail to an account that can’t come back by mail', () => {
  it.each(['disabled', 'federated', 'privileged', 'second-factor', 'disavowed'] as const)(
    'holds no way in, says why (%s) and whom to ask',
    (because) => {
      const document = compose({ kind: 'recovery-explained', facts: someFacts({ because }) })

      expect(saidIn(document)).not.toContain(someSecrets().link)
      expect(saidIn(document)).not.toContain('4821')
      expect(saidIn(document)).toContain('+44 20 7946 0123')
    },
  )
})

describe('the mail to somebody whose password lives elsewhere', () => {
  const facts = someFacts({ because: 'federated', provider: 'contoso' })

  it.each(['recovery-explained', 'unlock-explained'] as const)(
    'names who keeps it and leads there, by the configuration alone: %s',
    (kind) => {
      const document = compose({ kind, facts })
      const [way] = ofKind(document, 'button')

      expect(saidIn(document)).toContain('with “Contoso sign-in”. Its password is kept there')
      expect(way).toMatchObject({ look: 'main', url: 'https://login.contoso.example/reset?for=you' })
      expect(saidIn(document)).not.toContain(someSecrets().link)
      expect(saidIn(document)).toContain(someSecrets().disavowLink)
    },
  )

  it('does so in the language of the order', () => {
    expect(saidIn(compose({ kind: 'recovery-explained', locale: 'de', facts }))).toContain(
      '„Contoso sign-in“',
    )
  })

  it.each([
    ['a provider that the configuration has no more', { ...facts, provider: 'gone' }],
    ['nobody', someFacts({ because: 'federated' })],
    ['a provider, and another reason', { ...facts, because: 'disabled' as const }],
  ])('leads nowhere where it knows %s', (_, known) => {
    const document = compose({ kind: 'recovery-explained', facts: known })

    expect(ofKind(document, 'button').filter(({ look }) => look === 'main')).toEqual([])
    expect(saidIn(document)).not.toContain('Contoso')
    expect(saidIn(document)).toContain('+44 20 7946 0123')
  })
})

describe('a mail about the age of a password', () => {
  const facts = someFacts({ endsAt: '2025-11-23T10:00:00Z' })

  it.each(['password-expires', 'password-expired'] as const)(
    '%s leads to the change, without a secret',
    (kind) => {
      const document = compose({ kind, facts, disavowal: null }, {})

      expect(ofKind(document, 'button').map(({ url }) => url)).toEqual([`${aTenant().publicUrl}/change`])
      expect(ofKind(document, 'code')).toEqual([])
      expect(ofKind(document, 'rows')[0]?.rows[0]?.value).toBe('23 November 2025 at 10:00 UTC')
      expect(saidIn(document)).toContain(`${aTenant().publicUrl}/recover`)
    },
  )

  it('says until when the old one matters little', () => {
    const late = { ...facts, validUntil: '2025-11-30T10:00:00Z' }

    expect(saidIn(compose({ kind: 'password-expired', facts: late }, {}))).toContain(
      'by 30 November 2025 at 10:00 UTC',
    )
  })
})
