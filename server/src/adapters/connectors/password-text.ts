import type { Secret } from '../../kernel/secret.ts'

/**
 * The text of a password as every directory gets it: exactly as received, neither trimmed nor folded nor
 * normalised (ASVS 6.2.8; whoever reads it from the person normalises once, NIST SP 800-63B-4 section 3.1.1.2).
 *
 * Null when no directory may see it. An empty one turns a simple bind into an unauthenticated bind, which
 * succeeds for everybody (RFC 4513, section 5.1.2), and a password modify without a new password into "draw one
 * for me" (RFC 3062). A lone surrogate has no UTF-8 form: encoders replace it, so that different passwords
 * become the same one.
 */
export function passwordText(password: Secret): string | null {
  const text = password.reveal()
  return text !== '' && text.isWellFormed() ? text : null
}
