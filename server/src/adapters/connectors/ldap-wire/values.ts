import type { Entry } from 'ldapts'

/** The values of one entry by lower-case attribute name: servers answer in the spelling of their schema. */
export type Values = (attribute: string) => readonly string[]

export function valuesOf(entry: Entry): Values {
  const byName = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(entry)) {
    const list = Array.isArray(value) ? value : [value]
    // Octets that are no text can't be an identifier, an address or a name.
    byName.set(
      name.toLowerCase(),
      list.filter((one) => typeof one === 'string'),
    )
  }
  return (attribute) => byName.get(attribute.toLowerCase()) ?? []
}

/** preferredLanguage has the form of Accept-Language (RFC 2798, section 2.7): `de-AT, en;q=0.5`. */
export function firstLanguage(text: string | undefined): string | null {
  const tag = text?.split(',')[0]?.split(';')[0]?.trim()
  return tag !== undefined && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : null
}

/** The values of one attribute as octets, under the name that it was asked for by. */
export const octetsIn = (entry: Entry, attribute: string): readonly Buffer[] =>
  [entry[attribute] ?? []].flat().filter((value) => Buffer.isBuffer(value))
