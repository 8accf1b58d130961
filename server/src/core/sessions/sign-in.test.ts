import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  initialPassword,
  northwind,
  prove,
  setPassword,
  signIn,
  type World,
} from '../../../test/support/recovery-world.ts'

const company = (over: Parameters<typeof anAccount>[1] = {}) => aWorld({ accounts: [anAccount('ada', over)] })
const refused = { ok: false, because: 'sign-in-refused' }
const wrong = (world: World, name = 'ada') => signIn(world, name, { password: 'not the password' })
const read = (world: World, signed: { session: { id: string }; secret: string }) =>
  world.sessions.read({ tenant: northwind, id: signed.session.id, secret: signed.secret })

async function signedIn(world: World, name = 'ada') {
  const signed = await signIn(world, name)
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  return signed
}

describe('signing in', () => {
  it('opens a session for whoever knows the password, and for nobody else', async () => {
    const world = company()

    const signed = await signedIn(world)

    expect(signed.session).toMatchObject({ username: 'ada', mustChange: null, tokenVersion: 0 })
    expect(await read(world, signed)).toMatchObject({ ok: true, session: { username: 'ada' } })
    expect(await wrong(world)).toEqual(refused)
    expect(await signIn(world, 'ada', { password: '' })).toEqual(refused)
  })

  const unable: readonly [string, Parameters<typeof anAccount>[1]][] = [
    ['is locked', { locked: true }],
    ['is disabled', { disabled: true }],
  ]
  it.each(unable)('says the same for an account that %s as for a name that nobody has', async (_, over) => {
    const world = company(over)

    expect(await signIn(world, 'ada')).toEqual(refused)
    expect(await signIn(world, 'nobody')).toEqual(refused)
    expect(world.events()).toEqual(['sign-in.refused', 'sign-in.refused'])
  })

  it('asks every directory for one bind, whoever is named', async () => {
    const partners = makeMemoryDirectory('partners', [anAccount('bob')])
    const world = aWorld({ directories: [partners] })
    const binds = () =>
      [world.directory, partners].map(({ calls }) =>
        calls.splice(0).filter((call) => call === 'verifyPassword'),
      )

    const asked = []
    for (const name of ['ada', 'bob', 'nobody']) {
      await signIn(world, name)
      asked.push(binds())
    }

    expect(asked).toEqual(Array.from({ length: 3 }, () => [['verifyPassword'], ['verifyPassword']]))
  })

  it('asks nothing of a directory that can’t say whether a password is right, and lets nobody of it in', async () => {
    const partners = makeMemoryDirectory('partners', [anAccount('bob')])
    Object.assign(partners.abilities, { verifies: false })
    const world = aWorld({ accounts: [anAccount('ada')], directories: [partners] })

    expect(await signIn(world, 'bob')).toEqual(refused)
    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
    expect(partners.calls).not.toContain('verifyPassword')
    expect(world.directory.calls.filter((call) => call === 'verifyPassword')).toHaveLength(2)
  })

  it('is not for an account whose sign-in asks for more than a password', async () => {
    const world = company({ secondFactor: true })

    expect(await signIn(world, 'ada')).toEqual({ ok: false, because: 'second-factor-needed' })
    expect(await wrong(world)).toEqual(refused)
  })

  it('takes the password in any spelling that Unicode calls the same', async () => {
    const world = company({ initialPassword: 'Grüße aus dem Süden'.normalize('NFC') })

    expect(await signIn(world, 'ada', { password: 'Grüße aus dem Süden'.normalize('NFD') })).toMatchObject({
      ok: true,
    })
  })
})

