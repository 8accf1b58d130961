import type { Kysely } from 'kysely'
import type { Outside } from '../../kernel/outside.ts'
import type { AuditStore } from './audit/index.ts'

/** Sealing that is this late has stopped, and a service that can't prove what it does is not ready. */
const sealedWithinSeconds = 30

export async function isReady(
  database: Kysely<unknown>,
  audit: AuditStore,
  outside: Outside,
): Promise<boolean> {
  try {
    await database.selectNoFrom((expression) => expression.lit(1).as('one')).execute()
    return (await oldestPendingSeconds(audit, outside)) < sealedWithinSeconds
  } catch {
    // Whatever the database says instead of an answer, it means "not ready"; the log has the reason elsewhere.
    return false
  }
}

export async function oldestPendingSeconds(audit: AuditStore, outside: Outside): Promise<number> {
  const { oldestPendingAt } = await audit.status()
  return oldestPendingAt === null ? 0 : (outside.now().getTime() - oldestPendingAt.getTime()) / 1_000
}
