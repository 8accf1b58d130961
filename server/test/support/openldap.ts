import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type LdapDaemon, startLdapDaemon } from './ldap-daemon.ts'
import { baseDn, groupDn, type People, peopleAt } from './ldap-people.ts'

export type { Person } from './ldap-people.ts'

const run = promisify(execFile)
const parts = join(import.meta.dirname, 'openldap')

export interface OpenLdap extends AsyncDisposable, Omit<People, 'asRoot'> {
  /** `ldap://127.0.0.1:…`, for StartTLS and for tests of its absence. */
  url: string
  ldapsUrl: string
  caFile: string
  baseDn: string
  /** May write passwords; the password policy is enforced on what it writes. */
  bindDn: string
  bindPassword: string
  /** The other service accounts: a password administrator whom the policy lets pass, and one without rights. */
  administrator: { bindDn: string; bindPassword: string }
  reader: { bindDn: string; bindPassword: string }
  /** A password administrator who sees the mark "must change" and what the server counts, and may not touch either. */
  registrar: { bindDn: string; bindPassword: string }
  groupDn: string
  entryUuid(uid: string): Promise<string>
  /** An entry below the people that stands for one on another server (RFC 3296). */
  addReferral(rdn: string, url: string): Promise<void>
  /** How far its content has come (RFC 4533); empty while it has none. */
  contextCsn(): Promise<string>
  /** Ends the server politely. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing is answered. Settles once every thread has stopped. */
  pause(): Promise<void>
  resume(): void
  /** Everything slapd printed at debug level "stats": one line per operation with its filter. */
  log(): string
}

/**
 * Settles when a lock that slapd has just put holds. It writes the time of the lock from the exact clock and compares it
 * with the kernel's coarse one, which is a few milliseconds behind: until the next second has begun there as well the
 * lock is "not yet in effect" (`account_locked` in ppolicy.c), and the right password opens and takes it away.
 */
export const lockHolds = (): Promise<void> => sleep(30)

interface Options {
  certificateNames?: readonly string[]
  /** Drawn by somebody else; otherwise the server gets an authority of its own. */
  certificates?: Certificates
  /** Every write reaches the disk before it is answered, as in an installation; tests can do without. */
  flushes?: boolean
  /** URL of a provider to replicate from (RFC 4533); it is named in referrals, and no write is taken. */
  replicaOf?: string
}

/**
 * A real slapd with the password policy overlay, on free ports, in a temporary folder, with an authority of its
 * own. It is a child process that dies with the test runner, however that ends.
 */
