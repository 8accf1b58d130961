import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Fault } from '../../kernel/fault.ts'
import type { Secret } from '../../kernel/secret.ts'
import { PreparingClient } from './prepared.ts'

export interface Database<Tables> {
  kysely: Kysely<Tables>
  pool: pg.Pool
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Where and as whom: of the embedded server, or `externalConnection(url)`. */
  connection: pg.PoolConfig
  /** Shown in `pg_stat_activity`, so that an operator sees which node holds a lock. */
  applicationName?: string
  connectionsMax?: number
  /** A statement that runs longer is ended by the server; nothing of ours takes seconds. */
  statementSecondsMax?: number
}

/**
 * PostgreSQL sends `bigint` as text because it may exceed what a double holds exactly. Ours are counters and
 * positions, far below 2^53; one that is not would be silently wrong, so it is an error instead.
 */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint from the database exceeds 2^53')
  return value
}

/** Of this pool only: `pg.types` is global, and other users of `pg` in the process may expect the default. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (id, format) => {
    const isCounter = id === pg.types.builtins.INT8 && format !== 'binary'
    return isCounter ? safeInteger : (pg.types.getTypeParser(id, format) as unknown)
  },
}

/**
 * One pool for everything this process does with the database. Small on purpose: every connection is a process
 * of the server, and a pool that is larger than the server's cores only makes statements wait for each other.
 * `timestamptz` arrives as `Date`.
 */
export function openDatabase<Tables>(options: DatabaseOptions): Database<Tables> {
  const { connection, applicationName = 'rekey', connectionsMax = 10, statementSecondsMax = 30 } = options
  const pool = new pg.Pool({
    ...connection,
    Client: PreparingClient,
    types,
    application_name: applicationName,
    // A plan that was kept from when a table was empty reads all of it once it is full. Planning anew each time, of
    // statements that PostgreSQL has already read, costs little.
    options: '-c plan_cache_mode=force_custom_plan',
    max: connectionsMax,
    idleTimeoutMillis: 5_000,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementSecondsMax * 1000,
    // A client that vanished in the middle of a transaction must not hold its locks for ever.
    idle_in_transaction_session_timeout: statementSecondsMax * 1000,
  })
  // An idle connection that breaks (server restarted) is replaced by the next query; without a listener Node
  // would exit.
  pool.on('error', () => {})
  // The same for one that dies between two statements of a transaction: the next statement reports it.
  pool.on('connect', (client) => client.on('error', () => {}))
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { kysely, pool, close: () => kysely.destroy() }
}

export interface ExternalDatabase {
  /** `postgresql://user:password@host:port/database`; a socket's folder as `?host=/folder`. */
  url: Secret
  /** PEM text of the authority that signed the server's certificate, unless the system's own list has it. */
  certificateAuthority?: string
}

/**
 * How an external PostgreSQL is reached. Beyond this machine the connection is encrypted and the server's
 * certificate and name are verified, whatever libpq would make of the URL: its default (`prefer`) talks in the
 * clear to whoever answers, and `require` encrypts without knowing to whom.
 *
 * @throws Fault `config-invalid`; the detail never quotes the URL, which may hold a password.
 */
export function externalConnection({ url, certificateAuthority }: ExternalDatabase): pg.PoolConfig {
  const parsed = parseUrl(url)
  const { host: folder, sslmode = 'verify-full', ...unknown } = Object.fromEntries(parsed.searchParams)
  const [stranger] = Object.keys(unknown)
  if (stranger !== undefined) throw invalid(`the database URL has an unknown parameter "${stranger}"`)
  const host = folder ?? decodeURIComponent(parsed.hostname)
  if (host === '') throw invalid('the database URL names no host')
  const local = host.startsWith('/') || ['localhost', '127.0.0.1', '[::1]'].includes(host)
  if (sslmode !== 'verify-full' && !(local && sslmode === 'disable')) {
    throw invalid('sslmode must be "verify-full"; "disable" is for databases on this machine only')
  }
  const encrypted = !host.startsWith('/') && sslmode !== 'disable'
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ssl: encrypted
      ? {
          rejectUnauthorized: true,
          ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
        }
      : false,
  }
}

function parseUrl(url: Secret): URL {
  const parsed = URL.parse(url.reveal())
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw invalid('the database URL must look like postgresql://user:password@host:port/database')
  }
  return parsed
}

const invalid = (detail: string) => new Fault('config-invalid', { detail })
