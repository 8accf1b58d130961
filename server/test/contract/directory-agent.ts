import { afterAll } from 'vitest'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { type AgentExchange, startAgent, startAgentExchange } from '../support/agent-exchange.ts'
import type { DirectoryHarness, World } from './directory-harness.ts'

let started: Promise<AgentExchange> | null = null

/** One for a test file. */
const theExchange = (): Promise<AgentExchange> => (started ??= startAgentExchange())

afterAll(async () => {
  const exchange = await started
  started = null
  await exchange?.[Symbol.asyncDispose]()
})

/** The same directory, in a closed network: an agent that dials out asks it. */
export const throughAgent = (harness: DirectoryHarness): DirectoryHarness => ({
  ...harness,
  kind: 'agent',
  title: `${harness.title}, through an agent`,
  open: async () => behindAgent(await harness.open()),
  openTroubled: async () => behindAgent(await harness.openTroubled()),
})

async function behindAgent<Kind extends World>(world: Kind): Promise<Kind> {
  const exchange = await theExchange()
  const name = exchange.newDirectory()
  const inner: Directory = world.directory
  const agent = await startAgent(exchange, { directory: name, name: 'site-1', inner })
  return {
    ...world,
    directory: exchange.directory(name, inner),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await world[Symbol.asyncDispose]()
    },
  }
}
