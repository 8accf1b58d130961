import { join } from 'node:path'
import { Command } from 'commander'
import type { Environment } from '../config/environment.ts'
import { type CommandOutside, command } from './command.ts'
import type { Invitations } from './invitations.ts'
import { type ExitCode, exitCodes } from './io.ts'
import { addMethods } from './method-commands.ts'
import { addRisk } from './risk-commands.ts'
import { addTexts } from './text-commands.ts'
import { version } from './version.ts'

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
    // What stands behind the name of a command is that command's: `rekey agent` and those below it share an option.
    .enablePositionalOptions()
    .showHelpAfterError('Run `rekey --help` for all commands.')
  command(program, 'serve', 'start the service; a demo when REKEY_CONFIG is not set').action(async () => {
    await (await service()).serve(env)
  })
  addConfig(program.command('config').description('look at the configuration'), outside)
  addMail(program.command('mail').description('what others must know of the mails'), outside)
  addTexts(program.command('texts').description('where no texts go, and why'), outside)
  addKeys(program.command('keys').description('make and rotate the keys of an installation'), outside)
  addBreach(program.command('breach').description('lists of passwords that others have lost'), outside)
  addInvitations(
    program.command('invitations').description('who is invited to set a first password'),
    outside,
  )
  addMethods(
    program.command('methods').description('what people have set up to prove themselves with'),
    outside,
  )
  addAgent(program, outside)
  addAudit(program.command('audit').description('look at the audit log'), outside)
  addAdminKeys(program.command('admin-keys').description('keys of the admin API'), outside)
  addDirectory(program.command('directory').description('look at a configured directory'), outside)
  addRisk(
    program.command('risk').description('what scores are made of, and how well they tell attacks'),
    outside,
  )
  return program
}

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

