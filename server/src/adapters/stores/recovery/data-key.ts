import { type Kysely, sql } from 'kysely'
import { Fault } from '../../../kernel/fault.ts'
import type { Sealer } from '../../../kernel/seal.ts'

const about = 'installation'
const text = 'rekey'

/**
 * Refuses to go on with a data key that this database was not written with: every flow that is open would end in an
 * error, one person at a time. The first start leaves a sealed word; a rotated key that is still in the ring opens
 * it, and it is sealed anew under the current one.
 *
 * @throws Fault `config-invalid`
 */
export async function checkDataKey(database: Kysely<unknown>, sealer: Sealer): Promise<void> {
  const { rows } = await sql<{ sealed: string }>`select sealed from installation`.execute(database)
  const [row] = rows
  if (row !== undefined && !opens(sealer, row.sealed)) {
    throw new Fault('config-invalid', {
      detail:
        'keys.data is not the key that this database was written with; put that one under keys.data.older, or restore it',
    })
  }
  await sql`insert into installation (single, sealed) values (true, ${sealer.seal(about, text)})
    on conflict (single) do update set sealed = excluded.sealed`.execute(database)
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open(about, sealed) === text
  } catch {
    // A key that is not in the ring and a value that was tampered with mean the same here.
    return false
  }
}
