import type { FastifyReply } from 'fastify'
import type { Asked } from '../core/gate/index.ts'
import type { DeskRefusalCode } from '../core/helpdesk/index.ts'
import type { RefusalCode, Refused } from '../core/recovery/index.ts'

/** One kind of problem (RFC 9457). `title` never varies; `detail` says to a person what to do next. */
export interface Problem {
  status: number
  title: string
  detail: string
}

/** Faults of the request itself, and ours. */
export type RequestProblem =
  | 'request-invalid'
  | 'body-too-large'
  | 'media-type-unsupported'
  | 'not-found'
  | 'method-not-allowed'
  | 'host-unknown'
  | 'form-stale'
  | 'credentials-missing'
  | 'unavailable'
  | 'internal'

/** Faults of a request to the admin API. */
export type AdminProblem =
  | 'key-unknown'
  | 'permission-missing'
  | 'request-in-flight'
  | 'idempotency-key-reused'

export type ProblemCode = RefusalCode | RequestProblem | AdminProblem | DeskRefusalCode

/** Total: a refusal without a row here does not compile. Codes are never renamed once released. */
export const problems = {
  'flow-unknown': {
    status: 404,
    title: 'No such flow',
    detail: 'There is no flow with this id and secret. Start again.',
  },
  'flow-ended': {
    status: 410,
    title: 'This flow has ended',
    detail: 'See `because` for the reason. Start again.',
  },
  'not-proven': {
    status: 409,
    title: 'A proof is missing',
    detail: 'Answer a challenge first; see `methods` of the flow.',
  },
  'already-proven': {
    status: 409,
    title: 'Already proven',
    detail: 'The flow waits for nothing of this kind any more. Go on with what it is for.',
  },
  'already-completed': {
    status: 409,
    title: 'Already done',
    detail: 'This flow has done what it was for; see its `outcome`. For anything more, start again.',
  },
  'code-wrong': {
    status: 422,
    title: 'This is not the code',
    detail:
      'Type the newest one: of the mail, of the app as it is now, or another of the sheet. Each works once.',
  },
  'passkey-refused': {
    status: 422,
    title: 'This passkey can’t be used here',
    detail: 'Use one that was set up for this account on this site, or prove yourself another way.',
  },
  'code-tries-used-up': {
    status: 422,
    title: 'No tries left for the code',
    detail: 'Open the link in the mail instead, or start again.',
  },
  'code-expired': {
    status: 422,
    title: 'The code is too old',
    detail: 'Ask for another mail; its code works for ten minutes.',
  },
  'method-not-offered': {
    status: 422,
    title: 'Not this way',
    detail: 'See `methods` of the flow for the ways to prove yourself here; the portal shows how to sign in.',
  },
  'link-unusable': {
    status: 422,
    title: 'This link can’t be used',
    detail: 'It has been used, is too old or was replaced by a newer one. Ask for a new one.',
  },
  'asked-too-soon': {
    status: 429,
    title: 'Too soon for another mail',
    detail: 'Wait for as long as Retry-After says, then ask again.',
  },
  'no-more-mails': {
    status: 422,
    title: 'No more mails for this flow',
    detail: 'Look into spam, or start again.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Wait for as long as Retry-After says. Limits are per network, and for some questions per flow.',
  },
  'password-refused': {
    status: 422,
    title: 'Choose another password',
    detail: 'See `errors` for what to change. Nothing was used up.',
  },
  'write-in-progress': {
    status: 409,
    title: 'A password is being set',
    detail: 'Look at the flow again in a few seconds.',
  },
  'directory-unreachable': {
    status: 503,
    title: 'The directory can’t be reached',
    detail:
      'Your password is unchanged, and nothing you did is lost. Wait for as long as Retry-After says, then try again.',
  },
  'directory-not-writable': {
    status: 503,
    title: 'The directory takes no changes at the moment',
    detail: 'Your password is unchanged. The help desk has to know; trying again does not help.',
  },
  'disavowal-unusable': {
    status: 422,
    title: 'This link or code can’t be used',
    detail: 'It is too old or was mistyped. Call the help desk if you did not ask for a new password.',
  },
  'flow-of-another-kind': {
    status: 409,
    title: 'This flow is for something else',
    detail: 'See its `kind`, and start one for what you want.',
  },
  'unlock-not-offered': {
    status: 422,
    title: 'The lock can’t be lifted by itself',
    detail: 'The directory does not let it. Set a new password; that lifts the lock.',
  },
  'provider-unreachable': {
    status: 503,
    title: 'The company’s sign-in can’t be reached',
    detail: 'Nothing was changed. Try again in a minute.',
  },
  'provider-answer-unusable': {
    status: 403,
    title: 'This sign-in can’t be used',
    detail: 'It was not begun in this browser, took too long or was used already. Start again.',
  },
  'provider-account-unknown': {
    status: 403,
    title: 'No account here',
    detail: 'The company’s sign-in worked, but no account here belongs to it. Ask the help desk.',
  },
  'sign-in-refused': {
    status: 401,
    title: 'This name and password do not sign in',
    detail: 'Check both. If you forgot the password, start a recovery.',
  },
  'second-factor-needed': {
    status: 403,
    title: 'This account needs more than its password',
    detail: 'Its sign-in asks for a second factor, which can’t be given here. Ask the help desk.',
  },
  'second-proof-needed': {
    status: 403,
    title: 'The second proof is missing',
    detail: 'The password was right. Give a second proof first; see `methods` for what would do.',
  },
  'sign-in-again': {
    status: 403,
    title: 'Sign in again for this',
    detail: 'What you prove yourself with is changed within ten minutes of signing in.',
  },
  'enrolment-unknown': {
    status: 404,
    title: 'You have nothing like this',
    detail: 'It was removed, or was never yours. List what you have.',
  },
  'too-many-enrolments': {
    status: 409,
    title: 'You have as many as you can have',
    detail: 'Remove one first.',
  },
  'session-unknown': {
    status: 401,
    title: 'Not signed in',
    detail: 'The session is over or was never one. Sign in again.',
  },
  'current-password-wrong': {
    status: 422,
    title: 'This is not your current password',
    detail: 'Nothing was changed. Type it again; wrong ones count as at sign-in.',
  },
  'action-token-unusable': {
    status: 422,
    title: 'This took too long or was sent twice',
    detail: 'Nothing was changed. Ask for a new action token and send the change again within its time.',
  },
  'request-invalid': {
    status: 400,
    title: 'The request is not valid',
    detail: 'See `errors` for what is wrong with it.',
  },
  'body-too-large': { status: 413, title: 'The body is too large', detail: 'Send at most 16 KiB.' },
  'media-type-unsupported': {
    status: 415,
    title: 'This media type is not understood',
    detail: 'The API takes application/json; a page takes its own form.',
  },
  'not-found': { status: 404, title: 'Nothing here', detail: 'There is no such resource.' },
  'method-not-allowed': { status: 405, title: 'Method not allowed', detail: 'See the Allow header.' },
  'host-unknown': {
    status: 421,
    title: 'Not this host',
    detail: 'This server does not answer to that host name.',
  },
  'form-stale': {
    status: 403,
    title: 'The form is too old',
    detail: 'Load the page again and send it once more.',
  },
  'credentials-missing': {
    status: 401,
    title: 'The secret is missing',
    detail: 'Send `Authorization: Flow <secret>`, or `Session <secret>` where the route says so.',
  },
  unavailable: { status: 503, title: 'Not available at the moment', detail: 'Try again in a minute.' },
  internal: {
    status: 500,
    title: 'Something broke on our side',
    detail: 'Try again. The request id helps us to find out.',
  },
  'key-unknown': {
    status: 401,
    title: 'No such key',
    detail: 'Send `Authorization: Bearer <key>` with a key that the configuration knows.',
  },
  'permission-missing': {
    status: 403,
    title: 'The key may not do this',
    detail: 'See `because` for what it would need. What a key may do stands in the configuration.',
  },
  'request-in-flight': {
    status: 409,
    title: 'This is being done already',
    detail: 'A request with the same `Idempotency-Key` has no answer yet. Send it again in a few seconds.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key belongs to another request',
    detail: 'Within a day a key names one request, with one content. Choose a new one for another.',
  },
  'account-unknown': {
    status: 404,
    title: 'No such account',
    detail: 'No directory of the tenant has it, or has it any more.',
  },
  'account-not-eligible': {
    status: 422,
    title: 'Not with this account',
    detail:
      'See `because` for why. Such accounts are looked after in their directory alone. To close one that is privileged, ' +
      'take its rights away there first, and ask again.',
  },
  'no-address': {
    status: 422,
    title: 'No address to write to',
    detail: 'The directory has no recovery address for this account. Send one as `address`.',
  },
  'address-unusable': {
    status: 422,
    title: 'This address can’t be written to',
    detail: 'It is no plain mail address. Send another one as `address`.',
  },
  'invited-before': {
    status: 409,
    title: 'Invited before',
    detail: 'To write once more, and make the older mails worthless, send `again` as true.',
  },
  'invitation-disowned': {
    status: 422,
    title: 'The owner did not ask for this',
    detail:
      'An invitation to this account went to an address of your choice, and its owner said so. Leave `address` out: then it ' +
      'goes to the recovery addresses in the directory. If those are wrong, correct them there.',
  },
  'already-activated': {
    status: 409,
    title: 'This account has a password',
    detail: 'It was set with Rekey before. Its owner comes back by recovery.',
  },
  'invitation-unknown': { status: 404, title: 'No such invitation', detail: 'There is none with this id.' },
  'invitation-over': {
    status: 409,
    title: 'This invitation is over',
    detail: 'See `because`: it has been used, has run out, or was withdrawn before.',
  },
  'offboarding-unknown': {
    status: 404,
    title: 'No such offboarding',
    detail: 'Nobody asked for one with this id, or too long ago.',
  },
  'offboarding-void': {
    status: 409,
    title: 'This offboarding does not count any more',
    detail: 'See `because` for what has changed since it was asked for. Ask anew.',
  },
  'offboarding-settled': {
    status: 409,
    title: 'This offboarding is done',
    detail: 'Nothing is left to say yes to.',
  },
  'approval-not-yours': {
    status: 403,
    title: 'Somebody else has to say yes',
    detail: 'Whoever asked for it can’t, and whoever it is about can’t.',
  },
  'digest-wrong': {
    status: 422,
    title: 'This is not what was asked for',
    detail: 'Look at the offboarding again, and send its `digest` if you agree to what it says.',
  },
  'work-needed': {
    status: 429,
    title: 'A little work first',
    detail:
      'There is more to do than usual, for everybody or on your network. Solve `work.challenge` and send it as `work`, or send ' +
      '`work.wait.token` as `wait` after `work.wait.seconds`. It says nothing about the account.',
  },
  'account-ambiguous': {
    status: 409,
    title: 'More than one account',
    detail: 'Several have this identifier. Name it as `DIRECTORY\\name`, or by another identifier.',
  },
} as const satisfies Record<ProblemCode, Problem>

