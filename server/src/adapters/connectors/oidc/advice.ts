import type { DirectoryAdvice, Need } from '../../../core/operations/directory-advice.ts'
import type { OidcConfig } from './config.ts'

/** Nothing is ever written here, so there is a roster to mend and no more. */
export function oidcAdvice({ rosterFile }: OidcConfig): DirectoryAdvice {
  const roster: Need = {
    takes: `a line of ${rosterFile}`,
    fix: 'look at the file; docs/pass-through.md has its form',
  }
  const elsewhere: Need = {
    takes: 'a password that is kept here, which nobody of this directory has',
    fix: 'name the provider under passThrough, so that the mail says where to go',
  }
  return {
    needs: {
      ...{ check: roster, find: roster, read: roster },
      ...{ passwordRules: elsewhere, setPassword: elsewhere, verifyPassword: elsewhere },
      ...{ changePassword: elsewhere, minimumAge: elsewhere, history: elsewhere },
      ...{ unlock: elsewhere, requireChange: elsewhere },
      recoveryAddresses: { takes: 'a value in the column recovery', fix: `fill it in ${rosterFile}` },
    },
    notEnforced: ['passwords, locks and rules are the provider’s: nothing about them is known here'],
  }
}
