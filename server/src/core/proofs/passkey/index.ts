export { authenticatorName } from './authenticators.ts'
export {
  type ChallengeName,
  makePasskeyChallenges,
  type PasskeyChallenges,
} from './challenge.ts'
export { passkeyMethod } from './definition.ts'
export {
  type CreationOptions,
  creationOptions,
  type RequestOptions,
  relyingPartyOf,
  requestOptions,
} from './options.ts'
export { afterUse, type KeptPasskey } from './passkey.ts'
export type { PasskeyMeans, PasskeyTrouble, PasskeyUse, RelyingParty } from './ports.ts'
