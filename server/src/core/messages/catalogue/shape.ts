import type { en } from './en.ts'

type English = typeof en
type PluralCategory = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other'
type PluralKey = keyof English extends infer K ? (K extends `${infer Base}_other` ? Base : never) : never
type PlainKey = Exclude<keyof English, `${PluralKey}_${PluralCategory}`>

/** What can be said. Plurals go by their key without the category. */
export type MessageKey = PlainKey | PluralKey

/**
 * One language, complete: a missing or an unknown key does not compile. A plural may have the categories its
 * language needs (Arabic has six); which ones it must have is checked by a test.
 */
export type Catalogue = { [K in PlainKey]: string } & { [K in `${PluralKey}_other`]: string } & {
  [K in `${PluralKey}_${Exclude<PluralCategory, 'other'>}`]?: string
}

type Text<K extends MessageKey> = K extends PlainKey
  ? English[K]
  : K extends PluralKey
    ? English[`${K}_other`]
    : never

type PlaceholderOf<T> = T extends `${string}{{${infer Name}}}${infer Rest}`
  ? Name | PlaceholderOf<Rest>
  : never

/** The values a text needs, by placeholder; `count` chooses the plural and so is a number. */
export type ValuesFor<K extends MessageKey> = {
  [Name in PlaceholderOf<Text<K>>]: Name extends 'count' ? number : string | number
}

/** Nothing for a text without placeholders; otherwise exactly its values. */
export type ArgumentsFor<K extends MessageKey> = [PlaceholderOf<Text<K>>] extends [never]
  ? []
  : [values: ValuesFor<K>]
