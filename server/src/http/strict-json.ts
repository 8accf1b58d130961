/** Why a body was refused before anything looked at its meaning. */
export class BodyRefused extends Error {
  readonly statusCode = 400
  readonly pointer: string

  constructor(message: string, pointer = '') {
    super(message)
    this.name = 'BodyRefused'
    this.pointer = pointer
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a body. Bytes that are no UTF-8 are refused: replaced by U+FFFD they would be characters nobody typed. */
export function strictText(body: Uint8Array): string {
  try {
    return utf8.decode(body)
  } catch {
    throw new BodyRefused('The body is not UTF-8.')
  }
}

const depthMax = 16

/**
 * Parses JSON and refuses what parsers understand differently: the same key twice (ASVS 1.5.3), `__proto__`, deep
 * nesting, lone surrogates and NUL in any string. `JSON.parse` keeps the last of two equal keys without a word, so
 * the text is walked once more for them.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BodyRefused('The body is not JSON.')
  }
  refuseDoubleKeys(text)
  refuseBadStrings(value, '', 0)
  return value
}

function refuseBadStrings(value: unknown, pointer: string, depth: number): void {
  if (depth > depthMax) throw new BodyRefused('The body is nested too deeply.', pointer)
  if (typeof value === 'string') refuseBadString(value, pointer)
  else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      refuseBadStrings(item, `${pointer}/${index}`, depth + 1)
    })
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      refuseBadString(key, pointer)
      refuseBadStrings(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1)
    }
  }
}

function refuseBadString(text: string, pointer: string): void {
  if (!text.isWellFormed()) throw new BodyRefused('A text has half a surrogate pair.', pointer)
  if (text.includes('\u0000')) throw new BodyRefused('A text contains NUL.', pointer)
}

/** The text is known to be JSON, so strings and brackets are all that has to be told apart. */
function refuseDoubleKeys(text: string): void {
  const open: (Set<string> | null)[] = []
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const [token, colon] = match
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string
      const keys = open.at(-1)
      if (keys?.has(key) === true) throw new BodyRefused('A key appears twice.')
      if (key === '__proto__') throw new BodyRefused('A key is not allowed.')
      keys?.add(key)
    }
  }
}
