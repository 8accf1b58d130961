import type { Kysely } from 'kysely'
import type { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { ldap } from '../../src/adapters/connectors/ldap/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { systemOutside } from '../../src/kernel/outside.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import type { DirectoryHarness, Person, World } from './directory-harness.ts'
import { startRelay } from './directory-relay.ts'

/** The configuration that fits the server of `support/openldap.ts`. */
export const ldapConfigFor = (server: OpenLdap, changes: Partial<LdapConfig> = {}): LdapConfig => ({
  urls: [server.ldapsUrl],
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
    upn: 'principalName',
    locale: 'preferredLanguage',
    contextWords: ['cn', 'sn'],
  },
  disabled: [],
  privileged: [{ group: server.groupDn, memberAttribute: 'member' }],
  federated: [{ attribute: 'passwordElsewhere', values: ['TRUE'] }],
  secondFactor: [{ attribute: 'secondFactor' }],
  passwordWrite: 'passmod',
  keepsHistory: true,
  lockoutSeconds: 0,
  decoyDn: `cn=decoy,ou=services,${server.baseDn}`,
  connections: 2,
  connectSeconds: 3,
  readSeconds: 5,
  idleSeconds: 60,
  ...changes,
})

export interface Warning {
  message: string
  facts: Record<string, string | number | boolean>
}

export function openLdapDirectory(
  config: LdapConfig,
  options: { warnings?: Warning[]; now?: () => Date } = {},
): Directory {
  return ldap.open(config, {
    ...systemOutside,
    ...(options.now === undefined ? {} : { now: options.now }),
    tenant: 'example',
    name: 'people',
    // An LDAP directory keeps nothing in Rekey's database.
    database: null as unknown as Kysely<unknown>,
    warn: (message, facts) => void options.warnings?.push({ message, facts }),
  })
}

const passwordWrites = {
  // The name of the operation (RFC 3062) and the tag of a modify request with the attribute, as sent.
  passmod: '1.3.6.1.4.1.4203.1.11.1',
  replace: 'userPassword',
} as const

export const ldapHarness = (passwordWrite: LdapConfig['passwordWrite']): DirectoryHarness => ({
  kind: 'ldap',
  title: `ldap on OpenLDAP with ${passwordWrite}`,
  lengthMin: 10,
  lockoutTries: 3,
  async open() {
    const server = await startOpenLdap()
    const directory = openLdapDirectory(ldapConfigFor(server, { passwordWrite }))
    return { ...worldOver(server, directory), [Symbol.asyncDispose]: () => end(directory, server) }
  },
  async openTroubled() {
    const server = await startOpenLdap()
    const relay = await startRelay({ host: '127.0.0.1', port: Number(new URL(server.url).port) })
    // In the clear, for the relay has to recognise the write.
    const urls = [`ldap://127.0.0.1:${String(relay.port)}`]
    const config = ldapConfigFor(server, { passwordWrite, urls, insecureLoopback: true })
    const directory = openLdapDirectory(config)
    return {
      ...worldOver(server, directory),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      onPasswordWrite: (mishap) => relay.onRequest(passwordWrites[passwordWrite], mishap),
      [Symbol.asyncDispose]: () => end(directory, relay, server),
    }
  },
})

async function end(directory: Directory, ...others: AsyncDisposable[]): Promise<void> {
  await directory.close()
  for (const other of others) await other[Symbol.asyncDispose]()
}

function worldOver(server: OpenLdap, directory: Directory): Omit<World, typeof Symbol.asyncDispose> {
  return {
    directory,
    async add(person) {
      await server.addPeople([entryOf(person)])
      return server.entryUuid(person.username)
    },
    rename: server.rename,
    remove: server.remove,
    // What an administrator sets to lock an entry for good (draft-behera-ldap-password-policy, section 5.3.3).
    disable: (username) => server.setAttribute(username, 'pwdAccountLockedTime', ['000001010000Z']),
    passwordWorks: server.canBind,
  }
}

const entryOf = ({ username, secondFactor, ...person }: Person) => ({
  ...person,
  uid: username,
  ...(secondFactor === true ? { secondFactors: ['totp'] } : {}),
})
