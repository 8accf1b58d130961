import type { Witness } from '../../core/audit/index.ts'
import { Fault } from '../../kernel/fault.ts'

export interface HttpWitnessOptions {
  /** Told to operators in place of the URL, which may carry a credential. */
  name: string
  url: string
  /** The guarded fetch. */
  fetch: (url: string, init: RequestInit) => Promise<Response>
  everyMs?: number
}

/**
 * Posts the checkpoint's text. The receiver answers 2xx once it holds it durably, and 409 or 422 when it holds one that
 * this one contradicts (the codes of C2SP tlog-witness).
 */
export function makeHttpWitness({ name, url, fetch, everyMs = 10_000 }: HttpWitnessOptions): Witness {
  return {
    name,
    everyMs,
    async hold({ note, origin }, signal) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: note,
        // Whoever can redirect could make us believe that a checkpoint is held.
        redirect: 'error',
        signal,
      }).catch((cause: unknown) => {
        throw new Fault('witness-unreachable', { detail: name, cause })
      })
      await response.body?.cancel()
      if (response.ok) return
      if (response.status === 409 || response.status === 422) {
        throw new Fault('audit-log-broken', { detail: `witness ${name} contradicts the log ${origin}` })
      }
      throw new Fault('witness-unreachable', { detail: `${name} answered ${response.status}` })
    },
  }
}
