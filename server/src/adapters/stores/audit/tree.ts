import { type Kysely, sql } from 'kysely'
import {
  edgeRoot,
  edgeTiles,
  type HashReader,
  parseCheckpoint,
  type SignedCheckpoint,
  splitHashes,
  type Tile,
  type TreeEdge,
  tileWidth,
} from '../../../core/audit/index.ts'
import { Fault } from '../../../kernel/fault.ts'

/** The newest checkpoint of a tenant's log; null while nothing has been sealed. */
export async function newestCheckpoint(
  database: Kysely<unknown>,
  tenant: string,
): Promise<SignedCheckpoint | null> {
  const { rows } = await sql<{ note: string }>`
    select note from audit_checkpoint where tenant = ${tenant} order by size desc limit 1`.execute(database)
  if (rows[0] === undefined) return null
  const checkpoint = parseCheckpoint(rows[0].note)
  if (checkpoint === null) throw new Fault('audit-log-broken', { detail: 'the newest checkpoint is not one' })
  return checkpoint
}

/** True when the log has a checkpoint of this size with this root. */
export async function knowsCheckpoint(
  database: Kysely<unknown>,
  tenant: string | null,
  { size, root }: SignedCheckpoint,
): Promise<boolean> {
  const { rows } = await sql<{ note: string }>`
    select note from audit_checkpoint where tenant = ${tenant} and size = ${size}`.execute(database)
  const known = rows[0] === undefined ? null : parseCheckpoint(rows[0].note)
  return known !== null && Buffer.compare(known.root, root) === 0
}

/**
 * The right edge of the stored tree. A log must never sign what contradicts an earlier checkpoint, so an edge that
 * does not give the newest checkpoint's root is not built upon: throws `audit-log-broken`.
 */
export async function readEdge(
  database: Kysely<unknown>,
  tenant: string,
  newest: SignedCheckpoint | null,
): Promise<TreeEdge> {
  const size = newest?.size ?? 0
  const places = edgeTiles(size)
  const { rows } = await sql<{ level: number; hashes: Buffer }>`
    select tile.level, tile.hashes from audit_tile tile
    join unnest(${places.map(({ level }) => level)}::smallint[], ${places.map(({ index }) => index)}::bigint[])
      as edge (level, tile) on tile.level = edge.level and tile.tile = edge.tile
    where tile.tenant = ${tenant}`.execute(database)
  const found = new Map(rows.map(({ level, hashes }) => [level, splitHashes(hashes)]))
  const unfinished = places.map(({ level, width }) => (found.get(level) ?? []).slice(0, width))
  const edge = { size, unfinished }
  if (newest !== null && Buffer.compare(edgeRoot(edge), newest.root) !== 0) {
    throw new Fault('audit-log-broken', {
      detail: `the stored tree of tenant ${tenant} contradicts its checkpoint of size ${size}`,
    })
  }
  return edge
}

export async function storeTiles(
  trx: Kysely<unknown>,
  tenant: string,
  tiles: readonly Tile[],
): Promise<void> {
  await sql`
    insert into audit_tile (tenant, level, tile, hashes)
    select ${tenant}, level, tile, decode(hashes, 'hex') from unnest(
      ${tiles.map(({ level }) => level)}::smallint[],
      ${tiles.map(({ index }) => index)}::bigint[],
      ${tiles.map(({ hashes }) => Buffer.concat(hashes).toString('hex'))}::text[]
    ) as grown (level, tile, hashes)
    on conflict (tenant, level, tile) do update set hashes = excluded.hashes`.execute(trx)
}

/** Reads hashes of one level, for proofs. */
export const hashReader =
  (database: Kysely<unknown>, tenant: string): HashReader =>
  async (level, start, count) => {
    const tile = Math.floor(start / tileWidth)
    const { rows } = await sql<{ hashes: Buffer }>`
      select hashes from audit_tile
      where tenant = ${tenant} and level = ${level} and tile = ${tile}`.execute(database)
    const from = start - tile * tileWidth
    const hashes = splitHashes(rows[0]?.hashes ?? new Uint8Array(0)).slice(from, from + count)
    if (hashes.length !== count) {
      throw new Fault('audit-log-broken', {
        detail: `tile ${level}/${tile} of tenant ${tenant} is incomplete`,
      })
    }
    return hashes
  }
