import { makeMemoryDirectory } from '../support/memory-directory.ts'
import { anAccount } from '../support/recovery-world.ts'
import { directoryContract } from './directory.contract.ts'
import { crowd, type DirectoryHarness, type Person, type TroubledWorld } from './directory-harness.ts'
import { directoryLifeContract } from './directory-life.contract.ts'

/** The directory that tests of the core stand on. It has no line of its own in the registry. */
const inMemory: DirectoryHarness = {
  kind: 'local',
  title: 'memory, for tests',
  lengthMin: null,
  takesNul: true,
  lockoutTries: 3,
  changesAsUser: true,
  rules: null,
  marksMustChange: true,
  tellsChanges: true,
  open: () => Promise.resolve(aWorld()),
  openTroubled: () => Promise.resolve(aWorld()),
}

function aWorld(): TroubledWorld {
  const directory = makeMemoryDirectory('people', [], { history: 3, lockoutTries: 3 })
  const { people, passwords } = directory
  const named = (username: string) => {
    const entry = [...people.values()].find((one) => one.username === username)
    if (entry === undefined) throw new Error(`nobody is called ${username}`)
    return entry
  }
  const add = ({ password, ...person }: Person) => {
    const entry = anAccount(person.username, { key: `key-${people.size}-${person.username}`, ...person })
    people.set(entry.key, entry)
    passwords.set(entry.key, password)
    return Promise.resolve(entry.key)
  }
  const goesDown = () => {
    directory.down = true
  }
  return {
    directory,
    add,
    async addCrowd(count) {
      for (const username of crowd(count)) await add({ username, password: '' })
    },
    async rename(username, newUsername) {
      const entry = named(username)
      people.set(entry.key, { ...entry, username: newUsername })
    },
    async remove(username) {
      people.delete(named(username).key)
    },
    async disable(username) {
      const entry = named(username)
      people.set(entry.key, { ...entry, disabled: true })
    },
    async enable(username) {
      const entry = named(username)
      people.set(entry.key, { ...entry, disabled: false })
    },
    passwordWorks: (username, password) => Promise.resolve(passwords.get(named(username).key) === password),
    cut: async () => goesDown(),
    freeze: goesDown,
    mend: async () => {
      directory.down = false
    },
    onPasswordWrite: (mishap) =>
      new Promise((resolve) => {
        directory.nextWrite = { is: 'unanswered', applied: mishap === 'answer lost' }
        directory.onWrite = () => resolve()
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

directoryContract(inMemory)
directoryLifeContract(inMemory)
