import { localDirectoryMigrations } from '../../src/adapters/connectors/local/migration.ts'
import { auditMigration } from '../../src/adapters/stores/audit/migration.ts'
import type { Migration } from '../../src/adapters/stores/migrate.ts'
import { storeMigrations } from '../../src/adapters/stores/migrations/index.ts'

/** The whole schema, in the order in which the product applies it. */
export const testMigrations: readonly Migration[] = [
  ...storeMigrations,
  auditMigration,
  ...localDirectoryMigrations,
]
