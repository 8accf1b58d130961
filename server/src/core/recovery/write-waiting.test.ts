import { describe, expect, it } from 'vitest'
import { aCall, aHelpdesk } from '../../../test/support/helpdesk-world.ts'
import {
  aClient,
  actionToken,
  anAccount,
  aPassword,
  aWorld,
  changePassword,
  type Holding,
  lastMail,
  northwind,
  openChange,
  prove,
  setPassword,
  signIn,
  start,
  type World,
  type WorldOptions,
} from '../../../test/support/recovery-world.ts'
import { Fault } from '../../kernel/fault.ts'

const acceptSeconds = 900
const key = 'key-of-ada'
const before = 'initial password of key-of-ada'
const chosen = 'correct horse battery staple'

const company = (over: WorldOptions = {}): World =>
  aWorld({ ...over, rules: { acceptSeconds, ...over.rules } })

/** Somebody proven whose directory goes away, and who chooses a password then. */
async function accepted(world: World): Promise<Holding> {
  const holding = await prove(world, 'ada')
  world.directory.down = true
  const answer = await setPassword(world, holding)
  expect(answer).toMatchObject({ ok: true, flow: { state: 'accepted' } })
  return holding
}

const stateOf = async (world: World, holding: Holding) => {
  const answer = await world.recovery.read(holding)
  return answer.ok ? answer.flow : null
}
const kinds = (world: World) => world.mails.map(({ order }) => order.kind)
const waiting = ({ store }: World) => [...store.rows.waiting.values()]
const ledgerOf = (world: World) => [...world.store.rows.ledgers.values()].find(({ writtenAt }) => writtenAt)

describe('a password whose directory is away', () => {
  it('is refused, and nothing is kept, unless an operator said otherwise', async () => {
    const world = aWorld()
    const holding = await prove(world, 'ada')
    world.directory.down = true

    expect(await setPassword(world, holding)).toMatchObject({ ok: false, because: 'directory-unreachable' })
    expect(waiting(world)).toEqual([])
    expect([...world.store.rows.seen]).toEqual([])
  })

  it('is accepted, and its owner is told by when it works, with a way to say "not me"', async () => {
    const world = company()
    const holding = await accepted(world)
    await world.runJobs()

    const expiresAt = new Date(world.clock.now().getTime() + acceptSeconds * 1_000)
    expect(await stateOf(world, holding)).toMatchObject({ state: 'accepted', acceptance: { expiresAt } })
    expect(lastMail(world)).toMatchObject({
      order: { kind: 'password-accepted', facts: { validUntil: expiresAt.toISOString() } },
      disavowCode: expect.any(String),
    })
    expect(world.events().slice(-3)).toEqual([
      'password.write-started',
      'password.write-failed',
      'password.accepted',
    ])
    expect(world.directory.passwords.get(key)).toBe(before)
  })

  it('is judged first, by the account as it was seen last', async () => {
    const world = company({ accounts: [anAccount('ada', { groups: ['admins'] })] })
    const seen: (readonly string[])[] = []
    const tenant = world.deps.tenant(northwind)
    const judge: typeof tenant.judge = (password, entry) => {
      seen.push(entry.groups)
      return tenant.judge(password, entry)
    }
    const recovery = world.another({ tenant: () => ({ ...tenant, judge }) })
    const holding = await prove(world, 'ada')
    world.directory.down = true

    const answer = await recovery.setPassword({ ...holding, password: aPassword('short'), client: aClient() })

    expect(answer).toMatchObject({ because: 'password-refused', reasons: [{ code: 'password-too-short' }] })
    expect(seen).toEqual([['admins']])
    expect(waiting(world)).toEqual([])
  })

  it('is refused where nobody has looked at the account since the flow began', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.down = true
    const [name, seen] = [...world.store.rows.seen][0] ?? []
    if (name === undefined || seen === undefined) throw new Error('nothing was seen')
    world.store.rows.seen.set(name, { ...seen, at: new Date(seen.at.getTime() - 1) })

    expect(await setPassword(world, holding)).toMatchObject({ because: 'directory-unreachable' })
    expect(waiting(world)).toEqual([])
  })

  it.each(['directory-rights-missing', 'directory-misconfigured', 'directory-outcome-unknown'] as const)(
    'is not accepted when the write failed for %s',
    async (code) => {
      const world = company()
      const holding = await prove(world, 'ada')
      world.directory.nextWrite = { is: 'fault', code }

      expect(await setPassword(world, holding)).toMatchObject({ ok: false })
      expect(waiting(world)).toEqual([])
    },
  )

  it('is accepted when the write certainly did not arrive', async () => {
    const world = company()
    const holding = await prove(world, 'ada')
    world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }

    expect(await setPassword(world, holding)).toMatchObject({ ok: true, flow: { state: 'accepted' } })
  })

  it('does not wait in a change, which would need the old one as well', async () => {
    const world = company()
    const changing = await openChange(world, 'ada')
    const token = await actionToken(world, changing)
    world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }

    const answer = await changePassword(world, changing, { token })

    expect(answer).toMatchObject({ ok: false, because: 'directory-unreachable' })
    expect(waiting(world)).toEqual([])
  })
})

