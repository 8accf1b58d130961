import { describe, expect, it } from 'vitest'
import {
  aClient,
  anAccount,
  aPassword,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  prove,
  setPassword,
  start,
  type World,
} from '../../../test/support/recovery-world.ts'
import { Fault, type FaultCode } from '../../kernel/fault.ts'
import type { Directory, DirectoryEntry } from '../accounts/ports.ts'
import type { FlowKind } from './flow.ts'

const ada = anAccount('ada', { locked: true, recoveryAddresses: ['ada@home.example', 'ada@work.example'] })
const company = (over: Partial<DirectoryEntry> = {}) => aWorld({ accounts: [{ ...ada, ...over }] })
const forUnlock = (world: World) => prove(world, 'ada', aClient(), 'unlock')
const unlock = (world: World, holding: Holding, client = aClient()) =>
  world.recovery.unlock({ ...holding, client })
const isLocked = (world: World) => world.directory.people.get(ada.key)?.locked
const ofUnlock = (world: World) => world.events().filter((name) => name.startsWith('account.'))
const notices = (world: World) =>
  world.mails.filter(({ order }) => order.kind === 'account-unlocked').map(({ order }) => order.to)
const change = (world: World, over: Partial<DirectoryEntry>) => {
  const entry = world.directory.people.get(ada.key)
  if (entry !== undefined) world.directory.people.set(ada.key, { ...entry, ...over })
}
const read = async (world: World, holding: Holding) => {
  const answer = await world.recovery.read(holding)
  return answer.ok ? answer.flow : answer
}

/** Whatever it would answer, the directory answers this instead, once. */
function meets(world: World, answer: (unlock: () => ReturnType<Directory['unlock']>) => unknown): void {
  const { directory } = world
  const real = directory.unlock.bind(directory)
  directory.unlock = async (key, signal) => {
    directory.unlock = real
    await answer(() => real(key, signal))
    return real(key, signal)
  }
}

const fails = (code: FaultCode) => () => {
  throw new Fault(code)
}

describe('a lock is lifted', () => {
  it.each(['unlock', 'recovery'] as const)(
    'in a proven flow of kind %s, and the password stays',
    async (kind) => {
      const world = company()
      const before = world.directory.passwords.get(ada.key)
      const holding = await prove(world, 'ada', aClient(), kind)

      const answer = await unlock(world, holding)

      expect(answer).toMatchObject({ ok: true, flow: { state: 'completed', outcome: 'unlocked', kind } })
      expect(isLocked(world)).toBe(false)
      expect(world.directory.passwords.get(ada.key)).toBe(before)
      expect(world.directory.writes).toEqual([])
      await world.runJobs()
      expect(notices(world)).toEqual(ada.recoveryAddresses)
      expect(lastMail(world).disavowLink).not.toBeNull()
      expect(ofUnlock(world)).toEqual(['account.unlock-started', 'account.unlocked'])
    },
  )

  it('or was not there: that is said, and nobody is written to', async () => {
    const world = company({ locked: false })

    const answer = await unlock(world, await forUnlock(world))

    expect(answer).toMatchObject({ ok: true, flow: { state: 'completed', outcome: 'was-not-locked' } })
    await world.runJobs()
    expect(notices(world)).toEqual([])
    expect(world.store.rows.events.at(-1)).toMatchObject({
      name: 'account.unlocked',
      facts: { outcome: 'was-not-locked', directory: 'people' },
    })
  })

  it('without ending a session or another flow', async () => {
    const world = company()
    const other = await prove(world, 'ada')
    const waiting = await start(world, 'ada')
    const { link } = lastMail(world)

    await unlock(world, await forUnlock(world))

    const [ledger] = [...world.store.rows.ledgers.values()].filter(({ tokenVersion }) => tokenVersion > 0)
    expect(ledger).toBeUndefined()
    expect(await read(world, waiting)).toMatchObject({ state: 'awaiting-proof', whose: { is: 'account' } })
    expect(await setPassword(world, other)).toMatchObject({ ok: true })
    // What the password ends it still ends.
    expect(
      await world.recovery.spendLink({ tenant: northwind, token: link, client: aClient(), locale: 'en' }),
    ).toMatchObject({
      because: 'link-unusable',
    })
  })

  it('once: the flow is over then', async () => {
    const world = company()
    const holding = await forUnlock(world)
    await unlock(world, holding)

    expect(await unlock(world, holding)).toMatchObject({ because: 'already-completed' })
    expect(ofUnlock(world)).toHaveLength(2)
  })

  it('and makes the device of its owner known', async () => {
    const world = company()
    const client = aClient({ deviceDigest: 'cookie-of-ada' })

    await unlock(world, await forUnlock(world), client)

    expect([...world.store.rows.knownDevices.keys()].join()).toContain('cookie-of-ada')
  })

  it('so that "this was not me" ends what is open, and asks for no second proof', async () => {
    const world = company()
    const other = await prove(world, 'ada')
    await unlock(world, await forUnlock(world))
    await world.runJobs()

    const token = lastMail(world).disavowLink ?? ''
    const said = await world.recovery.disavow({ tenant: northwind, token, client: aClient() })

    expect(said).toEqual({ ok: true, written: false })
    expect(await read(world, other)).toMatchObject({ state: 'ended', because: 'disavowed' })
  })
})

