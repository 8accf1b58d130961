export { type AdminKey, callerOf, drawAdminKey } from './admin-keys.ts'
export type { DeskRefusal, DeskRefusalCode, DeskRefused } from './answers.ts'
export type { DeskCall } from './deps.ts'
export { type Helpdesk, makeHelpdesk } from './helpdesk.ts'
export { invitationsPerPage } from './invitations.ts'
export {
  closedPasswords,
  type FailedBecause,
  type Offboarding,
  type OffboardingState,
  offboardingStates,
  type VoidBecause,
} from './offboarding.ts'
export {
  type Caller,
  callerMay,
  knowsTenant,
  type Permission,
  permissionNames,
  permissions,
} from './permissions.ts'
export { type AccountView, flowsCounted } from './show-account.ts'
