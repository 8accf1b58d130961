/**
 * Facts of a span: names from the configuration or the code, counts, outcomes. Never what a person typed, an address,
 * an account, or anything that is secret: traces go to systems with other readers than the audit log.
 */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>

/** One stretch of work. It is seen once it has ended. */
export interface Span {
  /** What begins while `work` runs, and in whatever that starts, lies below this span. */
  run<Result>(work: () => Result): Result
  end(outcome?: { failed?: boolean; facts?: SpanFacts }): void
}

export type SpanKind = 'server' | 'producer' | 'consumer' | 'client'

export interface SpanStart {
  name: string
  kind: SpanKind
  facts: SpanFacts
}

/** Where a piece of work spends its time, over requests, jobs, directories and mail servers. */
export interface Tracing {
  begin(start: SpanStart): Span
  /** Begins below a place that `here` named, perhaps in another process; on its own for null or what names none. */
  beginBelow(place: string | null, start: SpanStart): Span
  /** The span that is running, as W3C `traceparent` (Trace Context section 3.2); null when there is none. */
  here(): string | null
}

const unseen: Span = { run: (work) => work(), end: () => undefined }

/** For an installation that traces nothing: no state, no context, nothing to wait for. */
export const noTracing: Tracing = { begin: () => unseen, beginBelow: () => unseen, here: () => null }

/** Runs work inside a span. `factsOf` says what of its result is worth seeing; one that throws has failed. */
export async function traced<Result>(
  span: Span,
  work: () => Promise<Result>,
  factsOf: (result: Result) => SpanFacts = () => ({}),
): Promise<Result> {
  let facts: SpanFacts | null = null
  try {
    const result = await span.run(work)
    facts = factsOf(result)
    return result
  } finally {
    span.end(facts === null ? { failed: true } : { facts })
  }
}
