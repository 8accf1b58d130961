import { describe, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import {
  anAccount,
  aWorld,
  initialPassword,
  signIn,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { Ambiguity } from '../accounts/index.ts'

const away = { ok: false, because: 'directory-unreachable' }
const refused = { ok: false, because: 'sign-in-refused' }

/** `people` has ada and both, `partners` has bob and both, `guests` has gus. */
function company(ambiguous: Ambiguity) {
  const partners = makeMemoryDirectory('partners', [anAccount('bob'), anAccount('both')])
  const guests = makeMemoryDirectory('guests', [anAccount('gus')])
  const world = aWorld({
    accounts: [anAccount('ada'), anAccount('both', { recoveryAddresses: ['both@people.example'] })],
    directories: [partners, guests],
    wrap: (deps) => ({ ...deps, tenant: (id) => ({ ...deps.tenant(id), ambiguous }) }),
  })
  return { world, partners, guests }
}

const wrong = (world: World, name: string) => signIn(world, name, { password: 'not the password' })
const eventOf = (world: World, name: string) =>
  world.store.rows.events.findLast((event) => event.name === name)?.facts

describe('a start while a directory is down', () => {
  it('waits where the name has to be the only one, and is served as soon as all have said so', async () => {
    const { world, partners } = company('refuse')
    partners.down = true

    await start(world, 'ada')
    const meanwhile = world.mails.length
    partners.down = false
    await world.runJobs()

    expect(meanwhile).toBe(0)
    expect(world.mails.map(({ order }) => order.to)).toEqual(['ada@home.example'])
  })

  it('is served for who names a directory that answers', async () => {
    const { world, partners } = company('refuse')
    partners.down = true

    await start(world, 'people\\both')

    expect(world.mails.map(({ order }) => order.to)).toEqual(['both@people.example'])
  })

  it('is served where the first in order decides, unless that one is down', async () => {
    const { world, partners } = company('first')
    partners.down = true

    await start(world, 'both')
    await start(world, 'gus')
    world.directory.down = true
    await start(world, 'people\\ada')
    await start(world, 'guests\\gus')

    expect(world.mails.map(({ order }) => order.to)).toEqual(['both@people.example', 'gus@home.example'])
    expect(world.jobs).toHaveLength(2)
  })
})

describe('a name in several directories', () => {
  it('is nobody’s, and the log says which they are', async () => {
    const { world } = company('refuse')

    await start(world, 'both')
    await wrong(world, 'both')

    const facts = { because: 'ambiguous', directories: 'people partners' }
    expect(world.mails).toEqual([])
    expect(eventOf(world, 'recovery.unmatched')).toEqual(facts)
    expect(eventOf(world, 'sign-in.refused')).toEqual({ ...facts, method: 'password' })
  })
})

describe('signing in while a directory is down', () => {
  it('opens a session with the right password of an account that it has no say in', async () => {
    const { world, partners } = company('first')
    partners.down = true

    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
    expect(await signIn(world, 'partners\\bob', { password: initialPassword('bob') })).toEqual(away)
    // `partners` could have had him.
    expect(await signIn(world, 'gus')).toEqual(away)
    expect(await signIn(world, 'guests\\gus', { password: initialPassword('gus') })).toMatchObject({
      ok: true,
    })
  })

  it.each(['refuse', 'first'] as const)(
    'says the same to everybody else, by the rule "%s"',
    async (ambiguous) => {
      const { world, partners } = company(ambiguous)
      partners.down = true
      const names = ['ada', 'both', 'gus', 'bob', 'nobody', 'people\\ada', 'partners\\bob', 'elsewhere\\ada']

      const answers = []
      for (const name of names) answers.push(await wrong(world, name))

      expect(answers).toEqual(names.map(() => away))
    },
  )

  it('gives back no try that was compared', async () => {
    const { world, partners } = company('first')
    partners.down = true
    for (let tried = 0; tried < 12; tried += 1) await wrong(world, 'ada')
    const { failedTries } = world.directory.people.get('key-of-ada')?.password ?? {}
    partners.down = false

    expect(failedTries).toBe(10)
    expect(await signIn(world, 'ada')).toEqual(refused)
  })

  it('gives back the try that the account’s own directory did not answer', async () => {
    const { world } = company('first')
    for (let tried = 0; tried < 12; tried += 1) {
      world.directory.probeFails = true
      expect(await signIn(world, 'ada')).toEqual(away)
    }

    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
  })

  it('asks every directory for one bind, whoever is named and whoever is down', async () => {
    const { world, partners, guests } = company('first')
    partners.down = true
    const binds = () =>
      [world.directory, partners, guests].map(
        ({ calls }) => calls.splice(0).filter((call) => call === 'verifyPassword').length,
      )

    const asked = []
    for (const name of ['ada', 'gus', 'bob', 'nobody', 'people\\ada']) {
      await wrong(world, name)
      asked.push(binds())
    }

    expect(asked).toEqual(Array.from({ length: 5 }, () => [1, 1, 1]))
  })
})

describe('a service whose directory follows one that is down and proves no passwords', () => {
  it('tells of the outage whoever is named', async () => {
    const app = makeMemoryDirectory('app', [anAccount('ada', { key: 'app-ada' })])
    const world = aWorld({
      accounts: [anAccount('ada')],
      directories: [app],
      wrap: (deps) => ({
        ...deps,
        tenant(id) {
          const tenant = deps.tenant(id)
          const leads = world.directory
          const follow = [{ directory: app, by: 'username', as: 'username' }] as const
          return {
            ...tenant,
            links: [{ leads, follow }],
            directoriesFor: () => [{ directory: app, domains: ['app'] }],
          }
        },
      }),
    })
    Object.assign(world.directory, {
      abilities: { ...world.directory.abilities, verifies: false },
      down: true,
    })

    expect(await wrong(world, 'ada')).toMatchObject(away)
    expect(await wrong(world, 'nobody')).toMatchObject(away)
  })
})
