import type { DirectoryRefusal } from '../accounts/ports.ts'
import type { Asked } from '../gate/ports.ts'
import type { PasswordRefusal } from '../passwords/index.ts'
import type { Method, RequestOptions } from '../proofs/index.ts'
import type { Flow } from './flow.ts'

/** What the domain answers besides yes. Each code has a heading in the problem reference and is never renamed. */
export type Refusal =
  /** No such flow, or the secret is not its secret: the same answer, because ids are public. */
  | { because: 'flow-unknown' }
  | { because: 'flow-ended'; flow: Flow }
  | { because: 'not-proven' }
  | { because: 'already-proven' }
  | { because: 'already-completed' }
  | { because: 'code-wrong'; triesLeft: number }
  /** Not one of the account's, not for this, or not in order: the same answer. */
  | { because: 'passkey-refused' }
  | { because: 'code-tries-used-up' }
  | { because: 'code-expired' }
  /** The tenant does not let people prove themselves this way. */
  | { because: 'method-not-offered' }
  /** Used, too old, replaced, forged: a stranger must not learn which. */
  | { because: 'link-unusable' }
  | { because: 'asked-too-soon'; retryAfterSeconds: number }
  | { because: 'no-more-mails' }
  | { because: 'too-many-requests'; retryAfterSeconds: number }
  | { because: 'password-refused'; reasons: readonly (PasswordRefusal | RefusedByDirectory)[] }
  | { because: 'write-in-progress' }
  /** Nothing was written; the flow goes on. Seconds where it is known when. */
  | { because: 'directory-unreachable'; retryAfterSeconds?: number }
  /** Nothing was written, and trying again will not help before an operator has mended something. */
  | { because: 'directory-not-writable' }
  | { because: 'disavowal-unusable' }
  /** What is asked is not what the flow is for; see its `kind`. */
  | { because: 'flow-of-another-kind' }
  /** Wrong, unknown, locked, disabled, too many tries: a stranger must not learn which. */
  | { because: 'sign-in-refused' }
  /** The password was right, and sign-in elsewhere asks for more than that. */
  | { because: 'second-factor-needed' }
  /** The password was right; the session opens nothing before the second proof was given. */
  | { because: 'second-proof-needed'; methods: readonly Method[] }
  /** What is asked is for somebody who has just signed in. */
  | { because: 'sign-in-again' }
  /** The account has nothing of this name enrolled. */
  | { because: 'enrolment-unknown' }
  /** It has as many as it may. */
  | { because: 'too-many-enrolments' }
  /** No such session, not its secret, or over: the same answer. */
  | { because: 'session-unknown' }
  | { because: 'current-password-wrong' }
  /** Used, older than 30 seconds, replaced, of another flow. Nothing else was used up. */
  | { because: 'action-token-unusable' }
  /** The account's directory has no lock that Rekey could lift. */
  | { because: 'unlock-not-offered' }
  /** The company's own sign-in gives no answer. Nothing was changed. */
  | { because: 'provider-unreachable' }
  /** Not begun in this browser, too old, used, refused or forged: start again. */
  | { because: 'provider-answer-unusable' }
  /** The provider knows the person; no account here, or none that may sign in, is theirs. */
  | { because: 'provider-account-unknown' }
  /** There is more to do than usual: what is asked for again with `asked` done goes on. Nothing was looked up. */
  | { because: 'work-needed'; asked: Asked }

/** One member a code, so that a reader can tell them apart by it. */
export type RefusedByDirectory = { [Code in DirectoryRefusal]: { code: Code } }[DirectoryRefusal]

export type RefusalCode = Refusal['because']

export type Refused = { ok: false } & Refusal

/** A yes with the flow as it is now; `secret` is there when it changed and is told only this once. */
export type Answered = { ok: true; flow: Flow; secret?: string; passkey?: RequestOptions }

export const refuse = <R extends Refusal>(refusal: R): { ok: false } & R => ({ ok: false, ...refusal })
