import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '../../../kernel/fault.ts'
import { administratorRole, applicationDatabase, applicationRole } from './settings.ts'

const pollMilliseconds = 5

/** Recovery after a crash reads the log since the last checkpoint: seconds, and minutes on a slow disk. */
const startSecondsMax = 300

/** The socket is not there yet, or the server says that it is still starting (57P03). */
const notYet = new Set(['ENOENT', 'ECONNREFUSED', '57P03'])

/** No such role, no such database. */
const notSetUp = new Set(['28000', '3D000'])

/**
 * Waits until the application can connect, and makes its role and database if they are missing. Asked of the
 * server each time and not remembered, so that a first start that was cut off is completed by the second.
 *
 * @throws Fault `database-unavailable` when the server ends meanwhile or never lets us in.
 */
export async function ensureDatabase(
  connection: pg.ClientConfig,
  server: { ended: Promise<Fault>; fresh: boolean },
): Promise<void> {
  let ended: Fault | undefined
  void server.ended.then((fault) => {
    ended = fault
  })
  // Of a folder that was made a moment ago it is known that they are missing: knocking as a role that does not
  // exist would put a warning into the log of every first start.
  let missing = server.fresh
  for (let waited = 0; waited < startSecondsMax * 1000; waited += pollMilliseconds) {
    const problem = missing ? await setUp(connection) : await attempt(connection, async () => {})
    if (problem === null && !missing) return
    if (ended !== undefined) throw ended
    if (problem === null) missing = false
    else if (!missing && notSetUp.has(problem.code)) missing = true
    else if (!notYet.has(problem.code)) throw refused(problem.cause)
    else await delay(pollMilliseconds)
  }
  throw new Fault('database-unavailable', {
    detail: `PostgreSQL was not ready after ${startSecondsMax} seconds`,
  })
}

function setUp(connection: pg.ClientConfig): Promise<Problem | null> {
  const administrator = { ...connection, user: administratorRole, database: 'postgres' }
  return attempt(administrator, async (client) => {
    // Names are our own constants. The application's role owns its database and is no superuser, so that
    // a defect in a statement can't read files or run programs.
    const roles = await client.query('select 1 from pg_roles where rolname = $1', [applicationRole])
    if (roles.rowCount === 0) await client.query(`create role ${applicationRole} login`)
    const databases = await client.query('select 1 from pg_database where datname = $1', [
      applicationDatabase,
    ])
    if (databases.rowCount === 0) {
      await client.query(`create database ${applicationDatabase} owner ${applicationRole}`)
    }
  })
}

interface Problem {
  code: string
  cause: unknown
}

async function attempt(
  config: pg.ClientConfig,
  use: (client: pg.Client) => Promise<void>,
): Promise<Problem | null> {
  const client = new pg.Client(config)
  // A server that ends while we are connected also emits the error here; without a listener Node would exit.
  client.on('error', () => {})
  try {
    await client.connect()
    await use(client)
    return null
  } catch (cause) {
    return { code: String((cause as { code?: unknown }).code), cause }
  } finally {
    await client.end().catch(() => {})
  }
}

const refused = (cause: unknown) =>
  new Fault('database-unavailable', { cause, detail: 'the embedded PostgreSQL refused to be set up' })
