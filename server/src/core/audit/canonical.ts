/** What JSON can say without loss: `undefined`, functions, dates and the like are not among it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/**
 * JSON in the one form of RFC 8785 (JCS): members sorted by UTF-16 code units, no white space, numbers and strings as
 * ECMAScript writes them. The same value always gives the same bytes, so a hash over it means something.
 *
 * Throws a `RangeError` on numbers that JSON does not have and on lone surrogates, as the RFC demands.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return canonicalString(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('JSON has no such number')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.keys(value)
    .sort()
    .map((name) => member(name, value[name] ?? null))
  return `{${members.join(',')}}`
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value)

const member = (name: string, value: Json): string => `${canonicalString(name)}:${canonicalJson(value)}`

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate has no UTF-8 form')
  return JSON.stringify(text)
}
