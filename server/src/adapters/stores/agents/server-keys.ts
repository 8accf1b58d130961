import { type Kysely, sql } from 'kysely'
import { makeSigner, type Signer, successionText } from '../../../core/agents/index.ts'
import type { Succession } from '../../../core/agents/ports.ts'
import type { AuditEvent } from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import { Secret } from '../../../kernel/secret.ts'
import type { SealedColumn } from '../resealing.ts'

export interface ServerKeysDeps {
  database: Kysely<unknown>
  sealer: Sealer
  outside: Outside
  appendEvents(transaction: Kysely<unknown>, events: readonly AuditEvent[]): Promise<void>
}

interface Row {
  number: number
  publicKey: string
  sealed: string
}

const about = (tenant: string, number: number | string): string =>
  `agent-server-key/${JSON.stringify([tenant, String(number)])}`

/** Where the private halves lie. */
export const agentServerKeyColumn = (sealer: Sealer): SealedColumn => ({
  table: 'agent_server_key',
  column: 'sealed',
  key: ['tenant', 'number'],
  about: ([tenant = '', number = '']) => about(tenant, number),
  sealer,
})

/** The keys that the servers of each tenant sign with. All nodes have the same, by the database. */
export function makeServerKeys({ database, sealer, outside, appendEvents }: ServerKeysDeps) {
  const signers = new Map<string, Signer>()

  const newest = async (tenant: string): Promise<Row | null> => {
    const { rows } = await sql<Row>`
      select number, public_key as "publicKey", sealed from agent_server_key
      where tenant = ${tenant} order by number desc limit 1`.execute(database)
    return rows[0] ?? null
  }
  const signerOf = (tenant: string, { number, publicKey, sealed }: Row): Signer => {
    const known = signers.get(publicKey)
    if (known !== undefined) return known
    const signer = makeSigner(opened(sealer, about(tenant, number), sealed))
    signers.set(publicKey, signer)
    return signer
  }
  /** Of two nodes at once one draws; the other gets what was drawn. */
  const draw = async (tenant: string, before: { number: number; signer: Signer } | null): Promise<void> => {
    const seed = new Secret(Buffer.from(outside.randomBytes(32)).toString('base64'))
    const { publicKey } = makeSigner(seed)
    const number = (before?.number ?? 0) + 1
    const succession =
      before === null ? null : successionText({ tenant, from: before.signer.publicKey, to: publicKey })
    const signature = succession === null ? null : (before?.signer.sign('succession', succession) ?? null)
    await database.transaction().execute(async (transaction) => {
      const { rows } = await sql`
      insert into agent_server_key (tenant, number, public_key, sealed, succession, signature, drawn_at)
      values (${tenant}, ${number}, ${publicKey}, ${sealer.seal(about(tenant, number), seed.reveal())},
        ${succession}, ${signature}, ${outside.now()})
      on conflict (tenant, number) do nothing returning number`.execute(transaction)
      if (rows.length === 0 || before === null) return
      const event = {
        name: 'agent.server-key-changed',
        tenant,
        at: outside.now(),
        subject: null,
        flow: null,
      } as const
      await appendEvents(transaction, [{ ...event, facts: { key: publicKey.slice(0, 16) } }])
    })
  }
  const present = async (tenant: string): Promise<{ number: number; signer: Signer }> => {
    for (;;) {
      const row = await newest(tenant)
      if (row !== null) return { number: row.number, signer: signerOf(tenant, row) }
      await draw(tenant, null)
    }
  }

  return {
    serverKey: async (tenant: string) => (await present(tenant)).signer,
    async succeedServerKey(tenant: string) {
      await draw(tenant, await present(tenant))
      return { key: (await present(tenant)).signer.publicKey }
    },
    async successionsSince(tenant: string, key: string): Promise<readonly Succession[] | null> {
      const { rows } = await sql<Succession | { succession: null }>`
        select later.succession, later.signature from agent_server_key as known
        left join agent_server_key as later on later.tenant = known.tenant and later.number > known.number
        where known.tenant = ${tenant} and known.public_key = ${key}
        order by later.number limit 200`.execute(database)
      if (rows.length === 0) return null
      // One row of nothing: the key is the newest.
      return rows.filter((row) => row.succession !== null)
    },
  }
}

function opened(sealer: Sealer, place: string, sealed: string): Secret {
  try {
    return new Secret(sealer.open(place, sealed))
  } catch (cause) {
    throw new Fault('config-invalid', {
      detail: 'no key of keys.data opens the key that agents trust',
      cause,
    })
  }
}
