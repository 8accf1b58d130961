import { type Kysely, sql } from 'kysely'
import { Fault } from '../../../kernel/fault.ts'
import type { Sealer } from '../../../kernel/seal.ts'

/** What the word is sealed to. */
export const aboutInstallation = 'installation'
const text = 'rekey'

/**
 * Refuses to go on with a data key that this database was not written with: every flow that is open would end in an
 * error, one person at a time. The first start leaves a sealed word; a rotated key that is still in the ring opens
 * it, until it is sealed anew under the current one.
 *
 * @throws Fault `config-invalid`
 */
export async function checkDataKey(database: Kysely<unknown>, sealer: Sealer): Promise<void> {
  const sealed = await read(database)
  if (sealed !== null && !opens(sealer, sealed)) {
    throw new Fault('config-invalid', {
      detail:
        'keys.data is not the key that this database was written with; put that one under keys.data.older (or back into the ring file), or restore it',
    })
  }
  await sql`insert into installation (single, sealed) values (true, ${sealer.seal(aboutInstallation, text)})
    on conflict (single) do nothing`.execute(database)
}

async function read(database: Kysely<unknown>): Promise<string | null> {
  const { rows } = await sql<{ sealed: string }>`select sealed from installation`.execute(database)
  return rows[0]?.sealed ?? null
}

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open(aboutInstallation, sealed) === text
  } catch {
    // A key that is not in the ring and a value that was tampered with mean the same here.
    return false
  }
}