describe('once the directory is back', () => {
  it('it is written, sessions end, its owner is told, and nothing of it is kept', async () => {
    const world = company()
    const holding = await accepted(world)
    await world.runJobs()
    world.directory.down = false
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'completed', outcome: 'password-set' })
    expect(world.directory.passwords.get(key)).toBe(chosen)
    expect(waiting(world)).toEqual([])
    expect(ledgerOf(world)).toMatchObject({ tokenVersion: 1, lease: null })
    expect(kinds(world)).toEqual(['recovery', 'password-accepted', 'password-changed'])
    expect(world.jobs).toEqual([])
  })

  it('it is judged anew, and what is not taken any more is told and kept no longer', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    const tenant = world.deps.tenant(northwind)
    const recovery = world.another({
      tenant: () => ({
        ...tenant,
        judge: async () => ({ ok: false, because: [{ code: 'password-breached' }] }),
      }),
    })

    await recovery.writeWaiting({ tenant: northwind, flow: holding.id })
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'refused-later' })
    expect(lastMail(world).order).toMatchObject({ kind: 'password-not-set', facts: { wasRefused: true } })
    expect(world.directory.writes).toEqual([])
    expect(waiting(world)).toEqual([])
  })

  it('one that the directory refuses ends, told and kept no longer', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'refused-later' })
    expect(kinds(world).at(-1)).toBe('password-not-set')
    expect(world.events().slice(-2)).toEqual(['password.not-set', 'flow.ended'])
    expect(waiting(world)).toEqual([])
    expect(ledgerOf(world)).toBeUndefined()
  })

  it('an account that may not come back by mail any more gets none', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.people.set(key, { ...anAccount('ada'), disabled: true })
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'account-unavailable' })
    expect(world.directory.writes).toEqual([])
    expect(waiting(world)).toEqual([])
  })

  it('a password that somebody has set at the directory meanwhile stays', async () => {
    const world = company()
    const holding = await accepted(world)
    const changedAt = world.clock.now()
    world.directory.people.set(key, {
      ...anAccount('ada'),
      password: { changedAt, mustChange: true, expiresAt: null, failedTries: 0 },
    })
    world.directory.down = false
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'refused-later' })
    expect(world.store.rows.events.at(-2)?.facts).toMatchObject({ because: 'password-set-elsewhere' })
    expect(world.directory.writes).toEqual([])
  })

  it('one that must be changed and of which no date is told any more stays as well', async () => {
    const password = { changedAt: new Date(0), mustChange: false, expiresAt: null, failedTries: 0 }
    const world = company({ accounts: [anAccount('ada', { password })] })
    await accepted(world)
    // As Active Directory tells it after a reset by an administrator.
    const reset = { ...password, changedAt: null, mustChange: true }
    world.directory.people.set(key, anAccount('ada', { password: reset }))
    world.directory.down = false
    await world.runJobs()

    expect(world.store.rows.events.at(-2)?.facts).toMatchObject({ because: 'password-set-elsewhere' })
    expect(world.directory.writes).toEqual([])
    expect(waiting(world)).toEqual([])
  })

  it.each([
    ['of another account', { account: { directory: 'people', key: 'key-of-boss' } }],
    [
      'with more time',
      { acceptance: { at: new Date(0), expiresAt: new Date('2100-01-01'), doubted: false } },
    ],
  ])('is written for no flow that somebody made one %s in the database', async (_, changed) => {
    const world = company({ accounts: [anAccount('ada'), anAccount('boss')] })
    const holding = await accepted(world)
    world.directory.down = false
    for (const [name, flow] of world.store.rows.flows) {
      if (flow.state === 'accepted') world.store.rows.flows.set(name, { ...flow, ...changed })
    }

    await world.recovery.writeWaiting({ tenant: northwind, flow: holding.id })

    expect(world.directory.writes).toEqual([])
  })

  it('an order for another password that came meanwhile is not settled by it', async () => {
    const world = company()
    await accepted(world)
    const subject = waiting(world)[0]?.subject ?? ''
    world.clock.advance(60)
    world.directory.down = false
    await aHelpdesk(world).requireChange(aCall(), subject)
    await world.runJobs()

    expect(world.directory.passwords.get(key)).toBe(chosen)
    expect(ledgerOf(world)?.mustChange).toMatchObject({ because: 'ordered' })
  })

  it('one that could not be written in time is thrown away, told, and never written later', async () => {
    const world = company()
    const holding = await accepted(world)
    world.clock.advance(acceptSeconds)
    // The job is lost: the sweeper alone ends it.
    world.jobs.splice(0)
    expect(await world.recovery.sweep()).toEqual({ ended: 1 })
    world.directory.down = false
    await world.runJobs()
    await world.recovery.writeWaiting({ tenant: northwind, flow: holding.id })

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'not-set-in-time' })
    expect(lastMail(world).order.kind).toBe('password-not-set')
    expect(lastMail(world).order.facts.wasRefused).toBeUndefined()
    expect(waiting(world)).toEqual([])
    expect(world.directory.writes).toEqual([])
  })

  it('a late job does not write what is overdue before the sweeper has come', async () => {
    const world = company()
    await accepted(world)
    world.clock.advance(acceptSeconds)
    world.directory.down = false
    await world.runJobs()

    expect(world.directory.writes).toEqual([])
  })
})

