import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  aClient,
  anAccount,
  aProvider,
  aWorld,
  northwind,
  signIn,
  signInAs,
  type WorldOptions,
} from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import type { Identity } from './ports.ts'

const company = (identity: Identity, over: WorldOptions = {}) =>
  aWorld({ accounts: [anAccount('ada')], means: aProvider(identity), ...over })
const ada: Identity = { ok: true, claimed: 'ada' }
const unusable = { ok: false, because: 'provider-answer-unusable' }
const unknown = { ok: false, because: 'provider-account-unknown' }

describe('a sign-in at the provider', () => {
  it('begins a session for the account that the claim names, and says how it was proven', async () => {
    const world = company(ada)

    const signed = await signInAs(world, { service: 'mail' })

    expect(signed).toMatchObject({
      ok: true,
      session: { username: 'ada', provenBy: 'provider', service: 'mail', mustChange: null },
    })
    expect(world.store.rows.events).toMatchObject([
      { name: 'sign-in.accepted', facts: { directory: 'people', method: 'provider' } },
    ])
  })

  it('lets an account in that a password alone does not', async () => {
    const world = company(ada, { accounts: [anAccount('ada', { secondFactor: true })] })

    expect(await signIn(world, 'ada')).toEqual({ ok: false, because: 'second-factor-needed' })
    expect(await signInAs(world)).toMatchObject({ ok: true })
  })

  it('goes by the key of an entry where the claim holds one, and then by nothing else', async () => {
    const means = (claimed: string) => aProvider({ ok: true, claimed }, { names: 'key' })

    expect(await signInAs(company(ada, { means: means('key-of-ada') }))).toMatchObject({ ok: true })
    expect(await signInAs(company(ada, { means: means('ada') }))).toEqual(unknown)
  })

  it.each([
    ['nobody here', 'nobody', {}, {}],
    ['a disabled account', 'ada', { disabled: true }, {}],
    ['two accounts', 'ada', {}, { directories: [makeMemoryDirectory('partners', [anAccount('ada')])] }],
    ['an account of a directory that it does not speak for', 'ada', {}, { directory: 'partners' }],
  ])(
    'says the same for %s',
    async (_, claimed, facts, {
      directory = null,
      ...over
    }: {
      directory?: string | null
    } & WorldOptions) => {
      const means = aProvider({ ok: true, claimed }, { directory })
      const world = company(ada, { accounts: [anAccount('ada', facts)], means, ...over })

      expect(await signInAs(world)).toEqual(unknown)
      expect(world.events()).toEqual(['sign-in.refused'])
      expect(world.store.rows.sessions.size).toBe(0)
    },
  )

  it('says so, too, when the provider does not say who it is', async () => {
    expect(await signInAs(company({ ok: false, because: 'claim-missing' }))).toEqual(unknown)
  })

  it.each(['not-signed-in', 'answer-unusable'] as const)('starts again when it was %s', async (because) => {
    expect(await signInAs(company({ ok: false, because }))).toEqual(unusable)
  })

  it('tells why a password has to be changed as far as the directory tells', async () => {
    const marked = company(ada)
    await marked.directory.requireChange('key-of-ada', AbortSignal.timeout(1_000))
    const { password } = anAccount('ada')
    const expired = company(ada, {
      accounts: [anAccount('ada', { password: { ...password, expiresAt: new Date(0) } })],
    })

    expect(await signInAs(marked)).toMatchObject({ session: { mustChange: 'directory' } })
    expect(await signInAs(expired)).toMatchObject({ session: { mustChange: 'expired' } })
  })

  it('is not offered where none is configured, and a password is not where it is switched off', async () => {
    const world = company(ada, { means: { password: false, provider: null } })
    const none = { ok: false, because: 'method-not-offered' }
    const call = { tenant: northwind, service: null, client: aClient() }

    expect(await world.sessions.depart(call)).toEqual(none)
    expect(await world.sessions.signInAs({ ...call, kept: null, answer: new URLSearchParams() })).toEqual(
      none,
    )
    expect(await signIn(world, 'ada')).toEqual(none)
    expect(world.directory.calls).toEqual([])
  })
})

describe('what a browser kept', () => {
  const depart = async (world: ReturnType<typeof company>) => {
    const departed = await world.sessions.depart({ tenant: northwind, service: null, client: aClient() })
    if (!departed.ok) throw new Error(departed.because)
    return departed.kept
  }

  it('is needed, unchanged, with the state that belongs to it', async () => {
    const world = company(ada)
    const kept = await depart(world)
    const changed = `${kept.slice(0, -1)}${kept.endsWith('A') ? 'B' : 'A'}`

    expect(await signInAs(world, { kept: null })).toEqual(unusable)
    expect(await signInAs(world, { kept: '' })).toEqual(unusable)
    expect(await signInAs(world, { kept: `${changed}x` })).toEqual(unusable)
    expect(await signInAs(world, { kept: changed })).toEqual(unusable)
    expect(await signInAs(world, { kept, answer: 'code=the+code' })).toEqual(unusable)
    expect(await signInAs(world, { kept, answer: 'state=another&code=the+code' })).toEqual(unusable)
    expect(await signInAs(world, { kept })).toMatchObject({ ok: true })
  })

  it('says nothing of what is in it', async () => {
    expect(await depart(company(ada))).not.toContain(Buffer.from('the verifier').toString('base64url'))
  })

  it('is good for ten minutes', async () => {
    const world = company(ada)
    const [early, late] = [await depart(world), await depart(company(ada))]
    world.clock.advance(599)
    expect(await signInAs(world, { kept: early })).toMatchObject({ ok: true })

    const other = company(ada)
    other.clock.advance(600)
    expect(await signInAs(other, { kept: late })).toEqual(unusable)
  })

  it('is good for one answer, whatever races for it', async () => {
    const world = company(ada)
    const kept = await depart(world)

    const answers = await Promise.all(Array.from({ length: 8 }, () => signInAs(world, { kept })))

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(world.store.rows.sessions.size).toBe(1)
  })

  it('is for one tenant', async () => {
    const world = company(ada)
    const kept = await depart(world)
    const answer = new URLSearchParams('state=the+state&code=the+code')
    const client = aClient()

    expect(await world.sessions.signInAs({ tenant: 'southwind', kept, answer, client })).toEqual(unusable)
  })
})

describe('a provider that does not work', () => {
  const broken = (code: 'identity-provider-unreachable' | 'identity-provider-misconfigured') => {
    const means = aProvider(ada)
    const fail = async () => Promise.reject(new Fault(code))
    if (means.provider !== null) Object.assign(means.provider.at, { finish: fail })
    return company(ada, { means })
  }

  it.each(['identity-provider-unreachable', 'identity-provider-misconfigured'] as const)(
    'is told to people alike, and to operators by its code: %s',
    async (code) => {
      const world = broken(code)

      expect(await signInAs(world)).toEqual({ ok: false, because: 'provider-unreachable' })
      expect(world.store.rows.events).toMatchObject([{ name: 'sign-in.refused', facts: { because: code } }])
    },
  )

  it('is not what a directory is that can’t be asked', async () => {
    const world = company(ada)
    world.directory.down = true

    expect(await signInAs(world)).toEqual({ ok: false, because: 'directory-unreachable' })
  })

  it('is asked no more often than one network may', async () => {
    const world = company(ada, { rules: { signInsPerNetwork: { max: 3, windowSeconds: 60 } } })

    expect(await signInAs(world)).toMatchObject({ ok: true })
    expect(await signInAs(world, { kept: null })).toEqual(unusable)
    await expect(signInAs(world)).rejects.toThrow('too-many-requests')
  })
})
