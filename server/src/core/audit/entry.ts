import { canonicalJson, type Json } from './canonical.ts'
import { type AuditName, catalogue } from './catalogue.ts'
import type { AuditEvent, Fact } from './ports.ts'

/**
 * How an event lies in the log: the canonical JSON (RFC 8785) of this value, in UTF-8. Those bytes are the leaf that
 * is hashed, stored and exported; nothing is ever re-encoded, so verification depends on no encoder.
 */
export interface Entry {
  /** Version of this layout. */
  v: 1
  id: string
  tenant: string
  name: AuditName
  /** RFC 3339, UTC, milliseconds. */
  at: string
  subject: string | null
  flow: string | null
  facts: Readonly<Record<string, Fact>>
  /** Absent when the event has no personal fields. */
  personal?: SealedPersonal
}

/**
 * Field name to the field's text, sealed (see `kernel/seal.ts`) under a key of the subject alone, whose id stands before
 * the dot. Destroying the key leaves the entry as it is.
 */
export type SealedPersonal = Readonly<Record<string, string>>

/** Longer texts are cut: a request header must not be able to make its own event too large to be recorded. */
export const personalCharactersMax = 1024
export const factCharactersMax = 512

/** An entry bundle gives the length of an entry in 16 bits (C2SP tlog-tiles). */
export const entryBytesMax = 65_535

/** PostgreSQL text has no NUL and UTF-8 has no lone surrogate; both can be typed, so both become U+FFFD. */
const storable = (text: string, charactersMax: number): string =>
  text.slice(0, charactersMax).toWellFormed().replaceAll('\0', '\ufffd')

export function storableFacts(facts: AuditEvent['facts']): Record<string, Fact> {
  const entries = Object.entries(facts).map(([name, fact]) => [name, storableFact(fact)] as const)
  return Object.fromEntries(entries)
}

/** NaN and the infinities have no JSON form; an audit record must not be lost over one. */
function storableFact(fact: Fact): Fact {
  if (typeof fact === 'string') return storable(fact, factCharactersMax)
  return typeof fact === 'number' && !Number.isFinite(fact) ? String(fact) : fact
}

/** Only the fields that the catalogue names as personal for this event are kept; anything else is dropped. */
export function personalFields(event: AuditEvent): [name: string, text: string][] {
  const names: readonly string[] = catalogue[event.name].personal
  return names.flatMap((name): [string, string][] => {
    const text = event.personal?.[name]
    return text === undefined ? [] : [[name, storable(text, personalCharactersMax)]]
  })
}

/** What is added to an event to make it an entry. */
export interface EntryParts {
  id: string
  personal?: SealedPersonal
}

/** The leaf's text. Throws a `RangeError` when it does not fit into an entry bundle. */
export function encodeEntry(event: AuditEvent, { id, personal }: EntryParts): string {
  const entry = {
    v: 1,
    id,
    tenant: event.tenant,
    name: event.name,
    at: event.at.toISOString(),
    subject: event.subject,
    flow: event.flow,
    facts: storableFacts(event.facts),
    ...(personal === undefined ? {} : { personal }),
  } satisfies Json & Entry
  const text = canonicalJson(entry)
  // A UTF-16 unit takes at most three bytes, so only very long texts have to be measured.
  if (text.length * 3 > entryBytesMax && Buffer.byteLength(text) > entryBytesMax) {
    throw new RangeError(`an event of ${event.name} is larger than ${entryBytesMax} bytes`)
  }
  return text
}

/** Null when the text is not an entry of a version we know; a verifier meets such rows and must not stumble. */
export function decodeEntry(text: string): Entry | null {
  try {
    const value: unknown = JSON.parse(text)
    return isEntry(value) ? value : null
  } catch {
    return null
  }
}

/** The id of the event in a leaf; null when the bytes are no entry. */
export const eventOf = (leaf: Uint8Array): string | null =>
  decodeEntry(Buffer.from(leaf).toString('utf8'))?.id ?? null

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' &&
  value !== null &&
  'v' in value &&
  value.v === 1 &&
  'id' in value &&
  typeof value.id === 'string' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'at' in value &&
  typeof value.at === 'string' &&
  'facts' in value &&
  typeof value.facts === 'object'

/** The labels of an event, in the catalogue's order. A label that is missing reads `none`, so series stay alike. */
export function labelsOf(event: Pick<AuditEvent, 'name' | 'facts'>): Record<string, string> {
  const names: readonly string[] = catalogue[event.name].labels
  return Object.fromEntries(names.map((name) => [name, String(event.facts[name] ?? 'none')]))
}

/**
 * Whose key seals the personal fields of an event. An event without a subject (nobody was found, or nobody was looked
 * for yet) goes under a key of its tenant's day, which is destroyed as a whole when the day is old enough.
 */
export const keyOwnerOf = (event: { subject: string | null; at: Date }): string =>
  event.subject === null ? dayOwner(event.at) : personOwner(event.subject)

export const personOwner = (subject: string): string => `person/${subject}`
export const dayOwner = (day: Date): string => `day/${day.toISOString().slice(0, 10)}`

/** What a personal field is sealed to: a value moved to another event or field does not open. */
export const personalContext = (place: { tenant: string; id: string; field: string }): string =>
  canonicalJson([place.tenant, place.id, place.field])
