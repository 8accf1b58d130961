import { type Kysely, sql } from 'kysely'

/**
 * How many rows still need a token key: flows whose secret, link or code was derived under it, mails that are not sent
 * yet, "this was not me"s that can still be said, sessions at the portal, invitations that can still be spent,
 * and passwords that are remembered: these can't be brought under another key.
 */
export async function tokenKeyUse(database: Kysely<unknown>, keyId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (
      (select count(*) from flow
        where starts_with(secret_digest, ${`${keyId}:`}) or body->'issued'->>'keyId' = ${keyId}
          or body->'issuedText'->>'keyId' = ${keyId})
      + (select count(*) from message
        where key_id = ${keyId} and state = 'ordered' and not_after > clock_timestamp())
      + (select count(*) from disavowal
        where starts_with(code_digest, ${`${keyId}:`}) and expires_at > clock_timestamp())
      + (select count(*) from portal_session
        where starts_with(secret_digest, ${`${keyId}:`}) and ended_at is null)
      + (select count(*) from invitation
        where starts_with(code_digest, ${`${keyId}:`}) and expires_at > clock_timestamp()
          and spent_at is null and withdrawn_at is null)
      + (select count(*) from remembered_password where key_id = ${keyId})
      + (select count(*) from enrolment where token_key_id = ${keyId})
    )::int as count`.execute(database)
  return rows[0]?.count ?? 0
}
