import { once } from 'node:events'
import { pino } from 'pino'
import type { AuditLog } from './cli/service.ts'
import { compose, composeAuditLog, openAuditExport } from './compose.ts'
import type { Environment } from './config/environment.ts'
import { loadConfig } from './config/load.ts'
import { demoPassword } from './demo.ts'
import { systemOutside } from './kernel/outside.ts'

/** Runs the service until it is told to stop or something it needs has died. Resolves after everything is closed. */
export async function serve(env: Environment): Promise<void> {
  const loaded = loadConfig(env)
  const log = pino({ level: loaded.config.log.level, redact: [...redacted] })
  const stop = AbortSignal.any([onSignal('SIGTERM'), onSignal('SIGINT')])
  await using app = await compose(loaded, systemOutside, log)
  process.stderr.write(`${greeting(app, loaded.demo)}\n`)
  await Promise.race([once(stop, 'abort'), app.died])
}

/** The audit log of the configured installation, for `rekey audit`. */
export const openAuditLog = (env: Environment): Promise<AuditLog> =>
  composeAuditLog(loadConfig(env), systemOutside, pino({ level: 'warn' }, pino.destination(2)))

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
  { portalUrl, consoleEntry }: { portalUrl: string; consoleEntry: string },
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
    `This is a demo. It listens on this machine only and keeps its mails in the console's outbox.`,
    `Open the portal as "ada", then read her mail in the console. Everybody's password is "${demoPassword}".`,
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
