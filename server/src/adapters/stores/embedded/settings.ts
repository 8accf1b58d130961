/** The role of the application: owns its database, and no more. */
export const applicationRole = 'rekey'
export const applicationDatabase = 'rekey'
/** The superuser that `initdb` makes: Rekey uses it once, to make the role above. */
export const administratorRole = 'postgres'

/**
 * Small, because most installations serve a few thousand people from a small machine; durable, because an
 * acknowledged event must survive a power cut. `fsync`, `full_page_writes` and `synchronous_commit` keep their
 * defaults (on) for that reason.
 */
const settings = {
  listen_addresses: '',
  // Relative to the data folder, which is the server's working directory: any length of path will do.
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
  max_connections: '40',
  superuser_reserved_connections: '2',
  shared_buffers: '32MB',
  work_mem: '4MB',
  maintenance_work_mem: '32MB',
  // In-process reads: the default of PostgreSQL 18 keeps three worker processes for machines with many disks.
  io_method: 'sync',
  autovacuum_worker_slots: '2',
  autovacuum_max_workers: '2',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  huge_pages: 'off',
  jit: 'off',
  // Nobody replicates from the embedded database; who needs that configures an external one.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_destination: 'stderr',
  logging_collector: 'off',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // Statements, their parameters and the DETAIL of errors quote what people typed. Errors reach the caller as
  // exceptions anyway, so the server's own log carries only what concerns the server as a whole.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
} as const

export type Settings = Readonly<Record<string, string>>

/** `postgresql.conf`, written at every start so that it always fits this version of Rekey. */
export function postgresqlConf(overrides: Settings): string {
  const lines = Object.entries({ ...settings, ...overrides }).map(
    ([name, value]) => `${name} = ${quoted(value)}`,
  )
  return ['# Written by Rekey at every start: changes made here are lost.', ...lines, ''].join('\n')
}

/**
 * `pg_hba.conf`: the socket only, and the kernel says who calls. There is no password that could leak and no
 * `trust` that would let every local user in; file modes are the second fence, not the only one.
 */
export const hostBasedAuthentication = [
  '# Written by Rekey at every start: changes made here are lost.',
  'local all all peer map=rekey',
  '',
].join('\n')

/** `pg_ident.conf`: the user this process runs as may be the application and, to set it up, the administrator. */
export function identityMap(ourName: string): string {
  // Quoted, so that a name that starts with a slash is a name and not a pattern.
  const name = `"${ourName.replaceAll('"', '""')}"`
  return [
    '# Written by Rekey at every start: changes made here are lost.',
    `rekey ${name} ${applicationRole}`,
    `rekey ${name} ${administratorRole}`,
    '',
  ].join('\n')
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`
