import type { Dialect, Value } from './dialect.ts'

/** Values that a statement is given each time. Times are UTC; `at` and `until` as text of date and time. */
export type ValueName =
  | 'value'
  | 'key'
  | 'after'
  | 'hash'
  | 'expectedHash'
  | 'at'
  | 'atSeconds'
  | 'atMilliseconds'
  | 'until'
  | 'tries'

/** Where a value comes in: one that is given each time, or one of the configuration. */
export type Place = { name: ValueName } | { constant: Value }

/** A statement with the places of its values; there is one text more than there are places. */
export interface Template {
  texts: readonly string[]
  places: readonly Place[]
}

export const text = (literal: string): Template => ({ texts: [literal], places: [] })
export const given = (name: ValueName): Template => ({ texts: ['', ''], places: [{ name }] })
export const constant = (value: Value): Template => ({ texts: ['', ''], places: [{ constant: value }] })

/** Puts templates together; what is no template is part of the statement's own text. */
export function sql(texts: TemplateStringsArray, ...parts: readonly Template[]): Template {
  return texts
    .map(text)
    .reduce((whole, piece, index) => joined([whole, parts[index - 1] ?? text(''), piece], ''))
}

export function joined(templates: readonly Template[], between: string): Template {
  const texts = ['']
  for (const [index, template] of templates.entries()) {
    const [first = '', ...others] = template.texts
    texts.push(`${texts.pop() ?? ''}${index === 0 ? '' : between}${first}`, ...others)
  }
  return { texts, places: templates.flatMap(({ places }) => places) }
}

export type Values = Partial<Record<ValueName, Value>>

/** What is sent: the text with the server's own marks, and the values in their order. */
export function compiled({ texts, places }: Template, dialect: Dialect) {
  return {
    text: texts.map((each, index) => (index === 0 ? each : `${dialect.placeholder(index)}${each}`)).join(''),
    valuesOf: (values: Values): Value[] =>
      places.map((place) => {
        if ('constant' in place) return place.constant
        const value = values[place.name]
        if (value === undefined) throw new RangeError(`no value for ${place.name}`)
        return value
      }),
  }
}
