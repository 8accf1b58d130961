import type { Logger } from 'pino'
import type { Config } from './config/schema.ts'
import type { RecoveryStore } from './core/recovery/index.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { keptHistories } from './tenant-settings.ts'

const cutEveryMs = 6 * 3_600_000

/**
 * Destroys remembered passwords that policy asks for no more. That changes with the configuration, and so with a start;
 * a node that is still on the old one may have written since.
 */
export function cutHistories(
  config: Config,
  { store, log, opening }: { store: RecoveryStore; log: Logger; opening: AsyncDisposableStack },
): void {
  opening.use(
    startSweeper({
      sweep: () => store.cutHistories(config.tenants.flatMap(keptHistories)),
      everyMs: cutEveryMs,
      warn: (error) => log.error({ err: error }, 'remembered passwords could not be destroyed'),
    }),
  )
}
