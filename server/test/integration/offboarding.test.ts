import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { neverByMail } from '../../src/core/recovery/index.ts'
import { failuresOf } from '../../src/kernel/each-row.ts'
import { Fault } from '../../src/kernel/fault.ts'
import type { WriteFate } from '../support/memory-directory.ts'
import { anOffboardingWorld, type OffboardingWorld } from '../support/offboarding-world.ts'
import { aClient, northwind, testTokens } from '../support/recovery-world.ts'

let world: OffboardingWorld
beforeEach(async () => {
  world = await anOffboardingWorld()
})
afterEach(() => world[Symbol.asyncDispose]())

const ledgerOf = (subject: string) => world.deps.store.readLedger(northwind, subject)
const approve = (asked: { id: string; digest: string }, by = 'chief') => world.approve(world.call(by), asked)
const stateOf = async (id: string) => {
  const read = await world.read(world.call('desk'), id)
  return read.ok ? read.offboarding : read
}
const eventsSince = async (count: number) => (await world.database.events()).slice(count)

describe('an offboarding that somebody else agrees to', () => {
  it('writes a password that nobody knows and ends everything, and its owner gets no mail', async () => {
    const link = await world.link()
    const asked = await world.asked()
    const mails = (await world.database.jobs()).length
    const before = await ledgerOf(asked.subject)

    const answer = await approve(asked)

    expect(answer).toMatchObject({
      ok: true,
      offboarding: { state: 'done', approvedBy: 'chief', attempts: 1 },
    })
    const [write] = world.directory.writes
    expect(world.directory.writes).toHaveLength(1)
    expect(world.directory.passwords.get('key-of-ada')).toBe(write?.password)
    for (const signs of [/[a-z]/, /[A-Z]/, /[0-9]/, /[-_.]/, /^.{56}$/])
      expect(write?.password).toMatch(signs)
    expect(await ledgerOf(asked.subject)).toMatchObject({
      tokenVersion: before.tokenVersion + 1,
      lease: null,
      writtenAt: world.clock.now(),
      secondProofUntil: neverByMail,
    })
    expect((await world.database.events()).slice(-3)).toEqual([
      'password.write-started',
      'account.offboarded',
      'flow.ended',
    ])
    expect(await world.database.jobs()).toHaveLength(mails)
    expect(await world.click(link)).toMatchObject({ ok: false, because: 'link-unusable' })
  })

  it('destroys a password that waits for the directory', async () => {
    await using lets = await anOffboardingWorld(() => ({}), { acceptSeconds: 900 })
    const clicked = await lets.click(await lets.link())
    if (!clicked.ok) throw new Error(clicked.because)
    lets.directory.down = true
    const holding = { id: clicked.flow.id, secret: clicked.secret }
    expect(await lets.setPassword(holding)).toMatchObject({ ok: true, flow: { state: 'accepted' } })
    lets.directory.down = false

    expect(await lets.approve(lets.call('chief'), await lets.asked())).toMatchObject({ ok: true })

    expect(await lets.deps.store.readWaiting(northwind, holding.id)).toBeNull()
    await lets.recovery.writeWaiting({ tenant: northwind, flow: holding.id })
    expect(lets.directory.writes).toHaveLength(1)
  })

  it('is never the same password twice', async () => {
    for (const name of ['ada', 'grace']) {
      const asked = await world.ask(world.call('desk'), { name: { identifier: name }, reason: 'Left' })
      if (asked.ok) await approve(asked.offboarding)
    }

    const [first, second] = world.directory.writes
    expect(first?.password).not.toBe(second?.password)
  })

  it('lets no mail bring anybody back, not even after a "this was not me"', async () => {
    await world.link()
    await approve(await world.asked())
    const { rows } = await world.database.database.pool.query<{ id: string; subject: string }>(
      'select id, subject from disavowal limit 1',
    )
    const { id = '', subject = '' } = rows[0] ?? {}
    const token = testTokens.disavowLink({ tenant: northwind, id, keyId: testTokens.keyId })

    await world.recovery.disavow({ tenant: northwind, token, client: aClient() })
    const clicked = await world.click(await world.link())

    expect(clicked).toMatchObject({ ok: true, flow: { state: 'awaiting-proof' } })
    expect((await ledgerOf(subject)).secondProofUntil).toEqual(neverByMail)
  })

  it.each<[string, WriteFate, number]>([
    ['was closed', { is: 'written' }, 0],
    ['was closed, as far as anybody knows', { is: 'unanswered', applied: false }, 0],
    ['could not be closed', { is: 'fault', code: 'directory-unreachable' }, 1],
  ])(
    'leaves nothing that was remembered of a password, nor the one that was drawn, once it %s',
    async (_, fate, left) => {
      const asked = await world.asked()
      const { subject } = asked
      const write = { flow: 'flow-1', attempt: 1 }
      const next = { keyId: 'k1', salt: 'c2FsdA', digest: 'digest' }
      const began = { change: 'write-begun', write, next, current: null, at: world.clock.now() } as const
      await world.deps.store.decideSubject({ tenant: northwind, subject }, () => ({
        answer: null,
        effects: { events: [], history: { tenant: northwind, subject, ...began } },
      }))
      world.directory.nextWrite = fate

      await approve(asked)

      expect(await world.deps.store.readRemembered(northwind, subject)).toHaveLength(left)
    },
  )

  it('is done once, however often the yes is sent', async () => {
    const asked = await world.asked()

    const answers = await Promise.all(Array.from({ length: 30 }, () => approve(asked)))

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(world.directory.writes).toHaveLength(1)
    expect(await approve(asked)).toMatchObject({ because: 'offboarding-settled' })
  })
})

