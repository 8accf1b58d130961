/** The ways to prove oneself that this build can ask for. */
export const methods = ['email_link', 'email_code'] as const

export type Method = (typeof methods)[number]

/** What a flow can have been given: methods that are asked for, and what came with it from its start. */
export type ProofMethod =
  | Method
  /** The password in force, proven at the directory. */
  | 'password'
  /** A link or code that an operator's invitation mailed. */
  | 'invitation'

/** Two proofs of one kind count once: a mailbox that was taken over answers both link and code. */
export type ProofKind = 'mailbox' | 'knowledge'

export const kindOf = {
  email_link: 'mailbox',
  email_code: 'mailbox',
  invitation: 'mailbox',
  password: 'knowledge',
} as const satisfies Record<ProofMethod, ProofKind>

/** An answered challenge, bound to one flow. */
export interface Proof {
  method: ProofMethod
  at: Date
}

export interface Assurance {
  have: number
  need: number
}

/**
 * What the proofs of a flow add up to: distinct kinds (NIST SP 800-63B-4 section 4.2.2.2 asks for codes by
 * different methods). One kind is enough, two while a "this was not me" is fresh.
 */
export function assess(proofs: readonly Proof[], rules: { secondProofWanted: boolean }): Assurance {
  const kinds = new Set(proofs.map((proof) => kindOf[proof.method]))
  return { have: kinds.size, need: rules.secondProofWanted ? 2 : 1 }
}

export const isEnough = (assurance: Assurance): boolean => assurance.have >= assurance.need
