import { verify } from '@node-rs/argon2'
import { Secret } from '../../src/kernel/secret.ts'
import { adConfigFor } from '../contract/directory-ad.ts'
import { aKey, anAdminCaller } from '../support/admin-caller.ts'
import { startAgentProcess } from '../support/agent-process.ts'
import { demoOpens, inDatabaseOf } from '../support/demo-directory.ts'
import { startDs389 } from '../support/ds389.ts'
import type { People } from '../support/ldap-people.ts'
import { lockHolds, type OpenLdap, startOpenLdap } from '../support/openldap.ts'
import { ldapEntry, onOpenLdap, type Rekey, startRekey } from '../support/rekey-process.ts'
import { type SambaAd, startSambaAd } from '../support/samba-ad.ts'
import { addScimPerson, scimEntry, scimEnv } from '../support/scim-people.ts'
import { startScimServer } from '../support/scim-server.ts'
import type { MailServer } from '../support/smtp.ts'
import { type Dialect, startSqlServer } from '../support/sql-servers.ts'
import { makeSqlStore } from '../support/sql-store.ts'
import { oldPassword } from './world.ts'

/** A running service and the directory behind it, which is asked and written past every connector. */
export interface Place {
  rekey: Rekey
  /** Somebody with the old password and one address to write to. */
  add(uid: string, address: string): Promise<void>
  /** "Must change", as an administrator does who has set the password for somebody. */
  mark(uid: string): Promise<void>
  /** As wrong passwords do, or the application that the people belong to. */
  lock(uid: string): Promise<void>
  /** Whether this password lets them in where the directory is asked itself; a locked account lets nobody in. */
  opens(uid: string, password: string): Promise<boolean>
  /** Asks for a first password where the command that imports a file can't reach the directory. */
  invite?(uid: string): Promise<void>
}

export type OpenPlace = (opened: AsyncDisposableStack, smtp: MailServer) => Promise<Place>

const tenantOn = (directory: object) => {
  const limits = { requestsPerNetworkPerMinute: 100_000 }
  return { tenants: [{ id: 'northwind', name: 'Northwind', directories: [directory], limits }] }
}

export const openLocal: OpenPlace = async (opened, smtp) => {
  const config = tenantOn({ name: 'people', kind: 'local' })
  const rekey = opened.use(await startRekey({ smtp, config }))
  const set = (username: string, to: { must_change: boolean } | { locked_at: Date }) =>
    inDatabaseOf(rekey, async (database) => {
      await database.updateTable('local_account').set(to).where('username', '=', username).execute()
    })
  const isLocked = (username: string) =>
    inDatabaseOf(rekey, async (database) => {
      const people = database.selectFrom('local_account').select('locked_at')
      return (await people.where('username', '=', username).executeTakeFirstOrThrow()).locked_at !== null
    })
  return {
    rekey,
    add: (username, address) =>
      inDatabaseOf(rekey, async (_, accounts) => {
        const person = { username, displayName: `Tess ${username}`, recoveryAddresses: [address] }
        await accounts.upsert({ ...person, password: new Secret(oldPassword) })
      }),
    mark: (username) => set(username, { must_change: true }),
    lock: (username) => set(username, { locked_at: new Date() }),
    opens: async (username, password) =>
      (await demoOpens(rekey, username, password)) && !(await isLocked(username)),
  }
}

/** All servers of the tests lock after three wrong passwords. */
async function lockByTrying(uid: string, opens: Place['opens']): Promise<void> {
  for (let time = 0; time < 3; time += 1) await opens(uid, 'none of these 7')
}

const atServer = (rekey: Rekey, server: Omit<People, 'asRoot'>, mark: readonly [string, string]): Place => ({
  rekey,
  add: (uid, address) => server.addPeople([{ uid, password: oldPassword, recoveryAddresses: [address] }]),
  mark: (uid) => server.setAttribute(uid, mark[0], [mark[1]]),
  lock: (uid) => lockByTrying(uid, server.canBind),
  opens: server.canBind,
})

export const openOpenLdap: OpenPlace = async (opened, smtp) => {
  const server = opened.use(await startOpenLdap())
  const rekey = opened.use(await startRekey({ ...onOpenLdap(server), smtp }))
  return atOpenLdap(rekey, server)
}

function atOpenLdap(rekey: Rekey, server: OpenLdap): Place {
  const place = atServer(rekey, server, ['pwdReset', 'TRUE'])
  return {
    ...place,
    async lock(uid) {
      await place.lock(uid)
      await lockHolds()
    },
  }
}

