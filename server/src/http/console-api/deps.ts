import type { FastifyBaseLogger } from 'fastify'
import type { RenderedMail } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { AdminDeps } from './admin/deps.ts'
import type { EntryGate } from './entry.ts'

/** One mail of the demo outbox, as a row of a list. */
export interface OutboxItem {
  tenant: string
  id: string
  kind: string
  to: string
  subject: string
  orderedAt: Date
  state: 'ordered' | 'sent' | 'failed' | 'given-up'
}

/** What the outbox shows of one mail. */
export type OutboxMail = RenderedMail & { to: string }

export interface Outbox {
  /** The newest `limit` mails. */
  list(limit: number): Promise<readonly OutboxItem[]>
  /** Null when there is no such mail or its secrets can't be derived any more. */
  show(tenant: string, id: string): Promise<OutboxMail | null>
}

export interface ConsoleDeps extends Outside {
  logger: FastifyBaseLogger
  /** As in a Host header, without a port. */
  hostNames: readonly string[]
  https: boolean
  /** Lets in whoever has the one-time address; from `makeEntry`. */
  entry: EntryGate
  /** Null when mails go to a mail server and not to the outbox. */
  outbox: Outbox | null
  metrics(): Promise<{ contentType: string; body: string }>
  /** The OpenAPI document of the public API. */
  openapi(): object
  /** What the admin API needs; null: it is not on this listener. */
  admin: AdminDeps | null
  demo: boolean
  /** The portal's address, without a trailing slash; problem documents point into its reference. */
  portalUrl: string
}
