import type { Answer } from './exchange.ts'

/** What the body says, whatever it calls itself; undefined when it is no JSON in UTF-8. */
export function jsonIn({ body }: Answer): unknown {
  if (body === null || body.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