describe('no lock is lifted', () => {
  it.each(['unlock', 'recovery'] as const)('before the proof, in a flow of kind %s', async (kind) => {
    const world = company()
    const holding = await start(world, 'ada', { kind })

    expect(await unlock(world, holding)).toEqual({ ok: false, because: 'not-proven' })
    expect(isLocked(world)).toBe(true)
    expect(world.directory.calls).not.toContain('unlock')
  })

  it('with the secret of another flow, or of before the proof', async () => {
    const world = company()
    const started = await start(world, 'ada', { kind: 'unlock' })
    const other = await forUnlock(world)
    const proven = await forUnlock(world)

    for (const secret of [other.secret, started.secret, '']) {
      expect(await unlock(world, { ...proven, secret })).toEqual({ ok: false, because: 'flow-unknown' })
    }
    expect(isLocked(world)).toBe(true)
  })

  it.each(['change', 'activation'] as const)('in a flow of kind %s', async (kind) => {
    const world = company()
    const holding = await prove(world, 'ada')
    asKind(world, holding, kind)

    expect(await unlock(world, holding)).toEqual({ ok: false, because: 'flow-of-another-kind' })
    expect(isLocked(world)).toBe(true)
  })

  it('where the directory has no such thing; the flow stays open', async () => {
    const world = company()
    const holding = await forUnlock(world)
    world.directory.abilities.unlock = false

    expect(await unlock(world, holding)).toEqual({ ok: false, because: 'unlock-not-offered' })
    expect(await read(world, holding)).toMatchObject({ state: 'proven' })
    expect(ofUnlock(world)).toEqual([])
  })

  it.each([
    ['disabled', { disabled: true }],
    ['privileged', { privileged: true }],
    ['federated', { federated: true }],
    ['given a second factor', { secondFactor: true }],
  ])('of an account that was %s after the proof', async (_, over) => {
    const world = company()
    const holding = await forUnlock(world)
    change(world, over)

    expect(await unlock(world, holding)).toMatchObject({
      because: 'flow-ended',
      flow: { state: 'ended', because: 'account-unavailable' },
    })
    expect(isLocked(world)).toBe(true)
  })

  it('that the directory itself keeps', async () => {
    const world = company()
    const holding = await forUnlock(world)
    meets(world, () => change(world, { disabled: true }))

    expect(await unlock(world, holding)).toMatchObject({ because: 'flow-ended' })
    expect(isLocked(world)).toBe(true)
    expect(world.events().slice(-2)).toEqual(['account.unlock-failed', 'flow.ended'])
  })
})

describe('a flow for a lock', () => {
  it('takes no password and answers no question about one', async () => {
    const world = company()
    const holding = await forUnlock(world)

    expect(await setPassword(world, holding)).toEqual({ ok: false, because: 'flow-of-another-kind' })
    const password = aPassword()
    expect(await world.recovery.checkPassword({ ...holding, password })).toEqual({
      ok: false,
      because: 'flow-of-another-kind',
    })
    expect(world.directory.writes).toEqual([])
    expect(await read(world, holding)).toMatchObject({ state: 'proven' })
  })

  it.each([
    ['is locked', {}, 'unlock'],
    ['is not locked', { locked: false }, 'unlock'],
    ['is disabled', { disabled: true }, 'unlock-explained'],
    ['is privileged', { privileged: true }, 'unlock-explained'],
  ] as const)('writes to an account that %s', async (_, over, kind) => {
    const world = company(over)
    const holding = await start(world, 'ada', { kind: 'unlock' })

    expect(world.mails.map(({ order }) => order.kind)).toEqual([kind, kind])
    expect(await read(world, holding)).toMatchObject({ state: 'awaiting-proof', kind: 'unlock' })
  })
})

