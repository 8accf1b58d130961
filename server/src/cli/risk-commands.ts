import type { Command } from 'commander'
import { type CommandOutside, command } from './command.ts'

/** What can be said of risk: all of it works on files, beside the service or without one. */
export function addRisk(risk: Command, { terminal, json, end, service }: CommandOutside): void {
  const said = { json, terminal }
  const weights = ['--weights <file>', 'score with these weights; without it with those set by hand'] as const
  const openExport = async (folder: string) => (await service()).openAuditExport(folder)
  command(risk, 'weights', 'print the weights that were set by hand, as a file to start from').action(
    async () => {
      const { riskWeights } = await import('./risk.ts')
      end(riskWeights(said))
    },
  )
  command(risk, 'generate', 'make up a labelled month of a company under attack, the same for the same seed')
    .requiredOption('--out <file>', 'where the samples go, as lines of JSON')
    .option('--seed <number>', 'what chance begins with', '1')
    .option('--people <number>', 'how many people the company has', '1000')
    .option('--days <number>', 'how long the month is', '30')
    .action(async (options: { out: string; seed: string; people: string; days: string }) => {
      const { riskGenerate } = await import('./risk.ts')
      end(await riskGenerate(options, said))
    })
  command(risk, 'replay <recording>', 'score recorded requests again: lines of JSON, or an export of a log')
    .option(...weights)
    .option('--bands <medium,high>', 'as the configuration sets them; without it those of the weights')
    .action(async (recording: string, options: { weights?: string; bands?: string }) => {
      const { riskReplay } = await import('./risk.ts')
      const wanted = { recording, weights: options.weights ?? null, bands: options.bands ?? null }
      end(await riskReplay(wanted, { ...said, openExport }))
    })
  command(risk, 'train <recording>', 'learn weights from labelled history; only better ones are written')
    .requiredOption('--out <file>', 'where the weights go')
    .option(...weights)
    .action(async (recording: string, options: { out: string; weights?: string }) => {
      const { riskTrain } = await import('./risk.ts')
      const { out } = options
      end(await riskTrain({ recording, out, weights: options.weights ?? null }, { ...said, openExport }))
    })
}
