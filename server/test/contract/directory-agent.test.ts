import { directoryContract } from './directory.contract.ts'
import { throughAgent } from './directory-agent.ts'
import { openLdapHarness } from './directory-ldap.ts'
import { directoryLifeContract } from './directory-life.contract.ts'

for (const harness of [openLdapHarness('passmod')].map(throughAgent)) {
  directoryContract(harness)
  directoryLifeContract(harness)
}
