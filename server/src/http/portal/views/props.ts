import type { DirectoryRefusal } from '../../../core/accounts/ports.ts'
import type { Purpose, Wait } from '../../../core/gate/index.ts'
import type { TenantVoice } from '../../../core/messages/ports.ts'
import type { Flaw, PasswordRefusal, PasswordRule } from '../../../core/passwords/index.ts'
import type {
  CreationOptions,
  DemandReason,
  EnrolledMethod,
  Method,
  RequestOptions,
} from '../../../core/proofs/index.ts'
import type { Outcome, TargetOutcome } from '../../../core/recovery/index.ts'
import type { MustChange } from '../../../core/sessions/index.ts'

/**
 * Everything a route hands to a view. A view is a pure function from its props to a whole HTML document; it
 * decides nothing about the flow, and the text comes from the catalogue in the language of `page.locale`.
 *
 * | function         | file               | when                                                          |
 * |------------------|--------------------|---------------------------------------------------------------|
 * | `startPage`      | `start.tsx`        | nobody is known yet                                           |
 * | `provePage`      | `prove.tsx`        | a flow waits for its first proof (decoys alike)               |
 * | `passwordPage`   | `password.tsx`     | the flow is proven and waits for a password                   |
 * | `signInPage`     | `sign-in.tsx`      | nobody is signed in, to change a password                     |
 * | `changePage`     | `change.tsx`       | somebody is signed in and may change it                       |
 * | `unlockPage`     | `unlock.tsx`       | the flow is proven, and only a lock is to be lifted           |
 * | `workingPage`    | `working.tsx`      | a write is under way                                          |
 * | `donePage`       | `done.tsx`         | the directory confirmed the new password, or lifted the lock  |
 * | `partlyPage`     | `partly.tsx`       | some of a person's applications have not got the new password |
 * | `proofPage`      | `proof.tsx`        | something other than the first mail is asked for              |
 * | `secondProofPage`| `second-proof.tsx` | more is asked for than this person has                        |
 * | `methodsPage`    | `methods.tsx`      | somebody is signed in, and looks at what they have set up     |
 * | `setUpPage`      | `set-up.tsx`       | an authenticator app is being set up                          |
 * | `makePasskeyPage`| `passkey.tsx`      | a passkey is being made                                       |
 * | `codesPage`      | `codes.tsx`        | recovery codes were made: the only time that they are shown   |
 * | `methodPage`     | `method.tsx`       | one of these: its name, a try, its end                        |
 * | `removePage`     | `remove.tsx`       | before that end                                               |
 * | `endedPage`      | `ended.tsx`        | the flow is over without a new password                       |
 * | `activatePage`   | `activate.tsx`     | an invitation: fragment link, or the typed code               |
 * | `disavowPage`    | `disavow.tsx`      | "this was not me": fragment link, or the typed code           |
 * | `disavowedPage`  | `disavow.tsx`      | what was ended                                                |
 * | `problemPage`    | `problem.tsx`      | the request itself can't be served                            |
 *
 * Pages with `page.here` of `/recover`, `/unlock` or `/activate` all carry the landing card for a mailed link: the token is in the URL
 * fragment, which the server never sees, so any of them may be what a person meets when opening the link.
 */
export interface PageContext {
  tenant: TenantVoice
  /** One of the tenant's languages, negotiated by the route (`?lang=`, then cookie, then Accept-Language). */
  locale: string
  /** The GET page this belongs to, also when it answers a POST: language links point there with `?lang=`. */
  here:
    | '/recover'
    | '/unlock'
    | '/activate'
    | '/sign-in'
    | '/sign-in/proof'
    | '/change'
    | '/methods'
    | '/methods/set-up'
    | '/methods/one'
    | '/methods/remove'
    | '/disavow'
  /** Which of several things the page is about; goes with `here` wherever that leads. */
  query?: string
  /** Goes into every form as `csrf`. */
  csrf: string
  /** Shows "This is a demo" on top. */
  demo: boolean
  look: PageLook
}

/** Asset paths, from `tenantAssets()` in `../assets.ts`; all of them on our own origin. */
export interface PageLook {
  stylesheet: string
  script: string
  /** Loaded by the pages alone that ask for work. */
  workScript: string
  /** Null when the tenant changes nothing about the default look. */
  theme: string | null
  /** The tenant's logo; null shows the key drawing and the name. */
  logo: string | null
}

