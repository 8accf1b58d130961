import { sql } from 'kysely'
import type { PortalSession, SessionChange } from '../../../core/sessions/ports.ts'
import type { StoreDeps, Trx } from './transaction.ts'

export const aboutSession = (session: { tenant: string; id: string }): string =>
  `portal-session/${session.tenant}/${session.id}`

/** Writes what a decision made of a session, in its transaction. */
export async function changeSession(deps: StoreDeps, trx: Trx, what: SessionChange): Promise<void> {
  if (what.change === 'begun') {
    await trx.insertInto('portal_session').values(rowOf(deps, what.session)).execute()
    return
  }
  const { tenant, id } = what
  await trx
    .updateTable('portal_session')
    .set(columnsOf(what))
    .where(sql<boolean>`tenant = ${tenant} and id = ${id} and ended_at is null`)
    // Whatever else has ended all sessions meanwhile has ended this one.
    .$if('tokenVersion' in what, (update) =>
      update.where('token_version', '=', 'tokenVersion' in what ? what.tokenVersion - 1 : 0),
    )
    .$if(what.change === 'proven', (update) => update.where('awaits', 'is not', null))
    .execute()
}

function columnsOf(what: Exclude<SessionChange, { change: 'begun' }>) {
  switch (what.change) {
    case 'kept':
      return { token_version: what.tokenVersion, must_change: null, password_ends_at: null, flaw: null }
    case 'carried':
      return { token_version: what.tokenVersion }
    case 'proven':
      return { awaits: null, secret_digest: what.secretDigest, proven_at: what.at }
    case 'ended':
      return { ended_at: what.at }
  }
}

export async function readSession(
  { database, sealer }: StoreDeps,
  { tenant, id }: { tenant: string; id: string },
): Promise<PortalSession | null> {
  const row = await database
    .selectFrom('portal_session')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    tenant,
    id,
    secretDigest: row.secret_digest,
    subject: row.subject,
    account: { directory: row.directory, key: row.account_key },
    username: sealer.open(aboutSession(row), row.sealed),
    tokenVersion: row.token_version,
    mustChange: row.must_change,
    passwordEndsAt: row.password_ends_at,
    flaw: row.flaw,
    provenBy: row.proven_by,
    awaits: row.awaits,
    provenAt: row.proven_at,
    service: row.service,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}

const rowOf = ({ sealer }: StoreDeps, session: PortalSession) => ({
  tenant: session.tenant,
  id: session.id,
  secret_digest: session.secretDigest,
  subject: session.subject,
  directory: session.account.directory,
  account_key: session.account.key,
  sealed: sealer.seal(aboutSession(session), session.username),
  token_version: session.tokenVersion,
  must_change: session.mustChange,
  password_ends_at: session.passwordEndsAt,
  flaw: session.flaw,
  proven_by: session.provenBy,
  awaits: session.awaits,
  proven_at: session.provenAt,
  service: session.service,
  started_at: session.startedAt,
  ended_at: session.endedAt,
})
