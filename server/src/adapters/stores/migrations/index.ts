import { adminRequestMigration } from '../admin-requests.ts'
import { agentSeenMigration, agentsMigration } from '../agents/migration.ts'
import { dailyRoundMigration } from '../daily-rounds.ts'
import { keyRingsMigration } from '../key-rings/migration.ts'
import { mailHealthMigration } from '../mail-health.ts'
import type { Migration } from '../migrate.ts'
import { rateCounterMigration } from '../rate-counter.ts'
import {
  enrolmentMigration,
  flowsInRedisMigration,
  invitationDisownedMigration,
  invitationMigration,
  invitedElsewhereMigration,
  markFailedMigration,
  messageOutcomeMigration,
  offboardingMigration,
  passwordHistoryMigration,
  portalSessionMigration,
  recoveryMigration,
  sessionMethodMigration,
  setPasswordMigration,
  textsMigration,
  waitingPasswordMigration,
} from '../recovery/migration.ts'
import { riskPlaceMigration } from '../risk/migration.ts'

/**
 * The schema of the stores in this folder, oldest first. Adapters that keep tables of their own (audit log, local
 * directory) export their steps themselves; the caller of `migrate` puts the list together.
 */
export const storeMigrations: readonly Migration[] = [
  recoveryMigration,
  rateCounterMigration,
  messageOutcomeMigration,
  mailHealthMigration,
  keyRingsMigration,
  flowsInRedisMigration,
  portalSessionMigration,
  invitationMigration,
  adminRequestMigration,
  offboardingMigration,
  setPasswordMigration,
  dailyRoundMigration,
  sessionMethodMigration,
  markFailedMigration,
  passwordHistoryMigration,
  invitedElsewhereMigration,
  invitationDisownedMigration,
  agentsMigration,
  waitingPasswordMigration,
  agentSeenMigration,
  enrolmentMigration,
  riskPlaceMigration,
  textsMigration,
]
