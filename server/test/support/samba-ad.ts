import { execFile } from 'node:child_process'
import { cp, lstat, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Attribute, Change, type Client } from 'ldapts'
import { type Certificates, makeCertificates } from './certificates.ts'
import type { LdapDaemon } from './ldap-daemon.ts'
import {
  type AdCredentials,
  adBaseDn,
  adDomain,
  administrator,
  attributesOf,
  clientOf,
  domainTemplate,
  freeAddress,
  peopleDn,
  replacing,
  services,
  servicesDn,
  sidOf,
  startController,
  unicodePwd,
} from './samba-domain.ts'

const run = promisify(execFile)

export interface AdPerson {
  username: string
  password?: string
  displayName?: string
  /** The first is kept in `mail`, all of them in `proxyAddresses`. */
  mails?: readonly string[]
  upn?: string
  /** `otherMailbox`. */
  recoveryAddresses?: readonly string[]
  /** The first is kept in `mobile`, which holds one. */
  recoveryNumbers?: readonly string[]
  locale?: string
  /** Attributes that the tests give a meaning by configuration. */
  more?: Readonly<Record<string, readonly string[]>>
}

export interface SambaAd extends AsyncDisposable {
  /** Loopback address of its own: the ports of a domain controller can't be chosen. */
  host: string
  /** Name in the certificate. */
  name: string
  caFile: string
  certificates: Certificates
  /** Settings of this server, for `samba-tool --configfile`. */
  configFile: string
  peopleDn: string
  /** May do what the documentation asks for, and nothing else. */
  service: AdCredentials
  /** May read, as everybody who signs in may. */
  reader: AdCredentials
  decoyDn: string
  dn(username: string): string
  addPeople(people: readonly AdPerson[]): Promise<void>
  addGroup(name: string, members: readonly string[], more?: Readonly<Record<string, string>>): Promise<string>
  addToGroup(groupDn: string, memberDn: string): Promise<void>
  /** Replaces all values of an attribute; none removes it. */
  setAttribute(dn: string, attribute: string, values: readonly string[] | readonly Buffer[]): Promise<void>
  attribute(dn: string, attribute: string): Promise<string[]>
  guid(username: string): Promise<string>
  sid(dn: string): Promise<string>
  /** The box "User cannot change password": everybody and the account itself are denied that right. */
  denyChange(dn: string): Promise<void>
  /** Puts the time of the last change so many days back, past the server: over LDAP it is now or never. */
  agePassword(dn: string, days: number): Promise<void>
  rename(username: string, newUsername: string): Promise<void>
  remove(username: string): Promise<void>
  /** A simple bind of a client that is not ours: OpenLDAP's. */
  canBind(username: string, password: string): Promise<boolean>
  asAdministrator<T>(work: (client: Client) => Promise<T>): Promise<T>
  stop(): Promise<void>
  restart(): Promise<void>
  pause(): Promise<void>
  resume(): void
}

/** Samba gives its database to other users, which takes root; no other user can run a domain controller. */
export const canRunSamba = process.getuid?.() === 0

/**
 * A real Samba as the controller of the domain corp.example.test, with an authority of its own. The domain is made once
 * and copied for each server; the server dies with the test runner, however that ends.
 */
export async function startSambaAd(options: { certificates?: Certificates } = {}): Promise<SambaAd> {
  const template = await domainTemplate()
  const folder = await mkdtemp(join(tmpdir(), 'rekey-samba-'))
  // Node.js copies no sockets, and those that the template's server left are of no use.
  const filter = async (path: string) => !(await lstat(path)).isSocket()
  await cp(template, folder, { recursive: true, filter })
  const host = await freeAddress()
  const name = `dc1.${adDomain}`
  // 127.0.0.1 for what is put before it.
  const names = { names: [name], addresses: [host, '127.0.0.1'] }
  const certificates = options.certificates ?? (await makeCertificates({ folder, ...names }))
  const { daemon, configFile } = await startController({ folder, host, certificates })
  const at = { host, name, caFile: certificates.caFile }
  return {
    ...at,
    certificates,
    configFile,
    peopleDn,
    ...services,
    decoyDn: `CN=decoy,${servicesDn}`,
    ...peopleAt(at),
    async denyChange(dn) {
      const denied = ['WD', 'PS'].map((whom) => `(OD;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;${whom})`)
      await run('samba-tool', [
        ...['dsacl', 'set', `--configfile=${configFile}`, `--URL=${join(folder, 'private/sam.ldb')}`],
        ...[`--objectdn=${dn}`, `--sddl=${denied.join('')}`],
      ])
    },
    async agePassword(dn, days) {
      const file = join(folder, 'private/sam.ldb.d', `${adBaseDn.toUpperCase()}.ldb`)
      await run('/usr/bin/python3', ['-c', ageing, file, dn, String(days)])
    },
    ...lifeOf(daemon),
    async [Symbol.asyncDispose]() {
      await daemon.end('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const ageing = `
import ldb, sys
file, dn, days = sys.argv[1:]
database = ldb.Ldb('tdb://' + file)
[entry] = database.search(dn, ldb.SCOPE_BASE, attrs=['pwdLastSet'])
aged = str(int(entry['pwdLastSet'][0]) - int(days) * 864000000000)
change = ldb.Message(entry.dn)
change['pwdLastSet'] = ldb.MessageElement(aged, ldb.FLAG_MOD_REPLACE, 'pwdLastSet')
database.modify(change)
`

const lifeOf = ({ start, end, pause, resume }: LdapDaemon) => ({
  stop: () => end('SIGTERM'),
  async restart() {
    await end('SIGTERM')
    await start()
  },
  pause,
  resume,
})

function peopleAt(at: { host: string; name: string; caFile: string }) {
  const asAdministrator = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    await using client = await clientOf(at, administrator)
    return await work(client)
  }
  const dn = (username: string) => `CN=${escaped(username)},${peopleDn}`
  const values = (name: string, attribute: string) =>
    asAdministrator(async (client) => {
      const options = {
        scope: 'base' as const,
        attributes: [attribute],
        explicitBufferAttributes: ['objectGUID'],
      }
      const { searchEntries } = await client.search(name, options)
      return [searchEntries[0]?.[attribute] ?? []].flat()
    })
  return {
    dn,
    asAdministrator,
    addPeople: (people: readonly AdPerson[]) =>
      asAdministrator(async (client) => {
        // Together, because each waits for the disk of its own.
        await Promise.all(people.map((person) => client.add(dn(person.username), entryOf(person))))
      }),
    addGroup: (name: string, members: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      asAdministrator(async (client) => {
        const group = `CN=${name},${servicesDn}`
        await client.add(group, {
          objectClass: ['group'],
          sAMAccountName: name,
          ...optional('member', members),
          ...more,
        })
        return group
      }),
    addToGroup: (group: string, member: string) =>
      asAdministrator((client) =>
        client.modify(
          group,
          new Change({ operation: 'add', modification: new Attribute({ type: 'member', values: [member] }) }),
        ),
      ),
    setAttribute: (name: string, attribute: string, given: readonly string[] | readonly Buffer[]) =>
      asAdministrator((client) => client.modify(name, replacing(attribute, given))),
    attribute: async (name: string, attribute: string) => (await values(name, attribute)).map(String),
    async guid(username: string) {
      const [octets] = await values(dn(username), 'objectGUID')
      if (!Buffer.isBuffer(octets)) throw new Error(`${username} has no objectGUID`)
      // MS-DTYP 2.3.4.2: the first three parts lie with their low byte first.
      const part = (...order: number[]) =>
        Buffer.from(order.map((index) => octets[index] ?? 0)).toString('hex')
      return [part(3, 2, 1, 0), part(5, 4), part(7, 6), part(8, 9), part(10, 11, 12, 13, 14, 15)].join('-')
    },
    sid: (name: string) => asAdministrator((client) => sidOf(client, name)),
    rename: (username: string, newUsername: string) =>
      asAdministrator(async (client) => {
        await client.modifyDN(dn(username), `CN=${escaped(newUsername)}`)
        await client.modify(dn(newUsername), replacing('sAMAccountName', [newUsername]))
      }),
    remove: (username: string) => asAdministrator((client) => client.del(dn(username))),
    async canBind(username: string, password: string) {
      const server = ['-x', '-H', `ldaps://${at.host}`]
      const env = { ...process.env, LDAPTLS_CACERT: at.caFile }
      try {
        await run('ldapsearch', [...server, '-D', dn(username), '-w', password, '-s', 'base'], { env })
        return true
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 49) return false
        throw error
      }
    },
  }
}

/** RFC 4514, section 2.4. */
const escaped = (value: string) => value.replaceAll(/[",+;<>\\#=]/g, (character) => `\\${character}`)

const optional = (name: string, values: readonly string[] | undefined) =>
  values === undefined || values.length === 0 ? {} : { [name]: [...values] }

function entryOf(person: AdPerson): Attribute[] {
  const [mail] = person.mails ?? []
  const one = (value: string | undefined) => (value === undefined ? [] : [value])
  const { password } = person
  return attributesOf({
    objectClass: ['user'],
    sAMAccountName: [person.username],
    ...optional('userPrincipalName', one(person.upn)),
    // Without a password it is disabled, or not asked for one (0x20).
    userAccountControl: [password === undefined ? '544' : '512'],
    ...optional('displayName', one(person.displayName)),
    ...optional('mail', one(mail)),
    ...optional(
      'proxyAddresses',
      person.mails?.map((address, index) => `${index === 0 ? 'SMTP' : 'smtp'}:${address}`),
    ),
    ...optional('otherMailbox', person.recoveryAddresses),
    ...optional('mobile', person.recoveryNumbers?.slice(0, 1)),
    ...optional('preferredLanguage', one(person.locale)),
    ...person.more,
    ...(password === undefined ? {} : { unicodePwd: [unicodePwd(password)] }),
  })
}
