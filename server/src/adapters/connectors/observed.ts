import type { Directory } from '../../core/accounts/ports.ts'
import { Fault } from '../../kernel/fault.ts'
import type { ConnectorOutside } from './define.ts'

/**
 * A directory whose faults an operator gets to see. While a person waits, the core turns a fault into "try again
 * later" and lets it go; here each is logged once before, with what was asked and why it failed. It travels on
 * under the directory's name, so that whoever logs it elsewhere (a job that is tried again) says which it was; beside an
 * agent it has none, because there is but one, and the server says it.
 *
 * A `check` is not logged here: whoever asks for one wants to know, and says it in a way of its own.
 */
export function observed(
  directory: Directory,
  { warn, named = true }: Pick<ConnectorOutside, 'warn'> & { named?: boolean },
): Directory {
  const logged = (operation: string, error: unknown) => {
    if (!(error instanceof Fault)) return error
    const { code, retryAfterSeconds } = error
    const because = error.detail ?? code
    warn('directory failed', { operation, code, because })
    const detail = named ? `directory "${directory.name}": ${because}` : because
    return new Fault(code, { cause: error, detail, retryAfterSeconds })
  }
  const watch = async <Answer>(operation: string, work: Promise<Answer>): Promise<Answer> => {
    try {
      return await work
    } catch (error) {
      throw logged(operation, error)
    }
  }
  return {
    name: directory.name,
    abilities: directory.abilities,
    find: (query, signal) => watch('find', directory.find(query, signal)),
    read: (key, signal) => watch('read', directory.read(key, signal)),
    async *list(signal) {
      try {
        yield* directory.list(signal)
      } catch (error) {
        throw logged('list', error)
      }
    },
    setPassword: (key, password, signal) =>
      watch('set-password', directory.setPassword(key, password, signal)),
    offboard: (key, password, signal) => watch('offboard', directory.offboard(key, password, signal)),
    changePassword: (key, passwords, signal) =>
      watch('change-password', directory.changePassword(key, passwords, signal)),
    unlock: (key, signal) => watch('unlock', directory.unlock(key, signal)),
    requireChange: (key, signal) => watch('require-change', directory.requireChange(key, signal)),
    passwordRules: (key, signal) => watch('password-rules', directory.passwordRules(key, signal)),
    verifyPassword: (key, password, signal) =>
      watch('verify-password', directory.verifyPassword(key, password, signal)),
    check: (signal) => directory.check(signal),
    close: () => directory.close(),
  }
}
