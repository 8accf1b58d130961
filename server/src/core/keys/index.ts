export { type KeyKeeping, type KeyTrouble, makeKeyKeeping } from './keep.ts'
export { type KeyState, type Need, rotationIsDue, statesOf } from './need.ts'
export {
  type KeyMeeting,
  type KnownKey,
  type RingName,
  ringNames,
  type TurningRing,
} from './ports.ts'