/** What may come with a problem besides the fixed members. */
export interface ProblemExtras {
  retryAfterSeconds?: number
  triesLeft?: number
  because?: string
  methods?: readonly string[]
  errors?: readonly { pointer?: string; code?: string; detail: string }[]
  allow?: string
  work?: Asked
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Address of the problem reference: an absolute URI, from configuration. */
    problemBase: string
  }
}

/** Sends a problem document (RFC 9457). */
export function sendProblem(
  reply: FastifyReply,
  code: ProblemCode,
  extras: ProblemExtras = {},
): FastifyReply {
  const { retryAfterSeconds, allow } = extras
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds))
  if (allow !== undefined) void reply.header('allow', allow)
  return reply
    .code(problems[code].status)
    .type(problemType)
    .send(problemText(reply, code, extras))
}

export const problemType = 'application/problem+json; charset=utf-8'

/** A problem document as text. `type` points into the problem reference. */
export function problemText(reply: FastifyReply, code: ProblemCode, extras: ProblemExtras = {}): string {
  const { status, title, detail } = problems[code]
  const { retryAfterSeconds: _seconds, allow: _allow, ...members } = extras
  const type = `${reply.server.problemBase}#${code}`
  const instance = `urn:rekey:request:${reply.request.id}`
  return JSON.stringify({ type, title, status, detail, instance, ...members })
}

