import { domainToASCII } from 'node:url'
import type { DirectoryEntry, IdentifierQuery } from './ports.ts'

/**
 * How what a person typed is read. The rules, in order:
 *
 * 1. White space around it is dropped; more than 256 code points, control characters or lone surrogates can name
 *    nobody.
 * 2. Text is compared in NFC and in lower case, code point by code point (Unicode default lower-casing). A code
 *    point outside ASCII never folds to one inside: `K` (Kelvin sign) is not `k`, `İ` is not `i`; the three that
 *    NFC itself would turn into ASCII stay as they are. There is no
 *    compatibility folding: `ﬀ`, full-width letters and `ı` stay what they are (CVE-2019-19844).
 * 3. `DOMAIN\name` asks the directories that list the domain for the user name.
 * 4. Text with an `@` is looked up as mail address, as UPN and as user name. The domain of a mail address is
 *    compared in its ASCII form (IDNA, which does map look-alikes of one domain to it), the local part as in 2.
 * 5. Anything else is a user name.
 *
 * A directory may match more loosely (collations, caseIgnoreMatch), so every entry that comes back is compared
 * again by these rules. Exactly one account over all queries and directories, or nobody.
 */
export interface Identifier {
  /** `DOMAIN` of `DOMAIN\name`, folded; null when there is none. */
  domain: string | null
  queries: readonly IdentifierQuery[]
}

const codePointsMax = 256

export function readIdentifier(typed: string): Identifier | null {
  const text = composed(typed.trim())
  if (text === '' || !typed.isWellFormed() || /[\u0000-\u001f\u007f-\u009f]/.test(text)) return null
  if ([...text].length > codePointsMax) return null

  const backslash = text.indexOf('\\')
  if (backslash >= 0) {
    const [domain, value] = [text.slice(0, backslash), text.slice(backslash + 1)]
    return domain === '' || value === ''
      ? null
      : { domain: fold(domain), queries: [{ by: 'username', value }] }
  }
  if (text.includes('@')) {
    const value = text
    return {
      domain: null,
      queries: [
        { by: 'mail', value },
        { by: 'upn', value },
        { by: 'username', value },
      ],
    }
  }
  return { domain: null, queries: [{ by: 'username', value: text }] }
}

/** Whether the entry really carries the name that was asked for. */
export function answers(entry: DirectoryEntry, query: IdentifierQuery): boolean {
  switch (query.by) {
    case 'username':
      return sameName(entry.username, query.value)
    case 'upn':
      return entry.upn !== null && sameName(entry.upn, query.value)
    case 'mail':
      return entry.mails.some((mail) => sameMail(mail, query.value))
  }
}

export const sameName = (a: string, b: string): boolean => fold(a) === fold(b)

export const sameMail = (a: string, b: string): boolean => foldMail(a) === foldMail(b)

/** Lower case by rule 2. Also the form in which one mailbox is counted once. */
export function fold(text: string): string {
  let folded = ''
  for (const character of composed(text)) {
    const lower = character.toLowerCase()
    folded += character > '\u007f' && /[\u0000-\u007f]/.test(lower) ? character : lower
  }
  return folded
}

export function foldMail(address: string): string {
  const at = address.lastIndexOf('@')
  if (at < 0) return fold(address)
  const domain = address.slice(at + 1)
  return `${fold(address.slice(0, at))}@${asciiDomain(domain) || fold(domain)}`
}

/**
 * Empty for what is no internationalised domain; then the text itself is compared. `domainToASCII` reads its input
 * as the host of a URL: it would drop a path or a port, decode percent signs and rewrite numbers as addresses.
 */
const asciiDomain = (domain: string): string =>
  /[^\u0000-\u007f]/.test(domain) && !/[\s#%/:<>?@[\\\]^|]/.test(domain) ? domainToASCII(domain) : ''

/**
 * NFC, except for the code points that it turns into ASCII: Kelvin sign (`K`), Greek question mark (`;`) and varia
 * (a backtick). Unicode never adds to them (normalization stability policy).
 */
const composed = (text: string): string =>
  text.replaceAll(/[^\u212a\u037e\u1fef]+/g, (piece) => piece.normalize('NFC'))
