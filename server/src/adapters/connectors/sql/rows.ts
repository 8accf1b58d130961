import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { Condition, SqlConfig } from './config.ts'
import type { Cell, Row } from './dialect.ts'
import { holds } from './marks.ts'
import { readTime } from './times.ts'

/** What a row tells of a person. Values are kept byte for byte. */
export function entryOf(row: Row, config: SqlConfig, now: Date): DirectoryEntry {
  const { columns } = config
  const one = (column: string | undefined): string | null =>
    column === undefined ? null : (listOf(row[column])[0] ?? null)
  const all = (names: readonly string[]) => names.flatMap((name) => listOf(row[name]))
  const any = (conditions: readonly Condition[]) => conditions.some((each) => holds(each, row, now))
  const username = required(row, columns.username)
  const { failedTries, locked, mustChange, passwordChanged } = columns
  const tries = one(failedTries)
  return {
    key: required(row, columns.key),
    username,
    displayName: all(columns.displayName)[0] ?? username,
    mails: all(columns.mails),
    upn: one(columns.upn),
    recoveryAddresses: all(columns.recoveryAddresses),
    recoveryNumbers: all(columns.recoveryNumbers),
    locale: languageOf(one(columns.locale)),
    disabled: any(config.disabled),
    locked: locked !== undefined && holds(locked, row, now),
    privileged: config.privileged !== 'nobody' && any(config.privileged),
    federated: any(config.federated),
    secondFactor: any(config.secondFactor),
    contextWords: [...new Set([username, ...all(columns.contextWords)])],
    password: {
      changedAt: changedAt(one(passwordChanged?.column)),
      mustChange: mustChange !== undefined && holds(mustChange, row, now),
      expiresAt: null,
      failedTries: failedTries === undefined ? null : Number(tries ?? 0),
    },
    place: null,
    groups: all(columns.groups),
  }
}

/** Without its key or name a row can't be told from others. */
function required(row: Row, column: string): string {
  const value = listOf(row[column])[0]
  if (value !== undefined) return value
  throw new Fault('directory-misconfigured', {
    detail: `a row has no "${column}": every person needs one; leave out in a view who has none`,
  })
}

/** The texts of a cell: of a list type, of a list written as JSON, or the one that it is. */
function listOf(cell: Cell | undefined): readonly string[] {
  if (cell === null || cell === undefined) return []
  const texts = typeof cell === 'string' ? (jsonList(cell) ?? [cell]) : cell
  return texts.filter((text) => text !== '')
}

function jsonList(text: string): string[] | null {
  if (!text.startsWith('[')) return null
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null
  } catch {
    return null
  }
}

const changedAt = (told: string | null): Date | null => (told === null ? null : readTime(told))

/** Many write a language as a locale of the C library: `de_AT.UTF-8`. */
function languageOf(text: string | null): string | null {
  const tag = text?.trim().split('.')[0]?.replaceAll('_', '-')
  return tag !== undefined && /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : null
}