function addKeys(keys: Command, { terminal, json, env, end, service }: CommandOutside): void {
  command(keys, 'generate [folder]', 'draw the keys that a configuration needs, each into a file of its own')
    .option('--rings', 'as ring files, which can be rotated while the service runs')
    .action(async (folder: string | undefined, { rings }: { rings?: true }) => {
      const { keysGenerate } = await import('./keys.ts')
      const { systemOutside: outside } = await import('../kernel/outside.ts')
      end(keysGenerate({ folder: folder ?? 'keys', rings: rings === true, json, terminal, outside }))
    })
  command(
    keys,
    'rings [folder]',
    'put the keys that the configuration names one by one into ring files',
  ).action(async (folder: string | undefined) => {
    const { keysRings } = await import('./keys.ts')
    const { loadConfig } = await import('../config/load.ts')
    const { keys: configured } = loadConfig(env).config
    end(keysRings({ folder: folder ?? 'keys', keys: configured, json, terminal }))
  })
  command(keys, 'rotate <ring>', 'add the next key to a ring file: token, data, audit or all')
    .option('--in <time>', 'how long until it is written with (90s, 5m, 2h, 1d)', '5m')
    .option('--now', 'as soon as every node has it')
    .action(async (ring: string, options: { in: string; now?: true }) => {
      const { keysRotate } = await import('./key-rings.ts')
      const { systemOutside: outside } = await import('../kernel/outside.ts')
      const after = options.now === true ? '0s' : options.in
      end(keysRotate({ ring, after, env, outside, json, terminal }))
    })
  const opened = async () => (await service()).openKeys(env)
  command(keys, 'list', 'say what every key is doing, and what still needs it').action(async () => {
    const { keysList } = await import('./key-rings.ts')
    await using rings = await opened()
    end(await keysList(rings, { json, terminal }))
  })
  command(keys, 'reseal', 'bring everything under the present data key now').action(async () => {
    const { keysReseal } = await import('./key-rings.ts')
    await using rings = await opened()
    end(await keysReseal(rings, { json, terminal }))
  })
  command(keys, 'prune', 'take keys that nothing needs any more out of the ring files').action(async () => {
    const { keysPrune } = await import('./key-rings.ts')
    await using rings = await opened()
    end(await keysPrune(rings, { env, json, terminal }))
  })
  command(keys, 'forget <ring> <key>', 'take one key out of its ring file')
    .option('--force', 'also when something needs it; that is lost')
    .action(async (ring: string, key: string, { force }: { force?: true }) => {
      const { keysForget } = await import('./key-rings.ts')
      await using rings = await opened()
      end(await keysForget(rings, { ring, key, force: force === true, env, json, terminal }))
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

function addBreach(breach: Command, { terminal, json, end, service }: CommandOutside): void {
  const said = async () => ({ tools: (await service()).breachTools, json, terminal })
  command(
    breach,
    'import <dump> <index>',
    'make an index of a dump of SHA-1 or NTLM hashes (- for stdin)',
  ).action(async (dump: string, index: string) => {
    const { breachImport } = await import('./breach.ts')
    end(await breachImport({ dump, index }, await said()))
  })
  command(breach, 'check <index>', 'read a whole index and say whether it is as it was written').action(
    async (index: string) => {
      const { breachCheck } = await import('./breach.ts')
      end(await breachCheck(index, await said()))
    },
  )
  command(breach, 'find <index> <hash>', 'say whether a hash is in an index').action(
    async (index: string, hash: string) => {
      const { breachFind } = await import('./breach.ts')
      end(await breachFind({ index, hash }, await said()))
    },
  )
}

function addInvitations(invitations: Command, { env, terminal, json, end, service }: CommandOutside): void {
  const opened = async () => (await service()).openInvitations(env)
  const tenantOption = ['--tenant <id>', 'which tenant; needed where there are several'] as const
  const said = (open: Invitations, tenant: string | undefined) => ({
    ...{ invitations: open, json, terminal },
    tenant: tenant ?? null,
  })
  command(invitations, 'import <file>', 'invite everybody in a CSV file (- for stdin)')
    .option(...tenantOption)
    .option('--dry-run', 'say what would be done, and invite nobody')
    .option('--again', 'also who was invited before and has set no password; older mails are dead then')
    .action(async (file: string, options: { tenant?: string; dryRun?: true; again?: true }) => {
      const { textOf } = await import('./csv-file.ts')
      const { invitationsImport } = await import('./invitations.ts')
      const text = await textOf(file)
      await using open = await opened()
      const { dryRun, again } = options
      const wanted = { file, dryRun: dryRun === true, again: again === true }
      end(await invitationsImport(wanted, { ...said(open, options.tenant), text }))
    })
  command(invitations, 'list', 'those that can still be used')
    .option(...tenantOption)
    .option('--all', 'also those that were used, withdrawn or have run out')
    .action(async ({ tenant, all }: { tenant?: string; all?: true }) => {
      const { invitationsList } = await import('./invitations.ts')
      await using open = await opened()
      end(await invitationsList({ all: all === true }, said(open, tenant)))
    })
  command(invitations, 'withdraw <id>', 'make one worthless, unless a password was set with it')
    .option(...tenantOption)
    .action(async (id: string, { tenant }: { tenant?: string }) => {
      const { invitationsWithdraw } = await import('./invitations.ts')
      await using open = await opened()
      end(await invitationsWithdraw(id, said(open, tenant)))
    })
}

function addAgent(program: Command, { env, terminal, json, end, service }: CommandOutside): void {
  const agent = command(program, 'agent', 'run an agent, which serves a directory of a closed network')
  const config = ['--config <file>', 'configuration of the agent'] as const
  const inside = async (file: string) => ({ config: file, env, json, terminal, service: await service() })
  agent
    .enablePositionalOptions()
    .option(...config)
    .action(async (options: { config?: string }) => {
      if (options.config === undefined)
        return agent.error('error: say which configuration, with --config <file>')
      const { agentRun } = await import('./agent.ts')
      end(await agentRun(await inside(options.config)))
    })
  command(agent, 'join', 'there: spend the code that lets the agent in (from standard input)')
    .requiredOption(...config)
    .option('--code-file <file>', 'read the code from a file')
    .action(async (options: { config: string; codeFile?: string }) => {
      const { agentJoin } = await import('./agent.ts')
      end(await agentJoin(options.codeFile ?? null, await inside(options.config)))
    })
  command(agent, 'check', 'there: ask the directory, and say what the server has to know of it')
    .requiredOption(...config)
    .action(async (options: { config: string }) => {
      const { agentCheck } = await import('./agent.ts')
      end(await agentCheck(await inside(options.config)))
    })
  trials(command(agent, 'test <account>', 'there: what `rekey directory test` does at the server'))
    .requiredOption(...config)
    .action(async (account: string, options: TrialOptions & { config: string }) => {
      const { agentTest } = await import('./agent.ts')
      end(await agentTest({ account, ...asked(options) }, await inside(options.config)))
    })
  const opened = async () => (await service()).openAgents(env)
  const tenant = ['--tenant <id>', 'which tenant; needed where there are several'] as const
  const directory = ['--directory <name>', 'which directory; needed where several have agents'] as const
  type Named = { tenant?: string; directory?: string }
  const named = (options: Named) => ({ tenant: options.tenant ?? null, directory: options.directory ?? null })
  command(agent, 'enrol <name>', 'at the server: make a code that lets one agent in')
    .option(...tenant)
    .option(...directory)
    .action(async (name: string, options: Named) => {
      const { agentEnrol } = await import('./agents.ts')
      await using agents = await opened()
      end(await agentEnrol(name, named(options), { agents, json, terminal }))
    })
  command(agent, 'list', 'at the server: who was enrolled, and who is connected')
    .option(...tenant)
    .action(async (options: Named) => {
      const { agentList } = await import('./agents.ts')
      await using agents = await opened()
      end(await agentList(options.tenant ?? null, { agents, json, terminal }))
    })
  command(agent, 'revoke <name>', 'at the server: let an agent in no more')
    .option(...tenant)
    .option(...directory)
    .action(async (name: string, options: Named) => {
      const { agentRevoke } = await import('./agents.ts')
      await using agents = await opened()
      end(await agentRevoke(name, named(options), { agents, json, terminal }))
    })
  command(agent, 'rotate-server-key', 'at the server: another key that orders are signed with')
    .option(...tenant)
    .action(async (options: Named) => {
      const { agentRotateServerKey } = await import('./agents.ts')
      await using agents = await opened()
      end(await agentRotateServerKey(options.tenant ?? null, { agents, json, terminal }))
    })
}

function addAdminKeys(adminKeys: Command, { terminal, json, end }: CommandOutside): void {
  command(
    adminKeys,
    'new <name>',
    'draw a key, print it once, and say what the configuration has to know',
  ).action(async (name: string) => {
    const { adminKeysNew } = await import('./admin-keys.ts')
    const { systemOutside: outside } = await import('../kernel/outside.ts')
    end(adminKeysNew({ name, json, terminal, outside }))
  })
}

interface TrialOptions {
  yes?: true
  lock?: true
  typePassword?: true
}

/** What can be said of trials, wherever the directory is. */
const trials = (of: Command): Command =>
  of
    .option('--yes', 'do not ask whether the password may be changed')
    .option('--lock', 'make it lock by wrong passwords before the lock is lifted')
    .option('--type-password', 'ask for the password that it shall have at the end')

const asked = ({ yes, lock, typePassword }: TrialOptions) => ({
  confirmed: yes === true,
  lock: lock === true,
  typed: typePassword === true,
})

interface DirectoryTestOptions extends TrialOptions {
  config?: string
  tenant?: string
  directory?: string
  account: string
}

function addDirectory(directory: Command, { env, terminal, json, end, service }: CommandOutside): void {
  const what = 'try every ability on a test account, and say which right or setting is missing'
  trials(command(directory, 'test', what))
    .option('--config <file>', 'path of the configuration; that of REKEY_CONFIG without it')
    .option('--tenant <id>', 'which tenant; needed where there are several')
    .option('--directory <name>', 'which directory; needed where there are several')
    .requiredOption(
      '--account <name>',
      'an account that is there for tests: its password is changed and lost',
    )
    .action(async (options: DirectoryTestOptions) => {
      const { directoryTest } = await import('./directory.ts')
      const { config, account } = options
      const used = config === undefined ? env : { ...env, REKEY_CONFIG: config }
      const which = { tenant: options.tenant ?? null, directory: options.directory ?? null }
      await using opened = await (await service()).openDirectory(used, which)
      end(await directoryTest(opened, { account, ...asked(options), json, terminal }))
    })
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
