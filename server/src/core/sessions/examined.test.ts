import { describe, expect, it } from 'vitest'
import {
  anAccount,
  aWorld,
  changePassword,
  initialPassword,
  northwind,
  openChange,
  signIn,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { Examined } from '../passwords/index.ts'

const lost = (mustChange: boolean): Examined => ({
  flaws: [{ is: 'breached', mustChange }],
  unanswered: [],
})
const weak = (mustChange: boolean): Examined => ({ flaws: [{ is: 'weak', mustChange }], unanswered: [] })
const silent: Examined = {
  flaws: [],
  unanswered: [{ list: 'range-api', because: 'breach-list-unreachable' }],
}
const fine: Examined = { flaws: [], unanswered: [] }

/** A world in which the passwords that are proven get these verdicts, in turn; the last one stays. */
function where(...verdicts: readonly Examined[]) {
  const left = [...verdicts]
  const asked: string[] = []
  const world = aWorld({
    accounts: [anAccount('ada'), anAccount('bob', { secondFactor: true })],
    wrap: (deps) => ({
      ...deps,
      tenant: (id) => ({
        ...deps.tenant(id),
        examine: async (password, { username, directory }) => {
          asked.push(`${username} of ${directory}: ${password.reveal()}`)
          return (left.length > 1 ? left.shift() : left[0]) ?? fine
        },
      }),
    }),
  })
  return { world, asked }
}

async function session(world: World) {
  const signed = await signIn(world, 'ada')
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  const { mustChange, flaw } = signed.session
  return { mustChange, flaw }
}

const ledger = async (world: World) =>
  world.store.readLedger(
    northwind,
    await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' }),
  )

const found = (world: World) =>
  world.store.rows.events.filter(({ name }) => name.startsWith('password.breach'))

describe('a password that was right at sign-in', () => {
  it('is looked at; one that was wrong, or opens nothing here, is not', async () => {
    const { world, asked } = where(fine)
    await signIn(world, 'ada', { password: 'not the password' })
    await signIn(world, 'nobody')
    await signIn(world, 'bob')
    expect(asked).toEqual([])

    expect(await session(world)).toEqual({ mustChange: null, flaw: null })
    expect(asked).toEqual([`ada of people: ${initialPassword('ada')}`])
    expect(found(world)).toEqual([])
  })

  it('is told of when others have lost it, and may stay', async () => {
    const { world } = where(lost(false))

    expect(await session(world)).toEqual({ mustChange: null, flaw: 'breached' })
    expect(found(world)).toMatchObject([
      { name: 'password.breach-found', flow: null, facts: { directory: 'people', asked: 'tell' } },
    ])
    expect((await ledger(world)).mustChange).toBeNull()
  })

  it('must go where policy says so, also when the lists are away the next time', async () => {
    const { world } = where(lost(true), silent)

    expect(await session(world)).toEqual({ mustChange: 'breached', flaw: null })
    expect(await session(world)).toEqual({ mustChange: 'breached', flaw: null })
    expect(found(world).map(({ name, facts }) => [name, facts])).toEqual([
      ['password.breach-found', { directory: 'people', asked: 'require-change' }],
      ['password.breach-unchecked', { list: 'range-api', because: 'breach-list-unreachable' }],
    ])
    expect(JSON.stringify(world.store.rows.events)).not.toContain(initialPassword('ada'))
  })

  it('is forgiven once it was replaced, here or at the directory', async () => {
    const here = where(lost(true), fine).world
    const changing = await openChange(here, 'ada')
    expect(changing.session.mustChange).toBe('breached')
    await changePassword(here, changing)
    expect((await ledger(here)).mustChange).toBeNull()

    const there = where(lost(true), fine).world
    await session(there)
    there.clock.advance(60)
    const ada = there.directory.people.get('key-of-ada') ?? anAccount('ada')
    const changed = { ...ada.password, changedAt: there.clock.now() }
    there.directory.people.set('key-of-ada', { ...ada, password: changed })
    expect(await session(there)).toEqual({ mustChange: null, flaw: null })
    expect((await ledger(there)).mustChange).toBeNull()
  })

  it('does not make up for an order of an operator by being newer', async () => {
    const { world } = where(fine)
    const { subject } = await ledger(world)
    const mustChange = { because: 'ordered', at: world.clock.now() } as const
    await world.store.decideSubject({ tenant: northwind, subject }, (seen) => ({
      answer: null,
      ledger: { ...seen.ledger, mustChange },
    }))
    world.clock.advance(60)
    const ada = world.directory.people.get('key-of-ada') ?? anAccount('ada')
    const changed = { ...ada.password, changedAt: world.clock.now() }
    world.directory.people.set('key-of-ada', { ...ada, password: changed })

    expect(await session(world)).toEqual({ mustChange: 'ordered', flaw: null })
  })

  it('is told of, or must go, when it would not be taken today; nothing is remembered of that', async () => {
    const { world } = where(weak(false), weak(true), fine)

    expect(await session(world)).toEqual({ mustChange: null, flaw: 'weak' })
    expect(await session(world)).toEqual({ mustChange: 'weak', flaw: null })
    expect(await session(world)).toEqual({ mustChange: null, flaw: null })
  })

  it('keeps nobody out, whatever a list says or does not say', async () => {
    const { world } = where(silent)

    expect(await session(world)).toEqual({ mustChange: null, flaw: null })
    expect(world.events()).toEqual(['sign-in.accepted', 'password.breach-unchecked'])
  })
})

describe('the current password of a change', () => {
  it('is looked at when sign-in could not, and may then be replaced however young it is', async () => {
    const { world, asked } = where(silent, lost(true))
    const changes: boolean[] = []
    const { judge } = world.deps.tenant(northwind)
    const deps = world.deps.tenant
    const recovery = world.another({
      tenant: (id) => ({
        ...deps(id),
        judge: (password, entry) => {
          changes.push(entry.change?.mustChange ?? false)
          return judge(password, entry)
        },
      }),
    })
    const changing = await openChange(world, 'ada')

    const changed = await changePassword({ ...world, recovery }, changing)

    expect(changed).toMatchObject({ ok: true })
    expect(asked).toHaveLength(2)
    expect(changes).toEqual([true])
    expect(found(world)).toMatchObject([
      { name: 'password.breach-unchecked', flow: null },
      { name: 'password.breach-found', flow: changing.id },
    ])
    expect((await ledger(world)).mustChange).toBeNull()
  })

  it('has to go the next time too when the change came to nothing', async () => {
    const { world } = where(silent, lost(true), silent)
    const changing = await openChange(world, 'ada')

    expect(await changePassword(world, changing, { password: 'short' })).toMatchObject({ ok: false })

    expect(await session(world)).toEqual({ mustChange: 'breached', flaw: null })
  })

  it('is not looked at again when sign-in has found it, nor when it is wrong', async () => {
    const { world, asked } = where(lost(false))
    const changing = await openChange(world, 'ada')
    await changePassword(world, changing, { current: 'not the password' })
    await changePassword(world, changing)

    expect(asked).toHaveLength(1)
    expect(found(world)).toHaveLength(1)

    const other = where(fine)
    const wrong = await openChange(other.world, 'ada')
    await changePassword(other.world, wrong, { current: 'not the password' })
    expect(other.asked).toHaveLength(1)
  })
})
