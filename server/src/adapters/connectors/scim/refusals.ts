import type { DirectoryRefusal, PasswordWrite } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import { isScimError, refuseOthers } from './client.ts'
import type { ScimConfig } from './config.ts'
import { type Answer, isDone } from './exchange.ts'
import { jsonIn } from './json.ts'
import { isObject, property } from './paths.ts'

/**
 * What the server says to a write. `changed meanwhile`: somebody else has written, and nothing was done (412).
 *
 * The words of a server are compared with those of the configuration and go no further: some repeat what they refuse.
 */
export function writtenBy(
  answer: Answer,
  of: { method: string; endpoint: string; what: string; refusals: ScimConfig['refusals'] },
): PasswordWrite | 'changed meanwhile' {
  const { status } = answer
  const { method, endpoint, what, refusals } = of
  const request = `${method} of the ${what} of a person`
  if (isDone(status)) return { ok: true }
  const fault = (code: Fault['code'], words: string) =>
    new Fault(code, { detail: `${endpoint}: ${request}: ${words} (HTTP ${status})` })
  if (status === 412) return 'changed meanwhile'
  if (status === 404 && isScimError(answer)) return { ok: false, because: 'account-unavailable' }
  // It may have been done before things went wrong, by the server or by a gateway before it.
  if (status >= 500 && status !== 501) throw fault('directory-outcome-unknown', 'the server is in trouble')
  if (status === 409) throw fault('directory-unreachable', 'others are at work on the same person')
  if (status === 403) {
    throw fault(
      'directory-rights-missing',
      `Rekey may not write the ${what} of people: give its client the right to`,
    )
  }
  if (status === 400) {
    const { type, words } = errorIn(answer)
    const because = meaningOf(words, refusals) ?? (type === 'invalidvalue' ? weak : null)
    if (because !== null && what === 'password') return { ok: false, because }
    const known = typeWords[type ?? '']
    throw fault('directory-misconfigured', known ?? 'the server does not take it, and does not say why')
  }
  refuseOthers(answer, { endpoint, what: request })
  throw fault('directory-answer-unusable', 'the server refuses')
}

const weak: DirectoryRefusal = 'password-too-weak-for-directory'

/** RFC 7644 section 3.12, table 9, in lower case. */
const typeWords: Readonly<Record<string, string>> = {
  invalidvalue: 'the server does not take the value: check what attributes say to write (invalidValue)',
  mutability:
    'it can’t be written there: give Rekey’s client the right to, or another attribute (mutability)',
  invalidpath: 'the server does not know the attribute (invalidPath)',
  notarget: 'the person has no such attribute (noTarget)',
  invalidsyntax: 'the server does not understand the request (invalidSyntax)',
  sensitive: 'the server wants it said elsewhere (sensitive)',
  uniqueness: 'somebody else has it already (uniqueness)',
}

function errorIn(answer: Answer): { type: string | null; words: string } {
  const told = jsonIn(answer)
  if (!isObject(told)) return { type: null, words: '' }
  const [type, detail] = [property(told, 'scimType'), property(told, 'detail')]
  return {
    type: typeof type === 'string' ? type.toLowerCase() : null,
    words: typeof detail === 'string' ? detail.toLowerCase() : '',
  }
}

const meaningOf = (words: string, refusals: ScimConfig['refusals']): DirectoryRefusal | null =>
  refusals.find(({ contains }) => words.includes(contains.toLowerCase()))?.because ?? null
