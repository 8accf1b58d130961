import { describe, expect, it } from 'vitest'
import { connectors } from '../../src/adapters/connectors/registry.ts'
import { canRunSamba } from '../support/samba-ad.ts'
import { directoryContract } from './directory.contract.ts'
import { activeDirectoryHarness } from './directory-ad.ts'
import type { DirectoryHarness } from './directory-harness.ts'
import { ds389Harness, openLdapHarness, openLdapPairHarness } from './directory-ldap.ts'
import { directoryLifeContract } from './directory-life.contract.ts'
import { localHarness } from './directory-local.ts'
import { sqlHarness } from './directory-sql.ts'

const harnesses: readonly DirectoryHarness[] = [
  localHarness,
  openLdapHarness('passmod'),
  openLdapHarness('replace'),
  openLdapPairHarness,
  ds389Harness,
  activeDirectoryHarness,
  sqlHarness('postgresql'),
  sqlHarness('mariadb'),
]

describe('the contract of directories', () => {
  it.each(connectors.map(({ kind }) => kind))('is kept by the connector %s on a real server', (kind) => {
    const kinds = harnesses.map((harness) => harness.kind)
    expect(kinds, `no harness in directory.test.ts opens a real "${kind}" directory`).toContain(kind)
  })
})

for (const harness of harnesses) {
  const canRun = harness.kind !== 'active-directory' || canRunSamba
  describe.runIf(canRun)(canRun ? 'a directory' : 'Samba runs as root only', () => {
    directoryContract(harness)
    directoryLifeContract(harness)
  })
}
