import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anOrder, mailSamples, someSecrets } from '../../../../test/support/mail-samples.ts'
import { aPage, aTenant, type OutsideText, portalSamples } from '../../../../test/support/portal-samples.ts'
import { composeMail } from '../../../core/messages/mail.ts'
import { composeCall, composeText } from '../../../core/messages/text.ts'
import { languages } from '../../../core/messages/translate.ts'
import { problemPage } from './problem.tsx'
import { provePage } from './prove.tsx'

/** Tags and attribute names; values and texts blanked. A page that is injected into has others. */
const skeletonOf = (html: string) =>
  (html.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, '=""'))

const text: OutsideText = {
  maskedIdentifier: 'a•••@x',
  serviceName: 'mail',
  serviceTitle: 'Mail',
  providerLabel: 'Company',
  requestId: 'r1',
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</title><svg onload=alert(1)>',
    '</noscript><script>alert(1)</script>',
    'javascript:alert(1)',
    'a\r\nSet-Cookie: b=c',
    '\u202Edrowssap\u202C',
    '{{tenant}} $t(page.brand) $&',
    '<!--',
    ']]>',
  ),
)

describe('the pages', () => {
  it('keep their structure whatever text comes from outside', { timeout: 60_000 }, () => {
    const usual = [...portalSamples(aPage(), text)].map(([name, html]) => [name, skeletonOf(html)])
    fc.assert(
      fc.property(hostileText, (hostile) => {
        const tenant = aTenant({ name: hostile, helpDesk: { text: hostile, url: 'tel:+44' } })
        const page = aPage({ tenant, csrf: hostile })
        const outside = {
          maskedIdentifier: hostile,
          serviceName: hostile,
          serviceTitle: hostile,
          providerLabel: hostile,
          requestId: hostile,
        }

        const injected = [...portalSamples(page, outside)].map(([name, html]) => [name, skeletonOf(html)])

        expect(injected).toEqual(usual)
      }),
      { numRuns: 25 },
    )
  })

  it('show no text backwards and forge no line', () => {
    const hostile = 'ada\u202Enimda\r\nroot'
    const page = aPage({ tenant: aTenant({ name: hostile, helpDesk: { text: hostile, url: null } }) })
    const outside = { ...text, maskedIdentifier: hostile, serviceTitle: hostile, requestId: hostile }

    for (const html of portalSamples(page, outside).values()) {
      expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\r\n]/)
    }
  })

  it('have a style sheet that knows no left and no right', () => {
    const sheet = readFileSync(new URL('../assets/portal.css', import.meta.url), 'utf8')
    // The logo stands at the start of its box: the one property without a logical form, so it has a rule each.
    const rules = sheet.replace(/\/\*[\s\S]*?\*\//g, '').replace(/object-position: (left|right);/g, '')

    expect(sheet).toContain('object-position: right')
    expect(rules).not.toMatch(/\b(left|right)\b/)
  })

  it('hold no style and no script of their own, as the content security policy demands', () => {
    for (const html of portalSamples(aPage()).values()) {
      expect(html).not.toMatch(/ style=|<style| on[a-z]+=/)
      const scripts = html.includes('data-work-at') ? ['portal', 'work'] : ['portal']
      expect(html.match(/<script[^>]*>[^<]*/g)).toEqual(
        scripts.map((name) => `<script src="/assets/${name}.js" defer="">`),
      )
    }
  })

  it('carry the forgery guard in every form, and post only to their own paths', () => {
    for (const html of portalSamples(aPage()).values()) {
      for (const form of html.match(/<form[\s\S]*?<\/form>/g) ?? []) {
        expect(form).toMatch(
          /^<form ((data-action="\/change\/action"|data-works-for="(start|sign-in)" data-work-at="\/work") )?action="\/((recover|unlock|activate)\/[a-z]+|disavow|sign-in|sign-in\/(oidc|proof)|sign-out|change|methods\/[a-z]+)" method="post">/,
        )
        expect(form).toContain('<input type="hidden" name="csrf" value="csrf-value"/>')
      }
    }
  })

  it('take a password, a code and a user name with the help of managers and phones', () => {
    const pages = portalSamples(aPage())
    const field = (page: string, name: string) =>
      pages
        .get(page)
        ?.match(/<input[^>]*>/g)
        ?.find((input) => input.includes(` name="${name}"`)) ?? ''

    expect(field('start', 'identifier')).toContain('autoComplete="username"')
    expect(field('prove', 'code')).toContain('autoComplete="one-time-code"')
    expect(field('prove', 'code')).toContain('inputMode="numeric"')
    expect(field('password', 'password')).toContain('autoComplete="new-password"')
    expect(field('password', 'password')).toContain('type="password"')
    expect(field('password', 'username')).toContain('autoComplete="username"')
    for (const html of pages.values())
      expect(html).not.toMatch(/onpaste|oncopy|autoComplete="off"[^>]*type="password"/i)
  })

  it('differ in language and direction only by their words', { timeout: 60_000 }, () => {
    const structureOf = (locale: string) =>
      [...portalSamples(aPage({ locale })).values()].map((html) => skeletonOf(html).length)

    for (const [locale, { direction }] of Object.entries(languages)) {
      const pages = [...portalSamples(aPage({ locale })).values()]
      const start = `<!doctype html><html lang="${locale}" dir="${direction}">`

      expect(pages.filter((html) => !html.startsWith(start))).toEqual([])
      expect(structureOf(locale)).toEqual(structureOf('en'))
    }
  })

  it('say that mail is delayed and until when to wait, while it is', () => {
    expect(provePage({ ...waiting, mailIsDelayed: true })).toContain('Mail is delayed right now.')
    expect(provePage({ ...waiting, mailIsDelayed: true })).toContain('If nothing has come by 00:00 UTC')
    expect(provePage(waiting)).not.toContain('delayed')
  })

  it('never show a code field once no tries are left', () => {
    const html = provePage({ ...waiting, triesLeft: 0, notice: 'wrong-code' })

    expect(html).not.toContain('name="code"')
    expect(html).toContain('The link in our mail still works')
  })

  it('ask for no password that has been refused everywhere else for what it is', () => {
    const samples = portalSamples(aPage())
    const [over = '', partly = '', done = ''] = ['partly-over', 'partly', 'done-partly'].map((name) =>
      samples.get(name),
    )

    expect([over, partly, done].map((html) => html.includes('name="password"'))).toEqual([false, true, false])
    expect(over).toContain('href="/recover?again=1"')
    expect(over).toContain('Start again with another password')
  })

  it('say that the rest of the applications were tried again, which one was away and when to try next', () => {
    const samples = portalSamples(aPage())
    const tried = samples.get('partly-tried-again') ?? ''

    expect(samples.get('partly')).not.toContain('Tried again')
    expect(tried.match(/<div class="note warn"[^]*?<\/p>/)?.[0].replaceAll(/<svg[^]*?<\/svg>/g, '')).toBe(
      '<div class="note warn" role="status"><div><b>Tried again just now: it still does not work everywhere.</b><p>Could not be reached: Northwind Mail. Try again in 60 seconds.</p>',
    )
    expect(tried).toContain('<title>Check this: ')
    expect(tried).toContain('<input type="hidden" name="rest" value="yes"/>')
  })

  it('say that all is well with a new password only where every application has it', () => {
    const samples = portalSamples(aPage())

    expect(samples.get('done-partly')).not.toContain('Your new password works now')
    expect(samples.get('done-partly')).toContain(
      '<h1 tabindex="-1">Your new password is not everywhere yet</h1>',
    )
    expect(samples.get('done-everywhere')).toContain('Your new password works now')
  })

  it.each([
    [1, 'in 1 second.'],
    [59.2, 'in 60 seconds.'],
    [121, 'in 3 minutes.'],
  ])('after %s s to wait say “%s”', (retryAfterSeconds, words) => {
    const page = aPage()

    expect(problemPage({ page, problem: 'too-many-requests', retryAfterSeconds, requestId: null })).toContain(
      words,
    )
  })
})

const waiting = {
  page: aPage(),
  validUntil: new Date(0),
  triesLeft: 5,
  notice: null,
  mailIsDelayed: false,
  others: [],
}

describe.each(Object.keys(languages))('the catalogue %s', (locale) => {
  it('holds no text that nobody ever sees', () => {
    const tenants = [aTenant(), aTenant({ helpDesk: null })]
    const seen = tenants.flatMap((tenant) => [
      ...portalSamples(aPage({ locale, tenant, demo: true })).values(),
      ...[...mailSamples({ locale }).values(), anOrder({ locale })].map((order) => {
        const document = composeMail(order, someSecrets(), tenant)
        return JSON.stringify([document.subject, document.blocks])
      }),
      ...(['recovery', 'unlock'] as const).flatMap((kind) =>
        [composeText, composeCall].map(
          (compose) => compose(anOrder({ locale, kind }), someSecrets(), tenant).text,
        ),
      ),
    ])
    const everything = seen.join('\n')
    const { catalogue } = languages[locale as keyof typeof languages]
    // That every plural form is said for some number has a test of its own.
    const texts = Object.entries(catalogue).filter(([key]) => !/_(zero|one|two|few|many|other)$/.test(key))

    const unseen = texts.filter(([, said]) =>
      said.split(/\{\{\w+\}\}/).some((piece) => !everything.includes(piece)),
    )

    expect(unseen.map(([key]) => key)).toEqual([])
  })
})
