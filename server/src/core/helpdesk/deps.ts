import type { Outside } from '../../kernel/outside.ts'
import type { AuditEvent, AuditName, Fact } from '../audit/index.ts'
import type { RecoveryTenant, Tokens } from '../recovery/index.ts'
import type { RecoveryStore } from '../recovery/ports.ts'
import type { Caller } from './permissions.ts'
import type { AccountRecords, OffboardingStore } from './ports.ts'

/** The verbs that the operations of this folder share. Each of them asks for the part that it uses. */
export interface HelpdeskDeps extends Outside {
  store: RecoveryStore
  accounts: AccountRecords
  tokens: Tokens
  tenant(id: string): RecoveryTenant
  /** The language of mails to somebody whose own nobody knows; BCP 47. */
  languageOf(tenant: string): string
}

/** … and what closing an account takes besides. */
export interface OffboardingDeps extends HelpdeskDeps {
  offboardings: OffboardingStore
  /** Who has a key of this name, as the configuration is now; null: nobody. */
  callerNamed(name: string): Caller | null
}

/** Somebody who helps others, at work. What they may do was asked before. */
export interface DeskCall {
  tenant: string
  caller: Caller
  /** Where the call comes from, as the request limits see it. */
  network: string
}

/** An event about what was done in somebody else's account: it always says by whom. */
export const deskEvent = (
  name: AuditName,
  { tenant, caller, network }: DeskCall,
  { subject, at }: { subject: string | null; at: Date },
  facts: Readonly<Record<string, Fact>> = {},
): AuditEvent => ({
  name,
  tenant,
  at,
  subject,
  flow: null,
  facts: { by: caller.name, ...facts },
  personal: { network },
})
