import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviceFrom } from './device.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('the device named in a mail', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/156.0.0.0 Safari/537.36`,
      'Chrome on Windows',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/150.0.0.0 Safari/537.36`,
      'Chrome on ChromeOS',
    ],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webkit} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0`,
      'Edge on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    [
      `Mozilla/5.0 (Linux; Android 15; Pixel 9) ${webkit} Chrome/150.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox on Linux'],
  ])('is recognised from %s', (userAgent, device) => {
    expect(deviceFrom(userAgent)).toBe(device)
  })

  it.each([
    undefined,
    '',
    'curl/8.5.0',
    'Call +1-900-555-0100/1.0 (Windows NT 10.0)',
    'Click https://evil.test/1 (Windows NT 10.0; Win64; x64)',
    'constructor/1.0 (Windows NT 10.0)',
    '__proto__',
  ])('is unknown, not quoted: %s', (userAgent) => {
    expect(deviceFrom(userAgent)).toBeNull()
  })

  it('is made of a few known words, whatever a stranger sends', () => {
    const word = fc.constantFrom(
      'Mozilla/5.0',
      '(Windows NT 10.0)',
      'Firefox/1.0',
      'Evil/2',
      '(Linux)',
      'Version/1 ',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 12 }), (parts) => {
        expect(deviceFrom(parts.join(' ')) ?? 'Safari on iOS').toMatch(
          /^(?:Brave|Chrome|Chromium|DuckDuckGo|a desktop app|GNOME Web|Firefox|Internet Explorer|LibreWolf|Edge|Opera|Safari|Samsung Internet|Vivaldi) on (?:Android|ChromeOS|HarmonyOS|iOS|Linux|macOS|Windows)$/,
        )
      }),
      { numRuns: 1_000 },
    )
  })

  it('reads only the beginning of a header', () => {
    const hidden = `${' '.repeat(600)}Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0`

    expect(deviceFrom(hidden)).toBeNull()
  })
})
