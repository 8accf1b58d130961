/** What accounts can be like. `unknown` is nobody's name; every other class is compared with it. */
export const classes = [
  'unknown',
  'known',
  'disabled',
  'locked',
  'federated',
  'privileged',
  'second-factor',
] as const
export type AccountClass = (typeof classes)[number]

/** What the service stands in while it is measured. */
export const conditions = [
  'quiet',
  'under load',
  'mail slow',
  'mail dead',
  'directory slow',
  'directory dead',
] as const
export type Condition = (typeof conditions)[number]

/** Starts for others in a second, half of them for accounts that exist. */
export const loadPerSecond = 15
export const slowMailMs = 2_000
export const slowDirectoryMs = 200

/** What the service and everything around it say when they are ready to be measured. */
export interface Surroundings {
  port: number
  /** `Host` of the tenant that is measured, and of one whose networks may ask five times a minute. */
  host: string
  limitedHost: string
  /** User names by class, all of one length. */
  names: Readonly<Record<AccountClass, readonly string[]>>
  /** Accounts whose mailbox gets no more mail, because its quota is used up. */
  mailboxFull: readonly string[]
}
