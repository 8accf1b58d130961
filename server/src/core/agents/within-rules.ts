import { Fault } from '../../kernel/fault.ts'
import type { Directory } from '../accounts/index.ts'
import type { AgentRules } from './agent-rules.ts'
import { asShown } from './carry-out.ts'
import type { OperationName } from './orders.ts'

/**
 * A directory as the rules of its agent leave it: whoever is denied is privileged in it, as for a server, and what the
 * agent is told never to do is a fault. For whoever asks it beside the agent.
 */
export function withinRules(
  inner: Directory,
  { deny, refuse }: Pick<AgentRules, 'deny' | 'refuse'>,
): Directory {
  const allow = async <Answer>(operation: OperationName, work: () => Promise<Answer>): Promise<Answer> => {
    if (refuse.includes(operation)) throw neverDone(operation)
    return work()
  }
  return {
    name: inner.name,
    abilities: inner.abilities,
    find: (query, signal) =>
      allow('find', async () => (await inner.find(query, signal)).map((entry) => asShown(entry, deny))),
    read: (key, signal) =>
      allow('read', async () => {
        const entry = await inner.read(key, signal)
        return entry === null ? null : asShown(entry, deny)
      }),
    async *list(signal) {
      if (refuse.includes('list')) throw neverDone('list')
      for await (const page of inner.list(signal)) yield page.map((entry) => asShown(entry, deny))
    },
    setPassword: (key, password, signal) =>
      allow('set-password', () => inner.setPassword(key, password, signal)),
    offboard: (key, password, signal) => allow('offboard', () => inner.offboard(key, password, signal)),
    changePassword: (key, passwords, signal) =>
      allow('change-password', () => inner.changePassword(key, passwords, signal)),
    unlock: (key, signal) => allow('unlock', () => inner.unlock(key, signal)),
    requireChange: (key, signal) => allow('require-change', () => inner.requireChange(key, signal)),
    passwordRules: (key, signal) => allow('password-rules', () => inner.passwordRules(key, signal)),
    verifyPassword: (key, password, signal) =>
      allow('verify-password', () => inner.verifyPassword(key, password, signal)),
    check: (signal) => inner.check(signal),
    close: () => inner.close(),
  }
}

/** Said at the server as well, when it orders that. */
export const neverDone = (operation: OperationName): Fault =>
  new Fault('directory-misconfigured', { detail: `the agent is told never to do ${operation}` })
