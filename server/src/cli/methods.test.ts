import { describe, expect, it } from 'vitest'
import { anApp, aWorldOfMethods, enrolledLongAgo } from '../../test/support/enrolling.ts'
import { anAccount, northwind, signIn, type World } from '../../test/support/recovery-world.ts'
import { makeEnrolmentStatus, makeImportApp } from '../core/enrolment/index.ts'
import { type MethodsDesk, methodsImport, methodsStatus } from './methods.ts'

const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const company = () =>
  aWorldOfMethods({
    accounts: [
      anAccount('ada', { groups: ['Finance'] }),
      anAccount('bob', { groups: ['finance'] }),
      anAccount('grace'),
      anAccount('left', { disabled: true, groups: ['Finance'] }),
    ],
  })

const deskOf = (world: World): MethodsDesk => ({
  tenants: [{ id: northwind, languages: ['en'] }],
  importApp: makeImportApp(world.deps),
  status: makeEnrolmentStatus({
    tenant: world.deps.tenant,
    enrolledOf: async ({ tenant, directory }, keys) =>
      new Map(
        await Promise.all(
          keys.map(async (key) => {
            const subject = await world.store.subjectOf(tenant, { directory, key })
            return [key, (await world.store.readLedger(tenant, subject)).enrolled] as const
          }),
        ),
      ),
  }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
})

function aTerminal(world: World, json = false) {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  return { said: { desk: deskOf(world), tenant: null, json, terminal }, out, err }
}

async function* pieces(text: string) {
  yield* text.match(/[\s\S]{1,7}/g) ?? []
}

async function read(world: World, text: string, over: { dryRun?: boolean; json?: boolean } = {}) {
  const { said, out, err } = aTerminal(world, over.json)
  const options = { file: 'apps.csv', dryRun: over.dryRun ?? false }
  const exitCode = await methodsImport(options, { ...said, text: pieces(text) })
  return { exitCode, out, err }
}

describe('rekey methods import', () => {
  it('takes apps over that work at once, tells their owners, and does it once', async () => {
    const world = company()
    const file = `identifier,seed,name\nada,${seed.toLowerCase().replaceAll(/(.{4})/g, '$1 ')},old telephone\n`

    expect(await read(world, file, { dryRun: true })).toMatchObject({ exitCode: 0, err: [] })
    expect(world.store.rows.enrolments.size).toBe(0)
    const { exitCode, out, err } = await read(world, file)
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: ['Imported 1. Imported before: 0. Lines to mend: 0.'],
    })
    expect(err).toEqual(['Destroy apps.csv now: it holds the seeds.'])
    expect((await read(world, file)).out).toEqual(['Imported 0. Imported before: 1. Lines to mend: 0.'])

    await world.runJobs()
    expect(world.mails.map(({ order }) => order.kind)).toEqual(['method-added'])
    const signed = await signIn(world, 'ada')
    if (!signed.ok) throw new Error(signed.because)
    expect(signed.session.awaits).toBe('second-proof')
    const call = { tenant: northwind, id: signed.session.id, secret: signed.secret }
    const code = anApp('', seed).code(world.clock.now())
    const { client } = { client: { device: null, place: null, network: 'n', deviceDigest: null } }
    expect(await world.sessions.prove({ ...call, method: 'totp', code, client })).toMatchObject({ ok: true })
  })

  it('names each line that it can’t read, and reads the others', async () => {
    const world = company()
    const lines = [
      'identifier,seed,algorithm,digits,period',
      `,${seed},,,`,
      'ada,not base 32!,,,',
      'ada,JBSWY3DP,,,',
      `nobody-here,${seed},,,`,
      `ada,${seed},md5,,`,
      `ada,${seed},,7,`,
      `ada,${seed},sha-256,8,60`,
      `bob,${seed}`,
    ]

    const { exitCode, err, out } = await read(world, lines.join('\n'))

    expect(exitCode).not.toBe(0)
    expect(err.slice(0, -1)).toEqual([
      'Line 2: the identifier is missing.',
      'Line 3: the seed is no base 32 of at least 128 bits.',
      'Line 4: the seed is no base 32 of at least 128 bits.',
      'Line 5: no directory knows this account.',
      'Line 6: algorithm is SHA1, SHA256 or SHA512, digits 6 or 8, period 30 or 60; each may be empty.',
      'Line 7: algorithm is SHA1, SHA256 or SHA512, digits 6 or 8, period 30 or 60; each may be empty.',
      'Line 9: it has more or fewer fields than the first line.',
    ])
    expect(out).toEqual(['Imported 1. Imported before: 0. Lines to mend: 7.'])
    expect([...world.store.rows.enrolments.values()]).toMatchObject([
      { kept: { algorithm: 'SHA256', digits: 8, periodSeconds: 60 } },
    ])
  })

  it('refuses a file without the columns it needs', async () => {
    await expect(read(company(), 'identifier,secret\nada,x\n')).rejects.toThrow(
      'There is no column "secret". The first line has to name the columns: identifier, seed, and any of',
    )
  })
})

describe('rekey methods status', () => {
  it('counts everybody, or a group, and names who is missing', async () => {
    const world = company()
    await enrolledLongAgo(world, 'ada')
    const status = async (over: { group?: string; missing?: boolean; json?: boolean }) => {
      const { said, out } = aTerminal(world, over.json)
      const asked = { group: over.group ?? null, missing: over.missing ?? false }
      expect(await methodsStatus(asked, said)).toBe(0)
      return out
    }

    expect(await status({})).toEqual(['Everybody: 3 people, 1 with a second factor (33 %).', '  totp: 1'])
    expect(await status({ group: 'FINANCE', missing: true })).toEqual([
      'FINANCE: 2 people, 1 with a second factor (50 %).',
      '  totp: 1',
      'bob',
    ])
    expect(JSON.parse((await status({ group: 'nobody', json: true })).join(''))).toEqual({
      ...{ ok: true, tenant: northwind, group: 'nobody', people: 0, withFactor: 0, methods: {} },
    })
  })
})
