import type { FastifyRequest } from 'fastify'
import { canonicalJson, type Json } from '../../../core/audit/canonical.ts'
import type { DeskCall } from '../../../core/helpdesk/index.ts'
import type { RequestAnswer } from '../../../core/helpdesk/ports.ts'
import { BodyRefused } from '../../strict-json.ts'
import type { AdminDeps } from './deps.ts'

/** Long enough for any way to draw one; short enough for a row. */
const keyPattern = /^[A-Za-z0-9._~:/+=-]{1,128}$/

export type Once = RequestAnswer | { problem: 'request-in-flight' | 'idempotency-key-reused' }

/**
 * Does a write once for each `Idempotency-Key` of a caller and a route, and answers repeats with the first answer
 * (draft-ietf-httpapi-idempotency-key-header-07). Without the header it is simply done. An answer that says "not now"
 * (429 and 5xx) is not kept: the same request is then new.
 *
 * The fingerprint is made of what was asked for, under a key outside the database. No body of this API has a secret in
 * it, and headers are left out of it.
 */
export async function once(
  deps: AdminDeps,
  { request, call }: { request: FastifyRequest; call: DeskCall },
  work: () => Promise<RequestAnswer>,
): Promise<Once> {
  const key = keyOf(request)
  if (key === null) return work()
  const route = `${request.method} ${request.routeOptions.url ?? ''}`
  const name = { tenant: call.tenant, caller: call.caller.name, route, key }
  const asked = canonicalJson({ params: jsonOf(request.params), body: jsonOf(request.body) })
  const claim = await deps.requests.claim(name, deps.fingerprint(call.tenant, name.caller, route, asked))
  switch (claim.is) {
    case 'answered':
      return claim.answer
    case 'in-flight':
      return { problem: 'request-in-flight' }
    case 'other':
      return { problem: 'idempotency-key-reused' }
    case 'new':
      break
  }
  const answer = await work().catch(async (error: unknown) => {
    await claim.release()
    throw error
  })
  await (isForNow(answer.status) ? claim.release() : claim.settle(answer))
  return answer
}

const isForNow = (status: number): boolean => status === 429 || status >= 500

/** Node joins a header that was sent twice with a comma, which no key has in it. */
function keyOf({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key']
  if (given === undefined) return null
  // The draft makes it a string of a structured field (RFC 8941 section 3.3.3), in quotes; most callers write none.
  const key = String(given).replace(/^"(.*)"$/, '$1')
  if (keyPattern.test(key)) return key
  throw new BodyRefused(
    'Idempotency-Key must be 1 to 128 letters, digits and signs out of ._~:/+=- in ASCII.',
  )
}

/** What was parsed from JSON or from an address, as JSON. */
const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json