describe('a try of which nobody knows what it did', () => {
  it.each([true, false])(
    'is asked about before anything is written again (it was applied: %s)',
    async (applied) => {
      const world = company()
      const holding = await accepted(world)
      world.directory.down = false
      world.directory.nextWrite = { is: 'unanswered', applied }
      world.directory.probeFails = true
      const payload = { tenant: northwind, flow: holding.id }
      await expect(world.recovery.writeWaiting(payload)).rejects.toMatchObject({
        code: 'directory-unreachable',
      })

      expect(await stateOf(world, holding)).toMatchObject({
        state: 'accepted',
        acceptance: { doubted: true },
      })
      expect(ledgerOf(world)?.tokenVersion).toBe(1)
      // The lease stays until it runs out.
      if (!applied) await expect(world.recovery.writeWaiting(payload)).rejects.toThrow('under way')

      world.clock.advance(60)
      await world.runJobs()
      expect(await stateOf(world, holding)).toMatchObject({ state: 'completed' })
      expect(world.directory.passwords.get(key)).toBe(chosen)
      expect(world.directory.writes).toHaveLength(applied ? 1 : 2)
      expect(waiting(world)).toEqual([])
    },
  )

  it('that arrives late, after it was asked about, is found out when a history refuses the same again', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.nextWrite = { is: 'unanswered', applied: false }
    world.directory.probeFails = true
    const payload = { tenant: northwind, flow: holding.id }
    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow(Fault)
    world.clock.advance(60)
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }
    world.directory.onWrite = () => void world.directory.passwords.set(key, chosen)
    await world.recovery.writeWaiting(payload)

    expect(await stateOf(world, holding)).toMatchObject({ state: 'completed' })
  })

  it('that a history refuses goes on waiting while a locked account keeps it from being asked about', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.nextWrite = { is: 'unanswered', applied: false }
    world.directory.probeFails = true
    const payload = { tenant: northwind, flow: holding.id }
    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow(Fault)
    world.clock.advance(60)
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }
    world.directory.onWrite = () => {
      world.directory.passwords.set(key, chosen)
      world.directory.people.set(key, anAccount('ada', { locked: true }))
    }

    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow(Fault)

    expect(await stateOf(world, holding)).toMatchObject({ state: 'accepted', acceptance: { doubted: true } })
  })

  it.each(['it never arrived', 'it was lost'] as const)(
    'does not stand in its own way where passwords are remembered (%s)',
    async (before) => {
      const world = company({
        wrap: (deps) => ({ ...deps, tenant: (id) => ({ ...deps.tenant(id), remembers: () => 3 }) }),
      })
      const holding = await accepted(world)
      world.directory.down = false
      world.directory.nextWrite =
        before === 'it was lost'
          ? { is: 'unanswered', applied: false }
          : { is: 'fault', code: 'directory-unreachable' }
      await expect(world.recovery.writeWaiting({ tenant: northwind, flow: holding.id })).rejects.toThrow(
        Fault,
      )
      world.clock.advance(60)
      await world.runJobs()

      expect(await stateOf(world, holding)).toMatchObject({ state: 'completed' })
      const remembered = [...world.store.rows.remembered.values()].flat()
      expect(remembered.filter(({ write }) => write === null)).toHaveLength(1)
      expect(remembered).toHaveLength(before === 'it was lost' ? 2 : 1)
    },
  )

  const doubted = async (world: World) => {
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.nextWrite = { is: 'unanswered', applied: true }
    world.directory.probeFails = true
    const payload = { tenant: northwind, flow: holding.id }
    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow(Fault)
    world.directory.probeFails = false
    world.clock.advance(60)
    return holding
  }

  it.each(['locked', 'disabled'] as const)(
    'is not told as "not set" where the directory does not say, because the account is %s',
    async (mark) => {
      const world = company()
      const holding = await doubted(world)
      const entry = world.directory.people.get(key) ?? anAccount('ada')
      world.directory.people.set(key, { ...entry, [mark]: true })
      const payload = { tenant: northwind, flow: holding.id }
      await expect(world.recovery.writeWaiting(payload)).rejects.toThrow('not told')

      world.clock.advance(acceptSeconds)
      await world.recovery.sweep()
      await world.runJobs()

      expect(kinds(world).at(-1)).toBe('password-unexplained')
      expect(kinds(world)).not.toContain('password-not-set')
      expect(waiting(world)).toEqual([])
    },
  )

  it('is not told as "not set" where it is in force, and the account may not come back by mail any more', async () => {
    const world = company()
    const holding = await doubted(world)
    const entry = world.directory.people.get(key) ?? anAccount('ada')
    world.directory.people.set(key, { ...entry, privileged: true })

    await world.recovery.writeWaiting({ tenant: northwind, flow: holding.id })
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'outcome-unknown' })
    expect(kinds(world).at(-1)).toBe('password-unexplained')
    expect(waiting(world)).toEqual([])
  })

  it('is told as such when the time is over before anybody could ask', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    world.directory.nextWrite = { is: 'unanswered', applied: false }
    world.directory.probeFails = true
    const payload = { tenant: northwind, flow: holding.id }
    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow(Fault)
    world.directory.down = true
    world.clock.advance(acceptSeconds)
    await world.recovery.sweep()
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'outcome-unknown' })
    expect(kinds(world).at(-1)).toBe('password-unexplained')
    expect(waiting(world)).toEqual([])
  })

  it('whose process died is put back by the sweeper and ends written once', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    const payload = { tenant: northwind, flow: holding.id }
    // Dies after the write, before its end is recorded.
    const dead = { ...world.deps.store }
    let decisions = 0
    dead.decide = (target, decider) => {
      decisions += 1
      if (decisions > 1) return Promise.reject(new Fault('database-unavailable'))
      return world.deps.store.decide(target, decider)
    }
    await expect(world.another({ store: dead }).writeWaiting(payload)).rejects.toMatchObject({
      code: 'database-unavailable',
    })
    expect(await stateOf(world, holding)).toMatchObject({ state: 'writing' })
    await expect(world.recovery.writeWaiting(payload)).rejects.toThrow('another try is under way')
    expect(await world.recovery.sweep()).toEqual({ ended: 0 })

    world.clock.advance(60)
    await world.recovery.sweep()
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ state: 'completed' })
    expect(world.directory.writes).toHaveLength(1)
    expect(kinds(world).filter((kind) => kind === 'password-changed')).toHaveLength(1)
  })
})

