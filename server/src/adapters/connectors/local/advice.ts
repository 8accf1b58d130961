import type { DirectoryAdvice, Need } from '../../../core/operations/directory-advice.ts'
import type { LocalConfig } from './config.ts'

const nothing: Need = {
  takes: 'nothing but Rekey’s own database',
  fix: 'look at what the database says; `rekey serve` makes its tables',
}

/** Its rights are those of Rekey to its own database, so that only settings can be missing. */
export const localAdvice = ({ history, minAgeSeconds, lockoutTries }: LocalConfig): DirectoryAdvice => ({
  needs: {
    ...{
      check: nothing,
      read: nothing,
      passwordRules: nothing,
      setPassword: nothing,
      verifyPassword: nothing,
    },
    ...{ changePassword: nothing, minimumAge: nothing, unlock: nothing, requireChange: nothing },
    find: { takes: 'an account with this name', fix: 'look at how people are put into this directory' },
    recoveryAddresses: {
      takes: 'a recovery address of the account',
      fix: 'give it one where people are put into this directory',
    },
    history: { takes: 'history above 0', fix: 'history: 3' },
  },
  notEnforced: [
    ...(history === 0
      ? [
          'no history (history: 0): a former password may be chosen again, unless policy.password.history says otherwise',
        ]
      : []),
    ...(minAgeSeconds === 0 ? ['no minimum age (minAgeSeconds: 0)'] : []),
    `it locks after ${lockoutTries} wrong passwords within 24 hours`,
  ],
})
