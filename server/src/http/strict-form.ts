import { BodyRefused } from './strict-json.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses `application/x-www-form-urlencoded` without repairing anything: a field twice, broken percent signs and
 * bytes that are no UTF-8 are refused. `URLSearchParams` would replace such bytes, and a password with a character
 * that nobody typed would be set.
 */
export function parseStrictForm(text: string): Readonly<Record<string, string>> {
  const fields = new Map<string, string>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    if (fields.has(name)) throw new BodyRefused('A field appears twice.')
    fields.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return Object.freeze(Object.fromEntries(fields))
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (/%(?![0-9a-fA-F]{2})/.test(spaced)) throw new BodyRefused('A field is not percent-encoded.')
  const bytes = spaced.replaceAll(/%([0-9a-fA-F]{2})|[\s\S]/g, (match, hex: string | undefined) =>
    hex === undefined
      ? Buffer.from(match, 'utf8').toString('latin1')
      : String.fromCharCode(parseInt(hex, 16)),
  )
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    throw new BodyRefused('A field is not UTF-8.')
  }
}
