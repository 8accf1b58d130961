import { dirname, resolve } from 'node:path'
import { type Static, Type } from 'typebox'
import { connectors } from '../adapters/connectors/registry.ts'
import { operationNames } from '../core/agents/index.ts'
import { deepFreeze } from './check.ts'
import { type Environment, logLevels } from './environment.ts'
import { settleFiles } from './files.ts'
import { readConfigFile } from './load.ts'
import { ConfigInvalid, type Finding } from './mistakes.ts'
import { bounded, closed, closedWithDefaults, entryOf, text } from './schema-parts.ts'
import { isMapping, nodeOf, withDefaults } from './schema-walk.ts'
import { readSecrets } from './secrets.ts'
import { findShapeMistakes } from './shape.ts'

/** What an agent may have behind it: neither another agent, nor a directory that is in Rekey's own database. */
const inner = connectors.filter((connector) => connector.kind !== 'agent' && connector.kind !== 'local')

const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 1_000 }), {
    default: [],
    maxItems: 1_000,
    uniqueItems: true,
    description,
  })

/** The configuration of an agent. Everything is closed: an unknown key is a mistake. */
export const AgentFile = closed({
  servers: Type.Array(
    Type.String({
      pattern: '^wss://[^/?#@\\s]+/agent$',
      maxLength: 300,
      'x-rekey-must': 'be `wss://host[:port]/agent`',
    }),
    {
      minItems: 1,
      maxItems: 20,
      uniqueItems: true,
      description:
        'Where Rekey is: the address of each of its nodes. The agent keeps a connection to every one.',
    },
  ),
  caFile: Type.Optional(
    text('PEM file of the authority that signed the servers’ certificate, when it is one of your own.', {
      maxLength: 4096,
    }),
  ),
  data: text('Folder for the agent’s keys and its journal. Nobody else may read it.', { maxLength: 4096 }),
  directory: entryOf(inner, {
    name: 'Name of the directory, as the server’s configuration has it.',
    kind: 'Kind of the directory.',
    shared: {},
    description:
      'The directory behind the agent: one entry as in `directories` of the service, of a kind that is neither `agent` nor `local`.',
  }),
  deny: closedWithDefaults(
    {
      usernames: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        default: ['administrator', 'krbtgt', 'guest', 'root', 'admin'],
        maxItems: 1_000,
        uniqueItems: true,
        description: 'User names, without regard to case.',
      }),
      groups: names(
        'Groups: by distinguished name, or else by the names that the directory itself tells for the person.',
      ),
      places: names('Distinguished names: everybody below them.'),
    },
    {
      description:
        'Whose passwords no order touches, besides those that `directory` calls privileged. The agent asks its directory, and never the server.',
    },
  ),
  refuse: Type.Array(Type.Union(operationNames.map((operation) => Type.Literal(operation))), {
    default: [],
    uniqueItems: true,
    description: 'Operations that are never carried out, whoever orders them.',
  }),
  caps: closedWithDefaults(
    {
      writesPerMinute: bounded('Writes within a minute.', { default: 30, minimum: 1, maximum: 100_000 }),
      writesPerHour: bounded('Writes within an hour.', { default: 300, minimum: 1, maximum: 1_000_000 }),
      proofsPerMinute: bounded('Passwords that are tried within a minute.', {
        default: 300,
        minimum: 1,
        maximum: 100_000,
      }),
    },
    {
      description:
        'How much a server can order at most. What is above it is refused, and nothing of it is done later.',
    },
  ),
  clockSkewSeconds: bounded('How far the clocks of agent and server may be apart.', {
    default: 60,
    minimum: 1,
    maximum: 300,
  }),
  rotateKeysEveryDays: bounded('Age at which the agent draws keys anew.', {
    default: 30,
    minimum: 1,
    maximum: 3650,
  }),
  log: closedWithDefaults(
    {
      level: Type.Union(
        logLevels.map((level) => Type.Literal(level)),
        { default: 'info', description: 'Least important level that is written.' },
      ),
    },
    { description: 'Logs go to standard output, one JSON object a line.' },
  ),
})
export type AgentConfig = Static<typeof AgentFile>

/**
 * The configuration of an agent, complete, checked and frozen.
 * @throws ConfigInvalid with every mistake at once
 */
export function loadAgentConfig(path: string, env: Environment): AgentConfig {
  const file = resolve(path)
  const read = readConfigFile(file)
  if (!read.ok) throw new ConfigInvalid(file, [read.mistake])
  const { source } = read
  if (source.mistakes.length > 0) throw new ConfigInvalid(file, source.mistakes)
  const node = nodeOf(AgentFile)
  const shape = findShapeMistakes(AgentFile, source.value)
  const folder = dirname(file)
  const files = settleFiles(node, withDefaults(node, source.value), folder)
  const secrets = readSecrets(node, files.value, { env, folder })
  const findings: readonly Finding[] = shape.length > 0 ? shape : [...files.findings, ...secrets.findings]
  if (findings.length > 0)
    throw new ConfigInvalid(
      file,
      findings.map((finding) => source.place(finding)),
    )
  const { value } = secrets
  const data = isMapping(value) ? resolve(folder, String(value['data'])) : ''
  // Everything the schema asks for has been found to be so, and every reference became a Secret.
  return deepFreeze({ ...(value as AgentConfig), data })
}
