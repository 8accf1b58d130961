import { once } from 'node:events'
import { pino } from 'pino'
import type { Agents } from './cli/agents.ts'
import type { OpenedDirectory } from './cli/directory.ts'
import type { Invitations } from './cli/invitations.ts'
import type { OpenedKeys } from './cli/key-rings.ts'
import type { MethodsDesk } from './cli/methods.ts'
import type { AuditLog } from './cli/service.ts'
import type { TextPauses } from './cli/texts.ts'
import { type App, compose } from './compose.ts'
import {
  checkAgent as checkAgentOf,
  joinAgent as joinAgentOf,
  openAgentTest as openAgentTestOf,
  runAgent as runAgentOf,
} from './compose-agent.ts'
import { composeAgents } from './compose-agents.ts'
import {
  composeAuditLog,
  composeBreach,
  composeChecks,
  composeKeys,
  openAuditExport,
} from './compose-commands.ts'
import { composeDirectoryTest } from './compose-directory.ts'
import { composeInvitations } from './compose-invitations.ts'
import { composeMethods } from './compose-methods.ts'
import { composeTextPauses } from './compose-pauses.ts'
import type { AgentConfig } from './config/agent.ts'
import type { Environment } from './config/environment.ts'
import { loadConfig } from './config/load.ts'
import { mistakeText } from './config/mistakes.ts'
import { demoPassword } from './demo.ts'
import { systemOutside } from './kernel/outside.ts'
import type { Secret } from './kernel/secret.ts'

/** Runs the service until it is told to stop or something it needs has died. Resolves after everything is closed. */
export async function serve(env: Environment): Promise<void> {
  const loaded = loadConfig(env)
  const log = pino({ level: loaded.config.log.level, redact: [...redacted] })
  for (const warning of loaded.warnings) log.warn(mistakeText(loaded.file ?? 'configuration', warning))
  const stop = AbortSignal.any([onSignal('SIGTERM'), onSignal('SIGINT')])
  await using app = await compose(loaded, systemOutside, log)
  process.stderr.write(`${greeting(app, loaded.demo)}\n`)
  await Promise.race([once(stop, 'abort'), app.died])
}

/** The audit log of the configured installation, for `rekey audit`. */
export const openAuditLog = (env: Environment): Promise<AuditLog> =>
  composeAuditLog(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** The keys of the configured installation, for `rekey keys`. */
export const openKeys = (env: Environment): Promise<OpenedKeys> =>
  composeKeys(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** Inviting people to the configured installation, for `rekey invitations`. */
export const openInvitations = (env: Environment): Promise<Invitations> =>
  composeInvitations(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** What people prove themselves with, for `rekey methods`. */
export const openMethods = (env: Environment): Promise<MethodsDesk> =>
  composeMethods(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))
/** Countries that get no texts for a while, for `rekey texts`. */
export const openTextPauses = (env: Environment): Promise<TextPauses> =>
  composeTextPauses(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** Agents of the configured installation, for `rekey agent`. */
export const openAgents = (env: Environment): Promise<Agents> =>
  composeAgents(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** Runs an agent until it is told to stop. */
export const runAgent = (config: AgentConfig): Promise<void> =>
  runAgentOf(config, {
    outside: systemOutside,
    log: pino({ level: config.log.level, redact: [...redacted] }),
    stop: AbortSignal.any([onSignal('SIGTERM'), onSignal('SIGINT')]),
  })

export const joinAgent = (config: AgentConfig, code: Secret) => joinAgentOf(config, code, systemOutside)

export const checkAgent = (config: AgentConfig) => checkAgentOf(config, systemOutside)

export const openAgentTest = (config: AgentConfig) => openAgentTestOf(config, systemOutside)

/** What the configured service would have to reach, for `rekey config check --connect`. */
export const connectionChecks = (env: Environment): ReturnType<typeof composeChecks> =>
  composeChecks(loadConfig(env), systemOutside)

/** One configured directory, for `rekey directory test`. */
export const openDirectory = (
  env: Environment,
  which: { tenant: string | null; directory: string | null },
): Promise<OpenedDirectory> =>
  composeDirectoryTest(loadConfig(env), which, systemOutside, pino({ level: 'warn' }, pino.destination(2)))

/** Lists of lost passwords, for `rekey breach`. */
export const breachTools = composeBreach(systemOutside)

export { openAuditExport }

/** A second line of defence: no code of ours hands these to the logger. */
const redacted = [
  'req.headers',
  'headers',
  'password',
  'secret',
  'token',
  '*.password',
  '*.secret',
  '*.token',
]

function greeting(
  { portalUrl, consoleEntry, hasOutbox }: Pick<App, 'portalUrl' | 'consoleEntry' | 'hasOutbox'>,
  demo: boolean,
): string {
  const lines = [
    `Rekey is ready.`,
    ``,
    `  Portal   ${portalUrl}/recover`,
    `  Console  ${consoleEntry}`,
    `           (this address works once)`,
  ]
  if (!demo) return ['', ...lines, ''].join('\n')
  return [
    '',
    ...lines,
    ``,
    `This is a demo. It listens on this machine only${hasOutbox ? " and keeps its mails in the console's outbox" : ''}.`,
    hasOutbox
      ? `Open the portal as "ada", then read her mail in the console. Everybody's password is "${demoPassword}".`
      : `Open the portal as "ada"; her mail goes to the server you named. Everybody's password is "${demoPassword}".`,
    '',
  ].join('\n')
}

function onSignal(name: NodeJS.Signals): AbortSignal {
  const controller = new AbortController()
  process.once(name, () => {
    controller.abort()
  })
  return controller.signal
}
