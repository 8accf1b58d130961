import { randomUUID } from 'node:crypto'
import { argon2idHash } from '../../server/src/adapters/connectors/hashes/argon2.ts'
import {
  local,
  localDirectoryMigrations,
  makeLocalAccounts,
} from '../../server/src/adapters/connectors/local/index.ts'
import { openDatabase } from '../../server/src/adapters/stores/database.ts'
import { migrate } from '../../server/src/adapters/stores/migrate.ts'
import type { Directory } from '../../server/src/core/accounts/ports.ts'
import { systemOutside } from '../../server/src/kernel/outside.ts'
import { Secret } from '../../server/src/kernel/secret.ts'
import { ldapConfigFor, openLdapDirectory } from '../../server/test/contract/directory-ldap.ts'
import { startTestCluster } from '../../server/test/support/embedded.ts'
import { startOpenLdap } from '../../server/test/support/openldap.ts'
import type { AccountClass } from './conditions.ts'
import { seededRandom, shuffled } from './statistics.ts'
import type { Measured } from './verdict.ts'

/** Tries that are not counted: connections are opened, code is compiled. */
const warmUps = 20
const accountsEach = 10
/** More wrong passwords than a run has, so that accounts stay what they are. */
const neverLocks = 1_000_000

type Keys = Readonly<Partial<Record<AccountClass, readonly string[]>>>

/**
 * How long a directory takes to say that a password is wrong. No page of the service asks for a current password yet;
 * what it would ask is the directory port, which binds a decoy for an account that is not there.
 */
export async function measureSignIn(
  operation: 'sign-in, ldap' | 'sign-in, local',
  pairs: number,
): Promise<Measured> {
  await using opened = new AsyncDisposableStack()
  const { directory, keys } = await (operation === 'sign-in, ldap' ? openLdap(opened) : openLocal(opened))
  const random = seededRandom(20_261_121)
  const names = Object.keys(keys) as AccountClass[]
  const times: Partial<Record<AccountClass, number[]>> = {}
  for (let block = -warmUps; block < pairs; block += 1) {
    for (const name of shuffled(names, random)) {
      const key = keys[name]?.[Math.abs(block) % accountsEach] ?? randomUUID()
      const began = process.hrtime.bigint()
      const verdict = await directory.verifyPassword(key, wrong, AbortSignal.timeout(10_000))
      const nanoseconds = Number(process.hrtime.bigint() - began)
      if (verdict.ok) throw new Error('a wrong password was right')
      if (block >= 0) (times[name] ??= []).push(nanoseconds)
    }
  }
  return { operation, condition: 'quiet', times }
}

const wrong = new Secret('not the password of anybody')

const several = async (make: (uid: string) => Promise<string>, name: string): Promise<string[]> => {
  const keys: string[] = []
  for (let count = 0; count < accountsEach; count += 1) keys.push(await make(`${name}${count}`))
  return keys
}

async function openLdap(opened: AsyncDisposableStack): Promise<{ directory: Directory; keys: Keys }> {
  const server = opened.use(await startOpenLdap())
  const directory = openLdapDirectory(ldapConfigFor(server))
  opened.defer(() => directory.close())
  // The decoy's policy counts no failures; an account under one that does is `locked` after three of them.
  const person = async (uid: string) => {
    await server.addPeople([{ uid, password: 'violet tundra kettle 1', policy: 'none' }])
    return server.entryUuid(uid)
  }
  const lockedAt = (time: string) => async (uid: string) => {
    const key = await person(uid)
    await server.setAttribute(uid, 'pwdAccountLockedTime', [time])
    return key
  }
  const keys = {
    unknown: Array.from({ length: accountsEach }, () => randomUUID()),
    known: await several(person, 'known'),
    disabled: await several(lockedAt('000001010000Z'), 'disabled'),
    locked: await several(lockedAt('20260101000000Z'), 'locked'),
  }
  return { directory, keys }
}

async function openLocal(opened: AsyncDisposableStack): Promise<{ directory: Directory; keys: Keys }> {
  const { cluster, stop } = await startTestCluster()
  opened.defer(stop)
  const { kysely, close } = openDatabase({ connection: { ...cluster, ssl: false } })
  opened.defer(close)
  await migrate(kysely, localDirectoryMigrations)
  const place = { tenant: 'northwind', name: 'people', database: kysely }
  // Far less than people's passwords get: what a slow hash takes varies by more than is looked for.
  const argon2 = { memoryKibibytes: 1_024, passes: 1, lanes: 1 }
  const directory = local.open(
    { lockoutTries: neverLocks, history: 0, minAgeSeconds: 0, argon2 },
    { ...systemOutside, ...place, warn: () => undefined },
  )
  opened.defer(() => directory.close())
  const accounts = makeLocalAccounts(kysely, place.tenant, place.name, systemOutside)
  const hash = await argon2idHash(Buffer.from('violet tundra kettle 1'), argon2)
  const person = (over: object) => (username: string) =>
    accounts.upsert({ username, displayName: username, password: { hash }, ...over })
  const keys = {
    unknown: Array.from({ length: accountsEach }, () => randomUUID()),
    known: await several(person({}), 'known'),
    disabled: await several(person({ disabled: true }), 'disabled'),
    locked: await several(person({ locked: true }), 'locked'),
    federated: await several(person({ federated: true }), 'federated'),
  }
  return { directory, keys }
}
