import { Attribute, Change, Client, DN } from 'ldapts'

export const baseDn = 'dc=example,dc=test'
export const groupDn = `cn=administrators,ou=groups,${baseDn}`

export interface Person {
  uid: string
  password?: string
  displayName?: string
  mails?: readonly string[]
  /** Kept apart from `mails`: attribute `recoveryAddress` of `openldap/people.schema`. */
  recoveryAddresses?: readonly string[]
  /** `mobile`. */
  recoveryNumbers?: readonly string[]
  /** Attribute `principalName` of `openldap/people.schema`. */
  upn?: string
  locale?: string
  /** Kinds of second factor, attribute `secondFactor` of `openldap/people.schema`. */
  secondFactors?: readonly string[]
  /** Attribute `passwordElsewhere` of `openldap/people.schema`. */
  federated?: boolean
  /** Name of an entry below `ou=policies`; OpenLDAP only. */
  policy?: 'settled' | 'young' | 'shortlived' | 'careful' | 'fixed' | 'none'
}

/** What the directory's own administrator does, over a connection a call. */
export interface People {
  dn(uid: string): string
  addPeople(people: readonly Person[]): Promise<void>
  /** People with these names and nothing else. */
  addCrowd(uids: readonly string[]): Promise<void>
  /** Replaces all values; none removes the attribute. */
  setAttribute(uid: string, attribute: string, values: readonly string[]): Promise<void>
  addToGroup(uid: string): Promise<void>
  rename(uid: string, newUid: string): Promise<void>
  remove(uid: string): Promise<void>
  /** Values of one attribute as the directory's administrator sees them. */
  attribute(uid: string, attribute: string): Promise<string[]>
  /** A simple bind over a connection of its own, as an application would; false only for `refusals`. */
  canBind(uid: string, password: string): Promise<boolean>
  asRoot<T>(work: (client: Client) => Promise<T>): Promise<T>
}

export function peopleAt(options: {
  url: string
  root: { dn: string; password: string }
  /** Result codes that say "this is not the password". */
  refusals: readonly number[]
}): People {
  const { url, root, refusals } = options
  const dn = (uid: string) => new DN({ uid, ou: 'people' }).toString() + `,${baseDn}`
  const asRoot = async <T>(work: (client: Client) => Promise<T>): Promise<T> => {
    const client = new Client({ url, timeout: 20_000 })
    try {
      await client.bind(root.dn, root.password)
      return await work(client)
    } finally {
      await client.unbind()
    }
  }
  return {
    dn,
    asRoot,
    attribute: (uid, name) =>
      asRoot(async (client) => {
        const { searchEntries } = await client.search(dn(uid), { scope: 'base', attributes: [name] })
        const value = searchEntries[0]?.[name] ?? []
        return (Array.isArray(value) ? value : [value]).map(String)
      }),
    addPeople: (people) =>
      asRoot(async (client) => {
        for (const person of people) await client.add(dn(person.uid), entryOf(person))
      }),
    addCrowd: (uids) =>
      asRoot(async (client) => {
        // More at once would be more than slapd takes in before it answers.
        for (let at = 0; at < uids.length; at += 100) {
          await Promise.all(uids.slice(at, at + 100).map((uid) => client.add(dn(uid), entryOf({ uid }))))
        }
      }),
    setAttribute: (uid, type, values) =>
      asRoot((client) =>
        client.modify(dn(uid), [
          new Change({ operation: 'replace', modification: new Attribute({ type, values: [...values] }) }),
        ]),
      ),
    addToGroup: (uid) =>
      asRoot((client) =>
        client.modify(groupDn, [
          new Change({
            operation: 'add',
            modification: new Attribute({ type: 'member', values: [dn(uid)] }),
          }),
        ]),
      ),
    rename: (uid, newUid) => asRoot((client) => client.modifyDN(dn(uid), new DN({ uid: newUid }).toString())),
    remove: (uid) => asRoot((client) => client.del(dn(uid))),
    canBind: (uid, password) => canBind({ url, refusals }, dn(uid), password),
  }
}

function entryOf(person: Person): Record<string, string[]> {
  const optional = (name: string, values: readonly string[] | undefined) =>
    values === undefined || values.length === 0 ? {} : { [name]: [...values] }
  const one = (value: string | undefined) => (value === undefined ? undefined : [value])
  return {
    objectClass: ['inetOrgPerson', 'recoverablePerson'],
    uid: [person.uid],
    cn: [person.displayName ?? person.uid],
    sn: [person.displayName?.split(' ').at(-1) ?? person.uid],
    ...optional('displayName', one(person.displayName)),
    ...optional('mail', person.mails),
    ...optional('recoveryAddress', person.recoveryAddresses),
    ...optional('mobile', person.recoveryNumbers),
    ...optional('principalName', one(person.upn)),
    ...optional('preferredLanguage', one(person.locale)),
    ...optional('secondFactor', person.secondFactors),
    ...optional(
      'passwordElsewhere',
      person.federated === undefined ? undefined : [person.federated ? 'TRUE' : 'FALSE'],
    ),
    ...optional('userPassword', one(person.password)),
    ...optional(
      'pwdPolicySubentry',
      person.policy === undefined ? undefined : [`cn=${person.policy},ou=policies,${baseDn}`],
    ),
  }
}

async function canBind(
  { url, refusals }: { url: string; refusals: readonly number[] },
  dn: string,
  password: string,
): Promise<boolean> {
  const client = new Client({ url, timeout: 10_000 })
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && refusals.includes(Number(error.code))) return false
    throw error
  } finally {
    await client.unbind()
  }
}
