import { codeOf, enrolmentSeconds } from '../core/agents/index.ts'
import type { AgentRecords, ListedAgent } from '../core/agents/ports.ts'
import { plainName } from '../core/messages/plain.ts'
import { newId } from '../kernel/ids.ts'
import type { Outside } from '../kernel/outside.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'

/** What the command line asks of agents; opened beside the running service, or without it. */
export interface Agents extends Outside, AsyncDisposable {
  /** Of each tenant the directories that are reached through agents. */
  directories: ReadonlyMap<string, readonly string[]>
  records: AgentRecords
}

interface Said {
  agents: Agents
  json: boolean
  terminal: Terminal
}

/** A mistake in the words of the command: nothing was done because of it. */
export class AgentUsageError extends Error {}

function tenantOf({ directories }: Agents, asked: string | null): string {
  const ids = [...directories.keys()]
  const [only, second] = ids
  if (asked === null && only !== undefined && second === undefined) return only
  if (asked !== null && ids.includes(asked)) return asked
  throw new AgentUsageError(
    asked === null
      ? `Say which tenant with --tenant: ${ids.join(', ')}.`
      : `There is no tenant ${asked}: ${ids.join(', ')}.`,
  )
}

function directoryOf({ directories }: Agents, tenant: string, asked: string | null): string {
  const names = directories.get(tenant) ?? []
  const [only, second] = names
  if (asked === null && only !== undefined && second === undefined) return only
  if (asked !== null && names.includes(asked)) return asked
  if (names.length === 0) {
    throw new AgentUsageError('No directory of the configuration has the kind `agent`: add one first.')
  }
  throw new AgentUsageError(
    asked === null
      ? `Say which directory with --directory: ${names.join(', ')}.`
      : `No directory ${asked} has the kind \`agent\`: ${names.join(', ')}.`,
  )
}

export interface Named {
  tenant: string | null
  directory: string | null
}

/** `rekey agent enrol`: prints the code that lets one agent in, once, within the hour. */
export async function agentEnrol(name: string, named: Named, said: Said): Promise<ExitCode> {
  const { agents, json, terminal } = said
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(name)) {
    throw new AgentUsageError(
      'The name must begin with a letter and contain only lower-case letters, digits and hyphens.',
    )
  }
  const tenant = tenantOf(agents, named.tenant)
  const directory = directoryOf(agents, tenant, named.directory)
  const expiresAt = new Date(agents.now().getTime() + enrolmentSeconds * 1_000)
  const enrolment = { tenant, directory, agent: name, id: newId(agents), expiresAt }
  const { secret } = await agents.records.openEnrolment(enrolment)
  const { publicKey } = await agents.records.serverKey(tenant)
  const code = codeOf(enrolment, secret, publicKey).reveal()
  if (json) {
    terminal.out(JSON.stringify({ ok: true, tenant, directory, agent: name, expiresAt, code }, null, 2))
    return exitCodes.ok
  }
  terminal.err(
    [
      `This lets one agent in as "${name}" for the directory "${directory}", once, until ${expiresAt.toISOString()}.`,
      'Carry it into the closed network by hand, and give it to `rekey agent join` there:',
      '',
    ].join('\n'),
  )
  // Alone on standard output, so that it can be piped to where it is kept.
  terminal.out(code)
  return exitCodes.ok
}

/** `rekey agent list`: who was enrolled, and who is connected to which node. */
export async function agentList(tenant: string | null, { agents, json, terminal }: Said): Promise<ExitCode> {
  const listed = await agents.records.list(tenantOf(agents, tenant))
  if (json) {
    terminal.out(JSON.stringify({ ok: true, agents: listed.map(shown) }, null, 2))
    return exitCodes.ok
  }
  for (const agent of listed) terminal.out(lineOf(agent))
  if (listed.length === 0)
    terminal.err('No agent was enrolled yet: `rekey agent enrol` makes a code for one.')
  return exitCodes.ok
}

const shown = ({ lines, ...agent }: ListedAgent) => ({
  ...agent,
  connected: lines.length > 0,
  lines: lines.map(({ beat, ...line }) => ({
    ...line,
    directory: beat?.directory ?? null,
    writesLastHour: beat?.writesLastHour ?? null,
  })),
})

function lineOf({ directory, name, revokedAt, seenAt, fingerprint, lines }: ListedAgent): string {
  const seen = seenAt === null ? 'never seen' : `last seen ${seenAt.toISOString()}`
  const away = revokedAt === null ? `not connected, ${seen}` : 'revoked'
  const state = lines.length > 0 ? 'connected' : away
  const each = lines.map(({ node, version, connectedAt, latencyMs, beat }) => {
    const answers =
      beat?.directory === null || beat === null
        ? ''
        : beat.directory.ok
          ? ', directory ok'
          : `, ${plainName(beat.directory.problem, 500)}`
    const latency = latencyMs === null ? '' : `, ${latencyMs} ms`
    return `\n    ${node} since ${connectedAt.toISOString()}, version ${plainName(version)}${latency}${answers}`
  })
  return `${directory}/${name}  ${state}  key ${fingerprint}${each.join('')}`
}

/** `rekey agent revoke`: lets an agent in no more. Passwords are sealed to it no more from this moment. */
export async function agentRevoke(name: string, named: Named, said: Said): Promise<ExitCode> {
  const { agents, json, terminal } = said
  const tenant = tenantOf(agents, named.tenant)
  const directory = directoryOf(agents, tenant, named.directory)
  const ok = await agents.records.revoke({ tenant, directory, name })
  if (json) terminal.out(JSON.stringify({ ok, tenant, directory, agent: name }, null, 2))
  else if (ok) terminal.out(`${directory}/${name} is revoked. No password is sealed to it from now on.`)
  else terminal.err(`There is no agent ${name} for the directory ${directory} that could be revoked.`)
  return ok ? exitCodes.ok : exitCodes.wrong
}

/** `rekey agent rotate-server-key`: what agents trust from now on; they learn it by the signature of the key before. */
export async function agentRotateServerKey(tenant: string | null, said: Said): Promise<ExitCode> {
  const { agents, json, terminal } = said
  const id = tenantOf(agents, tenant)
  const { key } = await agents.records.succeedServerKey(id)
  if (json) terminal.out(JSON.stringify({ ok: true, tenant: id, key }, null, 2))
  else terminal.out(`The key of ${id} is ${key}. Agents come back within half a minute and trust it.`)
  return exitCodes.ok
}
