import { describe, expect, it } from 'vitest'
import { aCall, aHelpdesk } from '../../../test/support/helpdesk-world.ts'
import { type MemoryDirectory, makeMemoryDirectory } from '../../../test/support/memory-directory.ts'
import { anAccount, aWorld, northwind, type World } from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'

async function aDesk(
  over: Parameters<typeof anAccount>[1] = {},
  wrap?: (directory: MemoryDirectory) => object,
  signsInElsewhere = false,
) {
  const plain = aWorld({ accounts: [anAccount('ada', over)] })
  const directory = { ...plain.directory, ...wrap?.(plain.directory) }
  const world: World = {
    ...plain,
    deps: {
      ...plain.deps,
      tenant: (id) => ({
        ...plain.deps.tenant(id),
        directory: (name) => (name === 'people' ? directory : null),
        signsInElsewhere: (name) => signsInElsewhere && name === 'people',
      }),
    },
  }
  const subject = await plain.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
  return { world, subject, desk: aHelpdesk(world), mails: () => plain.store.rows.messages }
}

const lastEvents = (world: World, count: number) => world.store.rows.events.slice(-count)

describe('unlocking an account', () => {
  it('lifts the lock, tells the owner in their language, and says in the log who did it', async () => {
    const { world, subject, desk, mails } = await aDesk({ locked: true, locale: 'fr' })

    expect(await desk.unlockAccount(aCall('desk'), subject)).toEqual({ ok: true, subject, wasLocked: true })

    expect(world.directory.people.get('key-of-ada')?.locked).toBe(false)
    expect(mails()).toMatchObject([
      {
        kind: 'account-unlocked',
        to: 'ada@home.example',
        locale: 'fr',
        disavowal: null,
        facts: { byHelp: true },
      },
    ])
    expect(lastEvents(world, 2)).toMatchObject([
      { name: 'account.unlock-started', subject, facts: { by: 'desk', directory: 'people' } },
      { name: 'account.unlocked', subject, facts: { by: 'desk', outcome: 'unlocked' } },
    ])
  })

  it('that is not locked changes nothing and tells nobody', async () => {
    const { subject, desk, mails } = await aDesk()

    expect(await desk.unlockAccount(aCall(), subject)).toMatchObject({ ok: true, wasLocked: false })
    expect(mails()).toEqual([])
  })

  it.each(['disabled', 'privileged', 'federated', 'secondFactor'] as const)(
    'that is %s asks its directory for nothing',
    async (fact) => {
      const { world, subject, desk, mails } = await aDesk({ locked: true, [fact]: true })

      const answer = await desk.unlockAccount(aCall(), subject)

      expect(answer).toMatchObject({ ok: false, because: 'account-not-eligible' })
      expect(world.events()).toEqual([])
      expect(world.directory.people.get('key-of-ada')?.locked).toBe(true)
      expect(mails()).toEqual([])
    },
  )

  it('is not offered where the directory can’t', async () => {
    const { subject, desk, world } = await aDesk({}, ({ abilities }) => ({
      abilities: { ...abilities, unlock: false },
    }))

    expect(await desk.unlockAccount(aCall(), subject)).toMatchObject({ because: 'unlock-not-offered' })
    expect(world.events()).toEqual([])
  })

  it('that got no answer throws the fault, and the log says what was tried', async () => {
    const { subject, desk, world } = await aDesk({}, () => ({
      unlock: () => Promise.reject(new Fault('directory-outcome-unknown')),
    }))

    await expect(desk.unlockAccount(aCall(), subject)).rejects.toThrow('directory-outcome-unknown')

    expect(lastEvents(world, 2)).toMatchObject([
      { name: 'account.unlock-started' },
      { name: 'account.unlock-failed', facts: { because: 'directory-outcome-unknown', by: 'desk' } },
    ])
  })
})

describe('ordering a change', () => {
  it('sets the directory’s mark and tells the owner; without a language of their own, in the tenant’s', async () => {
    const { world, subject, desk, mails } = await aDesk()

    expect(await desk.requireChange(aCall(), subject)).toEqual({ ok: true, subject, writeUnderWay: false })

    expect(world.directory.people.get('key-of-ada')?.password.mustChange).toBe(true)
    expect((await world.store.readLedger(northwind, subject)).mustChange).toEqual({
      because: 'ordered',
      at: world.clock.now(),
    })
    expect(mails()).toMatchObject([{ kind: 'change-required', locale: 'de', facts: { byHelp: true } }])
    expect(lastEvents(world, 2)).toMatchObject([
      { name: 'account.change-ordered', facts: { by: 'desk' } },
      { name: 'account.change-required', facts: { by: 'desk' } },
    ])
  })

  it('is for an account with a second factor where people can sign in with it, and else for none', async () => {
    const there = await aDesk({ secondFactor: true }, undefined, true)
    const nowhere = await aDesk({ secondFactor: true })

    expect(await there.desk.requireChange(aCall(), there.subject)).toMatchObject({ ok: true })
    expect(await nowhere.desk.requireChange(aCall(), nowhere.subject)).toMatchObject({
      because: 'account-not-eligible',
      why: 'second-factor',
    })

    const marks = [there, nowhere].map(
      ({ world }) => world.directory.people.get('key-of-ada')?.password.mustChange,
    )
    expect(marks).toEqual([true, false])
    expect([there.mails().length, nowhere.mails().length]).toEqual([1, 0])
  })

  it('that the directory refuses after all is told as that', async () => {
    const { subject, desk, mails, world } = await aDesk({}, () => ({
      requireChange: () => Promise.resolve({ ok: false, because: 'account-unavailable' }),
    }))

    expect(await desk.requireChange(aCall(), subject)).toMatchObject({
      because: 'account-not-eligible',
      why: 'gone',
    })
    expect(mails()).toEqual([])
    expect(world.events().at(-1)).toBe('account.change-failed')
  })

  it('is kept by Rekey alone where the directory has no such mark', async () => {
    const { world, subject, desk, mails } = await aDesk({}, ({ abilities }) => ({
      abilities: { ...abilities, mustChange: false },
      requireChange: () => Promise.reject(new Fault('directory-misconfigured')),
    }))

    expect(await desk.requireChange(aCall(), subject)).toEqual({ ok: true, subject, writeUnderWay: false })

    expect((await world.store.readLedger(northwind, subject)).mustChange?.because).toBe('ordered')
    expect(mails()).toHaveLength(1)
  })
})

describe('looking for an account', () => {
  it('guesses nothing when two have the name', async () => {
    const other = makeMemoryDirectory('staff', [anAccount('ada')])
    const world = aWorld({ directories: [other] })

    const answer = await aHelpdesk(world).showAccount(aCall(), { identifier: 'ada' })

    expect(answer).toEqual({ ok: false, because: 'account-ambiguous' })
    expect(lastEvents(world, 1)).toMatchObject([
      { name: 'account.read', facts: { outcome: 'account-ambiguous' } },
    ])
  })

  it('shows an account whose directory has moved out of the configuration to nobody', async () => {
    const { world, subject } = await aDesk()
    const gone = {
      ...world,
      deps: { ...world.deps, tenant: (id: string) => ({ ...world.deps.tenant(id), directory: () => null }) },
    }

    const answer = await aHelpdesk(gone).showAccount(aCall(), { subject })

    expect(answer).toEqual({ ok: false, because: 'account-unknown' })
  })
})
