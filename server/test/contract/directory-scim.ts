import type { Directory } from '../../src/core/accounts/ports.ts'
import { addScimPerson, openScimDirectory, scimConfig } from '../support/scim-people.ts'
import { type ScimServer, startScimServer } from '../support/scim-server.ts'
import { crowd, type DirectoryHarness, type World } from './directory-harness.ts'
import { startRelay } from './directory-relay.ts'

export const scimHarness: DirectoryHarness = {
  kind: 'scim',
  title: 'scim',
  lengthMin: 8,
  takesNul: true,
  lockoutTries: 3,
  changesAsUser: false,
  marksMustChange: true,
  rules: null,
  tellsChanges: true,
  async open() {
    const server = await startScimServer()
    const directory = openScimDirectory({ ...(await scimConfig(server)), connections: 2 })
    return { ...worldOver(server, directory), [Symbol.asyncDispose]: () => endOf(server, directory) }
  },
  async openTroubled() {
    const server = await startScimServer()
    const relay = await startRelay({ host: '127.0.0.1', port: server.clearPort })
    const { caFile: _, ...config } = await scimConfig(server)
    const origin = `http://127.0.0.1:${relay.port}`
    const directory = openScimDirectory({
      ...config,
      url: `${origin}/scim/v2`,
      verify: { by: 'basic', url: `${origin}/session`, decoyUsername: 'nobody' },
      insecureLoopback: true,
    })
    return {
      ...worldOver(server, directory),
      cut: relay.cut,
      freeze: relay.freeze,
      mend: relay.mend,
      onPasswordWrite: (mishap) => relay.onRequest('"path":"password"', mishap),
      async [Symbol.asyncDispose]() {
        await relay.cut()
        await endOf(server, directory)
      },
    }
  },
}

async function endOf(server: ScimServer, directory: Directory) {
  await directory.close()
  await server[Symbol.asyncDispose]()
}

function worldOver(server: ScimServer, directory: Directory): Omit<World, typeof Symbol.asyncDispose> {
  const named = (username: string) => {
    const person = server.named(username)
    if (person === undefined) throw new Error(`nobody is called ${username}`)
    return person
  }
  return {
    directory,
    add: async (person) => addScimPerson(server, person),
    async addCrowd(count) {
      for (const username of crowd(count)) addScimPerson(server, { username, password: '' })
    },
    async rename(username, newUsername) {
      named(username).userName = newUsername
    },
    async remove(username) {
      server.people.delete(named(username).id)
    },
    async disable(username) {
      named(username).active = false
    },
    async enable(username) {
      named(username).active = true
    },
    passwordWorks: async (username, password) => named(username).password === password,
  }
}
