import { Socket } from 'node:net'
import { checkServerIdentity } from 'node:tls'
import pg from 'pg'
import type { Answer, Connection, Dialect, Row, Target, Trouble } from '../dialect.ts'
import { makeLifeline } from '../lifeline.ts'

export const postgresql: Dialect = {
  name: 'postgresql',
  defaultPort: 5432,
  quote: (name) => `"${name.replaceAll('"', '""')}"`,
  placeholder: (at) => `$${at}`,
  same: (a, b) => `${a} is not distinct from ${b}`,
  begin: 'begin isolation level read committed',
  connect,
  troubleOf,
  codeOf: (error) => (error instanceof pg.DatabaseError ? (error.code ?? '') : ''),
  yes: true,
  no: false,
}

/** Lists of boolean, name, smallint, integer, text, char, varchar, bigint and uuid. */
const listTypes: ReadonlySet<number> = new Set([1000, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 2951])

/** From here on types are those of a database (FirstNormalObjectId): of these only lists, as of an enum, stand in braces. */
const isOfDatabase = (oid: number) => oid >= 16_384
const isList = (oid: number, text: string) =>
  listTypes.has(oid) || (isOfDatabase(oid) && text.startsWith('{') && text.endsWith('}'))

/** Every other type as text, as the server writes it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid) => (text: string) => (isList(oid, text) ? listed(text) : text),
}

/** The items of a list of one dimension, as the manual gives its syntax (section 8.15.6); NULL is no item. */
export const listed = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\[\s\S])*)"|([^",{}]+)/g)].flatMap(([, quoted, plain = '']) => {
    if (quoted !== undefined) return [quoted.replaceAll(/\\([\s\S])/g, '$1')]
    return plain === 'NULL' ? [] : [plain]
  })

async function connect(target: Target, signal: AbortSignal): Promise<Connection> {
  const { config, tls } = target
  // Our own, so that it can be ended whatever the driver is waiting for.
  const socket = new Socket()
  const client = new pg.Client({
    host: target.socket ?? target.host,
    port: target.port,
    database: config.database,
    user: config.user,
    ...(config.password === undefined ? {} : { password: config.password.reveal() }),
    ssl: tls === null ? false : verification(tls),
    stream: () => socket,
    keepAlive: true,
    types,
  })
  const line = makeLifeline(socket)
  client.on('error', line.end)
  client.on('end', () => line.end(new Error('the connection was closed')))
  const cutOff = () => line.end(new Error('cut off', { cause: signal.reason }))
  signal.addEventListener('abort', cutOff, { once: true })
  try {
    signal.throwIfAborted()
    await line.whileOpen(client.connect())
    const milliseconds = config.statementSeconds * 1000
    // Not with the connection's options: pools in between (PgBouncer) refuse these.
    await line.whileOpen(client.query(`set ${settings(milliseconds).join('; set ')}`))
  } catch (error) {
    line.end(new Error('not connected'))
    throw error
  } finally {
    signal.removeEventListener('abort', cutOff)
  }
  return {
    run: async (text, values) => answerOf(await line.whileOpen(client.query<Row>(text, [...values]))),
    async cancel(patience) {
      const pid: unknown = Reflect.get(client, 'processID')
      const other = await connect(target, patience)
      try {
        await other.run('select pg_cancel_backend($1)', [Number(pid)])
      } finally {
        other.destroy()
      }
    },
    destroy: () => line.end(new Error('the connection was given up')),
    get isOver() {
      return line.isOver
    },
  }
}

/** A transaction that nobody goes on with, because its process froze, must not hold its locks for ever. */
const settings = (milliseconds: number) => [
  `statement_timeout = ${milliseconds}`,
  `lock_timeout = ${milliseconds}`,
  `idle_in_transaction_session_timeout = ${4 * milliseconds}`,
  `timezone = 'UTC'`,
  `datestyle = 'ISO'`,
  `standard_conforming_strings = on`,
]

/** Said outright, because NODE_TLS_REJECT_UNAUTHORIZED=0 changes the default for the whole process. */
const verification = ({ serverName, authorities }: NonNullable<Target['tls']>) => ({
  rejectUnauthorized: true,
  minVersion: 'TLSv1.2' as const,
  checkServerIdentity: (_host: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
    checkServerIdentity(serverName, certificate),
  ...(authorities === null ? {} : { ca: authorities }),
})

const answerOf = ({ rows, rowCount }: pg.QueryResult<Row>): Answer => ({ rows, met: rowCount ?? 0 })

const byState: Readonly<Record<string, Trouble>> = {
  '28000': 'signed-out',
  '28P01': 'signed-out',
  '42501': 'no-right',
  '3D000': 'no-such',
  '3F000': 'no-such',
  '40001': 'conflict',
  '40P01': 'conflict',
  '57014': 'busy',
  '55P03': 'busy',
  '22P02': 'no-such-value',
  '22003': 'no-such-value',
  '22007': 'no-such-value',
  '22008': 'no-such-value',
  '22021': 'no-such-value',
  '22001': 'does-not-fit',
  '25006': 'read-only',
}

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof pg.DatabaseError)) return isAboutPassword(error) ? 'signed-out' : 'lost'
  const state = error.code ?? ''
  const known = byState[state]
  if (known !== undefined) return known
  // Connection exceptions, "statement completion unknown", and the server's shutdown or crash.
  if (state.startsWith('08') || state === '40003' || state.startsWith('57P')) return 'lost'
  if (state.startsWith('42')) return 'no-such'
  if (state.startsWith('53')) return 'busy'
  return state.startsWith('23') || state.startsWith('44') ? 'does-not-fit' : 'other'
}

/** What pg says when it has no password for SCRAM, or the server does not know it either; it has no code. */
const isAboutPassword = (error: unknown) => error instanceof Error && error.message.startsWith('SASL')
