import { describe, expect, it } from 'vitest'
import { connectors } from '../../src/adapters/connectors/registry.ts'
import { directoryContract } from './directory.contract.ts'
import { activeDirectoryHarness } from './directory-ad.ts'
import { throughAgent } from './directory-agent.ts'
import type { DirectoryHarness } from './directory-harness.ts'
import { ds389Harness, openLdapHarness, openLdapPairHarness } from './directory-ldap.ts'
import { directoryLifeContract } from './directory-life.contract.ts'
import { localHarness } from './directory-local.ts'
import { oidcHarness } from './directory-oidc.ts'
import { scimHarness } from './directory-scim.ts'
import { sqlHarness } from './directory-sql.ts'

const harnesses: readonly DirectoryHarness[] = [
  localHarness,
  openLdapHarness('passmod'),
  openLdapHarness('replace'),
  openLdapPairHarness,
  ds389Harness,
  sqlHarness('postgresql'),
  sqlHarness('mariadb'),
  scimHarness,
]
/** Each in a file of its own, `directory-*-contract.test.ts` or `directory-agent.test.ts`, because it takes long or keeps but a part. */
const elsewhere: readonly DirectoryHarness[] = [
  activeDirectoryHarness,
  oidcHarness,
  throughAgent(openLdapHarness('passmod')),
]

describe('the contract of directories', () => {
  it.each(connectors.map(({ kind }) => kind))('is kept by the connector %s on a real server', (kind) => {
    const kinds = [...harnesses, ...elsewhere].map((harness) => harness.kind)
    expect(kinds, `no harness in directory.test.ts opens a real "${kind}" directory`).toContain(kind)
  })
})

for (const harness of harnesses) {
  directoryContract(harness)
  directoryLifeContract(harness)
}
