import { execFile } from 'node:child_process'
import { createHash, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { access, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Attribute, Change, Client } from 'ldapts'
import type { Certificates } from './certificates.ts'
import { type LdapDaemon, startLdapDaemonAt } from './ldap-daemon.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

export const adDomain = 'corp.example.test'
export const adBaseDn = 'DC=corp,DC=example,DC=test'
export const peopleDn = `OU=People,${adBaseDn}`
export const servicesDn = `OU=Services,${adBaseDn}`

export interface AdCredentials {
  /** DN, or user principal name. */
  name: string
  password: string
}

export const administrator: AdCredentials = {
  name: `Administrator@${adDomain}`,
  password: 'Adm1n-Passw0rd!',
}

const account = (name: string): AdCredentials => ({
  name: `${name}@${adDomain}`,
  password: `${name}-Passw0rd!`,
})

export const services = {
  /** May do what the documentation asks for, and nothing else. */
  service: account('rekey'),
  /** May read, as everybody who signs in may. */
  reader: account('reader'),
}

/** To reset a password, and to write the time of the last change and of the lock (MS-ADTS, section 5.1.3.2.1). */
export const rightsOnPeople = {
  reset: 'CR;00299570-246d-11d0-a768-00aa006e0529',
  pwdLastSet: 'RPWP;bf967a0a-0de6-11d0-a285-00aa003049e2',
  lockoutTime: 'RPWP;28630ebf-41d5-11d1-a9c1-0000f80367c1',
}

/** Each has all rights but the one that it is called by. */
export const lacking = (right: keyof typeof rightsOnPeople): AdCredentials => account(`no-${right}`)

export const unicodePwd = (password: string) => Buffer.from(`"${password}"`, 'utf16le')

const octetsOf = (values: readonly string[] | readonly Buffer[]) =>
  values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value))

export const replacing = (type: string, values: readonly string[] | readonly Buffer[]) =>
  new Change({
    operation: 'replace',
    modification: new Attribute({ type, values: octetsOf(values) }),
  })

export const attributesOf = (entry: Readonly<Record<string, readonly string[] | readonly Buffer[]>>) =>
  Object.entries(entry).map(([type, values]) => new Attribute({ type, values: octetsOf(values) }))

/** A connection of its own; throws ldapts' error when the bind is refused. */
export async function clientOf(
  { host, name, caFile }: { host: string; name: string; caFile: string },
  as: AdCredentials,
): Promise<Client & AsyncDisposable> {
  const tlsOptions = { ca: await readFile(caFile), servername: name }
  const client = new Client({ url: `ldaps://${host}`, tlsOptions, timeout: 20_000 })
  try {
    await client.bind(as.name, as.password)
    return client
  } catch (error) {
    await client.unbind()
    throw error
  }
}

export async function sidOf(client: Client, dn: string): Promise<string> {
  const options = {
    scope: 'base' as const,
    attributes: ['objectSid'],
    explicitBufferAttributes: ['objectSid'],
  }
  const { searchEntries } = await client.search(dn, options)
  return sidText(searchEntries[0]?.['objectSid'])
}

/** MS-DTYP, section 2.4.2.2. */
function sidText(octets: unknown): string {
  if (!Buffer.isBuffer(octets)) throw new Error('no objectSid')
  const parts = Array.from({ length: octets.readUInt8(1) }, (_, index) => octets.readUInt32LE(8 + 4 * index))
  return ['S', octets.readUInt8(0), octets.readUIntBE(2, 6), ...parts].join('-')
}

/**
 * A domain with an OU of people, the accounts of services and their rights. It takes seconds to make, so it is kept for
 * the next test that asks, under a lock: tests run in several processes.
 */
export async function domainTemplate(): Promise<string> {
  await requirePrograms()
  const script = fileURLToPath(new URL('./make-samba-domain.ts', import.meta.url))
  const { stdout: version } = await run('/usr/sbin/samba', ['--version'])
  const texts = await Promise.all([import.meta.filename, script].map((path) => readFile(path, 'utf8')))
  const name = createHash('sha256')
    .update([version, ...texts].join(''))
    .digest('hex')
    .slice(0, 16)
  const kept = join(root, '.cache/samba-ad')
  const folder = join(kept, name)
  const isThere = () =>
    access(folder).then(
      () => true,
      () => false,
    )
  if (await isThere()) return folder
  await mkdir(kept, { recursive: true })
  await run('flock', [join(kept, 'lock'), process.execPath, script, folder])
  return folder
}

async function requirePrograms() {
  for (const path of ['/usr/sbin/samba', '/usr/bin/samba-tool', '/usr/share/samba/setup/provision.ldif']) {
    await access(path).catch(() => {
      throw new Error(
        `${path} is missing. The tests of Active Directory run a real Samba: ` +
          'apt-get install --no-install-recommends samba-ad-dc samba-ad-provision',
      )
    })
  }
}

/** Starts Samba on a domain that lies in `folder`. */
export async function startController(options: {
  folder: string
  host: string
  certificates: Certificates
}): Promise<{ daemon: LdapDaemon; configFile: string }> {
  const { folder, host, certificates } = options
  const configFile = join(folder, 'smb.conf')
  for (const name of ['run', 'log', 'cache', 'ncalrpc']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(configFile, configuration({ folder, host, certificates }), { mode: 0o600 })
  const words = ['/usr/sbin/samba', '-i', '-M', 'single', '--debug-stdout', '-s', configFile]
  const daemon = await startLdapDaemonAt({ host, port: 389, tlsPort: 636 }, words)
  return { daemon, configFile }
}

/** The ports of a controller can't be chosen; addresses of the loopback are plenty. */
export async function freeAddress(): Promise<string> {
  for (;;) {
    const host = `127.${[1, 2, 3].map(() => String(randomInt(1, 255))).join('.')}`
    const probe = createServer().listen(636, host)
    const isFree = await Promise.race([
      once(probe, 'listening').then(() => true),
      once(probe, 'error').then(() => false),
    ])
    probe.close()
    if (isFree) return host
  }
}

function configuration(options: { folder: string; host: string; certificates: Certificates }): string {
  const { folder, host, certificates } = options
  const at = (name: string) => join(folder, name)
  return `[global]
  netbios name = DC1
  realm = ${adDomain.toUpperCase()}
  workgroup = CORP
  server role = active directory domain controller
  server services = ldap
  interfaces = ${host}/8
  bind interfaces only = yes
  private dir = ${at('private')}
  state directory = ${at('state')}
  cache directory = ${at('cache')}
  lock directory = ${folder}
  pid directory = ${at('run')}
  ncalrpc dir = ${at('ncalrpc')}
  binddns dir = ${at('bind-dns')}
  winbindd socket directory = ${at('winbindd')}
  ntp signd socket directory = ${at('ntp')}
  log file = ${at('log/log.%m')}
  tls enabled = yes
  tls keyfile = ${certificates.keyFile}
  tls certfile = ${certificates.certificateFile}
  tls cafile = ${certificates.caFile}
  # By default the old password still signs in for an hour.
  old password allowed period = 0
  ldb:nosync = true
[sysvol]
  path = ${at('state/sysvol')}
  read only = No
`
}
