import type { Selectable } from 'kysely'
import type { AuditEvent } from '../../../core/audit/ports.ts'
import type { Flow } from '../../../core/recovery/flow.ts'
import type { Ledger } from '../../../core/recovery/ledger.ts'
import type { Changed, Invitation, InvitationName, RecoveryStore } from '../../../core/recovery/ports.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { writeEffects } from './effects.ts'
import type { InvitationTable } from './tables.ts'
import { inTransaction, type StoreDeps, type Trx } from './transaction.ts'

export const aboutInvitation = (invitation: { tenant: string; id: string }): string =>
  `invitation/${invitation.tenant}/${invitation.id}`

interface Parts {
  lockLedger(trx: Trx, tenant: string, subject: string): Promise<Ledger>
  insertFlow(trx: Trx, flow: Flow): Promise<void>
  changeOthers(
    trx: Trx,
    ledger: Ledger,
    except: string | null,
    change: (flow: Flow) => Changed | null,
  ): Promise<AuditEvent[]>
}

type Invitations = Pick<
  RecoveryStore,
  'decideInvitations' | 'readInvitation' | 'lastInvitation' | 'listInvitations'
>

/** Invitations as rows. Whoever changes those of an account holds its ledger. */
export function makeInvitations(
  deps: StoreDeps,
  { lockLedger, insertFlow, changeOthers }: Parts,
): Invitations {
  const { database, sealer } = deps
  const decoded = (row: Selectable<InvitationTable>) => decode(row, sealer)
  const named = (from: Pick<Trx, 'selectFrom'>, tenant: string, by: InvitationName) => {
    const query = from.selectFrom('invitation').selectAll().where('tenant', '=', tenant)
    return (
      'id' in by ? query.where('id', '=', by.id) : query.where('code_digest', '=', by.codeDigest)
    ).executeTakeFirst()
  }
  return {
    decideInvitations: ({ tenant, by }, decider) =>
      inTransaction(deps, async (trx) => {
        // Whose it is never changes, so it may be read before anything is locked.
        const subject = 'subject' in by ? by.subject : (await named(trx, tenant, by))?.subject
        if (subject === undefined) return { result: null, events: [] }
        const ledger = await lockLedger(trx, tenant, subject)
        const invitations = await invitationsOf(trx, { tenant, subject }, sealer)
        const { answer, changed = [], opened, others, effects } = decider({ invitations, ledger })
        for (const one of changed) await writeInvitation(trx, one, sealer)
        if (opened !== undefined) await insertFlow(trx, opened)
        const also = others === undefined ? [] : await changeOthers(trx, ledger, opened?.id ?? null, others)
        await writeEffects(deps, trx, effects)
        return { ...effects, events: [...(effects?.events ?? []), ...also], result: answer }
      }),
    async readInvitation(tenant, by) {
      const row = await named(database, tenant, by)
      return row === undefined ? null : decoded(row)
    },
    async lastInvitation(tenant, subject) {
      const query = database.selectFrom('invitation').select('password_set_at').where('tenant', '=', tenant)
      const row = await query
        .where('subject', '=', subject)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row === undefined ? null : { passwordSetAt: row.password_set_at }
    },
    async listInvitations(tenant, { after, limit }) {
      const query = database.selectFrom('invitation').selectAll().where('tenant', '=', tenant)
      const rows = await query
        .where('id', '>', after ?? '')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(decoded)
    },
  }
}

/** Newest first. */
export async function invitationsOf(
  trx: Trx,
  { tenant, subject }: { tenant: string; subject: string },
  sealer: Sealer,
): Promise<Invitation[]> {
  const rows = await trx
    .selectFrom('invitation')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('subject', '=', subject)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => decode(row, sealer))
}

/** Only the moments at which it ends can change in a row that is there. */
export const writeInvitation = (trx: Trx, invitation: Invitation, sealer: Sealer) =>
  trx
    .insertInto('invitation')
    .values(encode(invitation, sealer))
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'id']).doUpdateSet({
        spent_at: invitation.spentAt,
        withdrawn_at: invitation.withdrawnAt,
        disowned_at: invitation.disownedAt,
      }),
    )
    .execute()

function encode(invitation: Invitation, sealer: Sealer) {
  const { tenant, id, subject, account, username, sentTo, locale, service, invitedBy } = invitation
  return {
    ...{ tenant, id, subject, locale, service },
    code_digest: invitation.codeDigest,
    directory: account.directory,
    account_key: account.key,
    sealed: sealer.seal(aboutInvitation(invitation), JSON.stringify({ username, sentTo })),
    invited_by: invitedBy,
    created_at: invitation.createdAt,
    password_set_at: invitation.passwordSetAt,
    expires_at: invitation.expiresAt,
    spent_at: invitation.spentAt,
    withdrawn_at: invitation.withdrawnAt,
    disowned_at: invitation.disownedAt,
  }
}

function decode(row: Selectable<InvitationTable>, sealer: Sealer): Invitation {
  const { tenant, id, subject, locale, service } = row
  const personal = JSON.parse(sealer.open(aboutInvitation(row), row.sealed)) as Pick<
    Invitation,
    'username' | 'sentTo'
  >
  return {
    ...{ tenant, id, subject, locale, service },
    ...personal,
    codeDigest: row.code_digest,
    account: { directory: row.directory, key: row.account_key },
    invitedBy: row.invited_by,
    createdAt: row.created_at,
    passwordSetAt: row.password_set_at,
    expiresAt: row.expires_at,
    spentAt: row.spent_at,
    withdrawnAt: row.withdrawn_at,
    disownedAt: row.disowned_at,
  }
}
