import type { DirectoryAdvice } from '../../../core/operations/directory-advice.ts'
import type { ActiveDirectoryConfig } from './config.ts'
import { dnOfDomain } from './search.ts'

/** What a domain has to give for each ability (docs/active-directory.md, which has the same for Samba). */
export function activeDirectoryAdvice(config: ActiveDirectoryConfig): DirectoryAdvice {
  const { attributes, bindName, userFilter } = config
  const base = config.baseDn ?? dnOfDomain(config.domain)
  const dsacls = (right: string) => `dsacls "${base}" /I:S /G "${bindName}:${right};user"`
  const read = dsacls('GR')
  const { recoveryAddresses } = attributes
  return {
    needs: {
      check: {
        takes: 'the rights of docs/active-directory.md to people, and to read their entries',
        fix: `look at what is missing above, and where; inheritance may be off there. ${read}`,
      },
      find: {
        takes: `read sAMAccountName, userPrincipalName and ${attributes.mails.join(', ')} of accounts below ${base} that fit ${userFilter}`,
        fix: read,
      },
      read: {
        takes: 'read people, with tokenGroups, userAccountControl, lockoutTime and pwdLastSet',
        fix: `${read}; tokenGroups: a member of "Windows Authorization Access Group"`,
      },
      recoveryAddresses:
        recoveryAddresses.length === 0
          ? {
              takes: 'attributes.recoveryAddresses, which is empty',
              fix: 'name the attribute that holds the addresses, such as otherMailbox',
            }
          : { takes: `a value in ${recoveryAddresses.join(' or ')}, and to read it`, fix: read },
      passwordRules: {
        takes: 'read the policy of the domain, and the Password Settings Container for fine-grained ones',
        fix: `dsacls "CN=Password Settings Container,CN=System,${dnOfDomain(config.domain)}" /I:T /G "${bindName}:GR"`,
      },
      setPassword: {
        takes: '"Reset Password", and to write lockoutTime of people',
        fix: `${dsacls('CA;Reset Password')} and ${dsacls('RPWP;lockoutTime')}`,
      },
      verifyPassword: {
        takes: 'let the account sign in over the network',
        fix: 'look at its logon hours and workstations, Protected Users, and authentication policies',
      },
      changePassword: {
        takes: '"Change Password" for the account itself, which everybody has unless it was taken away',
        fix: 'take the mark off the box "User cannot change password"',
      },
      minimumAge: {
        takes: 'no minimum age for who was asked to change; a domain has none to waive',
        fix: 'lower "Minimum password age" in the policy of the domain, or let an administrator reset it',
      },
      history: {
        takes:
          'a controller that asks its history about resets (LDAP_SERVER_POLICY_HINTS), and "Enforce password history"',
        fix: 'say keepsHistory: false, and switch on the history of Rekey (policy.password.history)',
      },
      unlock: { takes: 'write lockoutTime of people', fix: dsacls('RPWP;lockoutTime') },
      requireChange: {
        takes: 'write pwdLastSet of people, and an account whose password expires',
        fix: `${dsacls('RPWP;pwdLastSet')}; take the mark off the box "Password never expires"`,
      },
    },
    notEnforced: [
      ...(config.keepsHistory
        ? [
            'keepsHistory is true: with the history the minimum age holds for resets as well, so whoever changed a password and forgot it at once has to wait',
          ]
        : [
            'keepsHistory is false: whoever comes back by mail may take a former password, unless Rekey keeps a history itself (policy.password.history)',
          ]),
      'after a new password the old one goes on for a while where the domain says so (NTLM: an hour), and laptops sign in with what they remember',
    ],
  }
}
