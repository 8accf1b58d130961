/** A password as Rekey may keep it: a slow hash that nobody can compute without a key from outside the database. */
export interface PasswordDigest {
  /** Names the key. */
  keyId: string
  /** Base64url of 16 bytes; the same for all of an account that were made under one key. */
  salt: string
  /** Base64url of 32 bytes. */
  digest: string
}

/** One attempt of one flow to write a password. */
export interface PasswordAttempt {
  flow: string
  attempt: number
}

/** A password that is, was, or may have been in force. */
export interface RememberedPassword extends PasswordDigest {
  /** Place among those of the account; the larger one came later. */
  number: number
  at: Date
  /** The write that may have put it in force, as long as nobody knows whether it did. */
  write: PasswordAttempt | null
}

/** What becomes of the remembered passwords of one account. */
export type HistoryChange =
  | {
      change: 'write-begun'
      write: PasswordAttempt
      /** May be in force from now on. */
      next: PasswordDigest
      /** Was proven to be in force, and is not the newest that is remembered; in place of those that are the same. */
      current: (PasswordDigest & { replaces: readonly number[] }) | null
      at: Date
    }
  | { change: 'written'; write: PasswordAttempt; keep: number }
  /** The directory certainly does not have it. */
  | { change: 'not-written'; write: PasswordAttempt }
  /** Fewer are to be kept; 0: none. */
  | { change: 'cut'; keep: number }

/**
 * How many passwords of an account Rekey has to remember itself: none where its directory refuses as many by itself.
 * What a directory says of its history counts only where it holds Rekey's writes to it.
 */
export const ownHistory = (
  { history }: { history: number },
  directory: { remembers: number | null; holdsWritesToIt: boolean },
): number => (directory.holdsWritesToIt && (directory.remembers ?? 0) >= history ? 0 : history)

/**
 * Those of an account that a new password must differ from, newest first: the latest `keep` that were in force. One
 * that only may have been counts as long as it is younger than the oldest of these, so that it drives none of them out;
 * of such there are `keep` at most as well.
 */
export function withinHistory(
  remembered: readonly RememberedPassword[],
  keep: number,
): readonly RememberedPassword[] {
  const newestFirst = remembered.toSorted((one, other) => other.number - one.number)
  const certain = newestFirst.filter(({ write }) => write === null).slice(0, keep)
  const since = certain.length < keep ? 0 : (certain.at(-1)?.number ?? Number.POSITIVE_INFINITY)
  const uncertain = newestFirst.filter(({ write, number }) => write !== null && number > since).slice(0, keep)
  return newestFirst.filter((one) => certain.includes(one) || uncertain.includes(one))
}

/** The remembered passwords of an account as they are after a change. */
export function afterHistory(
  remembered: readonly RememberedPassword[],
  change: HistoryChange,
): readonly RememberedPassword[] {
  switch (change.change) {
    case 'write-begun': {
      const { write, next, current, at } = change
      const number = Math.max(0, ...remembered.map((one) => one.number)) + 1
      const added: RememberedPassword = { ...digestOf(next), number: number + 1, at, write }
      if (current === null) return [...remembered, added]
      const others = remembered.filter((one) => !current.replaces.includes(one.number))
      return [...others, { ...digestOf(current), number, at, write: null }, added]
    }
    case 'written': {
      const settled = remembered.map((one) => (isOf(one, change.write) ? { ...one, write: null } : one))
      return withinHistory(settled, change.keep)
    }
    case 'not-written':
      return remembered.filter((one) => !isOf(one, change.write))
    case 'cut':
      return withinHistory(remembered, change.keep)
  }
}

const digestOf = ({ keyId, salt, digest }: PasswordDigest): PasswordDigest => ({ keyId, salt, digest })

const isOf = ({ write }: RememberedPassword, { flow, attempt }: PasswordAttempt): boolean =>
  write !== null && write.flow === flow && write.attempt === attempt
