import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { Caller, Helpdesk } from '../../../core/helpdesk/index.ts'
import type { RequestRecords } from '../../../core/helpdesk/ports.ts'
import type { Limiter } from '../../../core/recovery/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Secret } from '../../../kernel/secret.ts'

/** What the admin API needs besides the listener. */
export interface AdminDeps extends Pick<Outside, 'now'> {
  /** Whose key it is; null: nobody's. */
  callerOf(key: Secret): Caller | null
  /** Ids of all tenants. */
  tenants: ReadonlySet<string>
  helpdesk: Helpdesk
  requests: RequestRecords
  /** Keyed digest of texts, under a key outside the database. */
  fingerprint(...texts: readonly string[]): string
  limiter: Limiter
  /** Records events that belong to no decision. */
  record(events: readonly AuditEvent[]): Promise<void>
}
