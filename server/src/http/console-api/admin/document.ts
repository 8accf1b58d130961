import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { apiDocument } from '../../api/document.ts'

const tag = {
  name: 'admin',
  description: 'For those who help others, with a key. On the console listener, and nowhere else.',
}
const securitySchemes = {
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key that the configuration knows: `Authorization: Bearer <key>`. No cookie is looked at.',
  },
} as const

/** What is collected of the admin API's own routes. */
export const adminDocument: FastifyDynamicSwaggerOptions = {
  ...apiDocument({ server: '/' }),
  openapi: {
    openapi: '3.1.0',
    info: { title: 'Rekey admin API', version: '1.0.0' },
    tags: [tag],
    components: { securitySchemes },
  },
}

type Node = Readonly<Record<string, unknown>>

/** One document of both APIs. Each path of the admin API says that it is on the listener that serves the document. */
export function withAdminApi(publicApi: object, adminApi: object): object {
  const one = node(publicApi)
  const other = node(adminApi)
  const servers = [{ url: '/', description: 'The console listener, which this document came from.' }]
  const paths = Object.entries(node(other['paths'])).map(([path, item]): [string, unknown] => [
    path,
    { ...node(item), servers },
  ])
  const both = (part: string): Node => ({
    ...node(node(one['components'])[part]),
    ...node(node(other['components'])[part]),
  })
  return {
    ...one,
    info: { ...node(one['info']), title: 'Rekey self-service and admin API' },
    tags: [...list(one['tags']), ...list(other['tags'])],
    paths: { ...node(one['paths']), ...Object.fromEntries<unknown>(paths) },
    components: { schemas: both('schemas'), securitySchemes: both('securitySchemes') },
  }
}

const node = (value: unknown): Node => (typeof value === 'object' && value !== null ? { ...value } : {})
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : []
