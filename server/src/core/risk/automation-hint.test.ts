import { expect, it } from 'vitest'
import { automationHintOf } from './automation-hint.ts'

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const headless = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/139.0.0.0 Safari/537.36'

it.each([
  [firefox, 'da, en;q=0.8', true, 'browser'],
  // A browser without a language, and one that nobody knows.
  [firefox, undefined, true, 'unusual'],
  ['Mozilla/5.0 (Reading/1.0)', 'en', false, 'unusual'],
  [headless, 'en', true, 'program'],
  ['python-requests/2.32.3', undefined, false, 'program'],
  ['curl/8.9.1', undefined, false, 'program'],
  ['', 'en', false, 'program'],
  [undefined, undefined, false, 'program'],
] as const)(
  'the head %j, %j with a browser that we know (%s) is one of a %s',
  (userAgent, acceptLanguage, isKnownBrowser, hint) => {
    expect(automationHintOf({ userAgent, acceptLanguage, isKnownBrowser })).toBe(hint)
  },
)
