import { readRecoveryCode, type TypedMethod } from '../../core/proofs/index.ts'
import { typedCode } from './typed-code.ts'

const eightDigits = (text: string): string | null => digits(text, /^\d{8}$/)

/** What a person typed, as a code of the method; null for what no code of it can be: that is compared with nothing and costs no try. */
export const typedAnswer: Readonly<Record<TypedMethod, (text: string) => string | null>> = {
  email_code: eightDigits,
  sms_code: eightDigits,
  // Six, unless the seed came from elsewhere.
  totp: (text) => digits(text, /^\d{6,8}$/),
  recovery_code: (text) => readRecoveryCode(typedCode(text)),
}

function digits(text: string, shape: RegExp): string | null {
  const code = typedCode(text)
  return shape.test(code) ? code : null
}
