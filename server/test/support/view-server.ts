import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { renderMail } from '../../src/adapters/channels/rendering/render-mail.ts'
import { languages } from '../../src/core/messages/index.ts'
import { type Assets, loadAssets, tenantAssets } from '../../src/http/portal/assets.ts'
import { pageHeaders } from '../../src/http/portal/views/headers.ts'
import { mailSamples, someSecrets } from './mail-samples.ts'
import { aPage, aTenant, portalSamples } from './portal-samples.ts'

export interface Posted {
  path: string
  fields: Record<string, string>
}

/** Rendered pages and mails behind a real socket, with the headers they ship with. */
export interface ViewServer {
  origin: string
  /** Paths of all pages and mails: `/en/start`, `/mail/de/recovery`. */
  paths: readonly string[]
  html(path: string): string
  assets: Assets
  stylesheet: string
  script: string
  /** What forms have sent, in order. */
  posted: Posted[]
  close(): Promise<void>
}

export async function openViewServer(): Promise<ViewServer> {
  const portal = loadAssets()
  const { look, files } = tenantAssets(portal, { color: null, radius: null, logo: null })
  const themed = tenantAssets(portal, { color: '#ffcc00', radius: 2, logo: { bytes: Buffer.from(logo) } })
  const pages = new Map<string, string>()
  for (const locale of Object.keys(languages)) {
    for (const [name, html] of portalSamples(aPage({ locale, look }))) pages.set(`/${locale}/${name}`, html)
    for (const [name, order] of mailSamples({ locale })) {
      pages.set(`/mail/${locale}/${name}`, renderMail(order, someSecrets(), aTenant()).html)
    }
  }
  for (const [name, html] of portalSamples(aPage({ demo: true, look: themed.look }))) {
    if (/^(start|prove|password|done)$/.test(name)) pages.set(`/themed/${name}`, html)
  }

  const assets: Assets = new Map([...portal.files, ...files, ...themed.files])
  const posted: Posted[] = []
  const server = createServer(
    (request, response) => void answer({ request, response, pages, assets, posted }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths: [...pages.keys()],
    html: (path) => pages.get(path) ?? '',
    assets,
    stylesheet: portal.stylesheet,
    script: portal.script,
    posted,
    close: () => closed(server),
  }
}

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" fill="#ffcc00"/></svg>'

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

async function answer(at: {
  request: IncomingMessage
  response: ServerResponse
  pages: ReadonlyMap<string, string>
  assets: Assets
  posted: Posted[]
}): Promise<void> {
  const { request, response, pages, assets, posted } = at
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method === 'POST') {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    posted.push({
      path: pathname,
      fields: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
    })
    // Long enough for the second press of an impatient person to be sent as well, if anything sent it.
    setTimeout(() => response.writeHead(204).end(), 300)
    return
  }
  const asset = assets.get(pathname)
  const page = pages.get(pathname)
  if (asset !== undefined)
    response.writeHead(200, { ...asset.headers, 'content-type': asset.type }).end(asset.body)
  else if (page === undefined) response.writeHead(404).end()
  else if (pathname.startsWith('/mail/')) response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  else response.writeHead(200, { ...pageHeaders }).end(page)
}
