import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-ports.ts'

export interface Exim extends AsyncDisposable {
  host: string
  port: number
}

/**
 * A real Exim that takes every mail and finds out afterwards: nobody lives at `gone.test`, so it writes to the return
 * path, and mail for `bouncesDomain` goes to the port given. All other mail vanishes.
 */
export async function anExim(options: { bouncesDomain: string; bouncesPort: number }): Promise<Exim> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-exim-'))
  const port = await freePort()
  const owner = await exim()
  const configuration = join(folder, 'exim.conf')
  await mkdir(join(folder, 'spool'))
  await writeFile(
    configuration,
    `
primary_hostname = mx.example.test
spool_directory = ${folder}/spool
log_file_path = ${folder}/spool/%slog
pid_file_path = ${folder}/spool/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
smtp_accept_queue_per_connection = 0
exim_user = ${owner.uid}
exim_group = ${owner.gid}
deliver_drop_privilege = true
keep_environment =
tls_advertise_hosts =
acl_smtp_rcpt = accept_all
begin acl
accept_all:
  accept
begin routers
nobody:
  driver = redirect
  domains = gone.test
  allow_fail
  data = :fail: no such user
back:
  driver = manualroute
  domains = ${options.bouncesDomain}
  transport = to_rekey
  route_data = 127.0.0.1
  self = send
vanish:
  driver = redirect
  data = :blackhole:
begin transports
to_rekey:
  driver = smtp
  port = ${options.bouncesPort}
  hosts_try_fastopen =
`,
  )
  await chmod(folder, 0o755)
  await chown(join(folder, 'spool'), owner.uid, owner.gid)
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '/usr/sbin/exim4', '-C', configuration, '-bdf', '-q1m'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  await untilListening(port, child)
  return {
    host: '127.0.0.1',
    port,
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Exim gives up the rights of root for a user of its own; without them it runs as who we are. */
async function exim(): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = userInfo()
  if (uid !== 0) return { uid, gid }
  const [, own, group] = /^Debian-exim:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8')) ?? []
  return { uid: Number(own), gid: Number(group) }
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  let printed = ''
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`Exim did not start:\n${printed}`)
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => resolve(true)).once('error', () => resolve(false))
      socket.once('data', () => socket.destroy())
    })
    if (answers) return
    await sleep(20)
  }
}
