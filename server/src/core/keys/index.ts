export { type KeyKeeping, makeKeyKeeping } from './keep.ts'
export { type KeyState, type Need, statesOf } from './need.ts'
export {
  type KeyMeeting,
  type KnownKey,
  type Resealed,
  type RingName,
  ringNames,
  type SealedPlace,
  type TurningRing,
} from './ports.ts'
export { makeResealAll } from './reseal.ts'
export { makeKeySchedule, type ScheduledRing } from './schedule.ts'
export { troubleText } from './trouble.ts'
export { makeCountUse } from './use.ts'
