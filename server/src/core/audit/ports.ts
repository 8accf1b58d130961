import type { AuditName } from './catalogue.ts'
import type { SignedCheckpoint } from './checkpoint.ts'

export type Fact = string | number | boolean

/** One immutable fact, before it is stored. It is written in the transaction that changes the state it tells of. */
export interface AuditEvent {
  name: AuditName
  tenant: string
  at: Date
  /** The subject the event is about: an opaque keyed id of an account, or null when there is none. */
  subject: string | null
  flow: string | null
  /** Nothing personal and no secret; values of labels are drawn from small closed sets. */
  facts: Readonly<Record<string, Fact>>
  /** Encrypted under the subject's own key before it is stored; keys are those the catalogue names. */
  personal?: Readonly<Record<string, string>>
}

/** Told about every event after its transaction has committed: counts and logs it. Never throws. */
export type Report = (events: readonly AuditEvent[]) => void

/**
 * A place outside the database that keeps checkpoints: what it holds can't be rewritten together with the log.
 * Implementations hold one checkpoint at a time; the caller hands over the newest and repeats after a failure.
 */
export interface Witness {
  /** Shown to operators; unique. */
  readonly name: string
  /** The shortest time between two handovers of one log, in milliseconds (a mailbox wants fewer than a file). */
  readonly everyMs: number
  /**
   * The newest checkpoint that it holds of a log; null when it holds none. Witnesses that can be asked reveal a database
   * that was set back. Throws `witness-unreachable`.
   */
  newest?(origin: string): Promise<SignedCheckpoint | null>
  /**
   * Resolves once the checkpoint is durable over there. Throws `witness-unreachable` when it is not, and
   * `audit-log-broken` when the witness says that it holds a checkpoint which contradicts it.
   */
  hold(checkpoint: SignedCheckpoint, signal: AbortSignal): Promise<void>
}

/** An entry as it lies in some copy of a log. */
export interface CopiedEntry {
  /** The leaf index that the copy claims for it. */
  leaf: number
  /** The leaf's bytes. */
  entry: Uint8Array
  /** False when columns beside the entry (what searches go by) say something else than the entry does. */
  columnsAgree: boolean
}

/**
 * One tenant's log as it lies in a database or in a folder, to be verified. Nothing in it is trusted. Every call
 * starts from the beginning of the same unchanging state.
 */
export interface LogCopy {
  readonly origin: string
  /** In order of leaf index, in batches. */
  entries(): AsyncIterable<readonly CopiedEntry[]>
  /** All tiles, lowest level first, each level in order of index. */
  tiles(): AsyncIterable<CopiedTile>
  /** Signed notes kept beside the log, oldest first. */
  checkpoints(): AsyncIterable<string>
  /** What could not even be read (a bundle cut in the middle), in words for a person. Complete after `entries`. */
  readonly damage: readonly string[]
}

export interface CopiedTile {
  level: number
  index: number
  /** Concatenated hashes. */
  hashes: Uint8Array
}
