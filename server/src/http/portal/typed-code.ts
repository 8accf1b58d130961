/** U+0660 to U+0669 and U+06F0 to U+06F9: the last four bits are the digit. */
const easternDigits = /[\u0660-\u0669\u06F0-\u06F9]/g

/**
 * A code as somebody typed or pasted it, without what does not belong to it: blanks, dashes, and the invisible marks
 * that come along when it is copied from a mail that reads from right to left. The digits of Arabic, Persian and
 * full-width keyboards count as those they stand for. `browser/portal.ts` does the same while somebody types.
 */
export const typedCode = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Cf}]/gu, '')
    .replace(easternDigits, (digit) => String(digit.charCodeAt(0) & 0xf))
