import { describe } from 'vitest'
import { canRunSamba } from '../support/samba-ad.ts'
import { directoryContract } from './directory.contract.ts'
import { activeDirectoryHarness } from './directory-ad.ts'
import { directoryLifeContract } from './directory-life.contract.ts'

describe.runIf(canRunSamba)('a domain of Samba, which runs as root only', () => {
  directoryContract(activeDirectoryHarness)
  directoryLifeContract(activeDirectoryHarness)
})
