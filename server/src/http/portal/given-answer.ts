import type { EnrolledAnswer, EnrolledMethod, ProofAnswer } from '../../core/proofs/index.ts'
import { parseStrictJson } from '../strict-json.ts'
import type { Fields } from './routes.ts'
import { typedAnswer } from './typed-answer.ts'

/** What a form answers with: a code, or what the script had from the browser. Null for what no answer can be: it costs no try. */
export function givenAnswer(method: EnrolledMethod, fields: Fields): EnrolledAnswer | null
export function givenAnswer(method: ProofAnswer['method'], fields: Fields): ProofAnswer | null
export function givenAnswer(method: ProofAnswer['method'], fields: Fields): ProofAnswer | null {
  if (method === 'passkey') {
    const credential = parsed(fields['credential'] ?? '')
    return credential === null ? null : { method, credential }
  }
  const code = typedAnswer[method](fields['code'] ?? '')
  return code === null ? null : { method, code }
}

/** Null for what is no JSON. */
export function parsed(text: string): unknown {
  try {
    return parseStrictJson(text)
  } catch {
    return null
  }
}
