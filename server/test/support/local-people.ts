import { Value } from 'typebox/value'
import { LocalConfig } from '../../src/adapters/connectors/local/config.ts'
import { type LocalAccount, local, makeLocalAccounts } from '../../src/adapters/connectors/local/index.ts'
import { openDatabase } from '../../src/adapters/stores/database.ts'
import { runningConnection } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Rekey } from './rekey-process.ts'

/** An embedded directory of a running Rekey, Northwind's `people` unless named, at its own database beside the service. */
export interface LocalPeople extends AsyncDisposable {
  add(account: LocalAccount): Promise<void>
  /** A sign-in at the directory itself; false for a locked account as well. Wrong ones count. */
  opens(username: string, password: string): Promise<boolean>
}

/** `settings` as the configuration of the service has them. */
export function localPeople(
  { dataFolder }: Pick<Rekey, 'dataFolder'>,
  settings: object,
  { tenant = 'northwind', name = 'people' } = {},
): LocalPeople {
  const { kysely, close } = openDatabase<unknown>({ connection: runningConnection(dataFolder) })
  const outside = { ...systemOutside, tenant, name, database: kysely, warn: () => {} }
  const directory = local.open({ ...Value.Create(LocalConfig), ...settings }, outside)
  const accounts = makeLocalAccounts(kysely, tenant, name, systemOutside)
  return {
    async add(account) {
      await accounts.upsert(account)
    },
    async opens(username, password) {
      const deadline = AbortSignal.timeout(10_000)
      const [found] = await directory.find({ by: 'username', value: username }, deadline)
      return (await directory.verifyPassword(found?.key ?? '', new Secret(password), deadline)).ok
    },
    async [Symbol.asyncDispose]() {
      await directory.close()
      await close()
    },
  }
}
