import { describe, expect, it } from 'vitest'
import {
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  prove,
  setPassword,
  type World,
} from '../../../test/support/recovery-world.ts'

const company = () => aWorld({ accounts: [anAccount('ada')] })
const check = (world: World, holding: Holding, password = aPassword()) =>
  world.recovery.checkPassword({ ...holding, password })
const stored = (world: World, { tenant, id }: Holding) => world.store.read(tenant, id)

describe('asking about a password', () => {
  it('writes nothing and keeps no flow alive', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const before = { flow: await stored(world, holding), events: world.events() }
    world.clock.advance(60)

    expect(await check(world, holding, aPassword('short'))).toMatchObject({
      reasons: [{ code: 'password-too-short' }],
    })
    expect({ flow: await stored(world, holding), events: world.events() }).toEqual(before)
  })

  it('asks no directory once its questions are used up', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { max } = world.rules.passwordChecksPerFlow
    for (let asked = 0; asked < max; asked += 1) await check(world, holding)
    world.directory.calls.splice(0)

    expect(await check(world, holding)).toMatchObject({ because: 'too-many-requests' })
    expect(world.directory.calls).toEqual([])
    expect(await setPassword(world, holding)).toMatchObject({ ok: true })
  })

  it('leaves the flow as it was when the account is gone; sending is what ends it', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.people.clear()

    expect(await check(world, holding)).toMatchObject({ because: 'directory-not-writable' })
    expect(await stored(world, holding)).toMatchObject({ state: 'proven' })
    expect(await setPassword(world, holding)).toMatchObject({ because: 'flow-ended' })
  })

  it('is for who holds a proven flow', async () => {
    const world = company()
    const holding = await prove(world, 'ada')

    expect(await check(world, { ...holding, secret: 'x'.repeat(43) })).toMatchObject({
      because: 'flow-unknown',
    })
    expect(await setPassword(world, holding)).toMatchObject({ ok: true })
    expect(await check(world, holding)).toMatchObject({ because: 'already-completed' })
  })
})

describe('the rules for an account', () => {
  const company = () =>
    aWorld({
      accounts: [anAccount('ada')],
      wrap: (deps) => ({
        ...deps,
        tenant: (id) => ({
          ...deps.tenant(id),
          passwordRules: ({ directory }) => [
            { rule: 'length', min: directory === 'people' ? 20 : 8, max: 64 },
          ],
        }),
      }),
    })
  const read = (world: World, holding: Holding) => world.recovery.passwordRules(holding)

  it('are told to who holds a proven flow, as long as its questions last', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const { max } = world.rules.passwordChecksPerFlow

    expect(await read(world, { ...holding, secret: 'x'.repeat(43) })).toMatchObject({
      because: 'flow-unknown',
    })
    for (let asked = 0; asked < max; asked += 1) {
      expect(await read(world, holding)).toEqual({ ok: true, rules: [{ rule: 'length', min: 20, max: 64 }] })
    }
    expect(await read(world, holding)).toMatchObject({ because: 'too-many-requests' })
  })

  it('are not told when the directory says nothing, and that changes nothing', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const before = await stored(world, holding)
    world.directory.down = true

    expect(await read(world, holding)).toMatchObject({ because: 'directory-unreachable' })
    expect(await stored(world, holding)).toEqual(before)
  })
})
