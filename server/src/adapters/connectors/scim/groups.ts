import type { ScimClient } from './client.ts'
import { isObject, type JsonObject, property } from './paths.ts'

/** Whether somebody is a member of a group, asked for as long as one question about people lasts. */
export type IsMember = (group: string, key: string, signal: AbortSignal) => Promise<boolean>

interface Deps {
  client: ScimClient
  warn(message: string, facts: Record<string, string | number | boolean>): void
}

/** Groups within a group that are looked into; more can't be decided. */
const groupsMax = 100

/**
 * Asks the group for its members and not the person for the groups: `groups` of a person is for servers to leave out
 * (RFC 7643 section 4.1.2), and a filter that a server does not understand may find nobody. Who is in a group within
 * the group is a member. What can't be decided counts as membership: a group that is gone, and one that shows no
 * members, because nobody names a group in a condition that has none.
 */
export const makeMemberships =
  (deps: Deps): (() => IsMember) =>
  () => {
    const asked = new Map<string, Promise<ReadonlySet<string> | null>>()
    return async (group, key, signal) => {
      const answer = asked.get(group) ?? everyMember(deps, group, signal)
      asked.set(group, answer)
      const members = await answer
      return members === null || members.has(key)
    }
  }

/** Keys of people, and of groups besides. Null when it can't be told. */
async function everyMember(deps: Deps, group: string, signal: AbortSignal): Promise<Set<string> | null> {
  const members = new Set<string>()
  const toRead = new Map([[group, true]])
  for (const [id, isGroup] of toRead) {
    const read = toRead.size > groupsMax ? null : await membersOf(deps.client, { id, isGroup }, signal)
    if (read === null || (id === group && read.length === 0)) {
      deps.warn('membership in a group could not be decided', { group })
      return null
    }
    for (const { value, type } of read) {
      members.add(value)
      if (type !== 'person' && !toRead.has(value)) toRead.set(value, type === 'group')
    }
  }
  return members
}

interface Member {
  value: string
  type: 'person' | 'group' | 'unknown'
}

/** None for what turns out not to be a group; null for an answer that can't be used. */
async function membersOf(
  client: ScimClient,
  { id, isGroup }: { id: string; isGroup: boolean },
  signal: AbortSignal,
): Promise<Member[] | null> {
  const group = await client.resource({ kind: 'Groups', id, attributes: ['members'] }, signal)
  if (group === null) return isGroup ? null : []
  const listed = property(group.body, 'members') ?? []
  if (!Array.isArray(listed) || !listed.every(isObject)) return null
  const members = listed.map(memberOf)
  return members.every((member) => member !== null) ? members : null
}

/** The type is optional (RFC 7643 section 8.7.1), and the reference tells as much. */
function memberOf(listed: JsonObject): Member | null {
  const value = property(listed, 'value')
  if (typeof value !== 'string') return null
  const [type, reference] = [property(listed, 'type'), property(listed, '$ref')]
  const is = (kind: 'User' | 'Group') =>
    (typeof type === 'string' && type.toLowerCase() === kind.toLowerCase()) ||
    (typeof reference === 'string' && reference.includes(`/${kind}s/`))
  if (is('Group')) return { value, type: 'group' }
  return { value, type: is('User') ? 'person' : 'unknown' }
}
