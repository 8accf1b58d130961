import { timingSafeEqual } from 'node:crypto'

/** Tells whether a password, as UTF-8, is the one that was hashed. */
export type Check = (password: Buffer) => Promise<boolean>

/** Null when the text is not of this format, or asks for more time or memory than one sign-in may take. */
export type ReadHash = (stored: string) => Check | null

export const sameBytes = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)

/** passlib's base 64: `.` in place of `+`, no padding. */
export const fromAdaptedBase64 = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64')

export const toAdaptedBase64 = (bytes: Buffer): string =>
  bytes.toString('base64').replaceAll('+', '.').replace(/=+$/, '')