/** By then a directory that has come back is used again. */
export const directoryRetrySeconds = 60

/** A refusal of the domain as a problem. */
export function sendRefusal(reply: FastifyReply, refused: Refused): FastifyReply {
  switch (refused.because) {
    case 'second-proof-needed':
      return sendProblem(reply, refused.because, { methods: refused.methods })
    case 'work-needed':
      return sendProblem(reply, refused.because, {
        retryAfterSeconds: refused.asked.wait.seconds,
        work: refused.asked,
      })
    case 'code-wrong':
      return sendProblem(reply, refused.because, { triesLeft: refused.triesLeft })
    case 'asked-too-soon':
    case 'too-many-requests':
      return sendProblem(reply, refused.because, { retryAfterSeconds: refused.retryAfterSeconds })
    case 'directory-unreachable':
      return sendProblem(reply, refused.because, {
        retryAfterSeconds: refused.retryAfterSeconds ?? directoryRetrySeconds,
      })
    case 'password-refused':
      return sendProblem(reply, refused.because, { errors: refused.reasons.map(passwordError) })
    case 'flow-ended':
      return refused.flow.state === 'ended'
        ? sendProblem(reply, refused.because, { because: refused.flow.because })
        : sendProblem(reply, refused.because)
    default:
      return sendProblem(reply, refused.because)
  }
}

