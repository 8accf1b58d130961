import { isResultCodeError } from '../ldap-wire/result-codes.ts'
import type { Session } from '../ldap-wire/servers.ts'
import type { Values } from '../ldap-wire/values.ts'
import type { Condition } from './config.ts'

export interface Asked {
  dn: string
  values: Values
}

export interface ConditionDeps {
  warn(message: string, facts: Record<string, string | number | boolean>): void
}

/** Whether one of the conditions holds for an entry. One that can't be answered counts as holding. */
export function makeAnyHolds({ warn }: ConditionDeps) {
  return async (conditions: readonly Condition[], asked: Asked, session: Session): Promise<boolean> => {
    for (const condition of conditions) {
      const holds =
        'group' in condition
          ? await isMember(condition, { asked, session, warn })
          : hasValue(condition, asked.values)
      if (holds) return true
    }
    return false
  }
}

function hasValue(condition: Extract<Condition, { attribute: string }>, values: Values): boolean {
  const present = values(condition.attribute)
  if (condition.values === undefined) return present.length > 0
  const wanted = new Set(condition.values.map((value) => value.toLowerCase()))
  return present.some((value) => wanted.has(value.toLowerCase()))
}

/**
 * Asked with a compare and not with a search: a search that finds nothing may mean that the service account
 * sees no members, a compare says which it is. "No such attribute" (16) is undecided as well, since a group
 * that lists people under another attribute answers just that.
 */
async function isMember(
  condition: Extract<Condition, { group: string }>,
  deps: { asked: Asked; session: Session } & ConditionDeps,
): Promise<boolean> {
  const { connection, readSignal } = deps.session
  try {
    return await connection.ask(readSignal, (client) =>
      client.compare(condition.group, condition.memberAttribute, deps.asked.dn),
    )
  } catch (error) {
    if (!isResultCodeError(error)) throw error
    deps.warn('membership in a group could not be decided', { group: condition.group, result: error.code })
    return true
  }
}
