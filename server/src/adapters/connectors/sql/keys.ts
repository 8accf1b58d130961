import type { SqlConfig } from './config.ts'

interface Kind {
  isPossible(key: string): boolean
  /** Nobody's, and before everybody's in the order of keys. */
  nobody: string
}

/**
 * Texts that a column of the type can be compared with. MariaDB makes a number of any text: to it, "person1" is 0,
 * and "7 or so" is 7. PostgreSQL ends the transaction.
 */
export const keyKinds: Record<SqlConfig['keyType'], Kind> = {
  // PostgreSQL's text has no NUL, and a lone surrogate would be sent as another character.
  text: { isPossible: (key) => /^[^\0]{1,255}$/.test(key) && key.isWellFormed(), nobody: '' },
  integer: { isPossible: (key) => /^(0|[1-9]\d{0,18})$/.test(key), nobody: '-1' },
  uuid: {
    isPossible: (key) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(key),
    nobody: '00000000-0000-0000-0000-000000000000',
  },
}
