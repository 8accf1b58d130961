import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Purpose } from '../../core/gate/index.ts'
import { negotiateLanguage } from '../../core/messages/index.ts'
import type { PasswordRule } from '../../core/passwords/index.ts'
import type { RequestOptions } from '../../core/proofs/index.ts'
import type { Client, Flow } from '../../core/recovery/index.ts'
import type { PublicDeps, PublicTenant } from '../public-deps.ts'
import {
  csrfFor,
  deviceDigest,
  type HeldFlow,
  readDevice,
  readFlow,
  readLanguage,
  rememberLanguage,
} from './cookies.ts'
import { pageHeaders } from './views/headers.ts'
import type { AskedOfBrowser, PageContext } from './views/props.ts'

/** One request of a person: who, where, in which language, holding which flow. */
export interface Visit {
  request: FastifyRequest
  reply: FastifyReply
  tenant: PublicTenant
  page: PageContext
  client: Client
  held: HeldFlow | null
  mailIsDelayed: boolean
  /** What a browser is asked for a flow; null where the tenant has no passkeys. */
  passkeyRequest(flow: Pick<Flow, 'tenant' | 'id'>): RequestOptions | null
  /** What a form of this page has to bring; null while nothing is asked. */
  asked(purpose: Purpose): AskedOfBrowser | null
  /** The rules for the account of the held flow, once it waits for a password; the tenant's when nobody can say. */
  passwordRules(): Promise<readonly PasswordRule[]>
}

export function visitOf(
  deps: PublicDeps,
  call: { request: FastifyRequest; reply: FastifyReply; tenant: PublicTenant; here: PageContext['here'] },
): Visit {
  const { request, reply, tenant, here } = call
  const { lang } = request.query as { lang?: unknown }
  const asked = typeof lang === 'string' && tenant.voice.languages.includes(lang) ? lang : undefined
  if (asked !== undefined) rememberLanguage(reply, asked)
  const locale = negotiateLanguage({
    chosen: [asked, readLanguage(request)],
    acceptLanguage: request.headers['accept-language'],
    offered: tenant.voice.languages,
  })
  const device = readDevice(request)
  const held = readFlow(request)
  const from = deps.clientOf(request)
  return {
    request,
    reply,
    tenant,
    page: {
      tenant: tenant.voice,
      locale,
      here,
      csrf: csrfFor(request, reply, deps),
      demo: deps.demo,
      look: tenant.look,
    },
    client: {
      ...from,
      deviceDigest: device === null ? null : deviceDigest(tenant.id, device),
    },
    held,
    mailIsDelayed: deps.mailIsDelayed(),
    passkeyRequest: deps.recovery.passkeyRequest,
    asked(purpose) {
      const wait = deps.gate.look({ tenant: tenant.id, purpose, client: from })
      return wait === null ? null : { purpose, wait }
    },
    async passwordRules() {
      const told = held === null ? null : await deps.recovery.passwordRules({ tenant: tenant.id, ...held })
      return told?.ok === true ? told.rules : tenant.passwordRules
    },
  }
}

export const show = (
  visit: Visit,
  status: number,
  html: string,
  headers: Readonly<Record<string, string>> = pageHeaders,
): FastifyReply => visit.reply.code(status).headers(headers).send(html)

/** After a POST that worked the browser is sent to the page: loading it again repeats nothing. */
export const goOn = (visit: Visit, path: string): FastifyReply => visit.reply.redirect(path, 303)
