export { authenticatorName } from './authenticators.ts'
export {
  type ChallengeName,
  makePasskeyChallenges,
  type PasskeyChallenges,
} from './challenge.ts'
export {
  type CreationOptions,
  creationOptions,
  type RequestOptions,
  relyingPartyOf,
  requestOptions,
} from './options.ts'
export { afterUse, type KeptPasskey } from './passkey.ts'