export async function startOpenLdap(options: Options = {}): Promise<OpenLdap> {
  await requirePrograms()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-openldap-'))
  const names = options.certificateNames ?? ['localhost']
  const certificates = options.certificates ?? (await makeCertificates({ folder, names }))
  await writeConfiguration({ ...options, folder, certificates })
  if (options.replicaOf === undefined) {
    const base = join(parts, 'base.ldif')
    await run('slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-n', '1', '-l', base])
  }
  const daemon = await startDaemon(folder)
  const service = (name: string) => ({
    bindDn: `cn=${name},ou=services,${baseDn}`,
    bindPassword: `${name}-service`,
  })
  const root = { dn: `cn=root,${baseDn}`, password: 'root' }
  const { asRoot, ...people } = peopleAt({ url: daemon.url, root, refusals: [49] })
  const stop = () => daemon.end('SIGTERM')
  return {
    url: daemon.url,
    ldapsUrl: daemon.ldapsUrl,
    caFile: certificates.caFile,
    baseDn,
    ...service('rekey'),
    administrator: service('administrator'),
    reader: service('reader'),
    registrar: service('registrar'),
    groupDn,
    ...people,
    entryUuid: async (uid) => (await people.attribute(uid, 'entryUUID'))[0] ?? '',
    addReferral: (rdn, ref) =>
      asRoot((client) =>
        client.add(`${rdn},ou=people,${baseDn}`, { objectClass: ['referral', 'extensibleObject'], ref }),
      ),
    contextCsn: () =>
      asRoot(async (client) => {
        const options = { scope: 'base' as const, attributes: ['contextCSN'] }
        const { searchEntries } = await client.search(baseDn, options)
        return String(searchEntries[0]?.['contextCSN'] ?? '')
      }).catch(() => ''),
    stop,
    kill: () => daemon.end('SIGKILL'),
    async restart() {
      await stop()
      await daemon.start()
    },
    pause: daemon.pause,
    resume: daemon.resume,
    log: daemon.log,
    async [Symbol.asyncDispose]() {
      await daemon.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export interface OpenLdapPair extends AsyncDisposable {
  provider: OpenLdap
  replica: OpenLdap
  /** Settles once the replica has what the provider has now (their contextCSN is the same). */
  inStep(): Promise<void>
}

/**
 * A provider and a replica that follows it (syncrepl, refreshAndPersist), with one certificate. `link` may put
 * something in between: it takes the provider's URL and returns the one to follow.
 */
export async function startOpenLdapPair(
  link: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<OpenLdapPair> {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-openldap-pair-'))
  const certificates = await makeCertificates({ folder, names: ['localhost'] })
  const provider = await startOpenLdap({ certificates })
  const replica = await startOpenLdap({ certificates, replicaOf: await link(provider.url) })
  const inStep = async () => {
    while ((await provider.contextCsn()) !== (await replica.contextCsn())) await sleep(10)
  }
  await inStep()
  return {
    provider,
    replica,
    inStep,
    async [Symbol.asyncDispose]() {
      await replica[Symbol.asyncDispose]()
      await provider[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function requirePrograms() {
  const needed = ['/usr/sbin/slapd', '/usr/sbin/slapadd', '/usr/lib/ldap/ppolicy.so', '/usr/bin/openssl']
  for (const path of needed) {
    await access(path).catch(() => {
      throw new Error(
        `${path} is missing. The LDAP tests run a real OpenLDAP: ` +
          'apt-get install --no-install-recommends slapd slapd-contrib ldap-utils openssl',
      )
    })
  }
}

async function writeConfiguration(options: {
  folder: string
  certificates: Certificates
  flushes?: boolean
  replicaOf?: string
}) {
  const { folder, certificates, flushes = false, replicaOf } = options
  await mkdir(join(folder, 'db'))
  const template = await readFile(join(parts, 'slapd.conf'), 'utf8')
  const text = template
    .replace(flushes ? 'dbnosync\n' : '', '')
    .replaceAll('@FOLDER@', folder)
    .replaceAll('@SCHEMA@', join(parts, 'people.schema'))
    .replaceAll('@CA@', certificates.caFile)
    .replaceAll('@CERTIFICATE@', certificates.certificateFile)
    .replaceAll('@KEY@', certificates.keyFile)
    .replaceAll('@REPLICATION@', replicaOf === undefined ? 'overlay syncprov' : consumerOf(replicaOf))
  await writeFile(join(folder, 'slapd.conf'), text, { mode: 0o600 })
}

const consumerOf = (provider: string) => `syncrepl rid=1 provider=${provider} type=refreshAndPersist
  searchbase="${baseDn}" bindmethod=simple binddn="cn=root,${baseDn}" credentials=root
  attrs="*,+" retry="1 +"
updateref ${provider}`

const startDaemon = (folder: string): Promise<LdapDaemon> =>
  startLdapDaemon(({ port, tlsPort }) => [
    '/usr/sbin/slapd',
    // Also keeps slapd in the foreground, so that it is a real child.
    ...['-d', 'stats', '-f', join(folder, 'slapd.conf')],
    ...['-h', `ldap://127.0.0.1:${String(port)} ldaps://127.0.0.1:${String(tlsPort)}`],
  ])
