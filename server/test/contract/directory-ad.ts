import { readFile } from 'node:fs/promises'
import { Value } from 'typebox/value'
import type { ActiveDirectoryConfig } from '../../src/adapters/connectors/active-directory/config.ts'
import { ActiveDirectoryConfig as schema } from '../../src/adapters/connectors/active-directory/config.ts'
import { activeDirectory } from '../../src/adapters/connectors/active-directory/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { type ConnectorOptions, connectorOutside } from '../support/connector-outside.ts'
import { type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import { adBaseDn, adDomain } from '../support/samba-domain.ts'
import { crowd, type DirectoryHarness, noRules, type World } from './directory-harness.ts'
import { type Relay, startRelay } from './directory-relay.ts'

/** The configuration that fits the server of `support/samba-ad.ts`. */
export const adConfigFor = (
  server: SambaAd,
  changes: Partial<ActiveDirectoryConfig> = {},
): ActiveDirectoryConfig => {
  const given = {
    domain: adDomain,
    controllers: [server.host],
    caFile: server.caFile,
    bindName: server.service.name,
    bindPassword: new Secret(server.service.password),
    baseDn: server.peopleDn,
    attributes: {
      recoveryAddresses: ['otherMailbox'],
      recoveryNumbers: ['mobile'],
      locale: 'preferredLanguage',
    },
    federated: [{ attribute: 'employeeType', values: ['federated'] }],
    keepsHistory: false,
    decoyDn: server.decoyDn,
    connections: 2,
    ...changes,
  }
  return Value.Default(schema, given) as ActiveDirectoryConfig
}

export const openAd = (config: ActiveDirectoryConfig, options: ConnectorOptions = {}): Directory =>
  activeDirectory.open(config, connectorOutside(options))

export const activeDirectoryHarness: DirectoryHarness = {
  kind: 'active-directory',
  title: 'active-directory on Samba',
  lengthMin: 10,
  // The server compares what is before it, and keeps all.
  takesNul: false,
  lockoutTries: 3,
  // Twenty characters at most, and none of "/\\[]:;|=,+*?<>.
  oddName: "o(n)e's #2a &l!",
  remembersOnReset: false,
  changesAsUser: true,
  marksMustChange: true,
  rules: { ...noRules, lengthMin: 10, history: 3 },
  tellsChanges: true,
  async open() {
    const server = await startSambaAd()
    const { config, inner } = await withFactors(server)
    const directory = openAd(config)
    return {
      ...worldOver(server, { directory, inner }),
      [Symbol.asyncDispose]: () => end(directory, server),
    }
  },
  async openTroubled() {
    const server = await startSambaAd()
    const { config, inner } = await withFactors(server)
    const relay = await relayTo(server)
    const directory = openAd({ ...config, controllers: [`127.0.0.1:${String(relay.port)}`] })
    return {
      ...worldOver(server, { directory, inner }),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      onPasswordWrite: (mishap) => relay.onRequest('unicodePwd', mishap),
      [Symbol.asyncDispose]: () => end(directory, relay, server),
    }
  },
}

/** Under the server's own certificate, so that it sees what is asked. */
export async function relayTo(server: SambaAd): Promise<Relay> {
  const { keyFile, certificateFile, caFile } = server.certificates
  const [key, cert, ca] = await Promise.all([readFile(keyFile), readFile(certificateFile), readFile(caFile)])
  return startRelay({ host: server.host, port: 636 }, { key, cert, ca })
}

const domainAdmins = `CN=Domain Admins,CN=Users,${adBaseDn}`

/** Whoever has a second factor is in a group, which is in the one that the configuration names. */
async function withFactors(server: SambaAd) {
  const inner = await server.addGroup('inner', [])
  const group = await server.addGroup('factors', [inner])
  return { inner, config: adConfigFor(server, { secondFactor: [{ group }] }) }
}

async function end(directory: Directory, ...others: AsyncDisposable[]): Promise<void> {
  await directory.close()
  for (const other of others) await other[Symbol.asyncDispose]()
}

function worldOver(
  server: SambaAd,
  { directory, inner }: { directory: Directory; inner: string },
): Omit<World, typeof Symbol.asyncDispose> {
  return {
    directory,
    async add({ secondFactor, federated, privileged, ...person }) {
      const more = federated === true ? { employeeType: ['federated'] } : {}
      await server.addPeople([{ ...person, more }])
      if (privileged === true) await server.addToGroup(domainAdmins, server.dn(person.username))
      if (secondFactor === true) await server.addToGroup(inner, server.dn(person.username))
      return server.guid(person.username)
    },
    addCrowd: (count) => server.addPeople(crowd(count).map((username) => ({ username }))),
    rename: server.rename,
    remove: server.remove,
    disable: (username) => server.setAttribute(server.dn(username), 'userAccountControl', ['514']),
    enable: (username) => server.setAttribute(server.dn(username), 'userAccountControl', ['512']),
    passwordWorks: server.canBind,
  }
}
