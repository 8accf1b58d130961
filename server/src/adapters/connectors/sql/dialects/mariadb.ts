import { once } from 'node:events'
import { isIP, Socket } from 'node:net'
import mysql, { type FieldPacket, type QueryResult } from 'mysql2'
import { Fault } from '../../../../kernel/fault.ts'
import type { Answer, Cell, Connection, Dialect, Row, Target, Trouble, Value } from '../dialect.ts'
import { type Lifeline, makeLifeline } from '../lifeline.ts'

export const mariadb: Dialect = {
  name: 'mariadb',
  defaultPort: 3306,
  quote: (name) => `\`${name.replaceAll('`', '``')}\``,
  placeholder: () => '?',
  same: (a, b) => `${a} <=> ${b}`,
  begin: 'start transaction',
  connect,
  troubleOf,
  codeOf: (error) => {
    const number = numberOf(error)
    return number === 0 ? '' : String(number)
  },
  yes: 1,
  no: 0,
}

async function connect(target: Target, signal: AbortSignal): Promise<Connection> {
  const { config, tls } = target
  if (tls !== null && isIP(tls.serverName) !== 0) {
    // mysql2 verifies the certificate of an address against "localhost".
    const detail = `${target.endpoint}: set serverName to the name that the server's certificate carries`
    throw new Fault('directory-misconfigured', { detail })
  }
  signal.throwIfAborted()
  // Our own, so that it can be ended whatever the driver is waiting for; the driver has `host` for verifying only.
  const socket = new Socket()
  socket.setNoDelay(true)
  socket.setKeepAlive(true)
  const line = makeLifeline(socket)
  const cutOff = () => line.end(new Error('cut off', { cause: signal.reason }))
  signal.addEventListener('abort', cutOff, { once: true })
  try {
    if (target.socket === null) socket.connect({ host: target.host, port: target.port })
    else socket.connect({ path: target.socket })
    await once(socket, 'connect', { signal })
    const connection = mysql.createConnection({
      host: tls?.serverName ?? target.host,
      stream: socket,
      user: config.user,
      ...(config.password === undefined ? {} : { password: config.password.reveal() }),
      database: config.database,
      ...(tls === null ? {} : { ssl: verification(tls) }),
      connectTimeout: 0,
      // Texts, as the server writes them: numbers of 64 bits stay whole, and times are read in one place.
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      // A server could otherwise ask for any file of this machine.
      flags: ['-LOCAL_FILES'],
      // Compiles no code at run time.
      disableEval: true,
    })
    connection.on('error', line.end)
    connection.on('end', () => line.end(new Error('the connection was closed')))
    const session = makeSession(connection, line)
    await line.whileOpen(
      new Promise<void>((resolve, reject) => {
        connection.connect((error) => (error === null ? resolve() : reject(error)))
      }),
    )
    for (const setting of settings(config.statementSeconds)) await session(setting, [])
    return {
      run: session,
      async cancel(patience) {
        const other = await connect(target, patience)
        try {
          await other.run(`kill query ${connection.threadId}`, [])
        } finally {
          other.destroy()
        }
      },
      destroy: () => line.end(new Error('the connection was given up')),
      get isOver() {
        return line.isOver
      },
    }
  } catch (error) {
    line.end(new Error('not connected'))
    throw error
  } finally {
    signal.removeEventListener('abort', cutOff)
  }
}

/**
 * `execute` prepares the statement at the server and sends the values beside it; `query` would put them into the text.
 * A statement without values is none to prepare: some can't be.
 */
const makeSession =
  (connection: mysql.Connection, line: Lifeline): Connection['run'] =>
  (text, values) =>
    line.whileOpen(
      new Promise<Answer>((resolve, reject) => {
        const settle = (error: Error | null, result: QueryResult, fields: FieldPacket[]) => {
          if (error === null) resolve(answerOf(result, fields))
          else reject(error)
        }
        if (values.length === 0) connection.query(text, settle)
        else connection.execute(text, values.map(asParameter), settle)
      }),
    )

