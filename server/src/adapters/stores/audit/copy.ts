import { type Kysely, sql } from 'kysely'
import { type CopiedEntry, type CopiedTile, decodeEntry, type LogCopy } from '../../../core/audit/index.ts'

const entriesPerPage = 5_000
const tilesPerPage = 256
const checkpointsPerPage = 10_000

/**
 * A tenant's log as the database has it. The transaction must be `repeatable read`, or a sealer at work would look
 * like tampering.
 */
export function databaseCopy(
  trx: Kysely<unknown>,
  { tenant, origin }: { tenant: string; origin: string },
): LogCopy {
  return {
    origin,
    damage: [],
    entries: () => readEntries(trx, tenant),
    tiles: () => readTiles(trx, tenant),
    checkpoints: () => readNotes(trx, tenant),
  }
}

interface Row {
  leaf: number | string
  id: string
  /** Milliseconds since 1970: cheaper to read than a date, of which there are millions. */
  at: number | string
  name: string
  subject: string | null
  entry: string
}

async function* readEntries(trx: Kysely<unknown>, tenant: string): AsyncGenerator<CopiedEntry[]> {
  let page = readPage(trx, tenant, -1)
  while (true) {
    const rows = await page
    if (rows.length === 0) return
    // PostgreSQL reads the next page while this one is being hashed.
    page = readPage(trx, tenant, Number(rows.at(-1)?.leaf))
    // If nobody comes for it, nobody is there to be told that it failed.
    page.catch(() => undefined)
    yield rows.map((row) => ({
      leaf: Number(row.leaf),
      entry: Buffer.from(row.entry, 'utf8'),
      columnsAgree: columnsAgree(tenant, row),
    }))
  }
}

async function readPage(trx: Kysely<unknown>, tenant: string, after: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select leaf, id, (extract(epoch from at) * 1000)::bigint as at, name, subject, entry
    from audit_event where tenant = ${tenant} and leaf > ${after} order by leaf limit ${entriesPerPage}`.execute(
    trx,
  )
  return rows
}

/** An entry that can't be read has no columns to differ from; its hash tells that it was changed. */
function columnsAgree(tenant: string, row: Row): boolean {
  const entry = decodeEntry(row.entry)
  if (entry === null) return true
  const sameAt = entry.at === new Date(Number(row.at)).toISOString()
  const sameNames = entry.id === row.id && entry.name === row.name && entry.subject === row.subject
  return sameAt && sameNames && entry.tenant === tenant
}

async function* readTiles(trx: Kysely<unknown>, tenant: string): AsyncGenerator<CopiedTile> {
  let [level, tile] = [-1, -1]
  while (true) {
    const { rows } = await sql<{ level: number; tile: number | string; hashes: Buffer }>`
      select level, tile, hashes from audit_tile where tenant = ${tenant} and (level, tile) > (${level}, ${tile})
      order by level, tile limit ${tilesPerPage}`.execute(trx)
    for (const row of rows) {
      ;[level, tile] = [row.level, Number(row.tile)]
      yield { level, index: tile, hashes: row.hashes }
    }
    if (rows.length < tilesPerPage) return
  }
}

async function* readNotes(trx: Kysely<unknown>, tenant: string): AsyncGenerator<string> {
  let size = -1
  while (true) {
    const { rows } = await sql<{ size: number | string; note: string }>`
      select size, note from audit_checkpoint where tenant = ${tenant} and size > ${size}
      order by size limit ${checkpointsPerPage}`.execute(trx)
    for (const { note } of rows) yield note
    if (rows.length < checkpointsPerPage) return
    size = Number(rows.at(-1)?.size)
  }
}
