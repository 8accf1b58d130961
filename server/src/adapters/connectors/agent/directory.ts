import type { Abilities, Directory, DirectoryRefusal } from '../../../core/accounts/ports.ts'
import { abilityWords } from '../../../core/agents/ability-words.ts'
import { Fault } from '../../../kernel/fault.ts'
import type { ConnectorOutside } from '../define.ts'
import { passwordText } from '../password-text.ts'
import type { AgentConfig } from './config.ts'

/** Passwords that no directory may see never leave this side: sealing would make others of some of them. */
const unusable: DirectoryRefusal = 'password-too-short-for-directory'

export function openAgentDirectory(
  { abilities: words, nextAgentSeconds }: AgentConfig,
  { tenant, name, agents }: ConnectorOutside,
): Directory {
  const at = { tenant, name, nextAgentSeconds }
  const desk = () => {
    if (agents !== undefined) return agents
    throw new Fault('directory-unreachable', {
      detail:
        'agents connect to the running service, and to no command: run `rekey agent check` where the agent is',
    })
  }
  const abilities: Abilities = {
    verifies: false,
    ...{ unlock: false, history: false, lockedIsVisible: false, changeAsUser: false, mustChange: false },
    ...Object.fromEntries(words.map((word) => [abilityWords[word], true])),
  }
  return {
    name,
    abilities,
    async find({ by, value }, signal) {
      return desk().ask(at, { name: 'find', by, value }, { signal })
    },
    async read(key, signal) {
      return desk().ask(at, { name: 'read', key }, { signal })
    },
    async *list(signal) {
      yield* desk().list(at, signal)
    },
    async setPassword(key, password, signal) {
      if (passwordText(password) === null) return { ok: false, because: unusable }
      const passwords = { password, current: null }
      return desk().ask(at, { name: 'set-password', key }, { passwords, signal })
    },
    async offboard(key, password, signal) {
      if (passwordText(password) === null) return { ok: false, because: unusable }
      const passwords = { password, current: null }
      return desk().ask(at, { name: 'offboard', key }, { passwords, signal })
    },
    async changePassword(key, { current, next, owed = false }, signal) {
      if (passwordText(current) === null) return { ok: false, because: 'current-password-wrong' }
      if (passwordText(next) === null) return { ok: false, because: unusable }
      const passwords = { password: next, current }
      return desk().ask(at, { name: 'change-password', key, owed }, { passwords, signal })
    },
    async unlock(key, signal) {
      return desk().ask(at, { name: 'unlock', key }, { signal })
    },
    async requireChange(key, signal) {
      return desk().ask(at, { name: 'require-change', key }, { signal })
    },
    async passwordRules(key, signal) {
      // A rule that an agent leaves out is one that there is not.
      const rules = await desk().ask(at, { name: 'password-rules', key }, { signal })
      return rules
    },
    async verifyPassword(key, password, signal) {
      if (passwordText(password) === null) return { ok: false, because: 'wrong' }
      return desk().ask(
        at,
        { name: 'verify-password', key },
        { passwords: { password, current: null }, signal },
      )
    },
    async check(signal) {
      await desk().ask(at, { name: 'check' }, { signal })
      for (const { agent, abilities: theirs } of desk().abilitiesOf(at)) {
        const lacking = words.filter((word) => !theirs[abilityWords[word]])
        if (lacking.length > 0) {
          const detail = `\`abilities\` names ${lacking.join(', ')}, which the directory behind the agent ${agent} can't do`
          throw new Fault('directory-misconfigured', { detail })
        }
      }
    },
    async close() {
      // Lines are the service's, and closed by it.
    },
  }
}