describe('when the directory', () => {
  it.each([
    ['is not reached', 'directory-unreachable', 'directory-unreachable'],
    ['does not answer', 'directory-outcome-unknown', 'directory-unreachable'],
    ['lets the service account do nothing', 'directory-rights-missing', 'directory-not-writable'],
    ['answers what nobody understands', 'directory-answer-unusable', 'directory-not-writable'],
  ] as const)('%s, nothing is lost: the same flow lifts the lock later', async (_, code, because) => {
    const world = company()
    const holding = await forUnlock(world)
    meets(world, fails(code))

    expect(await unlock(world, holding)).toEqual({ ok: false, because })
    expect(await read(world, holding)).toMatchObject({ state: 'proven' })
    expect(world.store.rows.events.at(-1)).toMatchObject({
      name: 'account.unlock-failed',
      facts: { because: code, directory: 'people' },
    })

    expect(await unlock(world, holding)).toMatchObject({ ok: true, flow: { outcome: 'unlocked' } })
    await world.runJobs()
    expect(notices(world)).toEqual(ada.recoveryAddresses)
  })

  it('lifted the lock and its answer got lost, the next try says so, and everybody is told', async () => {
    const world = company()
    const holding = await forUnlock(world)
    meets(world, async (real) => {
      await real()
      throw new Fault('directory-outcome-unknown')
    })
    await unlock(world, holding)
    expect(isLocked(world)).toBe(false)

    expect(await unlock(world, holding)).toMatchObject({ ok: true, flow: { outcome: 'unlocked' } })
    await world.runJobs()
    expect(notices(world)).toEqual(ada.recoveryAddresses)
  })

  it('lifts the lock after the flow was disavowed, everybody is told, and the flow stays ended', async () => {
    const world = company()
    const holding = await forUnlock(world)
    const token = lastMail(world).disavowLink ?? ''
    meets(world, () => world.recovery.disavow({ tenant: northwind, token, client: aClient() }))

    expect(await unlock(world, holding)).toMatchObject({
      because: 'flow-ended',
      flow: { state: 'ended', because: 'disavowed' },
    })
    await world.runJobs()
    expect(notices(world)).toEqual(ada.recoveryAddresses)
    expect(world.events()).toContain('account.unlocked')
  })

  it('is asked by two at once, one of them ends the flow, and everybody is told once', async () => {
    const world = company()
    const holding = await forUnlock(world)

    const answers = await Promise.all([unlock(world, holding), unlock(world, holding)])

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    await world.runJobs()
    expect(notices(world)).toEqual(ada.recoveryAddresses)
    expect(await read(world, holding)).toMatchObject({ outcome: 'unlocked' })
  })
})

describe('who is asked for a new password is offered to keep the old one', () => {
  it('when the account is locked, and at no other time', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    const offers = () => world.recovery.offersUnlock(holding)

    expect(await offers()).toBe(true)
    expect(await world.recovery.offersUnlock({ ...holding, secret: 'x' })).toBe(false)
    expect(await world.recovery.offersUnlock(await start(world, 'ada'))).toBe(false)
    world.directory.down = true
    expect(await offers()).toBe(false)
    world.directory.down = false
    world.directory.abilities.unlock = false
    expect(await offers()).toBe(false)
    world.directory.abilities.unlock = true
    change(world, { locked: false })
    expect(await offers()).toBe(false)
  })

  it('and who came to be unlocked is asked to confirm it where their directory can, without asking it', async () => {
    const world = company()
    const holding = await prove(world, 'ada', aClient(), 'unlock')
    world.directory.calls.splice(0)

    expect(await world.recovery.offersUnlock(holding)).toBe(true)
    world.directory.abilities.unlock = false
    expect(await world.recovery.offersUnlock(holding)).toBe(false)
    expect(world.directory.calls).toEqual([])
  })

  it('and asking for it too often asks no directory', async () => {
    const world = aWorld({
      accounts: [ada],
      rules: { passwordChecksPerFlow: { max: 1, windowSeconds: 600 } },
    })
    const holding = await prove(world, 'ada')
    await world.recovery.offersUnlock(holding)
    const asked = world.directory.calls.length

    expect(await world.recovery.offersUnlock(holding)).toBe(false)
    expect(world.directory.calls).toHaveLength(asked)
  })
})

/** As if the flow had been opened for something else. */
function asKind(world: World, { id }: Holding, kind: FlowKind): void {
  for (const [name, flow] of world.store.rows.flows) {
    if (flow.id === id) world.store.rows.flows.set(name, { ...flow, kind })
  }
}
