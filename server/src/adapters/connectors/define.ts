import type { Kysely } from 'kysely'
import type { Static, TSchema } from 'typebox'
import type { Abilities, Directory } from '../../core/accounts/ports.ts'
import type { AgentDesk } from '../../core/agents/index.ts'
import type { DirectoryAdvice } from '../../core/operations/directory-advice.ts'
import type { Breaker } from '../../kernel/breaker.ts'
import type { Outside } from '../../kernel/outside.ts'

/** What a connector may use besides its own configuration. */
export interface ConnectorOutside extends Outside {
  tenant: string
  /** The directory's name in the configuration. */
  name: string
  /** Rekey's own database, for the connector whose directory lives there. */
  database: Kysely<unknown>
  /** Told when one of several servers of a directory is asked after the others, and when no more. Must not throw. */
  serverChanged?(server: string, state: Breaker['state']): void
  /** Where agents of closed networks get their orders. Absent beside the running service, where none connects. */
  agents?: AgentDesk | undefined
  /** Warnings an operator should see; never personal data or secrets. */
  warn(message: string, facts: Record<string, string | number | boolean>): void
}

/**
 * One kind of directory. `config` is the part of a `directories` entry besides `kind`; it must be closed
 * (`additionalProperties: false`) and every property carries a `description`: the reference page, the JSON
 * Schema and the configuration check follow from it. Secrets in it are `SecretRef`s, already read by the loader.
 */
export interface Connector<Kind extends string = string, Config extends TSchema = TSchema> {
  kind: Kind
  title: string
  config: Config
  abilities: Abilities
  /** It is in Rekey's own database: without that nothing goes, and with it there is nothing to be kept from. */
  isOwn?: true
  open(config: Static<Config>, outside: ConnectorOutside): Directory
  /** What whoever looks after such a directory has to give; without it, only what the faults say is told. */
  advice?(config: Static<Config>): DirectoryAdvice
}

export const defineConnector = <Kind extends string, Config extends TSchema>(
  connector: Connector<Kind, Config>,
): Connector<Kind, Config> => connector
