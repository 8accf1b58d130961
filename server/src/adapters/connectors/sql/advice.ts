import type { DirectoryAdvice, Need } from '../../../core/operations/directory-advice.ts'
import type { SqlConfig } from './config.ts'

/**
 * What a table has to give for each ability (docs/sql.md). The `grant` that is missing stands in the fault, made from the
 * statement that was refused; here is what only the configuration can give.
 */
export function sqlAdvice(config: SqlConfig): DirectoryAdvice {
  const { columns, history, user, hash, lockoutTries } = config
  const table = config.table ?? 'the table of people'
  const readFrom = config.view ?? table
  const column = (name: string, setting: string): Need => ({
    takes: `a column for it, named in columns.${setting}, that "${user}" may write`,
    fix: `alter table ${table} add …; columns.${setting}: …; grant select (${name}), update (${name}) on ${table} to ${user}`,
  })
  const grants: Need = {
    takes: `the grants of docs/sql.md for "${user}"`,
    fix: 'give those that the line above names; `rekey config check --connect` asks for all of them at once',
  }
  const addresses = columns.recoveryAddresses
  return {
    needs: {
      check: grants,
      find: {
        takes: `rows of ${readFrom} with ${[columns.username, ...columns.mails].join(', ')} that compare as people type them`,
        fix: `look at compare and at the collation; grant select on ${readFrom} to ${user}`,
      },
      read: {
        takes: `one row of ${readFrom} for one ${columns.key}, of the type that keyType says`,
        fix: `make ${columns.key} unique; look at keyType`,
      },
      recoveryAddresses:
        addresses.length === 0
          ? {
              takes: 'columns.recoveryAddresses, which is empty',
              fix: 'name the columns that hold the addresses',
            }
          : { takes: `a value in ${addresses.join(' or ')}`, fix: `fill it; ${readFrom} has to show it` },
      passwordRules: {
        takes: 'nothing: a table has no rules but its history and what its scheme can hold',
        fix: 'the rules are those of policy.password',
      },
      setPassword: {
        takes: `to write ${columns.password}, and room in it for a hash of the scheme "${hash.scheme}"`,
        fix: `grant update (${columns.password}) on ${table} to ${user}; a type that holds 255 characters`,
      },
      verifyPassword: {
        takes: 'a hash that nothing changes after it was written',
        fix: `look for triggers on ${table}, and whether the view shows the same ${columns.password}`,
      },
      changePassword: grants,
      minimumAge: {
        takes: 'nothing: a table has no minimum age',
        fix: 'policy.password.minAgeHours holds at the portal',
      },
      history: {
        takes: 'a table of former hashes, named in history',
        fix: 'history: { table, key, password, at, keep }, as in docs/sql.md; or the history of Rekey (policy.password.history)',
      },
      unlock:
        columns.locked === undefined
          ? column('locked_at', 'locked')
          : {
              takes: `to write ${columns.locked.column}`,
              fix: `grant update (${columns.locked.column}) on ${table} to ${user}`,
            },
      requireChange:
        columns.mustChange === undefined
          ? column('must_change_password', 'mustChange')
          : {
              takes: `to write ${columns.mustChange.column}`,
              fix: `grant update (${columns.mustChange.column}) on ${table} to ${user}`,
            },
    },
    notEnforced: [
      ...(history === undefined
        ? [
            'no history: a former password may be chosen again, unless Rekey keeps one itself (policy.password.history)',
          ]
        : []),
      ...(columns.failedTries === undefined || columns.locked === undefined
        ? ['no lockout of its own: the limits of the portal are all there is, and applications have theirs']
        : [
            `it locks after ${lockoutTries} wrong passwords that Rekey counted; whether the applications count into ${columns.failedTries} is theirs`,
          ]),
      ...(columns.mustChange === undefined
        ? ['no mark "must change": an order for a change holds at the portal only']
        : [
            'whether an application asks for a new password when it meets the mark "must change" is its own doing',
          ]),
      ...(columns.passwordChanged === undefined
        ? ['nobody notes when a password was set: an age of passwords counts from what Rekey wrote itself']
        : []),
    ],
  }
}
