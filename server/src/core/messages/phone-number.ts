import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** A number as directories hold it, read once: what is dialled, and what is counted and allowed by. */
export interface PhoneNumber {
  /** ITU-T E.164 with the plus: "+4520123456". */
  e164: string
  /** ISO 3166-1 alpha-2 of its numbering plan. */
  country: string
  /** `other`: dear, shared, of no one person, or of a kind that nobody knows. */
  kind: 'mobile' | 'fixed' | 'fixed-or-mobile' | 'voip' | 'other'
}

/** Whether a country (ISO 3166-1 alpha-2) has a numbering plan that is known here. */
export const hasNumberingPlan = (country: string): boolean => isSupportedCountry(country)

/** E.164 has 15 digits at most; people put blanks, brackets and the like between them. */
const written = /^\+[1-9][0-9 ()./-]{5,30}$/

const kinds: Readonly<Record<string, PhoneNumber['kind']>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'fixed',
  FIXED_LINE_OR_MOBILE: 'fixed-or-mobile',
  VOIP: 'voip',
}

/**
 * Reads a stored number; null when it is none. Only what begins with its country code is read: a national number would
 * have to be guessed at, and a guess sends a way into an account to somebody abroad. Nothing is repaired, extensions,
 * letters and digits of other scripts are refused, and so is what no numbering plan has (the numbering plans of
 * libphonenumber, in full).
 */
export function readNumber(stored: string): PhoneNumber | null {
  if (!written.test(stored)) return null
  const number = parsePhoneNumberFromString(stored, { extract: false })
  if (number?.country === undefined || !number.isValid()) return null
  // A trunk zero in brackets would be left out silently.
  if (number.number !== `+${stored.replace(/[^0-9]/g, '')}`) return null
  return { e164: number.number, country: number.country, kind: kinds[number.getType() ?? ''] ?? 'other' }
}

/** "•••• 42": enough to recognise one's own. */
export const maskNumber = (stored: string): string => `•••• ${stored.replace(/[^0-9]/g, '').slice(-2)}`
