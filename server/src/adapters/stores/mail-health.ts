import { type Kysely, sql } from 'kysely'
import type { ProviderHealth } from '../../core/messages/provider-guard.ts'
import type { Outside } from '../../kernel/outside.ts'

export const mailHealthMigration = {
  name: 'mail-health',
  async up(database: Kysely<unknown>): Promise<void> {
    await sql`
      create table mail_health (
        node text not null,
        provider text not null,
        rests boolean not null,
        told_at timestamptz not null,
        primary key (node, provider)
      )`.execute(database)
  },
}

/** What all nodes know of the providers of mail, or of texts. */
export interface MailHealth {
  /** Says what this node knows, and forgets nodes that have been silent for long. */
  tell(health: readonly ProviderHealth[]): Promise<void>
  /** True while no provider answers any node. False when none has said anything lately. */
  isDelayed(): Promise<boolean>
}

/** A node says what it knows every few seconds; one that is silent for so long is gone. */
const freshMs = 30_000

/**
 * Kept in the database, because the node that shows a page need not be one that sends mail. It tells of providers only
 * and never of a message, and is fed by what providers say when they are asked without one, so that neither the sentence
 * nor the moment it appears says anything about anybody.
 */
export function makeMailHealth(deps: {
  database: Kysely<unknown>
  /** Name of this process among the nodes. */
  node: string
  outside: Pick<Outside, 'now'>
  of: 'mail' | 'text'
}): MailHealth {
  const { database, node, outside, of } = deps
  // No name of a provider has a slash in it, so both fit one table, which nodes of an older version share.
  const prefix = of === 'mail' ? '' : 'text/'
  return {
    async tell(health) {
      const now = outside.now()
      for (const { provider, works } of health) {
        await sql`
          insert into mail_health (node, provider, rests, told_at)
          values (${node}, ${prefix + provider}, ${!works}, ${now})
          on conflict (node, provider) do update set rests = excluded.rests, told_at = excluded.told_at
        `.execute(database)
      }
      const long = new Date(now.getTime() - 10 * freshMs)
      await sql`delete from mail_health where told_at < ${long}`.execute(database)
    },
    async isDelayed() {
      const since = new Date(outside.now().getTime() - freshMs)
      const { rows } = await sql<{ delayed: boolean | null }>`
        select bool_and(rests) as delayed from mail_health
        where told_at > ${since} and (provider like 'text/%') = ${of === 'text'}`.execute(database)
      return rows[0]?.delayed ?? false
    },
  }
}
