import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { oidc } from '../../src/adapters/connectors/oidc/index.ts'
import { type ConnectorOptions, connectorOutside } from '../support/connector-outside.ts'
import { crowd, type DirectoryHarness, type Person, type World } from './directory-harness.ts'

/** A roster in a folder of its own. */
export async function aRoster(text = '') {
  const folder = await mkdtemp(join(tmpdir(), 'rekey-roster-'))
  const file = join(folder, 'people.csv')
  /** As whoever keeps it should: the file is there as a whole, before and after. */
  const write = async (now: string, mode = 0o600) => {
    await writeFile(`${file}.new`, now, { mode })
    await rename(`${file}.new`, file)
  }
  await write(text)
  return { file, write, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

export const openRoster = (rosterFile: string, options: ConnectorOptions = {}) =>
  oidc.open({ rosterFile }, connectorOutside(options))

export const oidcHarness: DirectoryHarness = {
  kind: 'oidc',
  title: 'oidc on a roster',
  keepsPasswords: false,
  ...{ lengthMin: null, takesNul: true, lockoutTries: 3 },
  ...{ changesAsUser: false, marksMustChange: false, rules: null, tellsChanges: false },
  open: aWorld,
  openTroubled: () => Promise.reject(new Error('there is no server in between')),
}

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`
const header = 'key,username,name,upn,locale,mail,mail,recovery,recovery,phone'

function lineOf(key: string, person: Person) {
  const { username, displayName, upn, locale, mails, recoveryAddresses, recoveryNumbers } = person
  const two = (values: readonly string[] = []) => [values[0] ?? '', values[1] ?? '']
  const all = [
    key,
    username,
    displayName ?? '',
    upn ?? '',
    locale ?? '',
    ...two(mails),
    ...two(recoveryAddresses),
    recoveryNumbers?.[0] ?? '',
  ]
  return all.map(quoted).join(',')
}

async function aWorld(): Promise<World> {
  const people = new Map<string, Person>()
  const roster = await aRoster(header)
  const keep = () =>
    roster.write([header, ...[...people].map(([key, person]) => lineOf(key, person))].join('\r\n'))
  const keyOf = (username: string) => {
    const [key] = [...people].find(([, person]) => person.username === username) ?? []
    if (key === undefined) throw new Error(`nobody is called ${username}`)
    return key
  }
  const never = () => Promise.reject(new Error('nobody is disabled in a roster'))
  return {
    directory: openRoster(roster.file),
    async add(person) {
      const key = `sub-${people.size}-${person.username.length}`
      people.set(key, person)
      await keep()
      return key
    },
    async addCrowd(count) {
      for (const username of crowd(count)) people.set(`sub-of-${username}`, { username, password: '' })
      await keep()
    },
    async rename(username, newUsername) {
      const key = keyOf(username)
      people.set(key, { username: newUsername, password: '' })
      await keep()
    },
    async remove(username) {
      people.delete(keyOf(username))
      await keep()
    },
    ...{ disable: never, enable: never },
    passwordWorks: () => Promise.resolve(false),
    [Symbol.asyncDispose]: () => roster[Symbol.asyncDispose](),
  }
}
