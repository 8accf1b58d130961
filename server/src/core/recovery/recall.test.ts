import { describe, expect, it } from 'vitest'
import type { WriteFate } from '../../../test/support/memory-directory.ts'
import {
  anAccount,
  aPassword,
  aWorld,
  type Changing,
  changePassword,
  initialPassword,
  northwind,
  openChange,
  openChangeFor,
  prove,
  setPassword,
  signIn,
  testDigestsBy,
  type World,
} from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'
import { makeKeyRing } from '../../kernel/keys.ts'
import { NoTurnCame } from '../../kernel/turns.ts'
import type { SlowDigests } from '../passwords/ports.ts'

const [first, second] = [1, 2].map((fill) => ({ id: `k${fill}`, bytes: new Uint8Array(32).fill(fill) })) as [
  { id: string; bytes: Uint8Array },
  { id: string; bytes: Uint8Array },
]

/** A company that remembers passwords itself. How many, under which keys, and what breaks can be changed. */
function aRememberingWorld(keep: number) {
  const asked = { keep, by: testDigestsBy(makeKeyRing(first)), made: 0, endIsLost: false }
  const digests: SlowDigests = {
    get keyId() {
      return asked.by.keyId
    },
    of(...call) {
      asked.made += 1
      return asked.by.of(...call)
    },
  }
  const world = aWorld({
    accounts: [anAccount('ada'), anAccount('bob')],
    wrap: (deps) => ({
      ...deps,
      digests,
      tenant: (id) => ({ ...deps.tenant(id), remembers: () => asked.keep }),
      store: {
        ...deps.store,
        decide: (target, decider) =>
          deps.store.decide(target, (seen) => {
            if (asked.endIsLost && seen.flow.state === 'writing') throw new Fault('database-unavailable')
            return decider(seen)
          }),
      },
    }),
  })
  return Object.assign(world, { asked })
}

async function remembered(world: World, name = 'ada') {
  const subject = await world.store.subjectOf(northwind, { directory: 'people', key: `key-of-${name}` })
  return world.store.readRemembered(northwind, subject)
}
/** A day later, when the mailbox takes mails again. */
async function recover(world: World, password: string, name = 'ada') {
  world.clock.advance(86_400)
  return setPassword(world, await prove(world, name), aPassword(password))
}
const change = (world: World, holding: Changing, passwords: { current?: string; password: string }) =>
  changePassword(world, holding, passwords)

const refusedOf = (count: number) => ({
  ok: false,
  because: 'password-refused',
  reasons: [{ code: 'password-in-history', count }],
})

