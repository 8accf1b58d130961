import { type Kysely, sql } from 'kysely'
import { Fault } from '../../../kernel/fault.ts'
import type { Outside } from '../../../kernel/outside.ts'
import type { Sealer } from '../../../kernel/seal.ts'
import type { SealedColumn } from '../resealing.ts'

const about = 'names-key'
const bytes = 32

/**
 * The key that mailboxes and ledgers of nobody are named with. Drawn at the first start, whichever node comes first, and
 * kept sealed under the data key: rotations of the token key leave names as they are.
 *
 * @throws Fault `config-invalid` when none of the data keys opens it
 */
export async function readNamesKey(
  database: Kysely<unknown>,
  sealer: Sealer,
  outside: Pick<Outside, 'randomBytes'>,
): Promise<Uint8Array> {
  const drawn = Buffer.from(outside.randomBytes(bytes)).toString('base64')
  await sql`insert into names_key (single, sealed) values (true, ${sealer.seal(about, drawn)})
    on conflict (single) do nothing`.execute(database)
  return Buffer.from(open(sealer, await read(database)), 'base64')
}

/** Where it lies. */
export const namesKeyColumn = (sealer: Sealer): SealedColumn => ({
  table: 'names_key',
  column: 'sealed',
  key: ['single'],
  about: () => about,
  sealer,
  isVital: true,
})

async function read(database: Kysely<unknown>): Promise<string> {
  const { rows } = await sql<{ sealed: string }>`select sealed from names_key`.execute(database)
  const [row] = rows
  if (row === undefined) throw new RangeError('the names key has vanished')
  return row.sealed
}

function open(sealer: Sealer, sealed: string): string {
  try {
    return sealer.open(about, sealed)
  } catch (cause) {
    throw new Fault('config-invalid', { detail: 'no key of keys.data opens the names key', cause })
  }
}