describe('an offboarding is refused, and nothing is written', () => {
  afterEach(() => {
    expect(world.directory.writes).toEqual([])
  })

  it('to whoever asked for it', async () => {
    const asked = await world.asked()

    expect(await approve(asked, 'desk')).toMatchObject({ because: 'approval-not-yours' })
    expect(await stateOf(asked.id)).toMatchObject({ state: 'pending' })
    expect((await world.database.events()).at(-1)).toBe('offboarding.refused')
  })

  it.each(['ada', 'ada@corp.example'])(
    'to a key that bears the name of whom it is about: %s',
    async (name) => {
      expect(await approve(await world.asked(), name)).toMatchObject({ because: 'approval-not-yours' })
    },
  )

  it('with a digest of something else, which changes nothing', async () => {
    const asked = await world.asked()

    const answer = await approve({ ...asked, digest: '0'.repeat(64) })

    expect(answer).toMatchObject({ because: 'digest-wrong' })
    expect(await stateOf(asked.id)).toMatchObject({ state: 'pending' })
  })

  it('after a day', async () => {
    const asked = await world.asked()

    world.clock.advance(86_400)

    expect(await stateOf(asked.id)).toMatchObject({ state: 'void', because: 'expired' })
    expect(await approve(asked)).toMatchObject({ because: 'offboarding-void', why: 'expired' })
  })

  it.each([
    ['was renamed', { username: 'ada.l' }],
    ['became privileged', { privileged: true }],
  ])('when the account %s meanwhile, for good', async (_, over) => {
    const asked = await world.asked()
    const entry = world.directory.people.get('key-of-ada')
    if (entry === undefined) throw new Error('ada is gone')
    world.directory.people.set('key-of-ada', { ...entry, ...over })

    expect(await approve(asked)).toMatchObject({ because: 'offboarding-void', why: 'account-changed' })
    world.directory.people.set('key-of-ada', entry)
    expect(await approve(asked)).toMatchObject({ because: 'offboarding-void', why: 'account-changed' })
    expect((await world.database.events()).filter((name) => name === 'offboarding.voided')).toHaveLength(1)
  })

  it('when the account is gone', async () => {
    const asked = await world.asked()
    world.directory.people.delete('key-of-ada')

    expect(await approve(asked)).toMatchObject({ because: 'offboarding-void', why: 'account-changed' })
  })

  it('when the key that asked may not ask any more', async () => {
    const asked = await world.asked()
    world.callers.set('desk', { name: 'desk', tenants: null, may: ['accounts.read'] })

    expect(await approve(asked)).toMatchObject({ because: 'offboarding-void', why: 'asker-gone' })
  })

  it.each([
    `subject = 'another'`,
    `account_key = 'key-of-grace'`,
    `asked_by = 'somebody'`,
    `expires_at = expires_at + interval '1 day'`,
  ])('when somebody who writes the database changed what was asked: %s', async (change) => {
    const asked = await world.asked()
    await world.deps.store.subjectOf(northwind, { directory: 'people', key: 'key-of-grace' })
    await world.database.database.pool.query(`update offboarding set ${change}`)

    const answer = await approve(asked)

    expect(answer).toMatchObject({ ok: false, because: 'offboarding-void' })
  })

  it.each(['root', 'admin'])(
    'for a privileged account, whatever else it is: nobody is even asked (%s)',
    async (identifier) => {
      const answer = await world.ask(world.call('desk'), { name: { identifier }, reason: 'Left' })

      expect(answer).toMatchObject({ because: 'account-not-eligible', why: 'privileged' })
    },
  )
})