describe('while a password waits', () => {
  it('a newer one takes its place', async () => {
    const world = company()
    world.directory.down = false
    const first = await prove(world, 'ada')
    const second = await prove(world, 'ada')
    world.directory.down = true
    await setPassword(world, first, aPassword('the first of two passwords'))
    expect(await setPassword(world, second)).toMatchObject({ flow: { state: 'accepted' } })

    expect(await stateOf(world, first)).toMatchObject({ state: 'ended', because: 'superseded' })
    expect(waiting(world).map(({ flow }) => flow)).toEqual([second.id])
    world.directory.down = false
    await world.runJobs()
    expect(world.directory.passwords.get(key)).toBe(chosen)
    expect(world.directory.writes).toHaveLength(1)
  })

  it('one that is written in another flow ends it', async () => {
    const world = company()
    const second = await prove(world, 'ada')
    const first = await accepted(world)
    world.directory.down = false
    await setPassword(world, second, aPassword('another password altogether'))
    await world.runJobs()

    expect(await stateOf(world, first)).toMatchObject({ state: 'ended', because: 'superseded' })
    expect(waiting(world)).toEqual([])
    expect(world.directory.passwords.get(key)).toBe('another password altogether')
  })

  it('a change that is made ends it', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    const changing = await openChange(world, 'ada')
    await changePassword(world, changing, { password: 'changed in the meantime' })
    await world.runJobs()

    expect(await stateOf(world, holding)).toMatchObject({ because: 'superseded' })
    expect(world.directory.passwords.get(key)).toBe('changed in the meantime')
  })

  it('another flow that is started, proven or refused leaves it alone', async () => {
    const world = company()
    const other = await prove(world, 'ada')
    const holding = await accepted(world)
    await start(world, 'ada')
    await setPassword(world, other, aPassword('short'))

    expect(await stateOf(world, holding)).toMatchObject({ state: 'accepted' })
    expect(waiting(world)).toHaveLength(1)
  })

  it('"this was not me" destroys it, from the very mail that tells of it', async () => {
    const world = company()
    const holding = await accepted(world)
    await world.runJobs()
    const token = lastMail(world).disavowLink ?? ''

    const answer = await world.recovery.disavow({ tenant: northwind, token, client: aClient() })

    expect(answer).toEqual({ ok: true, written: false })
    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'disavowed' })
    expect(waiting(world)).toEqual([])
    world.directory.down = false
    await world.runJobs()
    expect(world.directory.writes).toEqual([])
  })

  it('an operator who ends everything ends it, also while a try is under way', async () => {
    const world = company()
    const holding = await accepted(world)
    const subject = waiting(world)[0]?.subject ?? ''
    world.directory.down = false
    const fate = Promise.withResolvers<void>()
    world.directory.nextWrite = { is: 'late', until: fate.promise, refused: 'password-in-history' }
    const arrived = new Promise<void>((resolve) => {
      world.directory.onWrite = () => resolve()
    })
    const trying = world.recovery.writeWaiting({ tenant: northwind, flow: holding.id })
    await arrived
    expect(await aHelpdesk(world).endSessions(aCall(), subject)).toMatchObject({ writeUnderWay: true })
    fate.resolve()
    await trying

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'ended-by-operator' })
    expect(waiting(world)).toEqual([])
  })

  it('an operator who ends everything ends one that only waits', async () => {
    const world = company()
    const holding = await accepted(world)
    const subject = waiting(world)[0]?.subject ?? ''
    expect(await aHelpdesk(world).endSessions(aCall(), subject)).toMatchObject({ writeUnderWay: false })

    expect(await stateOf(world, holding)).toMatchObject({ state: 'ended', because: 'ended-by-operator' })
    expect(waiting(world)).toEqual([])
  })

  it('the password that is in force signs in, and the one that waits does not', async () => {
    const world = company()
    await accepted(world)
    world.directory.down = false

    expect(await signIn(world, 'ada', { password: chosen })).toMatchObject({ ok: false })
    expect(await signIn(world, 'ada')).toMatchObject({ ok: true })
  })
})
