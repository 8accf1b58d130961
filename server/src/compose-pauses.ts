import type { Logger } from 'pino'
import { makeTextStore } from './adapters/stores/recovery/index.ts'
import type { TextPauses } from './cli/texts.ts'
import { openStore } from './compose-commands.ts'
import type { LoadedConfig } from './config/load.ts'
import { makeResumeCountry } from './core/messages/pumping.ts'
import type { Outside } from './kernel/outside.ts'

/** Countries that get no texts for a while, for the command line. */
export async function composeTextPauses(
  { config }: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<TextPauses> {
  await using opening = new AsyncDisposableStack()
  const { database, installed, store: audit } = opening.use(await openStore({ config }, outside, log))
  const store = makeTextStore({
    database,
    outside,
    sealer: installed.sealer,
    appendEvents: audit.append,
    enqueue: async () => undefined,
    report: () => undefined,
  })
  const running = opening.move()
  return {
    tenants: config.tenants.map(({ id }) => id),
    paused: (tenant) => store.listPaused(tenant, outside.now()),
    resume: makeResumeCountry({ store, now: outside.now }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
