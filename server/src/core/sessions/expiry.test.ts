import { describe, expect, it } from 'vitest'
import { aClock } from '../../../test/support/fake-outside.ts'
import {
  anAccount,
  aWorld,
  changePassword,
  openChange,
  signIn,
} from '../../../test/support/recovery-world.ts'
import { type AgePolicy, passwordPolicyDefaults } from '../passwords/index.ts'

const day = 86_400
const start = aClock().now()
const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000)
const quarterly: AgePolicy = { ...passwordPolicyDefaults.age, maxSeconds: 90 * day }

/** Ada has set her password at the start; `days` have passed since. */
function after(
  days: number,
  { age = quarterly, expiresAt = null }: { age?: AgePolicy; expiresAt?: Date | null } = {},
) {
  const password = { changedAt: start, mustChange: false, expiresAt, failedTries: 0 }
  const world = aWorld({
    accounts: [anAccount('ada', { password })],
    wrap: (deps) => ({ ...deps, tenant: (id) => ({ ...deps.tenant(id), ageOf: () => age }) }),
  })
  world.clock.advance(days * day)
  return world
}

async function session(world: ReturnType<typeof after>) {
  const signed = await signIn(world, 'ada')
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  const { mustChange, passwordEndsAt } = signed.session
  return { mustChange, passwordEndsAt }
}

describe('an aging password at sign-in', () => {
  it.each([
    ['is not spoken of while it is fresh', 75, { mustChange: null, passwordEndsAt: null }],
    ['comes with its end when that is near', 76, { mustChange: null, passwordEndsAt: at(90 * day) }],
    ['must be changed in its grace', 90, { mustChange: 'expired', passwordEndsAt: at(97 * day) }],
    ['must be changed after that', 97, { mustChange: 'expired', passwordEndsAt: null }],
  ])('%s', async (_, days, told) => {
    expect(await session(after(days))).toEqual(told)
  })

  it('ends by the directory’s own date where that is earlier', async () => {
    const expiresAt = at(60 * day)

    expect(await session(after(59, { expiresAt }))).toEqual({ mustChange: null, passwordEndsAt: expiresAt })
    expect(await session(after(60, { expiresAt }))).toEqual({ mustChange: 'expired', passwordEndsAt: null })
    expect(await session(after(59, { age: passwordPolicyDefaults.age, expiresAt }))).toEqual({
      mustChange: null,
      passwordEndsAt: expiresAt,
    })
  })

  it('has expired, whatever mark the directory has set because of that', async () => {
    const world = after(97)
    await world.directory.requireChange('key-of-ada', AbortSignal.timeout(1_000))

    expect(await session(world)).toMatchObject({ mustChange: 'expired' })
  })

  it('never ends where nothing says so', async () => {
    const age = passwordPolicyDefaults.age

    expect(await session(after(3_000, { age }))).toEqual({ mustChange: null, passwordEndsAt: null })
  })

  it('is a new one after the change, and the session that is kept has nothing left to say', async () => {
    const world = after(90)
    const changing = await openChange(world, 'ada')

    expect(await changePassword(world, changing, { keepsSession: true })).toMatchObject({ ok: true })

    const { id, secret } = { id: changing.session.id, secret: changing.sessionSecret }
    expect(await world.sessions.read({ tenant: 'northwind', id, secret })).toMatchObject({
      ok: true,
      session: { mustChange: null, passwordEndsAt: null },
    })
    expect(world.directory.people.get('key-of-ada')?.password.changedAt).toEqual(at(90 * day))
  })
})
