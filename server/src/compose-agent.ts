import { mkdirSync, statSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import type { Logger } from 'pino'
import { dial } from './adapters/agents/dial.ts'
import { openIdentity, saveIdentity } from './adapters/agents/identity-file.ts'
import { openJournal } from './adapters/agents/journal.ts'
import { observed } from './adapters/connectors/observed.ts'
import { openToTry } from './adapters/connectors/open.ts'
import { authoritiesIn } from './adapters/connectors/trust.ts'
import { lockFolder } from './adapters/stores/embedded/folder-lock.ts'
import { noDatabase } from './adapters/stores/no-database.ts'
import type { OpenedDirectory } from './cli/directory.ts'
import { version } from './cli/version.ts'
import { testOf } from './compose-directory.ts'
import type { AgentConfig } from './config/agent.ts'
import { type Directory, isDistinguishedName, sameGroup } from './core/accounts/index.ts'
import {
  drawWhenOld,
  join,
  keepLine,
  makeOrderTaker,
  messageBytesMax,
  readCode,
  withinRules,
} from './core/agents/index.ts'
import type { Need } from './core/operations/directory-advice.ts'
import { startSweeper } from './jobs/sweeper.ts'
import { Fault } from './kernel/fault.ts'
import type { Outside } from './kernel/outside.ts'
import type { Secret } from './kernel/secret.ts'

const identityIn = (data: string): string => joinPath(data, 'identity.json')
const checkEveryMs = 60_000
const keysEveryMs = 3_600_000

/** Runs an agent until the signal fires. Nothing listens: it dials, and serves what it is asked over that. */
export async function runAgent(
  config: AgentConfig,
  { outside, log, stop }: { outside: Outside; log: Logger; stop: AbortSignal },
): Promise<void> {
  await using opening = new AsyncDisposableStack()
  opening.defer(() => {
    if (stop.aborted) log.info('the agent has stopped, as it was told to')
  })
  const data = ownFolder(config.data)
  const lock = lockFolder(data)
  opening.defer(() => lock.release())
  const identity = openIdentity(identityIn(data))
  const named = identity.read()
  if (named.directory !== config.directory.name) {
    const detail = `this agent was enrolled for the directory "${named.directory}", and not for "${config.directory.name}"`
    throw new Fault('config-invalid', { detail })
  }
  const journal = openJournal(joinPath(data, 'journal'), outside)
  opening.defer(() => journal.close())
  const inner = openInner(config, { outside, tenant: named.tenant, log })
  opening.defer(() => inner.close())
  const deps = {
    ...outside,
    inner,
    journal,
    identity,
    rules: config,
    version,
    log: (level: 'info' | 'warn' | 'error', message: string, facts: object) => log[level](facts, message),
  }
  const taker = makeOrderTaker(deps)
  const warn = (error: unknown) => log.error({ err: error }, 'the agent can not look after itself')
  opening.use(startSweeper({ sweep: taker.checkDirectory, everyMs: checkEveryMs, warn }))
  const look = async () => {
    if (await drawWhenOld(deps, config.rotateKeysEveryDays)) log.info('drew new keys')
  }
  opening.use(startSweeper({ sweep: look, everyMs: keysEveryMs, warn }))
  const ca = authoritiesIn(config.caFile)
  const lines = config.servers.map((server) =>
    keepLine(
      { ...deps, taker, server, dial: (signal) => dial({ url: server, ca, messageBytesMax }, signal) },
      stop,
    ),
  )
  log.info({ tenant: named.tenant, directory: named.directory, agent: named.agent }, 'the agent runs')
  await Promise.all(lines)
}

/**
 * The agent's directory, with the groups that are denied among what makes an entry privileged: the group is asked, because
 * what an entry lists of its groups may be nothing at all, and the connector asks once more right before it writes. Where
 * that can't be decided everybody is denied, and the check of the directory says so.
 */
function guarded({ directory, deny }: AgentConfig): AgentConfig['directory'] {
  if (directory.kind !== 'ldap' && directory.kind !== 'active-directory') return directory
  const known = directory.privileged.flatMap((one) => ('group' in one ? [one.group] : []))
  const groups = deny.groups.filter(
    (group) => isDistinguishedName(group) && !known.some((one) => sameGroup(one, group)),
  )
  return directory.kind === 'ldap'
    ? {
        ...directory,
        privileged: [
          ...directory.privileged,
          ...groups.map((group) => ({ group, memberAttribute: 'member' })),
        ],
      }
    : { ...directory, privileged: [...directory.privileged, ...groups.map((group) => ({ group }))] }
}

/** The one thing that is not asked of the database here. */
export const openInner = (
  config: AgentConfig,
  { outside, tenant, log }: { outside: Outside; tenant: string; log: Logger | null },
): Directory =>
  observed(
    openToTry(guarded(config), {
      ...{ ...outside, tenant, database: noDatabase() },
      warn: (message, facts) => log?.warn(facts, message),
    }).directory,
    { warn: (message, facts) => log?.warn(facts, message), named: false },
  )

/** What the directory of an agent can do, asked there; throws the `Fault` that an operator must fix. */
export async function checkAgent(config: AgentConfig, outside: Outside): Promise<Directory['abilities']> {
  const inner = openInner(config, { outside, tenant: 'unknown', log: null })
  try {
    await inner.check(AbortSignal.timeout(10_000))
    return inner.abilities
  } finally {
    await inner.close()
  }
}

/** What one call of a trial may take: as long as a server gives its own by default. */
const trialSeconds = 10

/** The agent's directory for `rekey agent test`: within the agent's own rules, and beside the agent when it runs. */
export function openAgentTest(config: AgentConfig, outside: Outside): OpenedDirectory {
  const { refuse } = config
  return testOf(guarded(config), {
    ...{ outside, database: noDatabase(), tenant: null, domains: [], seconds: trialSeconds },
    settle: ({ directory, advice }) => ({
      directory: withinRules(directory, config),
      advice: advice === null ? null : { ...advice, needs: { ...advice.needs, ...refusedNeeds(refuse) } },
    }),
  })
}

/** What mends a trial of an operation that the agent is told never to do, in place of a right of the directory. */
const refusedNeeds = (refuse: readonly string[]): Readonly<Record<string, Need>> =>
  Object.fromEntries(
    refuse.map((operation) => {
      const trial = operation.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
      const takes = 'an agent that may do it'
      return [trial, { takes, fix: `take ${operation} out of \`refuse\` in the agent's configuration` }]
    }),
  )

const failures = {
  'code-unreadable': [
    'enrolment-refused',
    'this is no code of `rekey agent enrol`, or it was not copied whole',
  ],
  'directory-differs': [
    'config-invalid',
    'the code is for another directory than `directory.name` in the configuration',
  ],
  'no-answer': ['server-unreachable', 'what answered is no Rekey that takes agents'],
  'server-not-trusted': [
    'server-unreachable',
    'what answered is not the server that made the code; nothing was told to it',
  ],
  'code-refused': [
    'enrolment-refused',
    'the server refused the code: it was used before, or it is older than an hour. Make another one',
  ],
} as const

/** Spends a code and keeps the keys that were drawn. Says who the agent is. */
export async function joinAgent(
  config: AgentConfig,
  text: Secret,
  outside: Outside,
): Promise<{ tenant: string; directory: string; agent: string }> {
  const failed = (why: keyof typeof failures) => {
    const [fault, detail] = failures[why]
    return new Fault(fault, { detail })
  }
  const code = readCode(text)
  if (code === null) throw failed('code-unreadable')
  if (code.directory !== config.directory.name) throw failed('directory-differs')
  const data = ownFolder(config.data)
  const lock = lockFolder(data)
  try {
    const [server = ''] = config.servers
    const ca = authoritiesIn(config.caFile)
    const channel = await dial({ url: server, ca, messageBytesMax }, AbortSignal.timeout(30_000)).catch(
      (error: unknown) => {
        const why = error instanceof Error ? error.message : 'unknown'
        throw new Fault('server-unreachable', { detail: `${server}: ${why}`, cause: error })
      },
    )
    const joined = await join(channel, code, outside).finally(() => channel.close())
    if (!joined.ok) throw failed(joined.because)
    saveIdentity(identityIn(data), joined.identity)
    const { tenant, directory, agent } = joined.identity
    return { tenant, directory, agent }
  } finally {
    lock.release()
  }
}

/** The folder of keys and journal: made when it is missing, and refused when others may read it. */
function ownFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    if ((statSync(path).mode & 0o077) === 0) return path
  } catch (cause) {
    throw new Fault('config-invalid', { cause, detail: `the folder ${path} can't be made or read` })
  }
  throw new Fault('config-invalid', { detail: `others may read ${path}: run \`chmod 700 ${path}\`` })
}
