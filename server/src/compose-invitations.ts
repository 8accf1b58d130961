import type { Logger } from 'pino'
import type { Invitations } from './cli/invitations.ts'
import { openDesk } from './compose-desk.ts'
import type { LoadedConfig } from './config/load.ts'
import { makeInvite, makeWithdraw } from './core/recovery/index.ts'
import type { Outside } from './kernel/outside.ts'

/** Inviting, for the command line. */
export async function composeInvitations(
  loaded: LoadedConfig,
  outside: Outside,
  log: Logger,
): Promise<Invitations> {
  await using opening = new AsyncDisposableStack()
  const { store, tokens, tenant } = await openDesk(loaded, { outside, log, opening })
  const running = opening.move()
  return {
    tenants: loaded.config.tenants.map(({ id, services, languages }) => ({
      id,
      services: services.map(({ name }) => name),
      languages,
    })),
    invite: makeInvite({ ...outside, store, tokens, tenant }),
    withdraw: makeWithdraw({ ...outside, store, tenant }),
    list: (id, page) => store.listInvitations(id, page),
    now: () => outside.now(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
