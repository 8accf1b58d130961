import { join } from 'node:path'
import { Command } from 'commander'
import type { Environment } from '../config/environment.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import type { Service } from './service.ts'
import { version } from './version.ts'

/** What commands need besides their words. */
export interface CommandOutside {
  env: Environment
  terminal: Terminal
  json: boolean
  service(): Promise<Service>
  /** Told once, by the command that ran. */
  end(code: ExitCode): void
}

/** All commands. Each loads its code when it is called, so `rekey config check` waits for no database driver. */
export function makeProgram(outside: CommandOutside): Command {
  const { terminal, service, env } = outside
  const program = new Command('rekey')
    .description('Gets people back into their accounts.')
    .version(version)
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text.trimEnd())
      },
      writeErr: (text) => {
        terminal.err(text.trimEnd())
      },
    })
    .exitOverride()
    .showHelpAfterError('Run `rekey --help` for all commands.')
  command(program, 'serve', 'start the service; a demo when REKEY_CONFIG is not set').action(async () => {
    await (await service()).serve(env)
  })
  addConfig(program.command('config').description('look at the configuration'), outside)
  addKeys(program.command('keys').description('make the keys of an installation'), outside)
  addMail(program.command('mail').description('what others must know of the mails'), outside)
  addAudit(program.command('audit').description('look at the audit log'), outside)
  return program
}

const command = (parent: Command, name: string, description: string): Command =>
  parent
    .command(name)
    .description(description)
    .option('--json', 'print the result as JSON')
    .option('--debug', 'print stack traces with errors')

function addConfig(config: Command, { env, terminal, json, end, service }: CommandOutside): void {
  command(config, 'check [file]', 'find every mistake in a configuration file')
    .option('--no-files', 'leave secrets and other files on disk unread')
    .option('--connect', 'also reach for every directory and mail provider, and say what to fix')
    .action(async (file: string | undefined, { files, connect }: { files: boolean; connect?: true }) => {
      const { configCheck } = await import('./config.ts')
      const checksOf = async (used: Environment) => (await service()).connectionChecks(used)
      const given = { file: file ?? null, files, json, env, terminal }
      end(await configCheck({ ...given, connect: connect === true ? checksOf : null }))
    })
  command(config, 'reference', 'print all that can be configured, as Markdown or JSON Schema').action(
    async () => {
      const { configReference } = await import('./config.ts')
      end(configReference({ json, terminal }))
    },
  )
}

function addKeys(keys: Command, { terminal, json, end }: CommandOutside): void {
  command(
    keys,
    'generate [folder]',
    'draw the keys that a configuration needs, each into a file of its own',
  ).action(async (folder: string | undefined) => {
    const { keysGenerate } = await import('./keys.ts')
    const { systemOutside } = await import('../kernel/outside.ts')
    end(keysGenerate({ folder: folder ?? 'keys', json, terminal, outside: systemOutside }))
  })
}

function addMail(mail: Command, { env, terminal, json, end }: CommandOutside): void {
  command(mail, 'dkim-record', 'print the DNS records of the keys that mails are signed with').action(
    async () => {
      const { mailDkimRecord } = await import('./mail.ts')
      end(mailDkimRecord({ env, json, terminal }))
    },
  )
}

interface VerifyOptions {
  checkpoints?: string
  export?: string
  key?: string
  tenant?: string
}

function addAudit(audit: Command, outside: CommandOutside): void {
  command(audit, 'verify', 'compare the log with checkpoints that were held outside')
    .option(
      '--checkpoints <file>',
      'checkpoints of a witness: a file, or a folder of *.checkpoints; by default, those of the configured file witness',
    )
    .option(
      '--export <folder>',
      'verify an export instead of the database; with --checkpoints it needs no configuration',
    )
    .option(
      '--key <key>',
      'public key of the log as it was published, or the path of a log.vkey (with --export)',
    )
    .option('--tenant <id>', 'only the log of one tenant')
    .action(async (options: VerifyOptions) => {
      outside.end(await auditVerify(options, outside))
    })
  command(audit, 'export <folder>', 'write the logs as static files (C2SP tlog-tiles), one folder a tenant')
    .option('--tenant <id>', 'only the log of one tenant')
    .action(async (folder: string, { tenant }: { tenant?: string }) => {
      outside.end(await auditExport({ folder, tenant: tenant ?? null }, outside))
    })
}

async function auditVerify(options: VerifyOptions, outside: CommandOutside): Promise<ExitCode> {
  const { configuredCheckpoints, verifyDatabase, verifyExport } = await import('./audit.ts')
  const { env, json, terminal } = outside
  const checkpointFile = options.checkpoints ?? configuredCheckpoints(env, { json, terminal })
  if (checkpointFile === null) return exitCodes.failed
  const service = await outside.service()
  const shared = { checkpointFile, json, terminal }
  if (options.export !== undefined) {
    const open = (folder: string) => service.openAuditExport(folder)
    return verifyExport({ ...shared, folder: options.export, verifierKey: options.key ?? null, open })
  }
  await using log = await service.openAuditLog(env)
  // Awaited here: the log is closed when this function returns.
  return await verifyDatabase({
    ...shared,
    store: log.store,
    origin: log.origin,
    tenant: options.tenant ?? null,
  })
}

async function auditExport(
  { folder, tenant }: { folder: string; tenant: string | null },
  { env, json, terminal, service }: CommandOutside,
): Promise<ExitCode> {
  await using log = await (await service()).openAuditLog(env)
  const tenants = tenant === null ? await log.store.tenants() : [tenant]
  const exported: { tenant: string; folder: string; size: number; files: number }[] = []
  for (const id of tenants) {
    const place = join(folder, id)
    const written = await log.store.exportLog(id, place)
    exported.push({ tenant: id, folder: place, ...written })
    if (!json) terminal.out(`${place}: ${written.size} events in ${written.files} files`)
  }
  if (json) terminal.out(JSON.stringify({ ok: true, exported }, null, 2))
  else if (exported.length === 0) terminal.err('There is no log yet.')
  return exitCodes.ok
}
