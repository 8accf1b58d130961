import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { loadAgentConfig } from '../config/agent.ts'
import type { Environment } from '../config/environment.ts'
import { type AbilityWord, wordsOf } from '../core/agents/ability-words.ts'
import { Secret } from '../kernel/secret.ts'
import { AgentUsageError } from './agents.ts'
import { asJson, connectAll, exitCodeOf, printTable } from './connect.ts'
import { type DirectoryTestCommand, directoryTest } from './directory.ts'
import { type ExitCode, exitCodes, type Terminal } from './io.ts'
import type { Service } from './service.ts'

interface Said {
  /** Path of the agent's configuration. */
  config: string
  env: Environment
  json: boolean
  terminal: Terminal
  service: Pick<Service, 'runAgent' | 'joinAgent' | 'checkAgent' | 'openAgentTest'>
}

/** `rekey agent`: runs the agent until it is told to stop. */
export async function agentRun({ config, env, service }: Said): Promise<ExitCode> {
  await service.runAgent(loadAgentConfig(config, env))
  return exitCodes.ok
}

/**
 * `rekey agent join`: spends a code. It comes by standard input or in a file, because what stands in a command line can be
 * read by everybody on the machine.
 */
export async function agentJoin(codeFile: string | null, said: Said): Promise<ExitCode> {
  const { config, env, json, terminal, service } = said
  const settings = loadAgentConfig(config, env)
  if (codeFile === null && !json) terminal.err('Paste the code, then press Enter and Ctrl-D:')
  const code = new Secret(codeFile === null ? await text(process.stdin) : await codeIn(codeFile))
  const joined = await service.joinAgent(settings, code)
  if (json) terminal.out(JSON.stringify({ ok: true, ...joined }, null, 2))
  else {
    terminal.out(`This is the agent "${joined.agent}" of the directory "${joined.directory}" now.`)
    terminal.err(`Its keys are in ${settings.data}. Start it with \`rekey agent --config ${config}\`.`)
  }
  return exitCodes.ok
}

const codeIn = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AgentUsageError(`${file} does not exist or can't be read.`, { cause })
  })

/**
 * `rekey agent check`: asks the directory as `rekey config check --connect` asks one, and says what the server's configuration
 * has to know of it.
 */
export async function agentCheck({ config, env, json, terminal, service }: Said): Promise<ExitCode> {
  const settings = loadAgentConfig(config, env)
  const { name } = settings.directory
  let abilities: AbilityWord[] = []
  const run = async () => {
    abilities = wordsOf(await service.checkAgent(settings))
  }
  const connections = await connectAll([{ what: 'directory', tenant: null, name, run }])
  const exitCode = exitCodeOf(connections)
  if (exitCode !== exitCodes.ok) {
    if (json) terminal.out(JSON.stringify({ ok: false, connections: asJson(connections) }, null, 2))
    else printTable(connections, terminal)
    return exitCode
  }
  if (json) {
    terminal.out(JSON.stringify({ ok: true, directory: name, abilities }, null, 2))
    return exitCodes.ok
  }
  terminal.err('The directory can be worked with. Put this into the configuration of the server:')
  terminal.out(`directories:\n  - { name: ${name}, kind: agent, abilities: [${abilities.join(', ')}] }`)
  return exitCodes.ok
}

/** `rekey agent test`: the trials of `rekey directory test`, where the directory can be reached. */
export async function agentTest(
  asked: Omit<DirectoryTestCommand, 'json' | 'terminal'>,
  { config, env, json, terminal, service }: Said,
): Promise<ExitCode> {
  await using opened = service.openAgentTest(loadAgentConfig(config, env))
  // Awaited here: the directory is closed when this function returns.
  return await directoryTest(opened, { ...asked, json, terminal })
}
