import type { AutomationHint } from './facts.ts'

/** Names by which programs say what they are: libraries, tools, browsers without a window. */
const programs =
  /\b(curl|wget|python|aiohttp|httpx|java|okhttp|go-http-client|libwww|axios|node-fetch|undici|postman|headless\w*|phantomjs|selenium|playwright|puppeteer|bot|crawler|spider|scrapy)\b/i

/** What the head of a request tells of the program behind it. */
export function automationHintOf(head: {
  userAgent: string | undefined
  acceptLanguage: string | undefined
  /** Whether the browser is one that we know by name. */
  isKnownBrowser: boolean
}): AutomationHint {
  const { userAgent = '', acceptLanguage = '', isKnownBrowser } = head
  if (userAgent === '' || programs.test(userAgent.slice(0, 512))) return 'program'
  // Every browser says which languages its owner reads.
  return isKnownBrowser && acceptLanguage !== '' ? 'browser' : 'unusual'
}