describe('an offboarding of somebody whom self-service keeps away from', () => {
  const asked = async (identifier: string) => {
    const answer = await world.ask(world.call('desk'), { name: { identifier }, reason: 'Left' })
    if (!answer.ok) throw new Error(answer.because)
    return answer.offboarding
  }

  it('who is disabled and has a second factor is done, and leaves the account disabled', async () => {
    expect(await approve(await asked('gone'))).toMatchObject({
      ok: true,
      offboarding: { state: 'done', password: 'replaced' },
    })

    expect(world.directory.passwords.get('key-of-gone')).toBe(world.directory.writes[0]?.password)
    expect(world.directory.people.get('key-of-gone')).toMatchObject({ disabled: true, secondFactor: true })
  })

  it('who was disabled between the question and the yes is done', async () => {
    const question = await world.asked()
    const entry = world.directory.people.get('key-of-ada')
    if (entry !== undefined) world.directory.people.set('key-of-ada', { ...entry, disabled: true })

    expect(await approve(question)).toMatchObject({ offboarding: { state: 'done' } })
  })

  it('whose password lives elsewhere ends all that Rekey has of them, and says that the password is there', async () => {
    const question = await asked('elsewhere')
    const events = (await world.database.events()).length

    const answer = await approve(question)

    expect(answer).toMatchObject({ ok: true, offboarding: { state: 'done', password: 'elsewhere' } })
    expect(await stateOf(question.id)).toMatchObject({ state: 'done', password: 'elsewhere' })
    expect(world.directory.writes).toEqual([])
    expect(await ledgerOf(question.subject)).toMatchObject({
      tokenVersion: 1,
      lease: null,
      writtenAt: null,
      secondProofUntil: neverByMail,
    })
    expect(await eventsSince(events)).toEqual(['offboarding.approved', 'account.offboarded'])
  })
})

describe('what the directory makes of it', () => {
  it('is told when it refuses, and nothing has ended', async () => {
    const asked = await world.asked()
    world.directory.nextWrite = { is: 'refused', because: 'password-too-young' }

    expect(await approve(asked)).toMatchObject({
      offboarding: { state: 'failed', because: 'password-too-young' },
    })
    expect(await ledgerOf(asked.subject)).toMatchObject({
      tokenVersion: 0,
      lease: null,
      secondProofUntil: null,
    })
  })

  it('may be tried again with the same yes when nothing was written', async () => {
    const asked = await world.asked()
    world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }

    expect(await approve(asked)).toMatchObject({
      offboarding: { state: 'failed', because: 'directory-unreachable' },
    })
    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'done', attempts: 2 } })
  })

  it('is found out by one sign-in when the answer is lost', async () => {
    const asked = await world.asked()
    world.directory.nextWrite = { is: 'unanswered', applied: true }

    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'done' } })
    expect(world.directory.writes).toHaveLength(1)
  })

  it('stays unknown when that says no: everything ends, and a later yes does it again', async () => {
    const asked = await world.asked()
    world.directory.nextWrite = { is: 'unanswered', applied: false }

    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'unknown' } })
    expect(await ledgerOf(asked.subject)).toMatchObject({ tokenVersion: 1, secondProofUntil: neverByMail })
    expect(await approve(asked)).toMatchObject({ because: 'write-in-progress' })
    world.clock.advance(18)
    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'done', attempts: 2 } })
  })
})

