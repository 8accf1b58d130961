import type { ConnectorKind } from '../../src/adapters/connectors/registry.ts'
import type { Directory, DirectoryPasswordRules } from '../../src/core/accounts/ports.ts'
import type { Mishap } from './directory-relay.ts'

/** A person as every kind of directory knows one. */
export interface Person {
  username: string
  password: string
  displayName?: string
  mails?: readonly string[]
  upn?: string
  recoveryAddresses?: readonly string[]
  recoveryNumbers?: readonly string[]
  locale?: string
  secondFactor?: boolean
  federated?: boolean
  privileged?: boolean
}

/** A real directory with the connector under test, and everything the connector is not asked to do itself. */
export interface World extends AsyncDisposable {
  directory: Directory
  /** Returns the key. */
  add(person: Person): Promise<string>
  rename(username: string, newUsername: string): Promise<void>
  remove(username: string): Promise<void>
  disable(username: string): Promise<void>
  enable(username: string): Promise<void>
  /** Asks the store itself, past the connector. */
  passwordWorks(username: string, password: string): Promise<boolean>
  /** Settles when the store has done what it does after the answer to a first password write. */
  settled?(username: string): Promise<void>
  /** Settles when a lock that the store has just put holds. */
  lockHolds?(): Promise<void>
  /** Adds that many people without passwords, named `crowd0001` and so on. */
  addCrowd(count: number): Promise<void>
}

/** The same with an unreliable network in between. */
export interface TroubledWorld extends World {
  cut(): Promise<void>
  freeze(): void
  mend(): Promise<void>
  /** The next password write meets with a mishap; settles when it has. */
  onPasswordWrite(mishap: Mishap): Promise<void>
}

export interface DirectoryHarness {
  kind: ConnectorKind
  title: string
  /** Shortest password that the store itself accepts; null when it leaves that to Rekey. */
  lengthMin: number | null
  /** False when the store would cut a password off at a NUL, so that it has to be kept from it. */
  takesNul: boolean
  /** Wrong passwords after which the store locks. */
  lockoutTries: number
  /** False when the connector reads no telephone numbers. */
  keepsNumbers?: boolean
  /** A name of characters that queries are written with, where the store does not take them all. */
  oddName?: string
  /** False when history holds for what is changed and not for what is set. */
  remembersOnReset?: boolean
  /** False where all passwords live at a provider: then nothing is written, and the contract asks for that. */
  keepsPasswords?: boolean
  /** Abilities of its directories. */
  changesAsUser: boolean
  marksMustChange: boolean
  /** What its directories tell of the rules for an ordinary person. */
  rules: DirectoryPasswordRules | null
  /** The store notes when a password was set. */
  tellsChanges: boolean
  open(): Promise<World>
  openTroubled(): Promise<TroubledWorld>
}

export const noRules: DirectoryPasswordRules = {
  lengthMin: null,
  history: null,
  minAgeSeconds: null,
  maxAgeSeconds: null,
  graceSignIns: null,
  classesMin: null,
}

/** Their user names. */
export const crowd = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `crowd${String(index + 1).padStart(4, '0')}`)
