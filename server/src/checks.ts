import type { Directory } from './core/accounts/index.ts'
import type { MailProvider, TextProvider } from './core/messages/ports.ts'
import type { Check } from './core/operations/checks.ts'
import type { IdentityProvider } from './core/sessions/ports.ts'

/** Asks a directory that the service has open. */
export const directoryCheck = (tenant: string, directory: Directory): Check => ({
  what: 'directory',
  tenant,
  name: directory.name,
  run: (signal) => directory.check(signal),
})

/** Asks a mail provider that the service has open. */
export const mailCheck = (provider: MailProvider): Check => ({
  what: 'mail provider',
  tenant: null,
  name: provider.name,
  run: (signal) => provider.check(signal),
})

/** Asks a provider of texts that the service has open. */
export const textCheck = (provider: TextProvider): Check => ({
  what: 'provider of texts',
  tenant: null,
  name: provider.name,
  run: (signal) => provider.check(signal),
})

/** Asks the company's sign-in of a tenant for its description. */
export const providerCheck = (tenant: string, name: string, provider: IdentityProvider): Check => ({
  what: 'identity provider',
  tenant,
  name,
  run: (signal) => provider.check(signal),
})

/**
 * Opens, asks and closes. Opened no earlier, because opening reads files, and what is wrong with them is a result of
 * the check like any other.
 */
export async function askOnce(
  open: () => Pick<Directory, 'check' | 'close'>,
  signal: AbortSignal,
): Promise<void> {
  const asked = open()
  try {
    await asked.check(signal)
  } finally {
    await asked.close()
  }
}
