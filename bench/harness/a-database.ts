import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { openDatabase } from '../../server/src/adapters/stores/database.ts'
import { openEmbedded } from '../../server/src/adapters/stores/embedded/open-embedded.ts'
import { type Migration, migrate } from '../../server/src/adapters/stores/migrate.ts'
import { systemOutside } from '../../server/src/kernel/outside.ts'

/** A PostgreSQL as it ships with Rekey (every commit is flushed), in a folder that goes away. */
export async function aDatabase(
  migrations: readonly Migration[],
): Promise<{ kysely: Kysely<unknown> } & AsyncDisposable> {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-bench-'))
  opening.defer(() => rm(folder, { recursive: true, force: true }))
  const embedded = await openEmbedded({ folder, outside: systemOutside, log: () => {} })
  opening.defer(() => embedded.stop())
  const { kysely, close } = openDatabase<unknown>({ connection: embedded.connection, connectionsMax: 10 })
  opening.defer(close)
  await migrate(kysely, migrations)
  const running = opening.move()
  return { kysely, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
