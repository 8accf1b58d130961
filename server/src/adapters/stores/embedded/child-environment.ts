/**
 * All that the database's processes see of our environment. Ours may hold secrets (`REKEY_SMTP_URL`), and
 * PostgreSQL reads `PG…`, `LC_…` and `TZ` from its own, which must not depend on who started Rekey.
 */
export const childEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as const
