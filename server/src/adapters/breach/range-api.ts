import type { BreachList } from '../../core/passwords/index.ts'
import { Fault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import type { HashKind } from './geometry.ts'
import { hashOf } from './hashes.ts'

export interface RangeApiOptions {
  /** Up to and without `/range/`. */
  url: string
  kind: HashKind
  fetch: (url: string, init: RequestInit) => Promise<Response>
}

/**
 * A list that is asked over HTTP by the first five digits of the hash, so that whoever runs it learns one of a million
 * ranges and no password (k-anonymity, as Pwned Passwords does it). `Add-Padding` makes all answers about as long, so
 * that a listener can't tell ranges by their length; what was added has the count 0.
 */
export function makeRangeApi({ url, kind, fetch }: RangeApiOptions): BreachList {
  const base = url.replace(/\/$/, '')
  return {
    name: new URL(base).host,
    async has(password: Secret, signal: AbortSignal) {
      const hash = Buffer.from(await hashOf[kind](password))
        .toString('hex')
        .toUpperCase()
      const prefix = hash.slice(0, prefixDigits)
      const mode = kind === 'ntlm' ? '?mode=ntlm' : ''
      const text = await ask(fetch, { url: `${base}/range/${prefix}${mode}`, signal, name: base })
      return listed(text, hash.slice(prefixDigits), base)
    },
  }
}

const prefixDigits = 5
/** Ten times what a padded range has. */
const answerBytesMax = 512 * 1024

async function ask(
  fetch: RangeApiOptions['fetch'],
  { url, signal, name }: { url: string; signal: AbortSignal; name: string },
): Promise<string> {
  const headers = { 'add-padding': 'true', 'user-agent': 'rekey' }
  try {
    const response = await fetch(url, { headers, signal, redirect: 'error' })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Fault('breach-list-unreachable', { detail: `${name} answered ${response.status}` })
    }
    return await bounded(response)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('breach-list-unreachable', { cause, detail: `${name} did not answer` })
  }
}

async function bounded(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    if (bytes > answerBytesMax) throw new RangeError('the answer is too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('latin1')
}

/** Throws when it is no answer of such a list: nothing may be taken for "not listed" that does not say so. */
function listed(text: string, suffix: string, name: string): boolean {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  let isListed = false
  for (const line of lines) {
    const [, digits, count] = /^([0-9A-F]+):(\d+)$/i.exec(line) ?? []
    if (digits === undefined || digits.length !== suffix.length) {
      throw new Fault('breach-list-unreachable', { detail: `${name} answered something else than a range` })
    }
    if (digits.toUpperCase() === suffix && Number(count) > 0) isListed = true
  }
  if (lines.length === 0) throw new Fault('breach-list-unreachable', { detail: `${name} answered nothing` })
  return isListed
}
