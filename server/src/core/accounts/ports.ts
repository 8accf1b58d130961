import type { Secret } from '../../kernel/secret.ts'

/** A person's entry in one directory, known by the directory's stable id, never by name or mail. */
export interface AccountRef {
  directory: string
  /** objectGUID, entryUUID, primary key: survives renames. */
  key: string
}

/** How a typed identifier is to be looked up. See `identifier.ts` for how the text is read. */
export type IdentifierQuery =
  | { by: 'username'; value: string }
  | { by: 'mail'; value: string }
  | { by: 'upn'; value: string }

/** Facts about one account, as the directory tells them. Values are kept byte for byte. */
export interface DirectoryEntry {
  key: string
  username: string
  displayName: string
  /** The directory's own mail attribute(s): identifiers to find the account by, not a way back in. */
  mails: readonly string[]
  upn: string | null
  /** Mailboxes that may be used for recovery and notices, in the directory's order. */
  recoveryAddresses: readonly string[]
  /**
   * Telephone numbers that may be used for recovery, as the directory holds them, in its order. Absent where none is
   * mapped. What is no number with a country code gets no text.
   */
  recoveryNumbers?: readonly string[]
  /** BCP 47, when the directory knows one. */
  locale: string | null
  disabled: boolean
  /** Locked after failed sign-ins. A reset lifts it. */
  locked: boolean
  /** True also when the question could not be answered: what cannot be decided fails closed. */
  privileged: boolean
  /** The password of this account lives at another provider. */
  federated: boolean
  /** Sign-in asks for a second factor, so recovery must as well. */
  secondFactor: boolean
  /** Words a password must not consist of: names, company, department. The user name is always among them. */
  contextWords: readonly string[]
  /** Where it stands in the directory's tree: its distinguished name (RFC 4514). Null where there is no tree. */
  place: string | null
  /** Groups that policy may tell people apart by; names or distinguished names, as the directory tells them. */
  groups: readonly string[]
  password: PasswordFacts
}

/** What a directory tells about the password of an account; null where it does not tell. */
export interface PasswordFacts {
  /** When it was last set, to the second. */
  changedAt: Date | null
  /** The directory's own mark "must change at next sign-in". */
  mustChange: boolean
  /** Null also when it does not expire. */
  expiresAt: Date | null
  /** Wrong passwords in a row, as far as the directory still counts them. */
  failedTries: number | null
}

/** Why a directory said no to a new password. The person can act on each of these. */
export type DirectoryRefusal =
  | 'password-in-history'
  | 'password-too-short-for-directory'
  | 'password-too-weak-for-directory'
  | 'password-too-young'
  | 'password-unchanged'
  | 'password-change-not-allowed'
  /** The directory would keep the beginning of it only. */
  | 'password-too-long-for-directory'
  /** The entry is gone, or is one of those that can't come back by mail. */
  | 'account-unavailable'

export type PasswordWrite = { ok: true } | { ok: false; because: DirectoryRefusal }

export type PasswordChange = PasswordWrite | { ok: false; because: 'current-password-wrong' }

export type Unlocked = { ok: true; wasLocked: boolean } | { ok: false; because: 'account-unavailable' }

/** `account-unavailable`: as for a new password. */
export type ChangeRequired = { ok: true } | { ok: false; because: 'account-unavailable' }

/**
 * A directory's own rules for the passwords of one account, as far as it lets them be read; null where it has no such
 * rule or does not tell. They are for showing: what counts is what the directory says to a password.
 */
export interface DirectoryPasswordRules {
  /** In the unit that the directory counts in; most count bytes. */
  lengthMin: number | null
  /** How many of the latest passwords a new one must differ from. */
  history: number | null
  minAgeSeconds: number | null
  maxAgeSeconds: number | null
  /** Sign-ins that are let through with a password that has expired. */
  graceSignIns: number | null
  /** Kinds of characters (small and capital letters, digits, others) that a password must have at least. */
  classesMin: number | null
  /** In bytes, where the directory would keep the beginning of a longer one only. */
  lengthMaxBytes?: number
}

export type PasswordVerdict =
  | { ok: true; mustChange: boolean }
  /** `locked` and `disabled` and `expired` are for operators only; a person sees the same as for `wrong`. */
  | { ok: false; because: 'wrong' | 'locked' | 'disabled' | 'expired' }

