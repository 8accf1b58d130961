import type { Entry, Filter } from 'ldapts'
import type { DirectoryEntry, DirectoryPasswordRules, PasswordFacts } from '../../../core/accounts/ports.ts'
import type { Outside } from '../../../kernel/outside.ts'
import { userFilterOf } from '../ldap-wire/filters.ts'
import { asking, eachPage, readEntry } from '../ldap-wire/reading.ts'
import type { Session } from '../ldap-wire/servers.ts'
import { type Values, valuesOf } from '../ldap-wire/values.ts'
import { type ConditionDeps, makeAnyHolds } from './conditions.ts'
import type { LdapConfig } from './config.ts'
import { attributesToRead, type OwnFacts, ownFacts } from './entry.ts'
import { makePolicies } from './policies.ts'

/** An entry as it was found; questions that need another round trip are not answered yet. */
export interface Found {
  dn: string
  values: Values
  own: OwnFacts
}

export function makeSearch(config: LdapConfig, outside: ConditionDeps & Pick<Outside, 'now'>) {
  const attributes = attributesToRead(config, 'to tell')
  const toProve = attributesToRead(config, 'to prove')
  const anyHolds = makeAnyHolds(outside)
  const rulesFor = makePolicies(config, outside)
  const groupsOf = async (found: Found, session: Session) => {
    const groups: string[] = []
    for (const asked of config.groups) {
      if (await anyHolds([asked], found, session)) groups.push(asked.group)
    }
    return groups
  }
  const foundIn = (session: Session) => (raw: Entry) => {
    const values = valuesOf(raw)
    const { server } = session.connection
    return { dn: raw.dn, values, own: ownFacts(values, { config, dn: raw.dn, now: outside.now(), server }) }
  }
  const complete = async (found: Found, session: Session): Promise<DirectoryEntry> => ({
    ...found.own,
    disabled: found.own.disabled || (await anyHolds(config.disabled, found, session)),
    privileged: await anyHolds(config.privileged, found, session),
    federated: await anyHolds(config.federated, found, session),
    secondFactor: await anyHolds(config.secondFactor, found, session),
    password: expiring(found.own.password, await rulesFor(found.values, session)),
    groups: [...found.own.groups, ...(await groupsOf(found, session))],
  })
  return {
    anyHolds,
    complete,
    rulesFor,
    /** At most two entries: enough to know that a match is ambiguous, and a bound on what a request can cost. */
    async search(filter: Filter, session: Session, only = attributes): Promise<Found[]> {
      const bounds = { sizeLimit: 2, timeLimit: config.readSeconds }
      const options = { scope: 'sub' as const, filter, attributes: only, ...bounds }
      const { searchEntries } = await asking(session, config.baseDn, options)
      return searchEntries.map(foundIn(session))
    },
    toProve,
    /** What one entry has for a proof, or null when it is not there or not as the filter wants it. */
    async readValues(dn: string, filter: Filter, session: Session): Promise<Values | null> {
      const entry = await readEntry(session, dn, { filter, attributes: toProve })
      return entry === null ? null : valuesOf(entry)
    },
    async listPages(
      { session, signal }: { session: Session; signal: AbortSignal },
      give: (page: DirectoryEntry[]) => Promise<void>,
    ): Promise<void> {
      const { server } = session.connection
      const options = { base: config.baseDn, filter: userFilterOf(config), attributes }
      const limits = { signal, readSeconds: config.readSeconds }
      await eachPage({ session, ...limits, ...options }, async (page, during) => {
        if (page.searchReferences.length > 0) {
          outside.warn('a part of the directory lies on another server and is not listed', { server })
        }
        const found = page.searchEntries.map(foundIn(session))
        const entries = await Promise.all(found.map((one) => complete(one, during)))
        during.pointOfNoReturn()
        if (entries.length > 0) await give(entries)
      })
    },
  }
}

/** Where only the policy tells when a password expires. */
function expiring(facts: PasswordFacts, rules: DirectoryPasswordRules | null): PasswordFacts {
  const { changedAt, expiresAt } = facts
  const age = rules?.maxAgeSeconds ?? null
  if (expiresAt !== null || changedAt === null || age === null) return facts
  return { ...facts, expiresAt: new Date(changedAt.getTime() + age * 1000) }
}