describe('tries', () => {
  it('are counted: after ten wrong ones the right password is refused, and no directory hears of it', async () => {
    const world = company()
    for (let tried = 0; tried < 10; tried += 1) await wrong(world)
    const { failedTries } = world.directory.people.get('key-of-ada')?.password ?? {}

    expect(await signIn(world, 'ada')).toEqual(refused)
    expect(failedTries).toBe(10)
    expect(world.directory.people.get('key-of-ada')?.password.failedTries).toBe(10)
    world.clock.advance(86_400)
    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
  })

  it('are ten of thirty that arrive at once', async () => {
    const world = company()

    await Promise.all(Array.from({ length: 30 }, () => wrong(world)))

    expect(world.directory.people.get('key-of-ada')?.password.failedTries).toBe(10)
  })

  it('are given back when the password was right, and when no directory could say', async () => {
    const world = company()
    for (let tried = 0; tried < 15; tried += 1) await signedIn(world)
    world.directory.down = true
    for (let tried = 0; tried < 15; tried += 1) {
      expect(await signIn(world, 'ada')).toEqual({ ok: false, because: 'directory-unreachable' })
    }
    world.directory.down = false
    for (let tried = 0; tried < 15; tried += 1) {
      world.directory.probeFails = true
      expect(await signIn(world, 'ada')).toEqual({ ok: false, because: 'directory-unreachable' })
    }

    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
  })

  it('are left for a browser that has brought the owner back, when strangers have used up the others', async () => {
    const world = company()
    const home = aClient({ deviceDigest: 'home' })
    await setPassword(world, await prove(world, 'ada'), aPassword('the new password'), home)
    for (let tried = 0; tried < 10; tried += 1) await wrong(world)
    const from = (deviceDigest: string | null, password = 'the new password') =>
      signIn(world, 'ada', { password, client: aClient({ deviceDigest }) })

    expect(await from(null)).toEqual(refused)
    expect(await from('elsewhere')).toEqual(refused)
    expect(await from('home')).toMatchObject({ ok: true })
    for (let tried = 0; tried < 10; tried += 1) await from('home', 'not the password')
    expect(await from('home')).toEqual(refused)
  })

  it('are one budget with codes: who used it up here guesses none there, and the link still works', async () => {
    const world = company()
    for (let tried = 0; tried < 10; tried += 1) await wrong(world)

    expect(await setPassword(world, await prove(world, 'ada'))).toMatchObject({ ok: true })
  })

  it('are counted for a network too, whoever is named', async () => {
    const world = company()
    const { max } = world.rules.signInsPerNetwork
    for (let tried = 0; tried < max; tried += 1) await wrong(world, `nobody ${String(tried)}`)

    expect(await signIn(world, 'ada')).toMatchObject({ because: 'too-many-requests' })
  })
})

describe('a session', () => {
  it('says why its password has to be replaced', async () => {
    const ordered = company()
    await ordered.store.decideSubject(
      {
        tenant: northwind,
        subject: await ordered.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' }),
      },
      ({ ledger }) => ({
        answer: null,
        ledger: { ...ledger, mustChange: { because: 'ordered', at: ordered.clock.now() } },
      }),
    )
    const marked = company()
    await marked.directory.requireChange('key-of-ada', AbortSignal.timeout(1_000))
    const expired = aWorld({
      wrap: (deps) => ({
        ...deps,
        tenant: (id) => ({
          ...deps.tenant(id),
          directoriesFor: () => [
            {
              domains: [],
              directory: {
                ...makeMemoryDirectory('people', [anAccount('ada')]),
                verifyPassword: async () => ({ ok: false, because: 'expired' }),
              },
            },
          ],
        }),
      }),
    })

    expect((await signedIn(ordered)).session.mustChange).toBe('ordered')
    expect((await signedIn(marked)).session.mustChange).toBe('directory')
    expect((await signedIn(expired)).session.mustChange).toBe('expired')
  })

  it('is not begun with a password that was replaced while it was compared', async () => {
    const world = company()
    const recovery = await prove(world, 'ada')
    const { verifyPassword } = world.directory
    world.directory.verifyPassword = async (...asked) => {
      world.directory.verifyPassword = verifyPassword
      const verdict = await verifyPassword(...asked)
      await setPassword(world, recovery)
      return verdict
    }

    expect(await signIn(world, 'ada')).toEqual(refused)
  })

  it('is nobody’s without its secret, and over after half an hour', async () => {
    const world = company()
    const signed = await signedIn(world)
    const unknown = { ok: false, because: 'session-unknown' }

    expect(await read(world, { ...signed, secret: 'x'.repeat(43) })).toEqual(unknown)
    expect(await read(world, { ...signed, session: { id: 'none' } })).toEqual(unknown)
    world.clock.advance(1_799)
    expect(await read(world, signed)).toMatchObject({ ok: true })
    world.clock.advance(1)
    expect(await read(world, signed)).toEqual(unknown)
  })

  it('ends when its holder signs out, once', async () => {
    const world = company()
    const signed = await signedIn(world)
    const call = { tenant: northwind, id: signed.session.id, secret: signed.secret }

    expect(await world.sessions.signOut(call)).toEqual({ ok: true })
    expect(await world.sessions.signOut(call)).toEqual({ ok: false, because: 'session-unknown' })
    expect(world.events()).toEqual(['sign-in.accepted', 'session.ended'])
  })

  it('ends with a reset', async () => {
    const world = company()
    const signed = await signedIn(world)

    await setPassword(world, await prove(world, 'ada'))

    expect(await read(world, signed)).toEqual({ ok: false, because: 'session-unknown' })
    expect(await signIn(world, 'ada', { password: initialPassword('ada') })).toEqual(refused)
  })
})