type PasswordReason = (Refused & { because: 'password-refused' })['reasons'][number]

export const passwordError = (reason: PasswordReason) => ({
  ...reason,
  pointer: '/password',
  detail: passwordDetails[reason.code],
})

const passwordDetails: Record<PasswordReason['code'], string> = {
  'password-empty': 'Type a password.',
  'password-unreadable': 'It contains characters that some systems can’t take, such as control characters.',
  'password-too-short': 'It is too short.',
  'password-too-long': 'It is too long.',
  'password-classes-missing': 'Kinds of characters are missing: see `required`, `have` and `missing`.',
  'password-characters-not-allowed': 'It contains characters that a system here can’t take: see `allowed`.',
  'password-common': 'It is among the most common passwords.',
  'password-contains-you': 'It is made from your name, your address or a word that belongs to this place.',
  'password-too-guessable': 'It is too easy to guess.',
  'password-banned': 'It is hardly more than words that are banned here.',
  'password-too-similar': 'It is your present password with little changed.',
  'password-breached': 'Others have lost this very password.',
  'password-unchecked': 'It could not be looked up in the lists of lost passwords. Try again in a minute.',
  'password-in-history':
    'You had it before; it is one of the latest `count`, if that is there. Choose one that is new.',
  'password-too-short-for-directory': 'The directory asks for a longer one.',
  'password-too-weak-for-directory': 'The directory asks for a stronger one.',
  'password-too-long-for-directory': 'The directory takes shorter ones only; it counts bytes of UTF-8.',
  'password-too-young': 'This password can’t be changed again so soon; see `until`, if it is there.',
  'password-unchanged': 'It is your present password.',
  'password-change-not-allowed': 'The directory does not let this account’s password be changed.',
  'account-unavailable': 'The account can’t take a password any more.',
}
