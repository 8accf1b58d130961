import { spawnSync } from 'node:child_process'
import { userInfo } from 'node:os'
import { Fault } from '../../../kernel/fault.ts'
import { childEnvironment } from './child-environment.ts'

/** The system user that owns the database's files and processes. */
export interface RunAs {
  name: string
  uid: number
  gid: number
  /** True when this process is root and has to step down for the database's processes. */
  stepDown: boolean
}

const systemUser = 'rekey'

/**
 * PostgreSQL refuses to run as root, because a defect in it (or in SQL given to it) would then own the machine.
 * Root therefore steps down to the system user `rekey`, created when missing; everybody else runs it as themselves.
 *
 * @throws Fault `database-unavailable` when there is no user to run as; the detail says what to do.
 */
export function chooseRunAs(): RunAs {
  return process.getuid?.() === 0 ? stepDownFromRoot() : ourselves()
}

/** The name of the user this process runs as: PostgreSQL's peer authentication compares names, not numbers. */
export function ourName(): string {
  try {
    return userInfo().username
  } catch (cause) {
    throw new Fault('database-unavailable', {
      cause,
      detail:
        `user id ${process.getuid?.() ?? -1} has no name on this system and PostgreSQL needs one: ` +
        'start Rekey as a named user, or configure `database`',
    })
  }
}

function ourselves(): RunAs {
  const name = ourName()
  return { name, uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1, stepDown: false }
}

function stepDownFromRoot(): RunAs {
  const known = lookUp()
  if (known !== null) return known
  const created = spawnSync(
    'useradd',
    [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      systemUser,
    ],
    { env: childEnvironment, encoding: 'utf8' },
  )
  // Looked up again even after a failure: another Rekey may have created the user at the same moment.
  const user = lookUp()
  if (user !== null) return user
  throw new Fault('database-unavailable', {
    cause: created.error ?? new Error(created.stderr.trim()),
    detail:
      `PostgreSQL does not run as root, and the system user "${systemUser}" could not be created: ` +
      `create it (useradd --system ${systemUser}), start Rekey as an ordinary user, or configure \`database\``,
  })
}

/** `getent` and not /etc/passwd, so that users from other name services count too. */
function lookUp(): RunAs | null {
  const found = spawnSync('getent', ['passwd', systemUser], { env: childEnvironment, encoding: 'utf8' })
  if (found.error !== undefined) return null
  const [, , uid, gid] = found.stdout.split(':')
  if (uid === undefined || gid === undefined || uid === '0') return null
  return { name: systemUser, uid: Number(uid), gid: Number(gid), stepDown: true }
}
