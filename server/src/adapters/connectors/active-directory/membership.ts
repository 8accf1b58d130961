import type { DirectoryEntry } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { readEntry } from '../ldap-wire/reading.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { octetsIn } from '../ldap-wire/values.ts'
import type { ActiveDirectoryConfig, Condition } from './config.ts'
import { type Found, octetAttributes } from './entry.ts'
import { byKey } from './filters.ts'
import { ridOf, sidText } from './octets.ts'

interface Deps extends Pick<Outside, 'now'> {
  warn(message: string, facts: Record<string, string | number | boolean>): void
}

/** SIDs of all groups of an account, through other groups and with its primary group; null when they can't be read. */
type Groups = ReadonlySet<string> | null

/** A group seldom becomes another one. */
const freshMilliseconds = 60_000

/** What the groups of an entry decide. A question that can't be answered counts as answered with yes. */
export function makeMembership(config: ActiveDirectoryConfig, { now, warn }: Deps) {
  const knownSids = new Map<string, { sid: string; until: number }>()

  /** MS-ADTS, section 3.1.1.4.5.19: the server follows groups of groups; it does so for one entry at a time. */
  const groupsOf = async (key: string, session: Session): Promise<Groups> => {
    const entry = await readEntry(session, byKey(key), {
      attributes: ['tokenGroups'],
      explicitBufferAttributes: octetAttributes,
    })
    const sids = entry === null ? [] : octetsIn(entry, 'tokenGroups').map(sidText)
    // Everybody is in one group at least.
    if (sids.length > 0 && !sids.includes(null)) return new Set(sids.filter((sid) => sid !== null))
    warn('the groups of an entry can not be read', {
      server: session.connection.server,
      attribute: 'tokenGroups',
    })
    return null
  }

  const sidOf = async (group: string, session: Session): Promise<string | null> => {
    if (/^S-1-/i.test(group)) return group.toUpperCase()
    const known = knownSids.get(group)
    if (known !== undefined && now().getTime() < known.until) return known.sid
    const entry = await readEntry(session, group, {
      attributes: ['objectSid'],
      explicitBufferAttributes: octetAttributes,
    })
    const [octets] = entry === null ? [] : octetsIn(entry, 'objectSid')
    const sid = octets === undefined ? null : sidText(octets)
    if (sid === null) warn('a group can not be found', { server: session.connection.server, group })
    else knownSids.set(group, { sid, until: now().getTime() + freshMilliseconds })
    return sid
  }

  const isMember = async (group: string, groups: Groups, session: Session): Promise<boolean> => {
    const sid = await sidOf(group, session)
    return sid === null || groups === null || groups.has(sid)
  }

  const anyHolds = async (
    conditions: readonly Condition[],
    found: Pick<Found, 'values'> & { groups: Groups },
    session: Session,
  ): Promise<boolean> => {
    for (const condition of conditions) {
      const holds =
        'group' in condition
          ? await isMember(condition.group, found.groups, session)
          : hasValue(condition, found.values)
      if (holds) return true
    }
    return false
  }

  const privilegedSids = new Set(config.privilegedSids)
  const isPrivileged = (sid: string) => privilegedSids.has(sid) || privilegedSids.has(ridOf(sid) ?? '')

  return {
    anyHolds,
    groupsOf,
    /** Everything about an entry, with what its groups decide. */
    async complete(found: Found, session: Session): Promise<DirectoryEntry> {
      const { own, values, sid } = found
      const groups = await groupsOf(own.key, session)
      const asked = { values, groups }
      const named: string[] = []
      for (const { group } of config.groups) if (await isMember(group, groups, session)) named.push(group)
      // MS-ADTS, section 3.1.1.6.1.2: AdminSDHolder takes inherited rights away, and leaves the mark when it is over.
      const isProtected = values('adminCount').some((count) => count !== '0')
      const [primaryGroup = ''] = values('primaryGroupID')
      return {
        ...own,
        disabled: own.disabled || (await anyHolds(config.disabled, asked, session)),
        privileged:
          isProtected ||
          sid === null ||
          groups === null ||
          [sid, ...groups].some(isPrivileged) ||
          privilegedSids.has(primaryGroup) ||
          (await anyHolds(config.privileged, asked, session)),
        federated: await anyHolds(config.federated, asked, session),
        secondFactor: own.secondFactor || (await anyHolds(config.secondFactor, asked, session)),
        groups: [...own.groups, ...named],
      }
    },
  }
}

function hasValue(condition: Extract<Condition, { attribute: string }>, values: Found['values']): boolean {
  const present = values(condition.attribute)
  if (condition.values === undefined) return present.length > 0
  const wanted = new Set(condition.values.map((value) => value.toLowerCase()))
  return present.some((value) => wanted.has(value.toLowerCase()))
}