describe('a password that was had before', () => {
  it('is refused while it is one of the latest, the present one included, and taken again after that', async () => {
    const world = aRememberingWorld(3)
    for (const password of ['password one', 'password two', 'password three']) {
      expect(await recover(world, password)).toMatchObject({ ok: true })
    }
    const holding = await prove(world, 'ada')

    for (const password of ['password one', 'password two', 'password three']) {
      expect(await setPassword(world, holding, aPassword(password))).toEqual(refusedOf(3))
    }
    expect(await setPassword(world, holding, aPassword('password four'))).toMatchObject({ ok: true })
    expect(await recover(world, 'password one')).toMatchObject({ ok: true })
    expect(await recover(world, 'password two')).toMatchObject({ ok: true })
    expect(await remembered(world)).toHaveLength(3)
  })

  it('is taken again at once when policy asks for fewer', async () => {
    const world = aRememberingWorld(3)
    for (const password of ['password one', 'password two']) await recover(world, password)
    world.asked.keep = 1

    expect(await recover(world, 'password two')).toEqual(refusedOf(1))
    expect(await recover(world, 'password one')).toMatchObject({ ok: true })
    expect(await remembered(world)).toHaveLength(1)
  })

  it('counts among the refusals of a flow, so that nobody asks for more than that', async () => {
    const world = aRememberingWorld(1)
    await recover(world, 'password one')
    const holding = await prove(world, 'ada')
    for (let refusal = 1; refusal < 20; refusal += 1) {
      expect(await setPassword(world, holding, aPassword('password one'))).toEqual(refusedOf(1))
    }

    expect(await setPassword(world, holding, aPassword('password one'))).toMatchObject({
      because: 'flow-ended',
      flow: { because: 'too-many-refusals' },
    })
    expect(world.directory.writes).toHaveLength(1)
  })

  it('is refused in a change as in a recovery, also the one from before the history was switched on', async () => {
    const world = aRememberingWorld(2)
    await change(world, await openChange(world, 'ada'), { password: 'password one' })
    const signed = await signIn(world, 'ada', { password: 'password one' })
    const holding = await openChangeFor(world, signed)

    const back = { current: 'password one', password: initialPassword('ada') }
    expect(await change(world, holding, back)).toEqual(refusedOf(2))
    expect(await recover(world, initialPassword('ada'))).toEqual(refusedOf(2))
    expect((await remembered(world)).map(({ write }) => write)).toEqual([null, null])
  })

  it('is the present one of a change, too, before anything is remembered', async () => {
    const world = aRememberingWorld(1)
    const holding = await openChange(world, 'ada')

    expect(await change(world, holding, { password: initialPassword('ada') })).toEqual(refusedOf(1))
    expect(await change(world, holding, { password: 'password one' })).toMatchObject({ ok: true })
  })

  it('is not told while typing, and nothing is computed for it', async () => {
    const world = aRememberingWorld(2)
    await recover(world, 'password one')
    const holding = await prove(world, 'ada')
    world.asked.made = 0

    const checked = await world.recovery.checkPassword({ ...holding, password: aPassword('password one') })

    expect(checked).toMatchObject({ ok: true, reasons: [] })
    expect(world.asked.made).toBe(0)
  })

  it('is no matter of another account, not even with its rows', async () => {
    const world = aRememberingWorld(2)
    await recover(world, 'password one')
    const [ada] = world.store.rows.remembered.values()
    await recover(world, 'another password', 'bob')
    for (const name of world.store.rows.remembered.keys()) world.store.rows.remembered.set(name, ada ?? [])

    expect(await recover(world, 'password one', 'bob')).toMatchObject({ ok: true })
  })
})

describe('the password that a change has proven', () => {
  it('is remembered once, however often it is tried to be changed', async () => {
    const world = aRememberingWorld(3)
    const holding = await openChange(world, 'ada')
    for (let tried = 0; tried < 3; tried += 1) {
      world.directory.nextWrite = { is: 'refused', because: 'password-too-young' }
      await change(world, holding, { password: 'password one' })
    }

    expect(await remembered(world)).toMatchObject([{ write: null }])
    expect(await change(world, holding, { password: 'password one' })).toMatchObject({ ok: true })
    expect(await remembered(world)).toHaveLength(2)
  })

  it('is the newest from then on when it was set elsewhere, or is an older one that came back there', async () => {
    const world = aRememberingWorld(2)
    await recover(world, 'password one')
    await recover(world, 'password two')
    world.directory.passwords.set('key-of-ada', 'password one')
    const signed = await signIn(world, 'ada', { password: 'password one' })
    const changed = await change(world, await openChangeFor(world, signed), {
      current: 'password one',
      password: 'password three',
    })

    expect(changed).toMatchObject({ ok: true })
    expect(await recover(world, 'password one')).toEqual(refusedOf(2))
    expect(await recover(world, 'password two')).toMatchObject({ ok: true })
  })
})

