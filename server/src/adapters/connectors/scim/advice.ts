import type { DirectoryAdvice, Need } from '../../../core/operations/directory-advice.ts'
import type { ScimConfig } from './config.ts'

/** What a SCIM service has to give for each ability (docs/scim.md), with the names of this configuration. */
export function scimAdvice(config: ScimConfig): DirectoryAdvice {
  const { url, attributes, authentication, verify, keepsHistory, refusals } = config
  const { username, mails, upn, recoveryAddresses, locked, mustChange, passwordChanged } = attributes
  const client =
    authentication.by === 'token'
      ? 'the client that authentication.token belongs to'
      : `the client "${authentication.clientId}"`
  const writes = (what: string): Need => ({
    takes: `that ${client} may write ${what} of people`,
    fix: `give it the right at the service; look at ${url}/Schemas whether ${what} can be written (mutability)`,
  })
  const mark = (is: { path: string } | undefined, setting: string): Need =>
    is === undefined
      ? {
          takes: `an attribute for it, named in attributes.${setting}`,
          fix: `attributes.${setting}: { path: 'urn:…:User:…' }, with on and off where it is not true and false`,
        }
      : writes(is.path)
  const verifies: Need =
    verify === undefined
      ? {
          takes: 'an address where people sign in, named in verify',
          fix: 'verify: { by: basic, url: … } or { by: password-grant, tokenUrl: …, clientId: … }; without it people come back by mail and do not sign in at the portal with their password',
        }
      : {
          takes: `that ${verify.by === 'basic' ? verify.url : verify.tokenUrl} lets people in with their own name and password`,
          fix: 'look at verify, and whether that address asks the same accounts and knows a new password at once',
        }
  return {
    needs: {
      check: {
        takes: `that ${client} may read people and the groups of conditions, and that the service has filters and changePassword`,
        fix: `look at url and authentication, and at what ${url}/ServiceProviderConfig says`,
      },
      find: {
        takes: `filters on ${[username, ...mails, ...(upn === undefined ? [] : [upn])].join(', ')}`,
        fix: `look at attributes and at "filter" in ${url}/ServiceProviderConfig`,
      },
      read: {
        takes: `that ${client} may read people by their id`,
        fix: 'give it the right at the service; asksInPart: false where it answers 400 to attributes of extensions',
      },
      recoveryAddresses:
        recoveryAddresses.length === 0
          ? {
              takes: 'attributes.recoveryAddresses, which is empty',
              fix: `recoveryAddresses: ['emails[type eq "home"].value'], never the mailbox that needs the password`,
            }
          : {
              takes: `a value in ${recoveryAddresses.join(' or ')}`,
              fix: `fill it; ${client} has to see it`,
            },
      passwordRules: {
        takes: 'nothing: SCIM tells no rules for passwords',
        fix: 'the rules that people are shown are those of policy.password',
      },
      setPassword: writes('password'),
      verifyPassword: verifies,
      changePassword: verify === undefined ? verifies : writes('password'),
      minimumAge: {
        takes: 'that the service takes another password from its client however young the present one is',
        fix: 'except the client from the minimum age at the service; policy.password.minAgeHours holds at the portal',
      },
      history: keepsHistory
        ? {
            takes: 'a history that the service holds its client to, and a row of refusals for its words',
            fix: 'keepsHistory: false where it has none; refusals: [{ contains: …, because: password-in-history }]',
          }
        : {
            takes: 'a history that the service keeps',
            fix: 'keepsHistory: true where it has one; or the history of Rekey (policy.password.history)',
          },
      unlock: mark(locked, 'locked'),
      requireChange: mark(mustChange, 'mustChange'),
    },
    notEnforced: [
      ...(keepsHistory
        ? []
        : [
            'no history: a former password may be chosen again, unless Rekey keeps one itself (policy.password.history)',
          ]),
      ...(refusals.length === 0
        ? ['no words of the service are known: whatever password it refuses, people read "too weak"']
        : []),
      ...(mustChange === undefined
        ? ['no mark "must change": an order for a change holds at the portal only']
        : []),
      ...(passwordChanged === undefined
        ? ['nobody tells when a password was set: its age counts from what Rekey wrote itself']
        : []),
      'a change is written by the client: rules that the service has for people alone do not hold for it',
    ],
  }
}
