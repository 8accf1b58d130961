import { passkeyMethod } from './passkey/index.ts'
import { recoveryCodeMethod } from './recovery-code/index.ts'
import { totpMethod } from './totp/index.ts'

/** What a proof tells of whoever gave it. Two proofs of one kind count once. */
export type ProofKind =
  /** Reads the mails of a recovery address: whoever took the mailbox over answers both link and code. */
  | 'mailbox'
  /** Has something: the app with the seed, the authenticator with the key. */
  | 'device'
  /** Is whom the device knows: by a finger, a face or a number that only its holder can give. */
  | 'holder'
  /** Has the sheet that was printed (NIST SP 800-63B-4 section 4.2.1.1: saved recovery codes). */
  | 'saved'
  /** Reads what goes to a number of theirs: whoever has the number moved to another card reads it too. */
  | 'phone'
  /** Knows the password in force. */
  | 'knowledge'

/** One way to prove oneself (decision record 0011). */
export interface MethodDefinition {
  kinds: readonly ProofKind[]
  /** Somebody who types at random is right once in so few that tries have to be counted against the account. */
  guessable: boolean
  resistsPhishing: boolean
  /** What it is worth where policy counts points. */
  points: number
  /** Works only where a person has set it up. */
  enrolled: boolean
  /** With one enrolled, a right password alone signs nobody in, and a mailbox alone brings nobody back. */
  isFactor: boolean
}

/** The ways to prove oneself that this build can ask for. A method is one folder and one line here. */
export const methodTable = {
  email_link: {
    ...{
      kinds: ['mailbox'],
      points: 1,
      guessable: false,
      resistsPhishing: false,
      enrolled: false,
      isFactor: false,
    },
  },
  email_code: {
    ...{
      kinds: ['mailbox'],
      points: 1,
      guessable: true,
      resistsPhishing: false,
      enrolled: false,
      isFactor: false,
    },
  },
  totp: totpMethod,
  recovery_code: recoveryCodeMethod,
  passkey: passkeyMethod,
  sms_code: {
    ...{
      kinds: ['phone'],
      points: 1,
      guessable: true,
      resistsPhishing: false,
      enrolled: false,
      isFactor: false,
    },
  },
} as const satisfies Record<string, MethodDefinition>

export type Method = keyof typeof methodTable

export const methods = [
  'email_link',
  'email_code',
  'totp',
  'recovery_code',
  'passkey',
  'sms_code',
] as const satisfies readonly Method[]

/** Those that a person sets up. */
export const enrolledMethods = ['totp', 'recovery_code', 'passkey'] as const satisfies readonly Method[]
export type EnrolledMethod = (typeof enrolledMethods)[number]

/** Those that a tenant offers unless it says otherwise. A text costs money, and is the weakest of all. */
export const usualMethods = [
  'email_link',
  'email_code',
  'totp',
  'recovery_code',
  'passkey',
] as const satisfies readonly Method[]

/** Those whose answer is typed. */
export const typedMethods = [
  'email_code',
  'totp',
  'recovery_code',
  'sms_code',
] as const satisfies readonly Method[]
export type TypedMethod = (typeof typedMethods)[number]

/** What somebody shows of something that was set up: what they typed, or what a browser brought, whatever that is. */
export type EnrolledAnswer =
  | { method: EnrolledMethod & TypedMethod; code: string }
  | { method: 'passkey'; credential: unknown }

/** What a challenge is answered with. */
export type ProofAnswer =
  | { method: 'email_code'; code: string }
  | { method: 'sms_code'; code: string }
  | EnrolledAnswer

/** What a flow can have been given: methods that are asked for, and what came with it from its start. */
export type ProofMethod =
  | Method
  /** The password in force, proven at the directory. */
  | 'password'
  /** A link or code that an operator's invitation mailed. */
  | 'invitation'

export const definitionOf = (method: Method): MethodDefinition => methodTable[method]

export const kindsOf = (method: ProofMethod): readonly ProofKind[] => {
  switch (method) {
    case 'password':
      return ['knowledge']
    case 'invitation':
      return ['mailbox']
    default:
      return methodTable[method].kinds
  }
}
