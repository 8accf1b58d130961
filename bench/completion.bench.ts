import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeLocalAccounts } from '../server/src/adapters/connectors/local/index.ts'
import { openDatabase } from '../server/src/adapters/stores/database.ts'
import { systemOutside } from '../server/src/kernel/outside.ts'
import { type Held, proveByMail, setPassword } from '../server/test/support/person-at-api.ts'
import { aMailServer } from '../server/test/support/smtp.ts'
import { anInstallation } from './harness/installation.ts'
import { cpuSeconds, serverCore } from './harness/pinned.ts'
import { print } from './harness/rows.ts'

/**
 * Completions per second: the new password of a proven flow is judged, hashed with argon2id, written, and every other
 * flow and session of the account ended, all on one core. Beside it, in the same run, the argon2id alone.
 * Everybody starts, gets a mail and spends its link before the clock runs.
 */
const rounds = 3
const people = 60
const atOnce = 8

await using mail = await aMailServer({ tls: 'none' })
await using installation = await anInstallation({ smtp: mail })
const { rekey, connection } = installation
const database = openDatabase({ connection })
const accounts = makeLocalAccounts(database.kysely, 'northwind', 'people', systemOutside)
const completed: number[] = []
const bare: Hashed[] = []
/** Milliseconds of the server's processor time for each. */
const costs: number[] = []
for (let round = 0; round < rounds; round += 1) {
  const proven = await Promise.all(
    Array.from({ length: people }, async (_, number) => {
      const username = `person-${round}-${number}`
      const address = `${username}@home.example`
      await accounts.upsert({ username, displayName: 'Somebody Else', recoveryAddresses: [address] })
      return proveByMail(rekey.portalUrl, { identifier: username, address }, mail)
    }),
  )
  bare.push(await hashAlone())
  const cpu = cpuSeconds(rekey.pid)
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, () => complete(proven)))
  completed.push(people / ((performance.now() - began) / 1_000))
  costs.push(((cpuSeconds(rekey.pid) - cpu) * 1_000) / people)
}
await database.close()

print({
  what: 'completions per second',
  values: completed,
  unit: '/s',
  beside: { what: 'argon2id alone', values: bare.map(({ perSecond }) => perSecond) },
  aim: { ratio: 0.9 },
})
print({
  what: 'processor time of argon2id alone beside that of a completion',
  values: bare.map(({ milliseconds }) => milliseconds),
  unit: 'ms',
  beside: { what: 'a completion', values: costs },
})

interface Hashed {
  perSecond: number
  milliseconds: number
}

async function complete(waiting: Held[]): Promise<void> {
  for (let held = waiting.pop(); held !== undefined; held = waiting.pop()) {
    const answer = await setPassword(rekey.portalUrl, held, 'violet tundra kettle 9')
    if (answer?.status !== 200) throw new Error(`not completed: ${JSON.stringify(answer)}`)
  }
}

async function hashAlone(): Promise<Hashed> {
  const script = join(import.meta.dirname, 'harness/bare-argon2id.ts')
  const words = ['-c', String(serverCore), process.execPath, script, String(people), String(atOnce)]
  return JSON.parse((await promisify(execFile)('taskset', words)).stdout) as Hashed
}
