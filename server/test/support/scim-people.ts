import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { ScimConfig } from '../../src/adapters/connectors/scim/config.ts'
import { scim } from '../../src/adapters/connectors/scim/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import type { Person } from '../contract/directory-harness.ts'
import { type ConnectorOptions, connectorOutside } from './connector-outside.ts'
import { blockOf, markedBlocks } from './document.ts'
import { type ScimServer, scimToken } from './scim-server.ts'

/** An entry of the configuration file, as docs/scim.md has it; the token lies in `TEST_SCIM_TOKEN`. */
export async function scimEntry(server: ScimServer): Promise<Readonly<Record<string, unknown>>> {
  const written = parse(
    blockOf(await markedBlocks('docs/scim.md'), 'config', {
      'https://id.example.org/session': `https://localhost:${server.port}/session`,
      'https://id.example.org/scim/v2': server.url,
      '# caFile: /etc/rekey/scim-ca.pem ': `caFile: ${server.caFile} `,
    }),
  ) as Record<string, unknown>
  return { ...written, authentication: { by: 'token', token: { env: 'TEST_SCIM_TOKEN' } } }
}

export const scimEnv = { TEST_SCIM_TOKEN: scimToken }

/** The same as the loader reads it. */
export async function scimConfig(server: ScimServer): Promise<ScimConfig> {
  const { name: _, kind: __, authentication: ___, ...settings } = await scimEntry(server)
  return withDefaults(settings)
}

/** With the token of the administrator. */
export function withDefaults(settings: object): ScimConfig {
  const authentication = { by: 'token', token: { file: 'filled in by the loader' } }
  const config = Value.Parse(ScimConfig, Value.Default(ScimConfig, { authentication, ...settings }))
  return { ...config, authentication: { by: 'token', token: new Secret(scimToken) } }
}

export const openScimDirectory = (config: ScimConfig, options: ConnectorOptions = {}): Directory =>
  scim.open(config, connectorOutside(options))

/** Returns the key. */
export function addScimPerson(server: ScimServer, person: Person): string {
  const { username, password, displayName, mails = [], recoveryAddresses = [], recoveryNumbers = [] } = person
  const { locale, upn } = person
  const { id } = server.add({
    userName: username,
    password,
    facts: {
      ...(displayName === undefined ? {} : { displayName }),
      ...(locale === undefined ? {} : { preferredLanguage: locale }),
      emails: [
        ...mails.map((value) => ({ value, type: 'work' })),
        ...recoveryAddresses.map((value) => ({ value, type: 'home' })),
      ],
      phoneNumbers: recoveryNumbers.map((value) => ({ value, type: 'mobile' })),
    },
    account: {
      ...(upn === undefined ? {} : { signInName: upn }),
      ssoOnly: person.federated === true,
      secondFactor: person.secondFactor === true,
    },
  })
  if (person.privileged === true) server.administrators.add(id)
  return id
}
