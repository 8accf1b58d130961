export { makeAccountRecords } from './account-records.ts'
export { checkDataKey } from './data-key.ts'
export { makeEnrolledOf } from './enrolled-of.ts'
export { type MessageStore, makeMessageStore, type StoredMessage } from './message-store.ts'
export {
  flowsInRedisMigration,
  invitationMigration,
  portalSessionMigration,
  recoveryMigration,
  sessionMethodMigration,
} from './migration.ts'
export { makeOffboardingStore } from './offboardings.ts'
export { makeRecoveryStore } from './recovery-store.ts'
export { makeRedisFlows } from './redis-flows.ts'
export { sealedColumns } from './sealed-columns.ts'
export type { RecoveryTables } from './tables.ts'
export { makeTextStore, type TextStore } from './texts.ts'
export { tokenKeyUse } from './token-use.ts'
export type { StoreDeps } from './transaction.ts'
export { countWaits, shredOfOthers } from './waiting.ts'