/** What a kind of directory can do. The core asks for an ability, never for a kind. */
export interface Abilities {
  /** Reads and clears lockout. */
  unlock: boolean
  /** The directory keeps its own password history and enforces it on a reset. */
  history: boolean
  /** Tells locked and wrong password apart (for operators). */
  lockedIsVisible: boolean
  /** A change is made by the person and not by the service account, so that the rules for people hold for it. */
  changeAsUser: boolean
  /** Has a mark "must change at next sign-in" that can be set. */
  mustChange: boolean
  /**
   * Can be asked whether a password is right. Without it nobody signs in or changes with theirs here, and of a write
   * without an answer nobody finds out what became of it.
   */
  verifies: boolean
}

/**
 * One identity store that owns credentials. Implementations translate vendor errors where they meet them:
 * answers the domain knows are returned, everything else is thrown as a `Fault`.
 *
 * Every call takes a signal that carries the deadline. An implementation that is cut off *before* it sent
 * anything throws `directory-unreachable`; cut off after it sent a write, `directory-outcome-unknown`. It never
 * repeats a write by itself, not even on another server.
 */
export interface Directory {
  readonly name: string
  readonly abilities: Abilities
  /**
   * All entries that match, at most two (enough to know that a match is ambiguous). A directory may match more
   * loosely than Rekey does (collations, case); the caller compares again.
   */
  find(query: IdentifierQuery, signal: AbortSignal): Promise<readonly DirectoryEntry[]>
  read(key: string, signal: AbortSignal): Promise<DirectoryEntry | null>
  /**
   * Everybody, page by page and in no particular order. The signal ends a listing that is under way; whoever was
   * cut off starts again. It fails rather than leave somebody out, but who is added, renamed or removed meanwhile
   * may be listed or not. A directory does not wait for the next page to be taken for longer than it cares to.
   */
  list(signal: AbortSignal): AsyncIterable<readonly DirectoryEntry[]>
  /**
   * Sets the password as an administrator would, and lifts a lockout. Whether the entry may come back by mail is asked
   * once more, of the server that is written to: what was read before may have come from one that lags.
   */
  setPassword(key: string, password: Secret, signal: AbortSignal): Promise<PasswordWrite>
  /**
   * As `setPassword`, for an account whose owner has left: one that is disabled or has a second factor takes it as well,
   * and what is disabled stays so. Whoever is privileged, or has the password elsewhere, does not. Only for a password
   * that nobody learns, on the word of two operators: nobody who asks for themselves is ever led here.
   */
  offboard(key: string, password: Secret, signal: AbortSignal): Promise<PasswordWrite>
  /**
   * Proves the current password as sign-in would, the same count of wrong ones included, and writes the next one: as
   * the person where the directory can (`abilities.changeAsUser`), so that its history and minimum age hold, else as
   * the service account. Where the change is `owed`, because Rekey or somebody who helps asked the person for it, the
   * minimum age is waived and everything else holds. Both happen at a server that takes writes. `current-password-wrong` is said for a locked
   * account as well; a password that is right and has expired may be changed. Who may not come back by mail may not
   * change either, but for a second factor: that it was proven is the caller's to see to. Faults are those of
   * `setPassword`.
   */
  changePassword(
    key: string,
    passwords: { current: Secret; next: Secret; owed?: boolean },
    signal: AbortSignal,
  ): Promise<PasswordChange>
  /**
   * Lifts the lock after failed sign-ins and leaves the password; harmless to repeat. It neither enables an account
   * nor lifts a lock that an administrator put there. Whether the entry may come back by mail is asked as
   * `setPassword` asks it.
   */
  unlock(key: string, signal: AbortSignal): Promise<Unlocked>
  /**
   * Sets the mark "must change at next sign-in", which the next password takes off; harmless to repeat. Not for who
   * may not come back by mail, but for a second factor: that its owner can change the password is the caller's to
   * see to. Only where `abilities.mustChange` says so; elsewhere it throws `directory-misconfigured`.
   */
  requireChange(key: string, signal: AbortSignal): Promise<ChangeRequired>
  /** The rules for an account's passwords; null when the directory tells none, or has no such account. */
  passwordRules(key: string, signal: AbortSignal): Promise<DirectoryPasswordRules | null>
  /**
   * Proves a password as sign-in would. An empty password is refused without asking (RFC 4513 section 5.1.2). Only where
   * `abilities.verifies` says so; elsewhere this and `changePassword` throw `directory-misconfigured`.
   */
  verifyPassword(key: string, password: Secret, signal: AbortSignal): Promise<PasswordVerdict>
  /** One cheap round trip as the service account; throws the `Fault` that an operator must fix. */
  check(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
