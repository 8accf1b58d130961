import { Attribute, Change } from 'ldapts'

/** Takes all values of an attribute away and puts these in their place. */
export const replacing = (type: string, values: string[] | Buffer[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values }) })

/**
 * Takes one value away and puts another in its place. Whoever may not replace passwords proves the one that goes by
 * naming it.
 */
export const exchanging = (type: string, [was, next]: readonly [Buffer, Buffer]) => [
  new Change({ operation: 'delete', modification: new Attribute({ type, values: [was] }) }),
  new Change({ operation: 'add', modification: new Attribute({ type, values: [next] }) }),
]

/** ldapts prints whole requests as JSON when NODE_DEBUG=ldapts is set; these octets don't print. */
export function unprintable(octets: Buffer): Buffer {
  return Object.defineProperty(octets, 'toJSON', { value: () => '[secret]' })
}
