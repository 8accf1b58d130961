import type { Command } from 'commander'
import { type CommandOutside, command } from './command.ts'

export function addMethods(methods: Command, { env, terminal, json, end, service }: CommandOutside): void {
  const opened = async () => (await service()).openMethods(env)
  const tenantOption = ['--tenant <id>', 'which tenant; needed where there are several'] as const
  command(methods, 'import <file>', 'take over authenticator apps from a CSV file (- for stdin)')
    .option(...tenantOption)
    .option('--dry-run', 'say what would be done, and import nothing')
    .action(async (file: string, options: { tenant?: string; dryRun?: true }) => {
      const { textOf } = await import('./csv-file.ts')
      const { methodsImport } = await import('./methods.ts')
      const text = await textOf(file)
      await using desk = await opened()
      const said = { desk, json, terminal, tenant: options.tenant ?? null, text }
      end(await methodsImport({ file, dryRun: options.dryRun === true }, said))
    })
  command(methods, 'status', 'how many people have set something up')
    .option(...tenantOption)
    .option('--group <name>', 'of a group, by the name or DN that the directory tells of it')
    .option('--missing', 'also the user names of those who have no second factor')
    .action(async ({ tenant, group, missing }: { tenant?: string; group?: string; missing?: true }) => {
      const { methodsStatus } = await import('./methods.ts')
      await using desk = await opened()
      const said = { desk, json, terminal, tenant: tenant ?? null }
      end(await methodsStatus({ group: group ?? null, missing: missing === true }, said))
    })
}
