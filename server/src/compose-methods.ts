import type { Logger } from 'pino'
import { makeEnrolledOf } from './adapters/stores/recovery/index.ts'
import type { MethodsDesk } from './cli/methods.ts'
import { openDesk } from './compose-desk.ts'
import type { LoadedConfig } from './config/load.ts'
import { makeEnrolmentStatus, makeImportApp } from './core/enrolment/index.ts'
import type { Outside } from './kernel/outside.ts'

/** What people prove themselves with, for the command line. */
export async function composeMethods(
  loaded: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<MethodsDesk> {
  await using opening = new AsyncDisposableStack()
  const { database, store, tokens, tenant } = await openDesk(loaded, { outside, log, opening })
  const running = opening.move()
  return {
    tenants: loaded.config.tenants.map(({ id, languages }) => ({ id, languages })),
    importApp: makeImportApp({ ...outside, store, tokens, tenant }),
    status: makeEnrolmentStatus({ tenant, enrolledOf: makeEnrolledOf(database) }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
