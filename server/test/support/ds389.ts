import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Attribute, Change } from 'ldapts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { type LdapPorts, startLdapDaemon } from './ldap-daemon.ts'
import { baseDn, groupDn, type People, peopleAt } from './ldap-people.ts'

const run = promisify(execFile)
const parts = join(import.meta.dirname, 'ds389')
const templates = '/usr/share/dirsrv/data'
const root = { dn: 'cn=Directory Manager', password: 'directory manager' }

export interface Ds389 extends AsyncDisposable, People {
  /** `ldap://127.0.0.1:…`, for StartTLS and for tests of its absence. */
  url: string
  ldapsUrl: string
  caFile: string
  baseDn: string
  /** May read people and write passwords, and nothing else; history and syntax are enforced on what it writes. */
  bindDn: string
  bindPassword: string
  /** The directory manager, to whom no rule applies. */
  root: { dn: string; password: string }
  /** Reads people and writes nothing. */
  reader: { bindDn: string; bindPassword: string }
  groupDn: string
  nsUniqueId(uid: string): Promise<string>
  /** The server answers a password write before it has kept the old one and set the times. Settles when it has. */
  settled(uid: string): Promise<void>
  /** Takes these people from the sight of the service accounts. */
  hide(uids: readonly string[]): Promise<void>
  /** Settings of the whole server, or of its database. */
  configure(settings: Readonly<Record<string, readonly string[]>>, of?: 'database'): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
  pause(): Promise<void>
  resume(): void
  /** One line per operation. */
  accessLog(): Promise<string>
}

/**
 * A real ns-slapd (389 Directory Server) on free ports, with an authority of its own. Everything it has lies in a
 * temporary folder: configuration and databases are made from the templates that `dscreate` uses, and not by
 * `dscreate` itself, which needs root and systemd and writes to /etc/dirsrv.
 */
export async function startDs389(options: { certificateNames?: readonly string[] } = {}): Promise<Ds389> {
  await requirePrograms()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-ds389-'))
  const at = (name: string) => join(folder, name)
  const certificates = await makeCertificates({ folder, names: options.certificateNames ?? ['localhost'] })
  await Promise.all(['etc/schema', ...folders].map((name) => mkdir(at(name), { recursive: true })))
  await writeFile(at('etc/certmap.conf'), 'certmap default default\n')
  await writeFile(at('etc/slapd-collations.conf'), '')
  await writeFile(at('etc/schema/99user.ldif'), await schema())
  await importCertificate(at('etc'), certificates)
  const daemon = await startLdapDaemon(async (ports) => {
    await writeFile(at('etc/dse.ldif'), await configuration(folder, ports), { mode: 0o600 })
    return ['/usr/sbin/ns-slapd', '-D', at('etc'), '-i', at('run/pid'), '-d', '0']
  })
  const bind = ['-x', '-H', daemon.url, '-D', root.dn, '-w', root.password]
  await run('ldapadd', [...bind, '-f', join(parts, 'base.ldif')])
  const service = (name: string) => ({
    bindDn: `cn=${name},ou=services,${baseDn}`,
    bindPassword: `${name}-service`,
  })
  // 19: locked after wrong passwords. 53: deactivated.
  const people = peopleAt({ url: daemon.url, root, refusals: [19, 49, 53] })
  /** What an administrator adds is marked "must change"; takes that off. */
  const haveSignedIn = (names: readonly string[]) =>
    people.asRoot(async (client) => {
      for (const name of names) await client.modify(name, replacing('passwordExpirationTime', []))
    })
  await haveSignedIn(['writer', 'reader', 'decoy'].map((name) => service(name).bindDn))
  return {
    url: daemon.url,
    ldapsUrl: daemon.ldapsUrl,
    caFile: certificates.caFile,
    baseDn,
    ...service('writer'),
    root,
    reader: service('reader'),
    groupDn,
    ...people,
    async addPeople(some) {
      await people.addPeople(some)
      await haveSignedIn(some.map(({ uid }) => people.dn(uid)))
    },
    nsUniqueId: async (uid) => (await people.attribute(uid, 'nsUniqueId'))[0] ?? '',
    async settled(uid) {
      // The last thing it writes; `addPeople` leaves none.
      while ((await people.attribute(uid, 'passwordExpirationTime')).length === 0) await sleep(5)
    },
    hide: (uids) =>
      people.asRoot(async (client) => {
        const aci =
          '(targetattr="*")(version 3.0; acl "hidden"; deny (all) ' +
          `userdn="ldap:///cn=*,ou=services,${baseDn}";)`
        for (const uid of uids) await client.modify(people.dn(uid), replacing('aci', [aci]))
      }),
    configure: (settings, of) =>
      people.asRoot((client) =>
        client.modify(
          of === 'database' ? 'cn=config,cn=ldbm database,cn=plugins,cn=config' : 'cn=config',
          Object.entries(settings).map(([name, values]) => replacing(name, values)),
        ),
      ),
    stop: () => daemon.end('SIGTERM'),
    async restart() {
      await daemon.end('SIGTERM')
      await daemon.start()
    },
    pause: daemon.pause,
    resume: daemon.resume,
    accessLog: () => readFile(at('log/access'), 'utf8'),
    async [Symbol.asyncDispose]() {
      await daemon.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const replacing = (type: string, values: readonly string[]) =>
  new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) })

