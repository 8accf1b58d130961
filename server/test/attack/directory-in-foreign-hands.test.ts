import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Value } from 'typebox/value'
import { beforeEach, describe, expect, it } from 'vitest'
import { LdapConfig } from '../../src/adapters/connectors/ldap/config.ts'
import { ldap } from '../../src/adapters/connectors/ldap/index.ts'
import type { Directory } from '../../src/core/accounts/ports.ts'
import { Secret } from '../../src/kernel/secret.ts'
import { connectorOutside } from '../support/connector-outside.ts'
import { type CrookedLdap, type Kind, startCrookedLdap } from '../support/crooked-ldap.ts'

const key = '7d9f2c4e-4a55-4c77-9d0e-3a1b5c6d7e8f'
const inTime = () => AbortSignal.timeout(20_000)
const next = new Secret('copper lantern meadow tundra')

let server: CrookedLdap
let directory: Directory
/** Where a referral leads. */
let trap: { url: string; visits: number }

beforeEach(async () => {
  const opening = new AsyncDisposableStack()
  server = opening.use(
    await startCrookedLdap({
      dn: 'uid=ada,ou=people,dc=example,dc=test',
      attributes: { objectClass: 'inetOrgPerson', uid: 'ada', cn: 'Ada', entryUUID: key },
    }),
  )
  const elsewhere = createServer((socket) => {
    trap.visits += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  opening.defer(() => void elsewhere.close())
  trap = { url: `ldap://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/dc=example`, visits: 0 }
  directory = open()
  opening.defer(() => directory.close())
  return () => opening.disposeAsync()
})

function open(passwordWrite: 'passmod' | 'replace' = 'passmod'): Directory {
  const settings = {
    urls: [server.url],
    insecureLoopback: true,
    bindDn: 'cn=rekey,dc=example,dc=test',
    bindPassword: { file: 'filled in by the loader' },
    baseDn: 'ou=people,dc=example,dc=test',
    privileged: [],
    readSeconds: 15,
    passwordWrite,
  }
  const config = Value.Parse(LdapConfig, Value.Default(LdapConfig, settings))
  return ldap.open({ ...config, bindPassword: new Secret('of the service account') }, connectorOutside({}))
}

const outcomeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => value,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
const askAll = async (): Promise<unknown[]> => [
  await outcomeOf(directory.find({ by: 'username', value: 'ada' }, inTime())),
  await outcomeOf(directory.read(key, inTime())),
  await outcomeOf(directory.setPassword(key, next, inTime())),
  await outcomeOf(directory.verifyPassword(key, next, inTime())),
]

describe('[234] a server that refers us to another one', () => {
  it('would be believed if it told the truth', async () => {
    expect(await directory.read(key, inTime())).toMatchObject({ username: 'ada' })
    expect(await directory.setPassword(key, next, inTime())).toMatchObject({ ok: true })
  })

  it.each<[Kind, 'referral' | 'reference', 'passmod' | 'replace']>([
    ['search', 'reference', 'passmod'],
    ['search', 'referral', 'passmod'],
    ['modify', 'referral', 'replace'],
    ['extended', 'referral', 'passmod'],
    ['bind', 'referral', 'passmod'],
  ])('at a %s, by a %s, has nobody follow it, with a password or without (%s)', async (kind, how, write) => {
    await directory.close()
    directory = open(write)
    server.behave = { [kind]: how === 'referral' ? { referral: trap.url } : { reference: trap.url } }

    const outcomes = await askAll()

    expect(server.asked).toContain(kind)
    if (how === 'referral') expect(outcomes).toContain('directory-misconfigured')
    expect(trap.visits).toBe(0)
  })
})

describe('[232] a server whose answer has no end', () => {
  it('is hung up on, and called what it is', async () => {
    server.behave = { search: 'endless' }

    expect(await outcomeOf(directory.find({ by: 'username', value: 'ada' }, inTime()))).toBe(
      'directory-answer-unusable',
    )
    // What is on its way when the connection ends is in buffers of the system.
    expect(server.sent()).toBeLessThan(60 * 1024 * 1024)
  })

  it('after a new password leaves nobody sure what is in force', async () => {
    server.behave = { extended: 'endless' }

    expect(await outcomeOf(directory.setPassword(key, next, inTime()))).toBe('directory-outcome-unknown')
  })
})
