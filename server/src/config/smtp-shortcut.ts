import { smtpConfigFromUrl } from '../adapters/channels/smtp/index.ts'
import { isFault } from '../kernel/fault.ts'
import { Secret } from '../kernel/secret.ts'
import type { Environment } from './environment.ts'
import type { Finding } from './mistakes.ts'
import type { Config } from './schema.ts'

/** The mail provider that `REKEY_SMTP_URL` describes. */
export interface SmtpShortcut {
  /** As a configuration file would say it; null without the variable. */
  entry: object | null
  findings: readonly Finding[]
  /** Puts the password of the URL in its place once the configuration has been checked. */
  complete(config: Config): Config
}

const name = 'environment'

export function readSmtpShortcut(env: Environment): SmtpShortcut {
  const url = env['REKEY_SMTP_URL'] ?? ''
  const unchanged = (config: Config) => config
  if (url === '') return { entry: null, findings: [], complete: unchanged }
  try {
    const { password, ...settings } = smtpConfigFromUrl(new Secret(url))
    // The check wants a reference where a password goes, and the variable is where this one lies.
    const reference = password === undefined ? {} : { password: { env: 'REKEY_SMTP_URL' } }
    return {
      entry: { name, kind: 'smtp', ...settings, ...reference },
      findings: [],
      complete: password === undefined ? unchanged : (config) => withPassword(config, password),
    }
  } catch (error) {
    if (!isFault(error, 'config-invalid')) throw error
    const hint = `It looks like smtps://user:password@host:465. What is wrong: ${error.message}`
    const finding = { path: ['REKEY_SMTP_URL'], problem: 'does not name a mail server', hint }
    return { entry: null, findings: [finding], complete: unchanged }
  }
}

function withPassword(config: Config, password: Secret): Config {
  const providers = config.mail.providers.map((provider) =>
    provider.kind === 'smtp' && provider.name === name ? { ...provider, password } : provider,
  )
  return { ...config, mail: { ...config.mail, providers } }
}
