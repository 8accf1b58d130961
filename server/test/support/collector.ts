import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CollectedSpan {
  traceId: string
  spanId: string
  /** Absent for the first span of a trace. */
  parentSpanId?: string
  name: string
  status?: { code?: number }
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
}

interface Body {
  resourceSpans: { scopeSpans: { spans: CollectedSpan[] }[] }[]
}

/** An OpenTelemetry collector, as far as somebody who posts traces can see: OTLP over HTTP in JSON. */
export interface Collector extends AsyncDisposable {
  /** Address that traces are posted to. */
  url: string
  spans: CollectedSpan[]
  /** Everything that was posted, headers and body, as it came. */
  posted(): string
  /** What it answers from now on. */
  answer(status: number): void
}

export async function aCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const texts: string[] = []
  let status = 200
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      texts.push(`${JSON.stringify(request.headers)}\n${text}`)
      if (status === 200) {
        const { resourceSpans } = JSON.parse(text) as Body
        spans.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)))
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    spans,
    posted: () => texts.join('\n'),
    answer: (next) => {
      status = next
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