/** Shows the first page again; a GET of it ignores the flow cookie and changes nothing. */
export const startAgainPath = '/recover?again=1'
/** For another change, whatever became of the one that the browser holds. */
export const changePath = '/change?again=1'
export const startAgainAt = ({ here }: Pick<PageContext, 'here'>): string => `${here}?again=1`

/** Where the forms post to. Every one of them carries `csrf`; the other fields are named behind it. */
export const formPaths = {
  /** `identifier`, and `service` when the page was opened for one. */
  start: '/recover/start',
  /** The same, for an account that shall be unlocked. */
  startUnlock: '/unlock/start',
  /** No other field. */
  unlock: '/unlock/confirm',
  /** `token`, as for `link`, and `code`: sixteen letters and digits. */
  activateLink: '/activate/link',
  activateCode: '/activate/code',
  /** `code`: as it was typed, and `method`: of what; without it, of the mail. Of a passkey `credential`: what the browser says, as JSON. */
  code: '/recover/code',
  /** No other field. */
  resend: '/recover/resend',
  /** `token`: filled in by the browser script from the fragment. */
  link: '/recover/link',
  /**
   * `password`; `username` (masked, for password managers; ignore it); and, only from browsers that run no
   * script and so can't show what was typed, `again`: when present it must equal `password`. `rest`: from the page
   * on which some of the applications have the password already.
   */
  password: '/recover/password',
  /**
   * `password`: asked by the browser script while it is typed; the answer is a `PasswordAdvice` and changes nothing, or
   * 204 when nobody can tell at the moment.
   */
  check: '/recover/check',
  /** `identifier`, `password`, and `service` when the page was opened for one. */
  signIn: '/sign-in',
  /** `method`, and `code` or `credential`: the second proof of a sign-in. */
  signInProof: '/sign-in/proof',
  /** `service` when the page was opened for one. Leads to the company's own sign-in. */
  provider: '/sign-in/oidc',
  /** No other field. */
  signOut: '/sign-out',
  /**
   * `current`, `password`, `keep` when the box is ticked, `username` and `again` as with `password`; `action`: the
   * token that the browser script has asked for, empty from browsers that run none.
   */
  change: '/change',
  /** No other field: asked by the browser script right before a change is sent; the answer is `{ token }`. */
  action: '/change/action',
  /** `method`; for recovery codes also `replaces`: the id of the sheet that there is, or empty. */
  addMethod: '/methods/add',
  /** `id`, `code` and `name`; of a passkey `id` and `credential`: what the browser made, as JSON. */
  confirmMethod: '/methods/confirm',
  /** `id` and `name`. */
  renameMethod: '/methods/rename',
  /** `id`, `method`, and `code` or `credential`. */
  tryMethod: '/methods/try',
  /** `id`. */
  removeMethod: '/methods/remove',
  /** `token` (from the fragment) or `code` (typed). */
  disavow: '/disavow',
  /** `purpose`: asked by the browser script when a form is sent that wants work; the answer is `{ challenge }`. */
  work: '/work',
} as const

/** What a form has to bring while there is more to do than usual. */
export interface AskedOfBrowser {
  purpose: Purpose
  wait: Wait
  /** Of the form that was turned back; absent on first sight. */
  identifier?: string
}

export interface StartProps {
  page: PageContext
  /** The service the person came from: its configured name (hidden field) and title. */
  service: { name: string; title: string } | null
  problem: StartProblem | null
  /** Somebody who only has to be unlocked finds the way to that. */
  offersUnlock: boolean
  asked?: AskedOfBrowser | null
}

/**
 * What is wrong with the request alone; never anything about an account. `link-unusable` is for a browser that opened
 * a used or old link and holds no flow whose page could say so; `flow-unknown` for one whose flow is forgotten or lost.
 */
export type StartProblem = 'identifier-missing' | 'identifier-unreadable' | 'link-unusable' | 'flow-unknown'

export interface ProveProps {
  page: PageContext
  /** When the newest link and code stop working. */
  validUntil: Date
  /** Tries left for the code of this flow; at 0 the code field gives way to "use the link". Null: no codes are taken. */
  triesLeft: number | null
  notice: ProveNotice | null
  /** No mail provider works at the moment, whoever asks. */
  mailIsDelayed: boolean
  /** What the tenant takes besides a mail, whoever asks; empty once no tries are left. */
  others: readonly Method[]
}

