/** The ways to prove oneself that this build can ask for. */
export const methods = ['email_link', 'email_code'] as const

export type Method = (typeof methods)[number]

/** Two proofs of one kind count once: a mailbox that was taken over answers both link and code. */
export type ProofKind = 'mailbox'

export const kindOf = { email_link: 'mailbox', email_code: 'mailbox' } as const satisfies Record<
  Method,
  ProofKind
>

/** An answered challenge, bound to one flow. */
export interface Proof {
  method: Method
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
