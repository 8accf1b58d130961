import { drawAdminKey, type Permission } from '../../src/core/helpdesk/index.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { ask, type RawAnswer } from './raw-http.ts'

/** A key as the configuration names it, and the key itself. */
export interface DrawnKey {
  entry: { name: string; keyDigest: string; may: readonly Permission[]; tenants?: readonly string[] }
  key: string
}

export function aKey(name: string, may: readonly Permission[], tenants?: readonly string[]): DrawnKey {
  const { key, digest } = drawAdminKey(systemOutside)
  const entry = { name, keyDigest: digest, may, ...(tenants === undefined ? {} : { tenants }) }
  return { entry, key: key.reveal() }
}

export interface AdminAsked {
  body?: unknown
  /** Of the `Idempotency-Key` header. */
  name?: string
  headers?: Record<string, string>
  method?: string
}

/** Calls the admin API of a console as a program with a key would; a body makes it a POST. */
export const anAdminCaller =
  (consoleUrl: string, key: string | null, tenant = 'northwind') =>
  (path: string, { body, name, headers = {}, method }: AdminAsked = {}): Promise<RawAnswer> => {
    const { port } = new URL(consoleUrl)
    return ask(`http://127.0.0.1:${port}/v1/admin/tenants/${tenant}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || body === null ? {} : { 'content-type': 'application/json' }),
        ...(name === undefined ? {} : { 'idempotency-key': name }),
        ...headers,
      },
      ...(body === undefined || body === null
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }
