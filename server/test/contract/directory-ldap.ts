import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { ldap } from '../../src/adapters/connectors/ldap/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type ConnectorOptions, connectorOutside } from '../support/connector-outside.ts'
import { type Ds389, startDs389 } from '../support/ds389.ts'
import {
  lockHolds,
  type OpenLdap,
  type OpenLdapPair,
  startOpenLdap,
  startOpenLdapPair,
} from '../support/openldap.ts'
import { crowd, type DirectoryHarness, noRules, type Person, type World } from './directory-harness.ts'
import { startRelay } from './directory-relay.ts'

/** The configuration that fits the server of `support/openldap.ts`. */
export const ldapConfigFor = (server: OpenLdap | Ds389, changes: Partial<LdapConfig> = {}): LdapConfig => ({
  urls: [server.ldapsUrl],
  providers: 1,
  replicationSeconds: 5,
  dialect: 'openldap',
  caFile: server.caFile,
  insecureLoopback: false,
  bindDn: server.bindDn,
  bindPassword: new Secret(server.bindPassword),
  baseDn: `ou=people,${server.baseDn}`,
  userFilter: '(objectClass=inetOrgPerson)',
  attributes: {
    key: 'entryUUID',
    username: 'uid',
    displayName: ['displayName', 'cn'],
    mails: ['mail'],
    recoveryAddresses: ['recoveryAddress'],
    recoveryNumbers: ['mobile'],
    upn: 'principalName',
    locale: 'preferredLanguage',
    contextWords: ['cn', 'sn'],
    groups: ['departmentNumber'],
  },
  disabled: [],
  privileged: [{ group: server.groupDn, memberAttribute: 'member' }],
  federated: [{ attribute: 'passwordElsewhere', values: ['TRUE'] }],
  secondFactor: [{ attribute: 'secondFactor' }],
  groups: [],
  passwordWrite: 'passmod',
  changeAs: 'person',
  ...('administrator' in server ? { passwordPolicyDn: `cn=default,ou=policies,${server.baseDn}` } : {}),
  keepsHistory: true,
  lockoutSeconds: 0,
  decoyDn: `cn=decoy,ou=services,${server.baseDn}`,
  connections: 2,
  connectSeconds: 3,
  readSeconds: 5,
  idleSeconds: 60,
  ...changes,
})

export const openLdapDirectory = (config: LdapConfig, options: ConnectorOptions = {}): Directory =>
  ldap.open(config, connectorOutside(options))

/** The provider before its replica. They have one authority. */
export const pairConfigFor = (pair: OpenLdapPair, changes: Partial<LdapConfig> = {}): LdapConfig =>
  ldapConfigFor(pair.provider, { urls: [pair.provider.ldapsUrl, pair.replica.ldapsUrl], ...changes })

/** The same for the server of `support/ds389.ts`. */
export function ds389ConfigFor(server: Ds389, changes: Partial<LdapConfig> = {}): LdapConfig {
  const { passwordWrite: _, ...common } = ldapConfigFor(server)
  return {
    ...common,
    dialect: '389ds',
    attributes: { ...common.attributes, key: 'nsUniqueId' },
    ...changes,
  }
}

type PasswordWriteWay = NonNullable<LdapConfig['passwordWrite']>

/** The name of the operation (RFC 3062) and the tag of a modify request with the attribute, as sent. */
const passwordWrites: Readonly<Record<PasswordWriteWay, string>> = {
  passmod: '1.3.6.1.4.1.4203.1.11.1',
  replace: 'userPassword',
}

/** A started server, and the configuration that fits it. */
interface Started {
  server: Pick<
    OpenLdap | Ds389,
    'url' | 'rename' | 'remove' | 'canBind' | 'addCrowd' | 'addPeople' | 'addToGroup'
  >
  config: LdapConfig
  keyOf(uid: string): Promise<string>
  disable(uid: string): Promise<void>
  enable(uid: string): Promise<void>
  settled?(uid: string): Promise<void>
  lockHolds?(): Promise<void>
  stop: AsyncDisposable
}

