import type { Command } from 'commander'
import { type CommandOutside, command } from './command.ts'

export function addTexts(texts: Command, { env, terminal, json, end, service }: CommandOutside): void {
  const tenantOption = ['--tenant <id>', 'which tenant; needed where there are several'] as const
  const opened = async () => (await service()).openTextPauses(env)
  command(texts, 'paused', 'countries where codes were sent and not typed in, and until when they get none')
    .option(...tenantOption)
    .action(async (options: { tenant?: string }) => {
      const { textsPaused } = await import('./texts.ts')
      await using pauses = await opened()
      const tenant = options.tenant ?? null
      end(await textsPaused({ pauses, tenant, json, terminal }))
    })
  command(texts, 'resume <country>', 'let texts go there again before that')
    .option(...tenantOption)
    .action(async (country: string, options: { tenant?: string }) => {
      const { textsResume } = await import('./texts.ts')
      await using pauses = await opened()
      const tenant = options.tenant ?? null
      end(await textsResume(country, { pauses, tenant, json, terminal }))
    })
}
