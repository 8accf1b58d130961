import { describe } from 'vitest'
import { canRunSamba } from '../support/samba-ad.ts'
import { directoryContract } from './directory.contract.ts'
import { activeDirectoryHarness } from './directory-ad.ts'
import { throughAgent } from './directory-agent.ts'
import type { DirectoryHarness } from './directory-harness.ts'
import { openLdapHarness } from './directory-ldap.ts'
import { directoryLifeContract } from './directory-life.contract.ts'
import { sqlHarness } from './directory-sql.ts'

const keepsTheContract = (harness: DirectoryHarness) => {
  directoryContract(throughAgent(harness))
  directoryLifeContract(throughAgent(harness))
}

keepsTheContract(openLdapHarness('passmod'))
keepsTheContract(sqlHarness('postgresql'))

/** What differs from one kind to the next is known here already; these take a minute more. */
const isProving = process.env['REKEY_PROVE'] === '1'
const canProveSamba = isProving && canRunSamba

describe.runIf(isProving)('in the long run', () => {
  keepsTheContract(sqlHarness('mariadb'))
})
describe.runIf(canProveSamba)('in the long run, where Samba runs', () => {
  keepsTheContract(activeDirectoryHarness)
})
