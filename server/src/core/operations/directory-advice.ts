/** What `rekey directory test` tries, in this order; the words are those of the port. */
export type Trial =
  | 'check'
  | 'find'
  | 'read'
  | 'passwordRules'
  | 'setPassword'
  | 'verifyPassword'
  | 'changePassword'
  | 'history'
  | 'unlock'
  | 'requireChange'

/** What an ability takes of whoever looks after the directory. For operators: it may name what the configuration names. */
export interface Need {
  /** The right or setting, in the words of that kind of directory. */
  takes: string
  /** What to type or to look at, with the names of this configuration. */
  fix: string
}

/**
 * What a kind of directory knows of its own: it stands beside the connector, and is told where a trial fails. `minimumAge`
 * and `recoveryAddresses` are parts of trials that take something of their own.
 */
export interface DirectoryAdvice {
  needs: Readonly<Record<Trial | 'minimumAge' | 'recoveryAddresses', Need>>
  /** What nobody enforces with this configuration, although somebody may think so. */
  notEnforced: readonly string[]
}
