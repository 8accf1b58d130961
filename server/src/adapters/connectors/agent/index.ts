import type { Abilities } from '../../../core/accounts/ports.ts'
import { defineConnector } from '../define.ts'
import { AgentConfig } from './config.ts'
import { openAgentDirectory } from './directory.ts'

/** Those that a directory behind an agent may have. */
const abilities: Abilities = {
  verifies: true,
  unlock: true,
  history: true,
  lockedIsVisible: true,
  changeAsUser: true,
  mustChange: true,
}

/** A directory in a closed network, served by agents that dial out of it. */
export const agent = defineConnector({
  kind: 'agent',
  title: 'A directory behind an agent',
  config: AgentConfig,
  abilities,
  open: openAgentDirectory,
})