/** The same for flows with and without an account. `code-unreadable` (not eight digits) costs no try. */
export type ProveNotice =
  | 'wrong-code'
  | 'code-unreadable'
  | 'link-unusable'
  | 'sent-again'
  /** Asked again within the pause, and more often than one request may. */
  | 'asked-too-soon'
  | 'no-more-mails'

/** What a proof is asked for. */
export type ProofStep =
  /** Instead of the mail; the same for everybody. */
  | { is: 'first' }
  | { is: 'second'; have: number; need: number; because: readonly DemandReason[] }
  /** The second proof of a sign-in. */
  | { is: 'sign-in' }

export interface ProofProps {
  page: PageContext
  step: ProofStep
  method: Method
  /** What could be used instead. */
  others: readonly Method[]
  triesLeft: number
  notice: ProofNotice | null
  /** When link and code of the newest mail stop working; null where no mail is asked for. */
  validUntil: Date | null
  /** What a browser is asked; null where no passkey is asked for. */
  passkey: RequestOptions | null
}

export type ProofNotice = ProveNotice | 'too-many-tries'

/** What the script shows beside a password that is being typed. */
export interface PasswordAdvice {
  /** Rules that it breaks, out of those that can be told before it is sent. */
  unmet: readonly PasswordRule['rule'][]
  /** Rules that it keeps. */
  met: readonly PasswordRule['rule'][]
  /** What to change, in the person's language; empty when there is nothing. */
  says: string
}

export interface PasswordProps {
  page: PageContext
  /** Already masked: "a•••@n•••••••d.example". */
  maskedIdentifier: string
  /** From `describePolicy`. */
  rules: readonly PasswordRule[]
  /** What is wrong with the password that was just sent; empty on first sight. */
  problems: readonly PasswordProblem[]
  /** True once sessions of this tenant's services are registered with Rekey and ended by a reset. */
  endsSessions: boolean
  /** The account is locked, and the person may keep the password. */
  offersUnlock: boolean
}

/** One of the applications that have one password. */
export interface ShownTarget {
  title: string
  outcome: TargetOutcome
}

export interface PartlyProps {
  page: PageContext
  /** Already masked. */
  maskedIdentifier: string
  targets: readonly ShownTarget[]
  /** What is wrong with what was just sent. */
  problems: readonly PasswordProblem[]
  /** It is another password than the one that was set. */
  isAnother: boolean
  /** The rest were tried again just now: the titles of those that could not be reached. Null when nothing was tried. */
  triedAgain: { unreached: readonly string[]; retryAfterSeconds: number } | null
}

export interface UnlockProps {
  page: PageContext
  /** Already masked. */
  maskedIdentifier: string
  /** The directory lifts no lock by itself. */
  isNotOffered: boolean
}

export interface SignInProps {
  page: PageContext
  service: { name: string; title: string } | null
  notice: SignInNotice | null
  /** Whether a password is asked for; without it the provider's button stands alone. */
  takesPassword: boolean
  /** What people call the company's own sign-in; null where there is none. */
  provider: string | null
  /** It is for a change of the password, and not for something else. */
  isForChange: boolean
  asked?: AskedOfBrowser | null
}

export type SignInNotice =
  | 'missing'
  /** Whatever the reason: nothing about an account. */
  | 'refused'
  /** The password was right. */
  | 'second-factor'
  | 'session-over'
  | 'signed-out'
  /** The sign-in is not fresh enough for what was asked. */
  | 'again'
  /** Of the company's own sign-in. Whatever was wrong with the answer: nothing in it counts. */
  | 'not-finished'
  /** It worked there. Unknown here, disabled, ambiguous: the same. */
  | 'no-account'
  | 'provider-unreachable'

export interface ChangeProps extends Omit<PasswordProps, 'endsSessions' | 'offersUnlock'> {
  mustChange: MustChange | null
  /** When the password ends, if that is soon; where it has expired, the end of its grace. */
  passwordEndsAt: Date | null
  flaw: Flaw | null
  /** What was wrong with the form beside the new password. */
  notice: 'current-password-wrong' | 'action-token-unusable' | null
  /** There is something that people can set up to prove themselves with. */
  offersMethods: boolean
}

/** Why a password was not taken: by policy, by the directory, or because the two fields differ. */
export type PasswordProblem =
  | PasswordRefusal
  | { [C in Exclude<DirectoryRefusal, 'account-unavailable'>]: { code: C } }[Exclude<
      DirectoryRefusal,
      'account-unavailable'
    >]
  | { code: 'password-repeat-differs' }

