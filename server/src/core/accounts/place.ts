/**
 * Whether an entry lies in a subtree, its top included. Both are distinguished names in their string form (RFC 4514).
 * A place that can't be read is in every subtree: what can't be decided fails closed.
 */
export function isWithin(place: string, subtree: string): boolean {
  const [inner, outer] = [readName(place), readName(subtree)]
  if (inner === null || outer === null) return true
  return outer.every((part, index) => inner[inner.length - outer.length + index] === part)
}

/** Whether two names of a group mean the same one; names that are no distinguished names are compared as text. */
export function sameGroup(one: string, other: string): boolean {
  const [left, right] = [readName(one), readName(other)]
  if (left === null || right === null) return folded(one) === folded(other)
  return left.length === right.length && left.every((part, index) => part === right[index])
}

/** Null when the text is no distinguished name or an empty one. */
export const isDistinguishedName = (text: string): boolean => readName(text) !== null

/**
 * The relative names, the entry's own first, each in one spelling: types and values without regard to case and to
 * white space that does not count (caseIgnoreMatch, RFC 4517 section 4.2.11), the parts of one that has several in order.
 */
function readName(text: string): readonly string[] | null {
  const names = split(text, ',').map((name) => split(name, '+').map(readPart))
  if (names.some((parts) => parts.includes(null))) return null
  return names.map((parts) => parts.toSorted().join('+'))
}

/** RFC 4514 section 3: `attributeType "=" attributeValue`. */
function readPart(text: string): string | null {
  const [, type, value] = /^\s*([A-Za-z][\w-]*|\d+(?:\.\d+)*)\s*=(.*)$/s.exec(text) ?? []
  if (type === undefined || value === undefined) return null
  const plain = unescaped(value)
  // Separators that belong to the value are escaped again, so that no value reads like two.
  return plain === null
    ? null
    : `${type.toLowerCase()}=${folded(plain).replaceAll(/[\\,+]/g, (sign) => `\\${sign}`)}`
}

/** Split at signs that are not escaped. */
function split(text: string, separator: string): string[] {
  const parts = ['']
  for (const token of text.match(/\\.|[^\\]|\\$/gsu) ?? []) {
    if (token === separator) parts.push('')
    else parts.push((parts.pop() ?? '') + token)
  }
  return parts
}

/** A backslash stands before a sign that is meant as such, or before the octets of UTF-8 in hexadecimal. */
function unescaped(text: string): string | null {
  if (/\\$/.test(text.replaceAll('\\\\', ''))) return null
  return text.replaceAll(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/gsu, (escaped, sign: string | undefined) =>
    sign === undefined ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8') : sign,
  )
}

const folded = (text: string) => text.normalize('NFKC').toLowerCase().trim().replaceAll(/\s+/g, ' ')