const harnessOver = (
  facts: Pick<DirectoryHarness, 'title' | 'takesNul'> & {
    way: PasswordWriteWay
    dialect: LdapConfig['dialect']
  },
  start: () => Promise<Started>,
): DirectoryHarness => ({
  kind: 'ldap',
  title: facts.title,
  lengthMin: 10,
  takesNul: facts.takesNul,
  lockoutTries: 3,
  changesAsUser: true,
  rules: facts.dialect === 'openldap' ? { ...noRules, lengthMin: 10, history: 3 } : null,
  marksMustChange: facts.dialect === 'openldap',
  tellsChanges: facts.dialect === 'openldap',
  async open() {
    const started = await start()
    const directory = openLdapDirectory(started.config)
    return { ...worldOver(started, directory), [Symbol.asyncDispose]: () => end(directory, started.stop) }
  },
  async openTroubled() {
    const started = await start()
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(started.server.url).port) })
    // In the clear, for the relay has to recognise the write.
    const urls = [`ldap://127.0.0.1:${String(relay.port)}`]
    const directory = openLdapDirectory({ ...started.config, urls, insecureLoopback: true })
    return {
      ...worldOver(started, directory),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      onPasswordWrite: (mishap) => relay.onRequest(passwordWrites[facts.way], mishap),
      [Symbol.asyncDispose]: () => end(directory, relay, started.stop),
    }
  },
})

export const openLdapHarness = (way: PasswordWriteWay): DirectoryHarness =>
  harnessOver(
    { title: `ldap on OpenLDAP with ${way}`, dialect: 'openldap', takesNul: true, way },
    async () => {
      const server = await startOpenLdap()
      return onOpenLdap(server, ldapConfigFor(server, { passwordWrite: way }), server)
    },
  )

/** What is written at the first is read there as well; the second stands by. */
export const openLdapPairHarness: DirectoryHarness = harnessOver(
  {
    title: 'ldap on an OpenLDAP provider with a replica',
    dialect: 'openldap',
    takesNul: true,
    way: 'passmod',
  },
  async () => {
    const pair = await startOpenLdapPair()
    return onOpenLdap(pair.provider, pairConfigFor(pair), pair)
  },
)

export const ds389Harness: DirectoryHarness = harnessOver(
  { title: 'ldap on 389 Directory Server', dialect: '389ds', takesNul: false, way: 'replace' },
  async () => {
    const server = await startDs389()
    return {
      server,
      config: ds389ConfigFor(server),
      keyOf: server.nsUniqueId,
      settled: server.settled,
      disable: (uid) => server.setAttribute(uid, 'nsAccountLock', ['true']),
      enable: (uid) => server.setAttribute(uid, 'nsAccountLock', []),
      stop: server,
    }
  },
)

const onOpenLdap = (server: OpenLdap, config: LdapConfig, stop: AsyncDisposable): Started => ({
  server,
  config,
  keyOf: server.entryUuid,
  // What an administrator sets to lock an entry for good (draft-behera-ldap-password-policy, section 5.3.3).
  disable: (uid) => server.setAttribute(uid, 'pwdAccountLockedTime', ['000001010000Z']),
  enable: (uid) => server.setAttribute(uid, 'pwdAccountLockedTime', []),
  lockHolds,
  stop,
})

async function end(directory: Directory, ...others: AsyncDisposable[]): Promise<void> {
  await directory.close()
  for (const other of others) await other[Symbol.asyncDispose]()
}

function worldOver(
  { server, keyOf, disable, enable, settled, lockHolds }: Started,
  directory: Directory,
): Omit<World, typeof Symbol.asyncDispose> {
  return {
    directory,
    async add(person) {
      await server.addPeople([entryOf(person)])
      if (person.privileged === true) await server.addToGroup(person.username)
      return keyOf(person.username)
    },
    addCrowd: (count) => server.addCrowd(crowd(count)),
    rename: server.rename,
    remove: server.remove,
    disable,
    enable,
    passwordWorks: server.canBind,
    ...(settled === undefined ? {} : { settled }),
    ...(lockHolds === undefined ? {} : { lockHolds }),
  }
}

const entryOf = ({ username, secondFactor, privileged: _, ...person }: Person) => ({
  ...person,
  uid: username,
  ...(secondFactor === true ? { secondFactors: ['totp'] } : {}),
})
