import type { Outside } from '../../kernel/outside.ts'
import type { Secret } from '../../kernel/secret.ts'
import type {
  Ambiguity,
  Directory,
  DirectoryEntry,
  DirectoryPasswordRules,
  Link,
  RoutedDirectory,
} from '../accounts/index.ts'
import type { Channel } from '../gate/ports.ts'
import type { AdmitTexts } from '../messages/index.ts'
import type {
  AgePolicy,
  Change,
  Examined,
  FullJudgement,
  PasswordJudgement,
  PasswordRule,
} from '../passwords/index.ts'
import type { SlowDigests } from '../passwords/ports.ts'
import type { AssurancePolicy, Method, PasskeyMeans, RelyingParty } from '../proofs/index.ts'
import type { RiskAssessor } from '../risk/ports.ts'
import type { FlowKind } from './flow.ts'
import type { Limiter, RecoveryStore } from './ports.ts'
import type { RecoveryRules } from './rules.ts'
import type { Tokens } from './tokens.ts'

/** An account: what its directory says of it, and which directory that is. */
export interface AccountEntry extends DirectoryEntry {
  directory: string
}

/** An account whose new password is judged. */
export interface JudgedEntry extends AccountEntry {
  /** Null where it tells none. */
  directoryRules: DirectoryPasswordRules | null
  /** Null in a recovery: nobody has given the password that is to be replaced. */
  change: Change | null
  /** Accounts that get the same password; its rules are theirs as well. */
  following?: readonly JudgedEntry[]
}

/** What one tenant's recovery needs to know. */
export interface RecoveryTenant {
  id: string
  /** What people call it. */
  title: string
  /** Spoken with people of whom nobody knows another language; BCP 47. */
  locale: string
  rules: RecoveryRules
  /** Ways to prove oneself that policy allows; nothing else is mailed or accepted. */
  methods: readonly Method[]
  /** How much has to be proven by anybody. */
  assurance: AssurancePolicy
  /** How much by the owner of this account. */
  assuranceOf(entry: AccountEntry): AssurancePolicy
  /** Whose passkeys are made and asked for; null where browsers make none. */
  party: RelyingParty | null
  /** The directories that a service is routed to; all of the tenant's when no service is named. */
  directoriesFor(service: string | null): readonly RoutedDirectory[]
  /** What becomes of a name that several of them have. */
  ambiguous: Ambiguity
  /** Directories in which one person has one password. */
  links: readonly Link[]
  /** What people call a directory. */
  titleOf(directory: string): string
  directory(name: string): Directory | null
  judge(password: Secret, entry: JudgedEntry): Promise<FullJudgement>
  /** The part of `judge` that depends on nothing but the password and the person's own names. */
  judgeWhileTyping(password: Secret, entry: JudgedEntry): PasswordJudgement
  passwordRules(entry: JudgedEntry, kind: FlowKind): readonly PasswordRule[]
  /** How many latest passwords of the account, the one in force included, Rekey remembers itself; 0: none. */
  remembers(entry: JudgedEntry): number
  /** Looks at a password that is set already and was right. */
  examine(password: Secret, entry: AccountEntry): Promise<Examined>
  /** How old the password of an account may become. */
  ageOf(entry: AccountEntry): AgePolicy
  /** People of this directory can sign in at the company's own provider, which asks for a second factor. */
  signsInElsewhere(directory: string): boolean
  /** Who keeps the password of a federated account; null when nobody is named. */
  passwordProvider(entry: AccountEntry): string | null
}

/** The verbs that the operations of this folder share. Each of them asks for the part that it uses. */
export interface RecoveryDeps extends Outside {
  store: RecoveryStore
  limiter: Limiter
  tokens: Tokens
  digests: SlowDigests
  risk: RiskAssessor
  passkeys: PasskeyMeans
  /** Which numbers may get a text; null where none are configured. */
  texts: AdmitTexts | null
  tenant(id: string): RecoveryTenant
  /** Share of a channel's quota that is left at the moment, by how much there is to do; absent: all of it. */
  quotaFactor?: ((tenant: string, channel: Channel) => number) | undefined
}
