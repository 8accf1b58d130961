import { getParser } from 'bowser'

/** No honest header is longer; the rest is not looked at. */
const userAgentLengthMax = 512

/** The name for all programs that are made with Electron, which does not tell which one it is. */
export const namelessProgram = 'a desktop app'

/**
 * The only words that can come out, by the words that go in. The library passes on parts of a header that it does
 * not know, and everything that a stranger can send would then stand in a mail to the account's owner.
 */
const browsers: Readonly<Record<string, string>> = {
  Brave: 'Brave',
  Chrome: 'Chrome',
  Chromium: 'Chromium',
  DuckDuckGo: 'DuckDuckGo',
  Electron: namelessProgram,
  Epiphany: 'GNOME Web',
  Firefox: 'Firefox',
  'Internet Explorer': 'Internet Explorer',
  LibreWolf: 'LibreWolf',
  'Microsoft Edge': 'Edge',
  Opera: 'Opera',
  'Opera Touch': 'Opera',
  Safari: 'Safari',
  'Samsung Internet for Android': 'Samsung Internet',
  Vivaldi: 'Vivaldi',
}

const systems: Readonly<Record<string, string>> = {
  Android: 'Android',
  'Chrome OS': 'ChromeOS',
  HarmonyOS: 'HarmonyOS',
  iOS: 'iOS',
  Linux: 'Linux',
  macOS: 'macOS',
  Windows: 'Windows',
}

/** "Firefox on Windows" from a User-Agent header, or null when either is not on our lists. */
export function deviceFrom(userAgent: string | undefined): string | null {
  if (userAgent === undefined || userAgent === '') return null
  const parser = getParser(userAgent.slice(0, userAgentLengthMax))
  const browser = wordFor(browsers, parser.getBrowserName())
  const system = wordFor(systems, parser.getOSName())
  return browser === null || system === null ? null : `${browser} on ${system}`
}

const wordFor = (words: Readonly<Record<string, string>>, name: string | undefined): string | null =>
  name !== undefined && Object.hasOwn(words, name) ? (words[name] ?? null) : null
