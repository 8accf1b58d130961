import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Attribute, Change, Client, DN } from 'ldapts'
import { type Certificates, makeCertificates } from './certificates.ts'

const run = promisify(execFile)
const parts = join(import.meta.dirname, 'openldap')
const baseDn = 'dc=example,dc=test'

export interface Person {
  uid: string
  password?: string
  displayName?: string
  mails?: readonly string[]
  /** Kept apart from `mails`: attribute `recoveryAddress` of `openldap/people.schema`. */
  recoveryAddresses?: readonly string[]
  /** Attribute `principalName` of `openldap/people.schema`. */
  upn?: string
  locale?: string
  /** Kinds of second factor, attribute `secondFactor` of `openldap/people.schema`. */
  secondFactors?: readonly string[]
  /** Attribute `passwordElsewhere` of `openldap/people.schema`. */
  federated?: boolean
  /** Name of an entry below `ou=policies`. */
  policy?: 'settled' | 'shortlived' | 'none'
}

export interface OpenLdap extends AsyncDisposable {
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
  /** A password administrator who sees the mark "must change" and may not take it off. */
  registrar: { bindDn: string; bindPassword: string }
  groupDn: string
  dn(uid: string): string
  addPeople(people: readonly Person[]): Promise<void>
  /** Replaces all values; none removes the attribute. */
  setAttribute(uid: string, attribute: string, values: readonly string[]): Promise<void>
  addToGroup(uid: string): Promise<void>
  rename(uid: string, newUid: string): Promise<void>
  remove(uid: string): Promise<void>
  /** Values of one attribute as the directory's administrator sees them. */
  attribute(uid: string, attribute: string): Promise<string[]>
  entryUuid(uid: string): Promise<string>
  /** A simple bind over a connection of its own, as an application would; false only for result code 49. */
  canBind(uid: string, password: string): Promise<boolean>
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
 * A real slapd with the password policy overlay, on free ports, in a temporary folder, with an authority of its
 * own. It is a child process that dies with the test runner (`setpriv --pdeathsig`), however that ends.
 */
export async function startOpenLdap(
  options: { certificateNames?: readonly string[] } = {},
): Promise<OpenLdap> {
  await requirePrograms()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-openldap-'))
  const certificates = await makeCertificates({ folder, names: options.certificateNames ?? ['localhost'] })
  await writeConfiguration(folder, certificates)
  await run('slapadd', ['-q', '-f', join(folder, 'slapd.conf'), '-n', '1', '-l', join(parts, 'base.ldif')])
  const daemon = await startDaemon(folder)
  const dn = (uid: string) => new DN({ uid, ou: 'people' }).toString() + `,${baseDn}`
  const service = (name: string) => ({
    bindDn: `cn=${name},ou=services,${baseDn}`,
    bindPassword: `${name}-service`,
  })
  return {
    url: daemon.url,
    ldapsUrl: daemon.ldapsUrl,
    caFile: certificates.caFile,
    baseDn,
    ...service('rekey'),
    administrator: service('administrator'),
    reader: service('reader'),
    registrar: service('registrar'),
    groupDn: `cn=administrators,ou=groups,${baseDn}`,
    dn,
    ...administration(daemon.url, dn),
    canBind: (uid, password) => canBind(daemon.url, dn(uid), password),
    stop: () => daemon.end('SIGTERM'),
    kill: () => daemon.end('SIGKILL'),
    restart: async () => {
      await daemon.end('SIGTERM')
      await daemon.start()
    },
    pause: () => stopInItsTracks(daemon.child()),
    resume: () => void daemon.child().kill('SIGCONT'),
    log: () => daemon.log(),
    async [Symbol.asyncDispose]() {
      await daemon.end('SIGKILL')
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

async function writeConfiguration(folder: string, certificates: Certificates) {
  await mkdir(join(folder, 'db'))
  const template = await readFile(join(parts, 'slapd.conf'), 'utf8')
  const text = template
    .replaceAll('@FOLDER@', folder)
    .replaceAll('@SCHEMA@', join(parts, 'people.schema'))
    .replaceAll('@CA@', certificates.caFile)
    .replaceAll('@CERTIFICATE@', certificates.certificateFile)
    .replaceAll('@KEY@', certificates.keyFile)
  await writeFile(join(folder, 'slapd.conf'), text, { mode: 0o600 })
}

/** Another process may take a free port before slapd does, so a first start gets three tries. */
async function startDaemon(folder: string, triesLeft = 2): ReturnType<typeof startOnPorts> {
  const [port = 0, tlsPort = 0] = await freePorts(2)
  try {
    return await startOnPorts(folder, { port, tlsPort })
  } catch (error) {
    if (triesLeft === 0) throw error
    return startDaemon(folder, triesLeft - 1)
  }
}

async function startOnPorts(folder: string, { port, tlsPort }: { port: number; tlsPort: number }) {
  const url = `ldap://127.0.0.1:${String(port)}`
  const ldapsUrl = `ldaps://127.0.0.1:${String(tlsPort)}`
  let child: ChildProcess
  let printed = ''
  const start = async () => {
    child = spawn(
      'setpriv',
      // "-d stats" also keeps slapd in the foreground, so that it is a real child.
      [
        '--pdeathsig',
        'KILL',
        '/usr/sbin/slapd',
        '-d',
        'stats',
        '-f',
        join(folder, 'slapd.conf'),
        '-h',
        `${url} ${ldapsUrl}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')))
    await untilListening(tlsPort, child, () => printed)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    // A stopped process only notices SIGTERM once it continues.
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }
  await start()
  return { url, ldapsUrl, start, end, child: () => child, log: () => printed }
}

async function untilListening(port: number, child: ChildProcess, printed: () => string) {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`slapd did not start:\n${printed()}`)
    const socket = connect({ port, host: '127.0.0.1' })
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await sleep(10)
  }
}

/** The signal is only on its way when `kill` returns; a thread on another processor may still answer. */
async function stopInItsTracks(child: ChildProcess) {
  child.kill('SIGSTOP')
  const threads = `/proc/${String(child.pid)}/task`
  for (;;) {
    const ids = await readdir(threads)
    const stats = await Promise.all(ids.map((id) => readFile(join(threads, id, 'stat'), 'utf8')))
    // The state follows the name, which is in parentheses and may hold any character.
    if (stats.every((stat) => stat.slice(stat.lastIndexOf(')') + 2).startsWith('T'))) return
    await sleep(1)
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** What the directory's own administrator does, over a connection a call. */
function administration(url: string, dn: (uid: string) => string) {
  const asRoot = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url, timeout: 10_000 })
    try {
      await client.bind(`cn=root,${baseDn}`, 'root')
      return await work(client)
    } finally {
      await client.unbind()
    }
  }
  const attribute = (uid: string, name: string) =>
    asRoot(async (client) => {
      const { searchEntries } = await client.search(dn(uid), { scope: 'base', attributes: [name] })
      const value = searchEntries[0]?.[name] ?? []
      return (Array.isArray(value) ? value : [value]).map(String)
    })
  const replace = (target: string, type: string, values: readonly string[]) =>
    asRoot((client) =>
      client.modify(target, [
        new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
      ]),
    )
  return {
    attribute,
    entryUuid: async (uid: string) => (await attribute(uid, 'entryUUID'))[0] ?? '',
    addPeople: (people: readonly Person[]) =>
      asRoot(async (client) => {
        for (const person of people) await client.add(dn(person.uid), entryOf(person))
      }),
    setAttribute: (uid: string, name: string, values: readonly string[]) => replace(dn(uid), name, values),
    addToGroup: (uid: string) =>
      asRoot((client) =>
        client.modify(`cn=administrators,ou=groups,${baseDn}`, [
          new Change({
            operation: 'add',
            modification: new Attribute({ type: 'member', values: [dn(uid)] }),
          }),
        ]),
      ),
    rename: (uid: string, newUid: string) =>
      asRoot((client) => client.modifyDN(dn(uid), new DN({ uid: newUid }).toString())),
    remove: (uid: string) => asRoot((client) => client.del(dn(uid))),
  }
}

function entryOf(person: Person): Record<string, string[]> {
  const optional = (name: string, values: readonly string[] | undefined) =>
    values === undefined || values.length === 0 ? {} : { [name]: [...values] }
  const one = (value: string | undefined) => (value === undefined ? undefined : [value])
  return {
    objectClass: ['inetOrgPerson', 'recoverablePerson'],
    uid: [person.uid],
    cn: [person.displayName ?? person.uid],
    sn: [person.displayName?.split(' ').at(-1) ?? person.uid],
    ...optional('displayName', one(person.displayName)),
    ...optional('mail', person.mails),
    ...optional('recoveryAddress', person.recoveryAddresses),
    ...optional('principalName', one(person.upn)),
    ...optional('preferredLanguage', one(person.locale)),
    ...optional('secondFactor', person.secondFactors),
    ...optional(
      'passwordElsewhere',
      person.federated === undefined ? undefined : [person.federated ? 'TRUE' : 'FALSE'],
    ),
    ...optional('userPassword', one(person.password)),
    ...optional(
      'pwdPolicySubentry',
      person.policy === undefined ? undefined : [`cn=${person.policy},ou=policies,${baseDn}`],
    ),
  }
}

async function canBind(url: string, dn: string, password: string): Promise<boolean> {
  const client = new Client({ url, timeout: 10_000 })
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 49) return false
    throw error
  } finally {
    await client.unbind()
  }
}
