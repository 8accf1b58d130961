import { Fault } from '../../kernel/fault.ts'
import type { Directory } from '../accounts/index.ts'
import type { AgentRules } from './agent-rules.ts'
import { isDenied } from './agent-rules.ts'
import type { Operation } from './orders.ts'
import type { Passwords } from './sealed-passwords.ts'
import { entryToWire } from './values.ts'

type Asked = Exclude<Operation, { name: 'list' | 'outcome' }>

/** Asks the inner directory for one thing, and returns the answer as it travels. Faults are the directory's. */
export async function carryOut(
  { inner, deny }: { inner: Directory; deny: AgentRules['deny'] },
  operation: Asked,
  { passwords, signal }: { passwords: Passwords | null; signal: AbortSignal },
): Promise<unknown> {
  switch (operation.name) {
    case 'find': {
      const found = await inner.find({ by: operation.by, value: operation.value }, signal)
      return found.map((entry) => entryToWire(asShown(entry, deny)))
    }
    case 'read': {
      const entry = await inner.read(operation.key, signal)
      return entry === null ? null : entryToWire(asShown(entry, deny))
    }
    case 'password-rules':
      return inner.passwordRules(operation.key, signal)
    case 'check':
      await inner.check(signal)
      return null
    case 'verify-password':
      return inner.verifyPassword(operation.key, sent(passwords).password, signal)
    case 'set-password':
      return inner.setPassword(operation.key, sent(passwords).password, signal)
    case 'offboard':
      return inner.offboard(operation.key, sent(passwords).password, signal)
    case 'change-password': {
      const { current, password: next } = sent(passwords)
      if (current === null) throw new Fault('directory-answer-unusable')
      return inner.changePassword(operation.key, { current, next, owed: operation.owed }, signal)
    }
    case 'unlock':
      return inner.unlock(operation.key, signal)
    case 'require-change':
      return inner.requireChange(operation.key, signal)
  }
}

/** Whoever is denied here is privileged for the server: it then tells them so instead of failing at the end. */
export const asShown = (
  entry: Parameters<typeof entryToWire>[0],
  deny: AgentRules['deny'],
): Parameters<typeof entryToWire>[0] => (isDenied(entry, deny) ? { ...entry, privileged: true } : entry)

function sent(passwords: Passwords | null): Passwords {
  if (passwords === null) throw new Fault('directory-answer-unusable')
  return passwords
}
