import type { Finding } from './mistakes.ts'
import { editDistance } from './nearest.ts'

/** Variables of the process; this is the only place in the service where they are read. */
export type Environment = Readonly<Record<string, string | undefined>>

export const environment: Environment = process.env

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const

export type LogLevel = (typeof logLevels)[number]

/** Shortcuts of the environment, each with what it does. They go before the configuration file. */
export const shortcuts = {
  REKEY_CONFIG: 'Path of the configuration file. Without it Rekey runs as a demo on loopback.',
  REKEY_DATA: 'Folder for everything that is kept; goes before `data`.',
  REKEY_PORTAL_PORT: 'Port of the portal; goes before `listen.portal.port`.',
  REKEY_CONSOLE_PORT: 'Port of the console; goes before `listen.console.port`.',
  REKEY_SMTP_URL: 'Mail server, `smtp://` or `smtps://`; goes before `mail.providers`.',
  REKEY_LOG_LEVEL: 'Least important level that is logged; goes before `log.level`.',
} as const

export interface Shortcuts {
  config: string | null
  data: string | null
  portalPort: number | null
  consolePort: number | null
  logLevel: LogLevel | null
}

/** Reads the shortcuts and finds what is wrong with them, misspelt names included. */
export function readShortcuts(env: Environment): { shortcuts: Shortcuts; findings: Finding[] } {
  const findings: Finding[] = misspelt(env)
  const given = (name: keyof typeof shortcuts) =>
    env[name] === undefined || env[name] === '' ? null : env[name]
  const port = (name: keyof typeof shortcuts) => {
    const text = given(name)
    if (text === null) return null
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
    findings.push({ path: [name], problem: 'is not a port number from 0 to 65535' })
    return null
  }
  const level = given('REKEY_LOG_LEVEL')
  const logLevel = logLevels.find((known) => known === level) ?? null
  if (level !== null && logLevel === null) {
    findings.push({ path: ['REKEY_LOG_LEVEL'], problem: `must be one of ${logLevels.join(', ')}` })
  }
  return {
    shortcuts: {
      config: given('REKEY_CONFIG'),
      data: given('REKEY_DATA'),
      portalPort: port('REKEY_PORTAL_PORT'),
      consolePort: port('REKEY_CONSOLE_PORT'),
      logLevel,
    },
    findings,
  }
}

/**
 * A misspelt `REKEY_CONFIG` would silently start a demo. Only near misses are refused: orchestrators set
 * variables of their own that begin with the service's name.
 */
function misspelt(env: Environment): Finding[] {
  const known = Object.keys(shortcuts)
  return Object.keys(env)
    .filter((name) => name.startsWith('REKEY') && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((candidate) => editDistance(name, candidate) <= 2)
      return meant === undefined
        ? []
        : [{ path: [name], problem: 'means nothing', hint: `Did you mean ${meant}?` }]
    })
}
