import { adminMutants } from './admin.ts'
import { changeMutants } from './changing.ts'
import { gateMutants } from './gate.ts'
import { invitationMutants } from './invitations.ts'
import { methodMutants } from './methods.ts'
import type { Mutant } from './mutant.ts'
import { policyMutants } from './policy.ts'
import { proofMutants } from './proofs.ts'
import { providerMutants } from './provider.ts'
import { scimMutants } from './scim.ts'
import { strangerMutants } from './strangers.ts'
import { unlockMutants } from './unlocking.ts'
import { wireMutants } from './wire.ts'
import { writingMutants } from './writing.ts'

/** Every defect that the suites must notice. */
export const mutants: readonly Mutant[] = [
  ...proofMutants,
  ...writingMutants,
  ...strangerMutants,
  ...wireMutants,
  ...unlockMutants,
  ...invitationMutants,
  ...changeMutants,
  ...adminMutants,
  ...providerMutants,
  ...policyMutants,
  ...scimMutants,
  ...methodMutants,
  ...gateMutants,
]