describe('a process that dies over it', () => {
  it('before it is recorded leaves one that the sweeper ends as unknown, and that can be done again', async () => {
    await world[Symbol.asyncDispose]()
    let isLost = false
    world = await anOffboardingWorld(({ offboardings }) => ({
      offboardings: {
        ...offboardings,
        decide: (name, decider) =>
          isLost ? Promise.reject(new Fault('database-unavailable')) : offboardings.decide(name, decider),
      },
    }))
    const asked = await world.asked()
    world.directory.onWrite = () => {
      isLost = true
    }
    await expect(approve(asked)).rejects.toThrow('database-unavailable')
    isLost = false
    world.directory.onWrite = () => {}

    expect(await stateOf(asked.id)).toMatchObject({ state: 'writing' })
    expect(await world.sweep()).toBe(0)
    expect(await approve(asked)).toMatchObject({ because: 'write-in-progress' })
    world.clock.advance(18)
    expect(await approve(asked)).toMatchObject({ because: 'write-in-progress' })
    const events = (await world.database.events()).length
    expect(await world.sweep()).toBe(1)
    expect(await eventsSince(events)).toEqual(['offboarding.unexplained'])
    expect(await stateOf(asked.id)).toMatchObject({ state: 'unknown' })
    expect(await ledgerOf(asked.subject)).toMatchObject({ tokenVersion: 1 })
    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'done', attempts: 2 } })
  })
})

describe('requests that can’t be swept', () => {
  it('keep none of the others from being ended, however many come before it', async () => {
    const asked = await world.asked()
    world.directory.nextWrite = { is: 'late', until: new Promise(() => {}) }
    const arrived = Promise.withResolvers<undefined>()
    world.directory.onWrite = () => arrived.resolve(undefined)
    void approve(asked)
    await arrived.promise
    // Sealed under a key that is gone; their ids come first.
    await sql`
      insert into offboarding select (jsonb_populate_record(o, jsonb_build_object(
        'id', '!' || lpad(n::text, 4, '0'), 'subject', 'subject ' || n, 'sealed', 'gone.AAAA'))).*
      from offboarding o, generate_series(1, 150) n`.execute(world.database.database.kysely)
    world.clock.advance(18)

    const error = await world.sweep().catch((thrown: unknown) => thrown)

    const failures = failuresOf(error)
    expect(failures).toHaveLength(150)
    expect(failures[0]).toMatchObject({ message: `failed for offboarding ${northwind}/!0001` })
    expect(await stateOf(asked.id)).toMatchObject({ state: 'unknown' })
  })
})

describe('a write of the account’s owner', () => {
  it('that is under way is waited for: the yes is kept, and given again it does the rest', async () => {
    const clicked = await world.click(await world.link())
    if (!clicked.ok) throw new Error(clicked.because)
    const asked = await world.asked()
    const gate = Promise.withResolvers<undefined>()
    world.directory.nextWrite = { is: 'late', until: gate.promise }
    const arrived = Promise.withResolvers<undefined>()
    world.directory.onWrite = () => arrived.resolve(undefined)
    const theirs = world.setPassword({ id: clicked.flow.id, secret: clicked.secret })
    await arrived.promise

    expect(await approve(asked)).toMatchObject({ because: 'write-in-progress' })
    expect(await stateOf(asked.id)).toMatchObject({ state: 'approved', approvedBy: 'chief' })
    gate.resolve(undefined)
    await theirs
    expect(await approve(asked)).toMatchObject({ offboarding: { state: 'done' } })
    expect(world.directory.writes).toHaveLength(2)
  })

  it('finds the account taken while the offboarding writes', async () => {
    const clicked = await world.click(await world.link())
    if (!clicked.ok) throw new Error(clicked.because)
    const asked = await world.asked()
    const gate = Promise.withResolvers<undefined>()
    world.directory.nextWrite = { is: 'late', until: gate.promise }
    const arrived = Promise.withResolvers<undefined>()
    world.directory.onWrite = () => arrived.resolve(undefined)
    const ours = approve(asked)
    await arrived.promise

    const theirs = await world.setPassword({ id: clicked.flow.id, secret: clicked.secret })
    gate.resolve(undefined)

    expect(theirs).toMatchObject({ ok: false, because: 'write-in-progress' })
    expect(await ours).toMatchObject({ offboarding: { state: 'done' } })
    expect(await world.setPassword({ id: clicked.flow.id, secret: clicked.secret })).toMatchObject({
      because: 'flow-ended',
    })
  })
})
