import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import mysql, { type Connection } from 'mysql2/promise'
import pg from 'pg'
import { openEmbedded } from '../../src/adapters/stores/embedded/open-embedded.ts'
import { chooseRunAs } from '../../src/adapters/stores/embedded/run-as.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { makeCertificates } from './certificates.ts'
import { freePort } from './free-ports.ts'

export type Dialect = 'postgresql' | 'mariadb'
type Cells = Readonly<Record<string, unknown>>

/** A database of its own, over a connection as administrator. */
export interface SqlDatabase extends AsyncDisposable {
  name: string
  /** Values are `$1` or `?`, as the server has it. */
  query(text: string, values?: readonly (string | number | boolean | null)[]): Promise<readonly Cells[]>
  /** Many statements without values. */
  script(text: string): Promise<void>
  /** The statements that an account sends while something else is done, from their comment on. */
  heard(user: string, work: () => Promise<void>): Promise<string[]>
}

/** A real server on 127.0.0.1 that speaks TLS and clear text, with a certificate for "localhost". */
export interface SqlServer extends AsyncDisposable {
  dialect: Dialect
  port: number
  /** A Unix socket; its folder for PostgreSQL. */
  socket: string
  caFile: string
  database(): Promise<SqlDatabase>
}

export const startSqlServer = (dialect: Dialect): Promise<SqlServer> =>
  dialect === 'postgresql' ? startPostgresql() : startMariadb()

/** Drops users as well: they belong to the server, and every database has one of the same name. */
const aName = () => `people_${randomBytes(6).toString('hex')}`

async function startPostgresql(): Promise<SqlServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-sql-'))
  await chmod(folder, 0o755)
  const tls = join(folder, 'tls')
  await mkdir(tls, { mode: 0o755 })
  const { caFile, certificateFile, keyFile } = await makeCertificates({ folder: tls, addresses: [] })
  const { uid, gid } = chooseRunAs()
  await chown(keyFile, uid, gid)
  await chmod(keyFile, 0o600)
  const rules = join(tls, 'pg_hba.conf')
  await writeFile(
    rules,
    'local all rekey,postgres peer map=rekey\nlocal all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n',
  )
  const port = await freePort()
  const said: string[] = []
  const embedded = await openEmbedded({
    folder: join(folder, 'data'),
    outside: systemOutside,
    log: (_level, message) => void said.push(message),
    settings: {
      ...{ listen_addresses: '127.0.0.1', port: String(port), hba_file: rules, max_connections: '100' },
      ...{ ssl: 'on', ssl_cert_file: certificateFile, ssl_key_file: keyFile, fsync: 'off' },
    },
  })
  const administrator = { ...embedded.connection, port, user: 'postgres' }
  const query = async (database: string, text: string) => {
    const client = new pg.Client({ ...administrator, database })
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  return {
    dialect: 'postgresql',
    port,
    socket: embedded.connection.host ?? '',
    caFile,
    async database() {
      const name = aName()
      await query('postgres', `create database ${name}`)
      const client = new pg.Client({ ...administrator, database: name })
      await client.connect()
      const switchLog = async (to: 'all' | 'none') => {
        await client.query(`alter system set log_statement = '${to}'`)
        await client.query('select pg_reload_conf()')
        const now = () => client.query<{ log_statement: string }>('show log_statement')
        while ((await now()).rows[0]?.log_statement !== to) await sleep(5)
      }
      return {
        name,
        query: async (text, values = []) => (await client.query<Cells>(text, [...values])).rows,
        async script(text) {
          await client.query(text)
        },
        async heard(_user, work) {
          await switchLog('all')
          const before = said.length
          await work()
          // The server's log comes over a pipe of its own, in its order.
          await client.query(`do $$ begin raise log 'until here'; end $$`)
          while (!said.slice(before).some((line) => line.includes('until here'))) await sleep(5)
          await switchLog('none')
          return fromComment(said.slice(before))
        },
        async [Symbol.asyncDispose]() {
          await client.end()
          await query('postgres', `drop database ${name} with (force)`)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await embedded.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function startMariadb(): Promise<SqlServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-sql-'))
  await chmod(folder, 0o755)
  const { caFile, certificateFile, keyFile } = await makeCertificates({ folder, addresses: [] })
  const [data, socket] = [join(folder, 'data'), join(folder, 'mariadb.sock')]
  const asUser = process.getuid?.() === 0 ? ['--user=mysql'] : []
  if (asUser.length > 0) {
    const { stdout } = await promisify(execFile)('id', ['-u', 'mysql'])
    await chown(keyFile, Number(stdout), 0)
    await chown(folder, Number(stdout), 0)
  }
  await promisify(execFile)('mariadb-install-db', [
    ...['--no-defaults', `--datadir=${data}`, ...asUser, '--auth-root-authentication-method=normal'],
    '--skip-test-db',
  ])
  const port = await freePort()
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'KILL', 'mariadbd', '--no-defaults', `--datadir=${data}`, ...asUser],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`, '--skip-log-bin'],
      ...[`--ssl-ca=${caFile}`, `--ssl-cert=${certificateFile}`, `--ssl-key=${keyFile}`],
      ...['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--innodb-flush-log-at-trx-commit=0'],
      ...['--character-set-server=utf8mb4', '--performance-schema=0', '--skip-name-resolve'],
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    },
  )
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
  await untilAnswering(socket, child, () => printed)
  const open = (database?: string): Promise<Connection> =>
    mysql.createConnection({
      ...{ socketPath: socket, user: 'root', multipleStatements: true },
      ...(database === undefined ? {} : { database }),
    })
  return {
    dialect: 'mariadb',
    port,
    socket,
    caFile,
    async database() {
      const name = aName()
      const connection = await open()
      await connection.query(`create database ${name}; use ${name}`)
      return {
        name,
        query: async (text, values = []) => {
          const [rows] = await connection.execute(text, [...values])
          return Array.isArray(rows) ? (rows as Cells[]) : []
        },
        async script(text) {
          await connection.query(text)
        },
        async heard(user, work) {
          await connection.query(`set global log_output = 'TABLE'; set global general_log = on`)
          await work()
          await connection.query(`set global general_log = off`)
          const [rows] = await connection.query(
            `select convert(argument using utf8mb4) as said from mysql.general_log
              where command_type in ('Query', 'Execute') and user_host like '${user}%'; truncate mysql.general_log`,
          )
          const [lines] = rows as [{ said: string }[]]
          return fromComment(lines.map((line) => line.said))
        },
        async [Symbol.asyncDispose]() {
          await connection.query(`drop database ${name}`)
          await connection.end()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const fromComment = (lines: readonly string[]) =>
  lines.filter((line) => line.includes('/* rekey')).map((line) => line.slice(line.indexOf('/* rekey')))

async function untilAnswering(socketPath: string, child: ChildProcess, printed: () => string) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`MariaDB did not start:\n${printed()}`)
    try {
      await (await mysql.createConnection({ socketPath, user: 'root' })).end()
      return
    } catch {
      await sleep(20)
    }
  }
}