describe('a write', () => {
  const fates: readonly (readonly [string, WriteFate, boolean, 'kept' | 'unsettled' | 'not kept'])[] = [
    ['that was done', { is: 'written' }, false, 'kept'],
    ['without an answer, of which the probe says that it was done', unanswered(true), false, 'kept'],
    ['without an answer, of which the probe says no', unanswered(false), false, 'unsettled'],
    ['of which nothing is known', unanswered(true), true, 'unsettled'],
    ['that was refused', { is: 'refused', because: 'password-too-young' }, false, 'not kept'],
    ['that never arrived', { is: 'fault', code: 'directory-unreachable' }, false, 'not kept'],
  ]

  it.each(fates)('%s leaves its password behind or not', async (_, fate, probeFails, expected) => {
    const world = aRememberingWorld(2)
    const holding = await prove(world, 'ada')
    world.directory.nextWrite = fate
    world.directory.probeFails = probeFails
    await setPassword(world, holding, aPassword('password one'))

    const rows = await remembered(world)
    const write = expected === 'kept' ? null : { flow: holding.id, attempt: 1 }
    expect(rows.map((row) => row.write)).toEqual(expected === 'not kept' ? [] : [write])
    const again = await recover(world, 'password one')
    expect(again).toMatchObject(expected === 'not kept' ? { ok: true } : refusedOf(2))
  })

  it('whose process died leaves it behind, as it may be in force, and the sweeper takes it away from nobody', async () => {
    const world = aRememberingWorld(2)
    const holding = await prove(world, 'ada')
    world.asked.endIsLost = true
    await expect(setPassword(world, holding, aPassword('password one'))).rejects.toThrow()
    world.asked.endIsLost = false
    world.clock.advance(60)

    expect(await world.recovery.sweep()).toEqual({ ended: 1 })
    expect(await remembered(world)).toMatchObject([{ write: { flow: holding.id, attempt: 1 } }])
    expect(await recover(world, 'password one')).toEqual(refusedOf(2))
  })

  it('that was refused after the sweeper had given it up does not', async () => {
    const world = aRememberingWorld(2)
    const holding = await prove(world, 'ada')
    world.directory.nextWrite = { is: 'refused', because: 'password-too-young' }
    const swept = Promise.withResolvers<unknown>()
    const { setPassword: set } = world.directory
    world.directory.setPassword = async (...call) => {
      world.clock.advance(60)
      swept.resolve(await world.recovery.sweep())
      return set(...call)
    }

    const answer = await setPassword(world, holding, aPassword('password one'))

    expect(await swept.promise).toEqual({ ended: 1 })
    expect(answer).toMatchObject({ because: 'flow-ended' })
    expect(await remembered(world)).toEqual([])
  })
})

describe('what is computed', () => {
  it('is one digest for each password that was given, however many are remembered', async () => {
    const world = aRememberingWorld(24)
    for (let number = 0; number < 24; number += 1) {
      await recover(world, `password ${number}`)
    }
    world.asked.made = 0
    await recover(world, 'password one more')
    const signed = await signIn(world, 'ada', { password: 'password one more' })

    expect(world.asked.made).toBe(1)
    await change(world, await openChangeFor(world, signed), {
      current: 'password one more',
      password: 'password the next',
    })
    expect(world.asked.made).toBe(3)
  })

  it('is nothing where nothing is remembered, and what was remembered goes with the next password', async () => {
    const world = aRememberingWorld(2)
    await recover(world, 'password one')
    world.asked.keep = 0
    world.asked.made = 0

    expect(await recover(world, 'password one')).toMatchObject({ ok: true })
    expect(world.asked.made).toBe(0)
    expect(await remembered(world)).toEqual([])
  })

  it('waits for its turn, and nothing is used up when that does not come', async () => {
    const world = aRememberingWorld(2)
    const holding = await prove(world, 'ada')
    const { by } = world.asked
    world.asked.by = { ...by, of: () => Promise.reject(new NoTurnCame('gave-up')) }

    expect(await setPassword(world, holding)).toEqual({
      ok: false,
      because: 'too-many-requests',
      retryAfterSeconds: 10,
    })
    expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'proven', refusals: 0 } })
    world.asked.by = by
    expect(await setPassword(world, holding)).toMatchObject({ ok: true })
  })
})

describe('a key that is written with no more', () => {
  it('is compared with as long as it is there, and the next password is remembered under the new one', async () => {
    const world = aRememberingWorld(3)
    await recover(world, 'password one')
    world.asked.by = testDigestsBy(makeKeyRing(second, [first]))

    expect(await recover(world, 'password one')).toEqual(refusedOf(3))
    expect(await recover(world, 'password two')).toMatchObject({ ok: true })
    expect(await recover(world, 'password two')).toEqual(refusedOf(3))
    expect((await remembered(world)).map(({ keyId }) => keyId).toSorted()).toEqual(['k1', 'k2'])
  })

  it('says nothing once it is gone: nobody is kept from a password for that, and operators are told', async () => {
    const world = aRememberingWorld(3)
    await recover(world, 'password one')
    await recover(world, 'password two')
    world.asked.by = testDigestsBy(makeKeyRing(second))

    expect(await recover(world, 'password one')).toMatchObject({ ok: true })
    const told = world.store.rows.events.filter(({ name }) => name === 'password.history-unchecked')
    expect(told).toMatchObject([{ facts: { directory: 'people', count: 2 } }])
    expect(await recover(world, 'password one')).toEqual(refusedOf(3))
  })
})

function unanswered(applied: boolean): WriteFate {
  return { is: 'unanswered', applied }
}
