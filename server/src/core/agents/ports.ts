import type { Secret } from '../../kernel/secret.ts'
import type { Beat, Outcome } from './messages.ts'
import type { OperationName } from './orders.ts'
import type { Signer } from './signing.ts'

/** Two ends that exchange texts, whatever lies between them. */
export interface Channel {
  /** False when it is closed: then the text was certainly not sent. */
  send(text: string): boolean
  /** Who is there is known: as much may wait from now on as a line needs, and not only what a stranger has to say. */
  widen(): void
  /** The next text; null when the other end is gone, or the signal fires. One call at a time. */
  next(signal?: AbortSignal): Promise<string | null>
  /** May be called more than once. */
  close(): void
}

/** The public halves of an agent's keys, base64url. */
export interface AgentPublicKeys {
  /** Ed25519: what the agent says. */
  signing: string
  /** X25519: what only the agent may read. */
  sealing: string
}

/** An agent that may connect. */
export interface EnrolledAgent {
  tenant: string
  directory: string
  name: string
  keys: AgentPublicKeys
  /** The key from before its last rotation, while it still counts. */
  previousSigning: string | null
}

/** What is printed for whoever sets an agent up, before it becomes a code. */
export interface Enrolment {
  tenant: string
  directory: string
  agent: string
  id: string
  expiresAt: Date
}

/** A server's own key followed by the next one: signed by the one before. */
export interface Succession {
  succession: string
  signature: string
}

/** Agents and keys as the database of an installation knows them. Every call is about one tenant. */
export interface AgentRecords {
  /** The key that the servers of a tenant sign with; the first call draws the first one. */
  serverKey(tenant: string): Promise<Signer>
  /** Draws the next one, signed by the present one. */
  succeedServerKey(tenant: string): Promise<{ key: string }>
  /** From this key to the present one, in order; null when it never was one of the tenant's. */
  successionsSince(tenant: string, key: string): Promise<readonly Succession[] | null>
  /** Null when there is none that may connect. */
  find(agent: { tenant: string; directory: string; name: string }): Promise<EnrolledAgent | null>
  /** All of a directory that may connect. */
  enrolledOf(tenant: string, directory: string): Promise<readonly EnrolledAgent[]>
  /** Codes of the same agent that nobody has used are worth nothing from then on. */
  openEnrolment(enrolment: Enrolment): Promise<{ secret: Secret }>
  /** Null when there is none that could still be used. */
  findEnrolment(tenant: string, id: string): Promise<(Enrolment & { secret: Secret }) | null>
  /**
   * Spends an enrolment and lets its agent in with these keys, in place of any that it had before. False when it was
   * spent by somebody else, or has run out.
   */
  enrol(enrolment: Enrolment, keys: AgentPublicKeys): Promise<boolean>
  /**
   * From now on these keys; the one that it signed with goes on counting for a day. False when `signedWith` is not its
   * present key: one that was replaced, and may be in other hands, puts no other in its place.
   */
  rotate(
    agent: { tenant: string; directory: string; name: string; signedWith: string },
    keys: AgentPublicKeys,
  ): Promise<boolean>
  /** Ends an agent, and every code for it that nobody has used. False when there is neither. */
  revoke(agent: { tenant: string; directory: string; name: string }): Promise<boolean>
  /** Notes what this node knows of a line. What is not told of again for a minute counts no more. */
  tell(line: LineState): Promise<void>
  /** The line is gone. */
  untell(line: LineState): Promise<void>
  /** Every agent, with the lines that any node has told of lately. */
  list(tenant: string): Promise<readonly ListedAgent[]>
}

/** A line of an agent to one node. */
export interface LineState {
  tenant: string
  directory: string
  agent: string
  version: string
  connectedAt: Date
  /** Null before the first. */
  beatAt: Date | null
  /** From a ping to its beat. */
  latencyMs: number | null
  beat: Beat | null
}

export interface ListedAgent {
  tenant: string
  directory: string
  name: string
  enrolledAt: Date
  rotatedAt: Date | null
  revokedAt: Date | null
  /** Its last sign of life at any node; null before the first. */
  seenAt: Date | null
  /** First 16 characters of the digest of its signing key: for comparing by telephone. */
  fingerprint: string
  /** None of an agent that was revoked. */
  lines: readonly (Omit<LineState, 'tenant' | 'directory' | 'agent'> & { node: string })[]
}

/** What of a password operation a journal remembers; never a password. */
export interface JournalBegin {
  order: string
  operation: OperationName
  /** The account, by its directory's stable key. */
  key: string
  username: string
  at: Date
}

/** Where an agent notes what it does, before it does it. */
export interface Journal {
  /** On disk when it resolves. Throws when that can't be had: then nothing is carried out. */
  begin(entry: JournalBegin): Promise<void>
  /** On disk when it resolves. */
  end(entry: { order: string; at: Date; outcome: Outcome }): Promise<void>
  /** Refusals of the agent's own rules, for whoever reads the file. */
  note(entry: JournalBegin & { because: string }): Promise<void>
  /** What is known of an order: null: never begun. `outcome` is null for one that was begun and not ended. */
  find(order: string): { outcome: Outcome | null } | null
  /** Writes that were begun after this moment, the last hour at most. */
  begunSince(moment: Date): number
}

/** What an agent keeps: its private keys, and whom it trusts. */
export interface AgentIdentity {
  tenant: string
  directory: string
  agent: string
  /** Of the server, base64url. */
  serverKey: string
  keys: AgentPrivateKeys
  /** Drawn, and not known to be known to the server yet. */
  nextKeys: AgentPrivateKeys | null
  /** What may still be sealed to, until a moment. */
  formerKeys: readonly (AgentPrivateKeys & { until: string })[]
}

/** Seeds of 32 bytes, base64. */
export interface AgentPrivateKeys {
  signing: Secret
  sealing: Secret
  /** RFC 3339. */
  drawnAt: string
}

/** Where it is kept: on disk when `save` resolves. */
export interface IdentityStore {
  read(): AgentIdentity
  save(identity: AgentIdentity): Promise<void>
}
