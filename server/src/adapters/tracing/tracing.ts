import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  SpanKind as Kind,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Secret } from '../../kernel/secret.ts'
import type { Span, SpanStart, Tracing } from '../../kernel/tracing.ts'

export interface TracingOptions {
  /** Where spans are posted to, as OTLP over HTTP in JSON. */
  url: string
  /** Value of the Authorization header. */
  authorization?: Secret | undefined
  /** Share of the traces that is kept, 0 to 1. Chosen by chance at the first span, whatever comes after. */
  ratio: number
  serviceName: string
  serviceVersion: string
  /** Told when the collector stops taking spans, and when it takes them again; not for every batch. */
  warn(message: string): void
}

export interface OpenTracing extends Tracing {
  /** Hands over what is left, for at most a second: a collector that is away holds nobody up. */
  close(): Promise<void>
}

/** Spans that wait for a collector; more are dropped, so that one that is away costs a bounded amount of memory. */
const spansWaitingMax = 2048
const exportMsMax = 5_000
const closeMsMax = 1_000

/**
 * OpenTelemetry, with a provider of our own: nothing global is registered, so no library of somebody else's begins
 * to trace what it sees.
 */
export function openTracing(options: TracingOptions): OpenTracing {
  const { url, authorization, ratio, serviceName, serviceVersion, warn } = options
  const exporter = new OTLPTraceExporter({
    url,
    timeoutMillis: exportMsMax,
    concurrencyLimit: 1,
    headers: authorization === undefined ? {} : { authorization: authorization.reveal() },
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.version': serviceVersion }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: watched(exporter, warn),
        maxQueueSize: spansWaitingMax,
        scheduledDelayMillis: 1_000,
        exportTimeoutMillis: exportMsMax,
      }),
    ],
  })
  return {
    ...makeSpans(provider),
    async close() {
      const patience = new AbortController()
      const late = new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeMsMax)
        patience.signal.addEventListener('abort', () => clearTimeout(timer))
      })
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      patience.abort()
    },
  }
}

const kinds = {
  server: Kind.SERVER,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
  client: Kind.CLIENT,
} as const

function makeSpans(provider: TracerProvider): Tracing {
  const tracer = provider.getTracer('rekey')
  const contexts = new AsyncLocalStorage<Context>()
  const w3c = new W3CTraceContextPropagator()

  const beginIn = (parent: Context, { name, kind, facts }: SpanStart): Span => {
    const span = tracer.startSpan(name, { kind: kinds[kind], attributes: facts }, parent)
    const below = trace.setSpan(parent, span)
    return {
      run: (work) => contexts.run(below, work),
      end(outcome = {}) {
        span.setAttributes(outcome.facts ?? {})
        if (outcome.failed === true) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
      },
    }
  }
  return {
    begin: (start) => beginIn(contexts.getStore() ?? ROOT_CONTEXT, start),
    beginBelow: (place, start) =>
      beginIn(
        place === null
          ? ROOT_CONTEXT
          : w3c.extract(ROOT_CONTEXT, { traceparent: place }, defaultTextMapGetter),
        start,
      ),
    here() {
      const context = contexts.getStore()
      if (context === undefined) return null
      const carrier: { traceparent?: string } = {}
      w3c.inject(context, carrier, defaultTextMapSetter)
      return carrier.traceparent ?? null
    },
  }
}

/** Says once that spans are being lost, and once that they are not any more. */
function watched(exporter: SpanExporter, warn: (message: string) => void): SpanExporter {
  let losing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const lost = result.code !== ExportResultCode.SUCCESS
        if (lost !== losing) {
          warn(lost ? 'tracing: the collector takes no spans, they are lost' : 'tracing: spans arrive again')
        }
        losing = lost
        done(result)
      })
    },
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}