/** Nothing but the agent is told where the OpenLDAP is. */
export const openOpenLdapBehindAgent: OpenPlace = async (opened, smtp) => {
  const server = opened.use(await startOpenLdap())
  const desk = aKey('desk', ['invitations.write'])
  const abilities = ['verify', 'unlock', 'history', 'locked-is-visible', 'change-as-user', 'must-change']
  const config = { ...tenantOn({ name: 'people', kind: 'agent', abilities }), adminKeys: [desk.entry] }
  const rekey = opened.use(await startRekey({ smtp, config }))
  const env = { TEST_LDAP_PASSWORD: server.bindPassword }
  opened.use(await startAgentProcess(rekey, { directory: ldapEntry(server), env }))
  const call = anAdminCaller(rekey.consoleUrl, desk.key)
  return {
    ...atOpenLdap(rekey, server),
    async invite(uid) {
      const { status, text } = await call('/invitations', { body: { identifier: uid }, name: uid })
      if (status !== 201) throw new Error(`${uid} was not invited: ${text}`)
    },
  }
}

export const openScim: OpenPlace = async (opened, smtp) => {
  const server = opened.use(await startScimServer())
  const rekey = opened.use(
    await startRekey({ smtp, config: tenantOn(await scimEntry(server)), env: scimEnv }),
  )
  const opens = async (uid: string, password: string) => {
    const authorization = `Basic ${Buffer.from(`${uid}:${password}`).toString('base64')}`
    return (await fetch(`http://127.0.0.1:${server.clearPort}/session`, { headers: { authorization } })).ok
  }
  return {
    rekey,
    async add(username, address) {
      addScimPerson(server, { username, password: oldPassword, recoveryAddresses: [address] })
    },
    async mark(uid) {
      const person = server.named(uid)
      if (person === undefined) throw new Error(`nobody is called ${uid}`)
      person.mustChange = true
    },
    lock: (uid) => lockByTrying(uid, opens),
    opens,
  }
}

export const openDs389: OpenPlace = async (opened, smtp) => {
  const server = opened.use(await startDs389())
  const attributes = { key: 'nsUniqueId', recoveryAddresses: ['recoveryAddress'] }
  const directory = { dialect: '389ds', attributes }
  const rekey = opened.use(await startRekey({ ...onOpenLdap(server, { directory }), smtp }))
  return atServer(rekey, server, ['passwordExpirationTime', '19700101000000Z'])
}

export const openActiveDirectory: OpenPlace = async (opened, smtp) =>
  activeDirectoryAt(opened.use(await startSambaAd()), opened, smtp)

export async function activeDirectoryAt(
  server: SambaAd,
  opened: AsyncDisposableStack,
  smtp: MailServer,
): Promise<Place> {
  const bindPassword = { env: 'TEST_AD_PASSWORD' }
  const config = tenantOn({
    name: 'people',
    kind: 'active-directory',
    ...adConfigFor(server),
    bindPassword,
  })
  const env = { [bindPassword.env]: server.service.password }
  const rekey = opened.use(await startRekey({ smtp, config, env }))
  return {
    rekey,
    add: (username, address) =>
      server.addPeople([{ username, password: oldPassword, recoveryAddresses: [address] }]),
    mark: (username) => server.setAttribute(server.dn(username), 'pwdLastSet', ['0']),
    lock: (username) => lockByTrying(username, server.canBind),
    opens: server.canBind,
  }
}

export const openSql =
  (dialect: Dialect): OpenPlace =>
  async (opened, smtp) => {
    const store = opened.use(await makeSqlStore(opened.use(await startSqlServer(dialect))))
    const { entry, env } = store
    const rekey = opened.use(await startRekey({ smtp, config: tenantOn(entry), env }))
    const lock = dialect === 'postgresql' ? 'locked_at' : 'locked_until'
    const isTrue = dialect === 'postgresql' ? true : 1
    return {
      rekey,
      async add(username, address) {
        await store.add({ username, password: oldPassword, recoveryAddresses: [address] })
      },
      mark: (username) => store.set(username, 'must_change_password', isTrue),
      lock: (username) => store.set(username, lock, '2090-01-01 00:00:00'),
      async opens(username, password) {
        const found = await store.database.query(`select login, ${lock} as locked from people`)
        const isLocked = found.some((row) => row['login'] === username && row['locked'] !== null)
        return !isLocked && verify((await store.hashOf(username)) ?? '', password)
      },
    }
  }
