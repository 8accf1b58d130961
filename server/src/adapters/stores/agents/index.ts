import { type Kysely, sql } from 'kysely'
import { digestOf } from '../../../core/agents/index.ts'
import type {
  AgentRecords,
  EnrolledAgent,
  Enrolment,
  LineState,
  ListedAgent,
} from '../../../core/agents/ports.ts'
import type { AuditEvent } from '../../../core/audit/index.ts'
import { derive, type KeyRing, mac } from '../../../kernel/keys.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { Secret } from '../../../kernel/secret.ts'
import { makeServerKeys } from './server-keys.ts'

export { agentsMigration } from './migration.ts'
export { agentServerKeyColumn } from './server-keys.ts'

export interface AgentRecordsDeps {
  database: Kysely<unknown>
  sealer: Sealer
  tokenKeys: KeyRing
  /** Name of this process among the nodes. */
  node: string
  outside: Outside
  /** Writes into the audit log, in the transaction that changes what it tells of. */
  appendEvents(transaction: Kysely<unknown>, events: readonly AuditEvent[]): Promise<void>
}

const dayMs = 86_400_000
/** A node tells of its lines every fifteen seconds. */
const freshMs = 60_000

/** Agents of all tenants in PostgreSQL. */
export function makeAgentRecords(deps: AgentRecordsDeps): AgentRecords {
  const { database, outside, node, tokenKeys } = deps

  const enrolled = async (
    tenant: string,
    directory: string,
    name: string | null,
  ): Promise<EnrolledAgent[]> => {
    const { rows } = await sql<{
      name: string
      signing: string
      sealing: string
      previousSigning: string | null
    }>`
      select name, signing_key as signing, sealing_key as sealing,
        case when previous_until > ${outside.now()} then previous_signing_key end as "previousSigning"
      from agent where tenant = ${tenant} and directory = ${directory} and revoked_at is null
        and (${name}::text is null or name = ${name})`.execute(database)
    return rows.map(({ signing, sealing, ...row }) => ({
      tenant,
      directory,
      ...row,
      keys: { signing, sealing },
    }))
  }

  /** Runs `change`, and says what it changed when it did change something. */
  const told = (
    name: AuditEvent['name'],
    { tenant, ...facts }: { tenant: string; directory: string; agent: string },
    change: (transaction: Kysely<unknown>) => Promise<boolean>,
  ): Promise<boolean> =>
    database.transaction().execute(async (transaction) => {
      if (!(await change(transaction))) return false
      const event = { name, tenant, at: outside.now(), subject: null, flow: null, facts }
      await deps.appendEvents(transaction, [event])
      return true
    })

  /** Codes of an agent that nobody has used yet; true when there were any. */
  const voidCodes = async (
    connection: Kysely<unknown>,
    { tenant, directory, name }: { tenant: string; directory: string; name: string },
  ): Promise<boolean> => {
    const { rows } = await sql`
      delete from agent_enrolment
      where tenant = ${tenant} and directory = ${directory} and agent = ${name} and used_at is null
        and expires_at > ${outside.now()}
      returning id`.execute(connection)
    return rows.length > 0
  }

  return {
    ...makeServerKeys(deps),
    async find({ tenant, directory, name }) {
      return (await enrolled(tenant, directory, name))[0] ?? null
    },
    enrolledOf: (tenant, directory) => enrolled(tenant, directory, null),
    async openEnrolment(enrolment) {
      const { tenant, directory, agent, id, expiresAt } = enrolment
      const { current } = tokenKeys
      await sql`delete from agent_enrolment where tenant = ${tenant} and expires_at < ${outside.now()}`.execute(
        database,
      )
      // Whoever makes another has lost the last one, or doesn't know who has it.
      await voidCodes(database, { tenant, directory, name: agent })
      await sql`
        insert into agent_enrolment (tenant, id, directory, agent, key_id, expires_at)
        values (${tenant}, ${id}, ${directory}, ${agent}, ${current.id}, ${expiresAt})`.execute(database)
      return { secret: secretOf(enrolment, current.bytes) }
    },
    async findEnrolment(tenant, id) {
      const { rows } = await sql<Omit<Enrolment, 'tenant' | 'id'> & { keyId: string }>`
        select directory, agent, key_id as "keyId", expires_at as "expiresAt" from agent_enrolment
        where tenant = ${tenant} and id = ${id} and used_at is null and expires_at > ${outside.now()}`.execute(
        database,
      )
      const [row] = rows
      const key = row === undefined ? undefined : tokenKeys.find(row.keyId)
      if (row === undefined || key === undefined) return null
      const enrolment = { tenant, id, directory: row.directory, agent: row.agent, expiresAt: row.expiresAt }
      return { ...enrolment, secret: secretOf(enrolment, key.bytes) }
    },
    enrol: ({ tenant, directory, agent, id }, { signing, sealing }) =>
      told('agent.enrolled', { tenant, directory, agent }, async (transaction) => {
        const at = outside.now()
        const spent = await sql`
          update agent_enrolment set used_at = ${at}
          where tenant = ${tenant} and id = ${id} and used_at is null and expires_at > ${at}
          returning id`.execute(transaction)
        if (spent.rows.length === 0) return false
        await sql`
          insert into agent (tenant, directory, name, signing_key, sealing_key, enrolled_at)
          values (${tenant}, ${directory}, ${agent}, ${signing}, ${sealing}, ${at})
          on conflict (tenant, directory, name) do update set signing_key = excluded.signing_key,
            sealing_key = excluded.sealing_key, enrolled_at = excluded.enrolled_at, previous_signing_key = null,
            previous_until = null, rotated_at = null, revoked_at = null`.execute(transaction)
        return true
      }),
    rotate({ tenant, directory, name, signedWith }, { signing, sealing }) {
      const at = outside.now()
      return told('agent.keys-changed', { tenant, directory, agent: name }, async (transaction) => {
        const { rows } = await sql`
          update agent set signing_key = ${signing}, sealing_key = ${sealing}, rotated_at = ${at},
            previous_signing_key = case when signing_key = ${signing} then previous_signing_key else signing_key end,
            previous_until = case when signing_key = ${signing} then previous_until
              else ${new Date(at.getTime() + dayMs)}::timestamptz end
          where tenant = ${tenant} and directory = ${directory} and name = ${name} and revoked_at is null
            and (signing_key = ${signedWith}
              -- The same once more: its answer was lost.
              or (signing_key = ${signing} and sealing_key = ${sealing} and previous_signing_key = ${signedWith}))
          returning name`.execute(transaction)
        return rows.length === 1
      })
    },
    revoke: ({ tenant, directory, name }) =>
      told('agent.revoked', { tenant, directory, agent: name }, async (transaction) => {
        const hadCode = await voidCodes(transaction, { tenant, directory, name })
        const { rows } = await sql`
          update agent set revoked_at = ${outside.now()}
          where tenant = ${tenant} and directory = ${directory} and name = ${name} and revoked_at is null
          returning name`.execute(transaction)
        return hadCode || rows.length === 1
      }),
    async tell({ tenant, directory, agent, ...state }) {
      const at = outside.now()
      await sql`
        with seen as (
          update agent set seen_at = ${at} where tenant = ${tenant} and directory = ${directory} and name = ${agent}
        )
        insert into agent_line (tenant, directory, agent, node, told_at, state)
        values (${tenant}, ${directory}, ${agent}, ${node}, ${at}, ${JSON.stringify(state)}::jsonb)
        on conflict (tenant, directory, agent, node) do update set told_at = excluded.told_at, state = excluded.state
      `.execute(database)
      // What nodes left that were killed.
      const long = new Date(at.getTime() - 10 * freshMs)
      await sql`delete from agent_line where tenant = ${tenant} and told_at < ${long}`.execute(database)
    },
    async untell({ tenant, directory, agent }) {
      await sql`delete from agent_line where tenant = ${tenant} and directory = ${directory} and agent = ${agent}
        and node = ${node}`.execute(database)
    },
    async list(tenant) {
      const agents = await sql<Omit<ListedAgent, 'lines' | 'fingerprint'> & { key: string }>`
        select tenant, directory, name, enrolled_at as "enrolledAt", rotated_at as "rotatedAt",
          revoked_at as "revokedAt", seen_at as "seenAt", signing_key as key
        from agent where tenant = ${tenant} order by directory, name`.execute(database)
      const lines = await sql<{ directory: string; agent: string; node: string; state: ToldState }>`
        select directory, agent, node, state from agent_line
        where tenant = ${tenant} and told_at > ${new Date(outside.now().getTime() - freshMs)}
        order by node`.execute(database)
      return agents.rows.map(({ key, ...listed }) => ({
        ...listed,
        fingerprint: digestOf(key).slice(0, 16),
        lines: lines.rows
          .filter(({ directory, agent }) => directory === listed.directory && agent === listed.name)
          // Nothing is handed to it any more; its node closes the line within seconds.
          .filter(() => listed.revokedAt === null)
          .map(({ node: at, state }) => ({ node: at, ...fromTold(state) })),
      }))
    },
  }
}

/** A `LineState` after JSON. */
type ToldState = Omit<LineState, 'tenant' | 'directory' | 'agent' | 'connectedAt' | 'beatAt'> & {
  connectedAt: string
  beatAt: string | null
}

const fromTold = ({ connectedAt, beatAt, ...state }: ToldState) => ({
  ...state,
  connectedAt: new Date(connectedAt),
  beatAt: beatAt === null ? null : new Date(beatAt),
})

/** Derived and kept nowhere: who reads the database can't let anybody in. */
const secretOf = (
  { tenant, directory, agent, id }: Omit<Enrolment, 'expiresAt'>,
  tokenKey: Uint8Array,
): Secret => {
  const key = derive(tokenKey, 'rekey/agent-enrolment')
  return new Secret(Buffer.from(mac(key, tenant, directory, agent, id)).toString('base64url'))
}