export interface WorkingProps {
  page: PageContext
  /** The page asks again after so many seconds, without script. */
  refreshSeconds: number
}

export interface AcceptedProps {
  page: PageContext
  /** By when it works, or its owner is told that it does not. */
  worksBy: Date
  /** As in `WorkingProps`. */
  refreshSeconds: number
}

export interface DoneProps {
  page: PageContext
  outcome: Outcome
  /** All that were to have the password; empty where it is one account's. */
  targets?: readonly ShownTarget[]
  /** The service's sign-in page, from configuration. Nobody is signed in by a reset. */
  signIn: { title: string; url: string } | null
  endsSessions: boolean
  /** After a change in a browser that stays signed in. */
  offersSignOut?: boolean
  /** There is something that people can set up to prove themselves with. */
  offersMethods?: boolean
}

export interface SecondProofProps {
  page: PageContext
  because: readonly DemandReason[]
}

/** One of the things that a person has set up. */
export interface ShownMethod {
  id: string
  method: EnrolledMethod
  /** What its owner calls it; may be empty. */
  name: string
  createdAt: Date
  lastUsedAt: Date | null
  /** From when it may bring its owner back; null when it may by now. */
  waitsUntil: Date | null
  /** Codes that can still be used; null for what has none. */
  left: number | null
  /** Of a passkey: its maker copies it to other devices. Null for what is none. */
  synced: boolean | null
}

export interface MethodsProps {
  page: PageContext
  methods: readonly ShownMethod[]
  /** What could be added. */
  offers: readonly EnrolledMethod[]
  notice: MethodsNotice | null
}

export const methodsNotices = ['added', 'removed', 'renamed', 'unknown', 'too-many', 'shown'] as const
export type MethodsNotice = (typeof methodsNotices)[number]

export interface SetUpProps {
  page: PageContext
  id: string
  name: string
  /** Base 32. */
  seed: string
  /** `otpauth:` address. */
  uri: string
  notice: 'wrong-code' | 'code-unreadable' | null
}

export interface MakePasskeyProps {
  page: PageContext
  id: string
  asks: CreationOptions
  notice: 'passkey-refused' | null
}

export interface CodesProps {
  page: PageContext
  codes: readonly string[]
  at: Date
}

export interface MethodProps {
  page: PageContext
  shown: ShownMethod
  notice: 'works' | 'works-other' | 'wrong-code' | 'code-unreadable' | null
  /** New ones in its place can be made. */
  renews: boolean
  /** What a browser is asked to try a passkey; null for anything else. */
  passkey: RequestOptions | null
}

export interface RemoveProps {
  page: PageContext
  shown: ShownMethod
  /** Nothing that a sign-in asks for would be left. */
  isLastFactor: boolean
}

export interface EndedProps {
  page: PageContext
  because: EndedBecause
}

export type EndedBecause =
  | 'expired'
  /** Another flow of the account finished first. */
  | 'superseded'
  | 'disavowed'
  /** The write was sent and no answer came: try the new password; if it does not work, start again. */
  | 'outcome-unknown'
  | 'too-many-refusals'
  /** The directory no longer lets this account take a password. */
  | 'account-unavailable'
  /** Whoever looks after accounts ended everything that was open, or took the invitation back. */
  | 'ended-by-operator'
  /** A password that had been accepted was not set after all. */
  | 'not-set-in-time'
  | 'refused-later'

export interface ActivateProps {
  page: PageContext
  notice: 'wrong-code' | 'link-unusable' | null
}

export interface DisavowProps {
  page: PageContext
  notice: DisavowNotice | null
}

export type DisavowNotice = 'wrong-code' | 'code-unreadable' | 'link-unusable'

export interface DisavowedProps {
  page: PageContext
  /** A password had already been set by then: the person must get back in by another proof. */
  passwordWasChanged: boolean
}

export interface ProblemProps {
  page: PageContext
  problem: PageProblem
  /** For 429 and 503. */
  retryAfterSeconds: number | null
  /** Shown so that the help desk can find the log line. */
  requestId: string | null
}

export type PageProblem =
  | 'not-found'
  /** Also wrong methods, oversize bodies and forms from another site: the person can only start again. */
  | 'request-unusable'
  /** The csrf value is missing or stale: the page was open for too long, or came from elsewhere. */
  | 'form-stale'
  | 'too-many-requests'
  | 'directory-unreachable'
  /** An operator has to mend something first. */
  | 'directory-not-writable'
  | 'unavailable'
  | 'internal'
