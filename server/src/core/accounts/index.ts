export { whyNotByChange, whyNotByMail, whyNotByOffboarding } from './eligibility.ts'
export { fold, foldMail, readIdentifier, sameMail, sameName } from './identifier.ts'
export { type Follows, followersOf, type Link, type LinkName, linkNames } from './linked.ts'
export { maskAddress, maskName } from './masking.ts'
export { type PasswordProvider, providerOf } from './password-provider.ts'
export { isDistinguishedName, isWithin, sameGroup } from './place.ts'
export type {
  AccountRef,
  Directory,
  DirectoryEntry,
  DirectoryPasswordRules,
  PasswordChange,
  PasswordVerdict,
} from './ports.ts'
export { type Probe, probeOf } from './probe.ts'
export {
  type Ambiguity,
  ambiguities,
  type Looked,
  lookUpIdentifier,
  type Match,
  type Resolved,
  type RoutedDirectory,
  type Routing,
  resolveIdentifier,
  resolveKey,
  withLeads,
} from './resolve.ts'