const folders = ['lock', 'tmp', 'ldif', 'bak', 'run', 'log', 'db', 'instance']

async function requirePrograms() {
  const needed = ['/usr/sbin/ns-slapd', '/usr/bin/pk12util', '/usr/bin/certutil', '/usr/bin/ldapadd']
  for (const path of needed) {
    await access(path).catch(() => {
      throw new Error(
        `${path} is missing. The LDAP tests run a real 389 Directory Server: ` +
          'apt-get install --no-install-recommends 389-ds-base libnss3-tools ldap-utils',
      )
    })
  }
}

/** The same attributes that OpenLDAP's tests have, in the notation of this server. */
async function schema(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, 'openldap/people.schema'), 'utf8')
  const folded = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\n[ \t]+/g, ' ')
    .replaceAll(/^attributetype /gm, 'attributeTypes: ')
    .replaceAll(/^objectclass /gm, 'objectClasses: ')
    .replaceAll(/\n+/g, '\n')
  return `dn: cn=schema${folded}`
}

/** This server reads its certificate from a database of the NSS library, here one without a password. */
async function importCertificate(folder: string, { caFile, certificateFile, keyFile }: Certificates) {
  const database = ['-d', `sql:${folder}`]
  const bundle = join(folder, 'server.p12')
  await run('certutil', ['-N', ...database, '--empty-password'])
  await run('certutil', ['-A', ...database, '-n', 'authority', '-t', 'CT,,', '-i', caFile])
  await run('openssl', [
    ...['pkcs12', '-export', '-in', certificateFile, '-inkey', keyFile, '-name', 'Server-Cert'],
    ...['-passout', 'pass:', '-out', bundle],
  ])
  await run('pk12util', ['-i', bundle, ...database, '-W', ''])
}

/**
 * The policy that the contract of directories asks for; by default this server has none. `passwordMustChange` is on
 * because it is what a reset by somebody else must not leave behind.
 */
const policy = {
  passwordHistory: 'on',
  passwordInHistory: '3',
  passwordCheckSyntax: 'on',
  passwordMinLength: '10',
  passwordMinCategories: '1',
  // By default no three letters in a row of the person's names may be in the password, as "ren" is in "different".
  passwordMinTokenLength: '7',
  passwordLockout: 'on',
  passwordMaxFailure: '3',
  passwordUnlock: 'off',
  passwordMustChange: 'on',
}

async function configuration(folder: string, { port, tlsPort }: LdapPorts): Promise<string> {
  const at = (name: string) => join(folder, name)
  const values: Readonly<Record<string, string>> = {
    config_dir: at('etc'),
    schema_dir: at('etc/schema'),
    lock_dir: at('lock'),
    tmp_dir: at('tmp'),
    cert_dir: at('etc'),
    ldif_dir: at('ldif'),
    bak_dir: at('bak'),
    run_dir: at('run'),
    inst_dir: at('instance'),
    log_dir: at('log'),
    db_dir: at('db'),
    db_home_dir: at('db'),
    db_lib: 'bdb',
    fqdn: 'localhost',
    ds_port: String(port),
    ds_user: userInfo().username,
    ds_passwd: saltedSha(root.password),
    ds_suffix: baseDn,
    ds_bename: 'userRoot',
    rootdn: root.dn,
    ldapi_enabled: 'off',
    ldapi_autobind: 'off',
    ldapi: at('run/ldapi'),
  }
  const files = ['template-dse.ldif', 'template-suffix-db.ldif'].map((name) => join(templates, name))
  const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('')
  const filled = text.replaceAll(/%(\w+)%/g, (_, name: string) => {
    const value = values[name]
    // The server would end without a word.
    if (value === undefined) throw new Error(`nobody knows what ${name} in ${templates} stands for`)
    return value
  })
  const lines = (settings: Readonly<Record<string, string>>) =>
    Object.entries(settings)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join('')
  const server = {
    'nsslapd-listenhost': '127.0.0.1',
    'nsslapd-securelistenhost': '127.0.0.1',
    'nsslapd-security': 'on',
    'nsslapd-securePort': String(tlsPort),
    'nsslapd-accesslog-logbuffering': 'off',
    ...policy,
  }
  // By itself it would take a quarter of the machine's memory for caches.
  const database = {
    'nsslapd-cache-autosize': '0',
    'nsslapd-dbcachesize': '8000000',
    'nsslapd-db-durable-transaction': 'off',
  }
  return filled
    .replace(/^nsslapd-port:.*\n/m, (line) => line + lines(server))
    .replace(/^nsslapd-db-home-directory:.*\n/m, (line) => line + lines(database))
}

function saltedSha(password: string): string {
  const salt = randomBytes(8)
  const digest = createHash('sha1').update(password).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
}
