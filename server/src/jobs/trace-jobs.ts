/** Beside what a job is about, the place in the trace that ordered it (W3C `traceparent`), when there is one. */
interface Carrier {
  traceparent?: unknown
}

export const carrying = (place: string | null, payload: object): object =>
  place === null ? payload : { ...payload, traceparent: place }

export function carried(data: object): { place: string | null; payload: object } {
  const { traceparent, ...payload } = data as Carrier
  return { place: typeof traceparent === 'string' ? traceparent : null, payload }
}
