import type { AgentConfig } from '../config/agent.ts'
import type { Environment } from '../config/environment.ts'
import type { Abilities } from '../core/accounts/ports.ts'
import type { Check } from '../core/operations/checks.ts'
import type { Secret } from '../kernel/secret.ts'
import type { Agents } from './agents.ts'
import type { OpenedExport, VerifiableStore } from './audit.ts'
import type { BreachTools } from './breach.ts'
import type { OpenedDirectory } from './directory.ts'
import type { Invitations } from './invitations.ts'
import type { OpenedKeys } from './key-rings.ts'
import type { MethodsDesk } from './methods.ts'
import type { TextPauses } from './texts.ts'

/** The audit log of the running installation, opened for reading. */
export interface AuditLog extends AsyncDisposable {
  store: VerifiableStore & {
    exportLog(tenant: string, folder: string): Promise<{ size: number; files: number }>
  }
  /** The configured origin. */
  origin: string
}

/** What the command line takes from the service; `main.ts` offers it, and it is loaded when it is needed. */
export interface Service {
  /** Runs until it is told to stop. */
  serve(env: Environment): Promise<void>
  openAuditLog(env: Environment): Promise<AuditLog>
  /** The keys of the configured installation, beside the running service or without it. */
  openKeys(env: Environment): Promise<OpenedKeys>
  /** Inviting people, beside the running service or without it. */
  openInvitations(env: Environment): Promise<Invitations>
  /** What people prove themselves with, beside the running service or without it. */
  openMethods(env: Environment): Promise<MethodsDesk>
  /** Countries that get no texts for a while. */
  openTextPauses(env: Environment): Promise<TextPauses>
  /** Agents and their keys, as the server knows them. */
  openAgents(env: Environment): Promise<Agents>
  /** Inside a closed network: runs until it is told to stop. */
  runAgent(config: AgentConfig): Promise<void>
  joinAgent(config: AgentConfig, code: Secret): Promise<{ tenant: string; directory: string; agent: string }>
  checkAgent(config: AgentConfig): Promise<Abilities>
  /** The directory of an agent, for `rekey agent test`. Nothing is asked of it yet. */
  openAgentTest(config: AgentConfig): OpenedDirectory
  /** What the configured service would have to reach. Nothing is asked and nothing is opened yet. */
  connectionChecks(env: Environment): readonly Check[]
  /** One configured directory, for `rekey directory test`; a name may be left out where there is but one. */
  openDirectory(
    env: Environment,
    which: { tenant: string | null; directory: string | null },
  ): Promise<OpenedDirectory>
  /** Lists of lost passwords. They need no configuration. */
  breachTools: BreachTools
  /** An export of a log; null when the folder holds none. Needs no configuration. */
  openAuditExport(folder: string): Promise<OpenedExport | null>
}
