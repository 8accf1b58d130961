import { foldMail } from './identifier.ts'
import { isWithin, sameGroup } from './place.ts'
import type { DirectoryEntry } from './ports.ts'

/** Some accounts whose passwords live at one provider. Everything that is not null must hold. */
export interface ProvidedAccounts {
  directory: string
  /** Domain of the user name, of the sign-in name or of a mail address; its subdomains are others. */
  domain: string | null
  /** Name or distinguished name, as the directory tells it. */
  group: string | null
  /** Distinguished name of the top entry. */
  subtree: string | null
}

/** Somebody else who keeps passwords of people that are found here. */
export interface PasswordProvider {
  name: string
  accounts: readonly ProvidedAccounts[]
}

/** Who keeps the password of a federated account: the first that has it. Null when nobody is named. */
export function providerOf(
  providers: readonly PasswordProvider[],
  account: DirectoryEntry & { directory: string },
): string | null {
  if (!account.federated) return null
  return providers.find(({ accounts }) => accounts.some((some) => has(some, account)))?.name ?? null
}

function has(
  { directory, domain, group, subtree }: ProvidedAccounts,
  account: DirectoryEntry & { directory: string },
): boolean {
  if (directory !== account.directory) return false
  if (group !== null && !account.groups.some((name) => sameGroup(name, group))) return false
  if (subtree !== null && (account.place === null || !isWithin(account.place, subtree))) return false
  if (domain === null) return true
  const names = [account.username, ...account.mails, ...(account.upn === null ? [] : [account.upn])]
  return names.some((name) => name.includes('@') && domainOf(name) === domainOf(`@${domain}`))
}

const domainOf = (address: string): string => {
  const folded = foldMail(address)
  return folded.slice(folded.lastIndexOf('@') + 1)
}
