import { sql } from 'kysely'
import { argon2idHash } from '../server/src/adapters/connectors/hashes/argon2.ts'
import {
  local,
  localDirectoryMigrations,
  makeLocalAccounts,
} from '../server/src/adapters/connectors/local/index.ts'
import { systemOutside } from '../server/src/kernel/outside.ts'
import { Secret } from '../server/src/kernel/secret.ts'
import { aDatabase } from './harness/a-database.ts'
import { inTurns } from './harness/per-second.ts'
import { print } from './harness/rows.ts'

/**
 * Resets per second in the embedded directory, which remembers no former password here: who may come back is read, the new
 * password is hashed, and written under conditions. Beside it, in the same run, on the same pool and as many at once: hash,
 * and one update.
 */
const rounds = 3
const people = Number(process.env['REKEY_BENCH_PEOPLE'] ?? 120)
const atOnce = 8
const argon2 = { memoryKibibytes: 19_456, passes: 2, lanes: 1 }
const place = { tenant: 'example', name: 'people' }

await using database = await aDatabase(localDirectoryMigrations)
const { kysely } = database
const accounts = makeLocalAccounts(kysely, place.tenant, place.name, systemOutside)
const keys = await Promise.all(
  Array.from({ length: people }, (_, number) =>
    accounts.upsert({ username: `person-${number}`, displayName: `Person ${number}` }),
  ),
)
const directory = local.open(
  { lockoutTries: 10, history: 0, minAgeSeconds: 0, argon2 },
  { ...systemOutside, ...place, database: kysely, warn: () => undefined },
)

const measured = await inTurns(
  { rounds, keys, atOnce },
  {
    async alone(key, password) {
      const hash = await argon2idHash(Buffer.from(password), argon2)
      await sql`update local_account set password_hash = ${hash} where key = ${key}`.execute(kysely)
    },
    async resets(key, password) {
      const written = await directory.setPassword(key, new Secret(password), AbortSignal.timeout(20_000))
      if (!written.ok) throw new Error(written.because)
    },
  },
)
await directory.close()
print({
  what: 'resets per second in the embedded directory',
  values: measured.resets,
  unit: '/s',
  beside: { what: 'argon2id and an update', values: measured.alone },
  aim: { ratio: 0.85 },
})