const asParameter = (value: Value) => (typeof value === 'boolean' ? Number(value) : value)

/** MariaDB assigns column by column and lets later ones see the new values of earlier ones; strict mode cuts nothing. */
const settings = (seconds: number) => [
  `set names utf8mb4`,
  `set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', session time_zone = '+00:00', ` +
    `session max_statement_time = ${seconds}, session innodb_lock_wait_timeout = ${seconds}, ` +
    `session idle_transaction_timeout = ${4 * seconds}`,
  `set session transaction isolation level read committed`,
]

/** mysql2 compares the name only when it is asked to. */
const verification = ({ authorities }: NonNullable<Target['tls']>) => ({
  rejectUnauthorized: true,
  verifyIdentity: true,
  minVersion: 'TLSv1.2',
  ...(authorities === null ? {} : { ca: authorities }),
})

function answerOf(result: QueryResult, fields: readonly FieldPacket[] | undefined): Answer {
  if (!Array.isArray(result)) return { rows: [], met: result.affectedRows }
  const read = (fields ?? []).map((field) => [field.name, isSet(field) ? listOf : cellOf] as const)
  const rows = result.map(
    (row): Row => Object.fromEntries(read.map(([name, cell]) => [name, cell(Reflect.get(row, name))])),
  )
  return { rows, met: rows.length }
}

/** The flag of a column of type SET; a member of one has no comma. */
const isSet = ({ flags }: FieldPacket) => typeof flags === 'number' && (flags & 2048) !== 0

function listOf(value: unknown): Cell {
  const told = cellOf(value)
  return typeof told === 'string' ? told.split(',').filter((member) => member !== '') : told
}

/** A bit is a number; other octets that are no text can't be a name, an address or a hash. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value.length === 1 ? String(value[0]) : value.toString('latin1')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The number of an error of the server; 0 for errors of the network. */
function numberOf(error: unknown): number {
  const number: unknown = error instanceof Error ? Reflect.get(error, 'errno') : undefined
  const state: unknown = error instanceof Error ? Reflect.get(error, 'sqlState') : undefined
  return typeof number === 'number' && number > 0 && typeof state === 'string' ? number : 0
}

const byNumber: Readonly<Record<number, Trouble>> = {
  1045: 'signed-out',
  1698: 'signed-out',
  1044: 'no-right',
  1142: 'no-right',
  1143: 'no-right',
  1370: 'no-right',
  1049: 'no-such',
  1051: 'no-such',
  1054: 'no-such',
  1064: 'no-such',
  1146: 'no-such',
  1356: 'no-such',
  1205: 'busy',
  1040: 'busy',
  // A node of a Galera cluster that is not in step yet.
  1047: 'busy',
  1203: 'busy',
  1226: 'busy',
  1317: 'busy',
  1969: 'busy',
  1213: 'conflict',
  1020: 'conflict',
  1290: 'read-only',
  1792: 'read-only',
  1836: 'read-only',
  1264: 'does-not-fit',
  1265: 'does-not-fit',
  1406: 'does-not-fit',
  1366: 'does-not-fit',
  1048: 'does-not-fit',
  1062: 'does-not-fit',
  1451: 'does-not-fit',
  1452: 'does-not-fit',
  4025: 'does-not-fit',
  1644: 'does-not-fit',
  // The server is going down, somebody has ended the connection, or a commit failed half-way.
  1053: 'lost',
  1180: 'lost',
  1927: 'lost',
}

function troubleOf(error: unknown): Trouble {
  const number = numberOf(error)
  if (number !== 0) return byNumber[number] ?? 'other'
  // An account that signs in by a plugin which the driver does not have, such as ed25519.
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' && code.startsWith('AUTH_SWITCH') ? 'signed-out' : 'lost'
}
