import pg from 'pg'
import { readStoredHash } from '../../src/adapters/connectors/hashes/stored-hash.ts'
import { runningConnection } from '../../src/adapters/stores/embedded/open-embedded.ts'
import type { Rekey } from './rekey-process.ts'

/** Whether the demo's directory has this password for somebody, asked at its own database beside the service. */
export async function demoOpens(
  { dataFolder }: Pick<Rekey, 'dataFolder'>,
  username: string,
  password: string,
): Promise<boolean> {
  const client = new pg.Client(runningConnection(dataFolder))
  await client.connect()
  try {
    const found = await client.query<{ password_hash: string }>(
      'select password_hash from local_account where username = $1',
      [username],
    )
    const check = readStoredHash(found.rows[0]?.password_hash ?? '')
    if (check === null) throw new Error(`the directory has no password for ${username}`)
    return await check(Buffer.from(password))
  } finally {
    await client.end()
  }
}
