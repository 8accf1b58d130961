import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mailSamples, someFacts, someSecrets } from '../../../../test/support/mail-samples.ts'
import { aTenant } from '../../../../test/support/portal-samples.ts'
import { languages, translate } from '../../../core/messages/translate.ts'
import { renderMail } from './render-mail.ts'

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }

/** The words a reader sees, in order: the body without markup. */
const wordsOfHtml = (html: string) =>
  html
    .replace(/<head>[\s\S]*?<\/head>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(amp|lt|gt|quot|#x27);/g, (_, name: string) => entities[name] ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')

const labels = Object.keys(languages).flatMap((language) =>
  (
    [
      'mail.when',
      'mail.account',
      'mail.device',
      'mail.place',
      'mail.method',
      'mail.expires',
      'mail.expired',
      'mail.targets.written',
      'mail.targets.unchanged',
      'mail.targets.unknown',
    ] as const
  ).map((key) => translate(language).say(key)),
)
const afterLabel = new RegExp(`^(${labels.join('|')}): \u2068?(.*?)\u2069?$`, 'gm')

/**
 * The same of the text part, without what stands for layout there: colons after labels, the line of dashes, and
 * the marks around values, which are elements in HTML.
 */
const wordsOfText = (text: string) =>
  text
    .replace(/^-{3,}$/gm, '')
    .replace(/^(.+):\n(?=https:)/gm, '$1\n')
    .replace(afterLabel, '$1 $2')
    .replace(/^ {4}\u2066(.*)\u2069$/gm, '$1')
    .split(/\s+/)
    .filter((word) => word !== '')

describe.each(Object.keys(languages))('a mail in %s', (locale) => {
  it.each([...mailSamples({ locale })])('says the same as HTML and as text: %s', (_, order) => {
    const mail = renderMail(order, someSecrets(), aTenant())

    expect(wordsOfHtml(mail.html)).toEqual(wordsOfText(mail.text))
    expect(wordsOfText(mail.text).join('').length).toBeGreaterThan(150)
  })
})

describe('a rendered mail', () => {
  it('has the code alone on its line', () => {
    const mail = renderMail([...mailSamples().values()][0] ?? never(), someSecrets(), aTenant())

    expect(mail.text).toMatch(/\n\n {4}4821 7093\n\n/)
  })

  it('in Arabic runs from right to left, with each value and code in its own direction', () => {
    const [order] = mailSamples({ locale: 'ar', facts: someFacts({ username: 'ada (admin)' }) }).values()
    const { html, text, subject } = renderMail(order ?? never(), someSecrets(), aTenant())

    expect(html).toMatch(/^<!doctype html><html lang="ar" dir="rtl">/)
    expect(html.match(/<table(?![^>]*dir="rtl")(?![^>]*class="card")/g)).toBeNull()
    expect(html).toMatch(/<td[^>]*class="ink"[^>]*dir="rtl"|<td[^>]*dir="rtl"[^>]*class="ink"/)
    expect(html).toContain('<bdi>ada (admin)</bdi>')
    expect(html).toMatch(/<p dir="ltr"[^>]*>4821 7093<\/p>/)
    expect(text).toContain(': \u2068ada (admin)\u2069\n')
    expect(text).toContain('\n\n    \u20664821 7093\u2069\n\n')
    expect(text).toMatch(/^https:\/\/account\.northwind\.example\/recover#[\w-]+$/m)
    expect(subject).toBe('طُلبت كلمة مرور جديدة لدى \u2068Northwind\u2069')
  })

  it('fetches nothing, tracks nothing, and links only to what the configuration has', () => {
    const pages = aTenant().passwordProviders.map(({ page }) => page)
    for (const order of mailSamples().values()) {
      const { html } = renderMail(order, someSecrets(), aTenant())

      expect(html).not.toMatch(/<(img|link|script|iframe|object)|url\(|@import/)
      for (const [, url] of html.matchAll(/href="([^"]*)"/g)) {
        if (url !== undefined && pages.includes(url)) continue
        expect(url).toMatch(/^(https:\/\/account\.northwind\.example\/|tel:)/)
      }
    }
  })

  it('keeps its structure whatever a directory calls the account', () => {
    const skeleton = (html: string) => html.match(/<[^>]*>/g)
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '</td></tr><script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        'a\r\n.\r\nMAIL FROM:<x>',
      ),
    )
    const [plain] = mailSamples().values()
    const usual = renderMail(plain ?? never(), someSecrets(), aTenant())
    fc.assert(
      fc.property(hostile, (username) => {
        const [order] = mailSamples({ facts: someFacts({ username }) }).values()
        const mail = renderMail(order ?? never(), someSecrets(), aTenant())

        expect(skeleton(mail.html)).toEqual(skeleton(usual.html))
        expect(mail.text.split(/[\r\n]/)).toHaveLength(usual.text.split('\n').length)
        expect(mail.subject).toBe(usual.subject)
      }),
    )
  })
})

function never(): never {
  throw new Error('there is no sample')
}
