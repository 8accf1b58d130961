import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** What the command line asks of texts; opened beside the running service, or without it. */
export interface TextPauses extends AsyncDisposable {
  tenants: readonly string[]
  paused(tenant: string): Promise<readonly { country: string; until: Date }[]>
  /** False when nothing is paused there. */
  resume(tenant: string, country: string): Promise<boolean>
}

interface Said {
  pauses: TextPauses
  /** Null when there is but one. */
  tenant: string | null
  json: boolean
  terminal: Terminal
}

/** A mistake in the words of the command: nothing was done because of it. */
export class TextUsageError extends Error {}

function tenantOf({ pauses: { tenants }, tenant }: Said): string {
  const [only, second] = tenants
  if (tenant === null && only !== undefined && second === undefined) return only
  if (tenant !== null && tenants.includes(tenant)) return tenant
  throw new TextUsageError(
    tenant === null
      ? `Say which tenant with --tenant: ${tenants.join(', ')}.`
      : `There is no tenant ${tenant}: ${tenants.join(', ')}.`,
  )
}

/** `rekey texts paused`: countries that get no texts for now, and until when. */
export async function textsPaused(said: Said): Promise<ExitCode> {
  const { pauses, json, terminal } = said
  const tenant = tenantOf(said)
  const paused = await pauses.paused(tenant)
  if (json) terminal.out(JSON.stringify({ ok: true, tenant, paused }, null, 2))
  else if (paused.length === 0) terminal.err('No country is paused.')
  else for (const { country, until } of paused) terminal.out(`${country}  until ${until.toISOString()}`)
  return exitCodes.ok
}

/** `rekey texts resume`: an operator has looked at it, and texts may go there again. */
export async function textsResume(country: string, said: Said): Promise<ExitCode> {
  const { pauses, json, terminal } = said
  const tenant = tenantOf(said)
  const code = country.toUpperCase()
  const ok = await pauses.resume(tenant, code)
  if (json) terminal.out(JSON.stringify({ ok, tenant, country: code }, null, 2))
  else if (ok) terminal.out(`Texts go to ${code} again. What was sent there before does not count any more.`)
  else terminal.err(`${code} is not paused.`)
  return ok ? exitCodes.ok : exitCodes.wrong
}
