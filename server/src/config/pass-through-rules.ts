import { isDistinguishedName } from '../core/accounts/index.ts'
import type { Finding } from './mistakes.ts'
import { nearest } from './nearest.ts'
import type { TenantConfig } from './schema.ts'

/** A provider without a page would be told of and lead nowhere. */
export const providersHavePages = ({ passThrough }: TenantConfig): Finding[] =>
  passThrough.flatMap(({ issuer, passwordPage }, at) =>
    issuer === undefined && passwordPage === undefined
      ? [
          {
            path: ['passThrough', at],
            problem: 'has neither `issuer` nor `passwordPage`',
            hint: 'Name the page where people get a new password, or the issuer, whose origin leads there.',
          },
        ]
      : [],
  )

/** Accounts that can't be any are a provider that nobody is ever told of. */
export function providersHaveAccounts({ passThrough, directories }: TenantConfig): Finding[] {
  const names = directories.map(({ name }) => name)
  return passThrough.flatMap(({ accounts }, at) =>
    accounts.flatMap(({ directory, domain, subtree }, index): Finding[] => {
      const path = ['passThrough', at, 'accounts', index]
      if (!names.includes(directory)) {
        const meant = nearest(directory, names)
        return [
          {
            path: [...path, 'directory'],
            problem: `names the directory \`${directory}\`, which this tenant does not have`,
            hint: meant === null ? `It has ${names.join(', ')}.` : `Did you mean \`${meant}\`?`,
          },
        ]
      }
      if (domain !== undefined && /[@\s/:]/.test(domain)) {
        const hint = 'Write it as `contoso.example`.'
        return [{ path: [...path, 'domain'], problem: 'is not a domain', hint }]
      }
      if (subtree !== undefined && !isDistinguishedName(subtree)) {
        const hint = 'Write it as `ou=guests,dc=example,dc=org`.'
        return [{ path: [...path, 'subtree'], problem: 'is no DN', hint }]
      }
      return []
    }),
  )
}

/** Only accounts that their directory calls federated are looked for at a provider. */
export const passThroughWarnings = ({ passThrough, directories }: TenantConfig): Finding[] =>
  passThrough.flatMap(({ accounts }, at) =>
    accounts.flatMap(({ directory }, index) =>
      directories.some((one) => one.name === directory && 'federated' in one && one.federated.length === 0)
        ? [
            {
              path: ['passThrough', at, 'accounts', index, 'directory'],
              problem: `names \`${directory}\`, which has no condition in \`federated\`: nobody in it is ever told of this provider`,
              hint: 'Say in `federated` of that directory whose password lives elsewhere.',
            },
          ]
        : [],
    ),
  )
