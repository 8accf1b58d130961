import type { Directory } from '../../core/accounts/ports.ts'
import { type Tracing, traced } from '../../kernel/tracing.ts'

/** A directory whose questions are seen in traces: which one, and what was asked, never about whom. */
export function tracedDirectory(directory: Directory, tracing: Tracing): Directory {
  const watch = <Answer>(operation: string, work: () => Promise<Answer>): Promise<Answer> => {
    const facts = { 'rekey.directory': directory.name, 'rekey.operation': operation }
    return traced(tracing.begin({ name: `directory ${operation}`, kind: 'client', facts }), work)
  }
  return {
    ...directory,
    find: (query, signal) => watch('find', () => directory.find(query, signal)),
    read: (key, signal) => watch('read', () => directory.read(key, signal)),
    setPassword: (key, password, signal) =>
      watch('set-password', () => directory.setPassword(key, password, signal)),
    offboard: (key, password, signal) => watch('offboard', () => directory.offboard(key, password, signal)),
    changePassword: (key, passwords, signal) =>
      watch('change-password', () => directory.changePassword(key, passwords, signal)),
    unlock: (key, signal) => watch('unlock', () => directory.unlock(key, signal)),
    requireChange: (key, signal) => watch('require-change', () => directory.requireChange(key, signal)),
    passwordRules: (key, signal) => watch('password-rules', () => directory.passwordRules(key, signal)),
    verifyPassword: (key, password, signal) =>
      watch('verify-password', () => directory.verifyPassword(key, password, signal)),
  }
}
