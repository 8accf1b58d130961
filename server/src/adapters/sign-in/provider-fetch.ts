import { Fault } from '../../kernel/fault.ts'
import { faultOf } from './oidc-trouble.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Descriptions and key sets are a few kilobytes. */
const answerBytesMax = 512 * 1_024

/**
 * How a provider is asked. Its description names the other addresses, so they are looked at like any text from outside:
 * https, or the origin of an issuer that is on this machine. Whatever keeps an answer from coming is a `Fault`.
 */
export const makeProviderFetch =
  ({ issuer, fetch }: { issuer: string; fetch: Fetch }, signal?: AbortSignal) =>
  async (
    url: string,
    init: { body?: unknown; headers: Record<string, string>; method: string; signal?: AbortSignal },
  ): Promise<Response> => {
    const { protocol, origin } = new URL(url)
    if (protocol !== 'https:' && origin !== new URL(issuer).origin) {
      throw new Fault('identity-provider-misconfigured', { detail: 'it names an address that is not https' })
    }
    const signals = [init.signal, signal].filter((each) => each !== undefined)
    try {
      const response = await fetch(url, {
        method: init.method,
        headers: init.headers,
        body: bodyOf(init.body),
        signal: AbortSignal.any(signals),
      })
      return await whole(response)
    } catch (error) {
      throw faultOf(error, 'identity-provider-unreachable')
    }
  }

/** Requests to a provider are forms. */
const bodyOf = (body: unknown): URLSearchParams | string | null =>
  body instanceof URLSearchParams || typeof body === 'string' ? body : null

async function whole(response: Response): Promise<Response> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length
    if (bytes > answerBytesMax) throw new RangeError('the answer is too long')
    pieces.push(piece)
  }
  const { status, statusText, headers } = response
  return new Response(bytes === 0 ? null : Buffer.concat(pieces), { status, statusText, headers })
}
