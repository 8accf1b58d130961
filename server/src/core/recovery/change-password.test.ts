import { describe, expect, it } from 'vitest'
import {
  aClient,
  actionToken,
  anAccount,
  aPassword,
  aProvider,
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
  signInAs,
  type World,
} from '../../../test/support/recovery-world.ts'
import type { Examined } from '../passwords/index.ts'

const company = () => aWorld({ accounts: [anAccount('ada'), anAccount('bob')] })
const passwordOf = (world: World, name = 'ada') => world.directory.passwords.get(`key-of-${name}`)
const next = 'correct horse battery staple'
const unusable = { ok: false, because: 'action-token-unusable' }

const readSession = (world: World, { session, sessionSecret, tenant }: Changing) =>
  world.sessions.read({ tenant, id: session.id, secret: sessionSecret })

describe('a change', () => {
  it('replaces the password, ends every session and every other flow, and tells the person', async () => {
    const world = company()
    const elsewhere = await openChange(world, 'ada')
    const recovery = await prove(world, 'ada')
    const holding = await openChange(world, 'ada')

    const changed = await changePassword(world, holding)
    await world.runJobs()

    expect(changed).toMatchObject({ ok: true, flow: { state: 'completed', kind: 'change' } })
    expect(passwordOf(world)).toBe(next)
    expect(await readSession(world, elsewhere)).toMatchObject({ because: 'session-unknown' })
    expect(await readSession(world, holding)).toMatchObject({ because: 'session-unknown' })
    expect(await setPassword(world, recovery)).toMatchObject({ because: 'flow-ended' })
    expect(world.mails.at(-1)?.order).toMatchObject({ kind: 'password-changed', to: 'ada@home.example' })
    expect(world.events().slice(-5)).toEqual([
      'proof.accepted',
      'password.write-started',
      'password.written',
      'flow.ended',
      'flow.ended',
    ])
  })

  it('keeps the session that makes it when the person wants so, with nothing left that must be changed', async () => {
    const world = company()
    await world.directory.requireChange('key-of-ada', AbortSignal.timeout(1_000))
    const elsewhere = await openChange(world, 'ada')
    const holding = await openChange(world, 'ada')
    expect(holding.session.mustChange).toBe('directory')

    await changePassword(world, holding, { keepsSession: true })

    expect(await readSession(world, holding)).toMatchObject({ ok: true, session: { mustChange: null } })
    expect(await readSession(world, elsewhere)).toMatchObject({ because: 'session-unknown' })
  })

  it('is made by the person, so that the directory’s rules for people hold', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    world.directory.calls.splice(0)

    await changePassword(world, holding)

    expect(world.directory.calls).toEqual(['read', 'passwordRules', 'verifyPassword', 'changePassword'])
  })

  it('is refused where the directory can’t say whether the current password is right, at no cost of a try', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    Object.assign(world.directory.abilities, { verifies: false })
    world.directory.calls.splice(0)

    for (let tried = 0; tried < 12; tried += 1) {
      expect(await changePassword(world, holding)).toMatchObject({
        because: 'password-refused',
        reasons: [{ code: 'password-change-not-allowed' }],
      })
    }

    expect(world.directory.calls).not.toContain('verifyPassword')
    expect(world.directory.writes).toEqual([])
  })

  it('is proven by the current password alone: a recovery’s way to write is closed to it, and the other way round', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const recovering = await prove(world, 'ada')

    expect(await setPassword(world, holding)).toEqual({ ok: false, because: 'flow-of-another-kind' })
    expect(await world.recovery.issueAction(recovering)).toEqual({
      ok: false,
      because: 'flow-of-another-kind',
    })
    expect(world.directory.writes).toEqual([])
  })

  const order = async (world: World) => {
    const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, mustChange: { because: 'ordered', at: world.clock.now() } },
    }))
  }
  it.each([
    { asked: 'by nobody', before: () => {}, since: () => {}, because: 'password-refused' },
    { asked: 'by an operator', before: order, since: () => {} },
    { asked: 'by an operator since the sign-in', before: () => {}, since: order },
    { asked: 'because it is lost or weak', flaw: true, before: () => {}, since: () => {} },
  ])('that is asked for $asked waits for the directory’s minimum age as it should', async (of) => {
    const world = aWorld({
      wrap: (deps) => ({
        ...deps,
        tenant: (id) => ({
          ...deps.tenant(id),
          examine: async () => ({
            flaws: of.flaw === true ? [{ is: 'weak', mustChange: true }] : [],
            unanswered: [],
          }),
        }),
      }),
    })
    const { changePassword: take } = world.directory
    world.directory.changePassword = async (key, passwords, signal) =>
      passwords.owed === true ? take(key, passwords, signal) : { ok: false, because: 'password-too-young' }
    await of.before(world)
    const holding = await openChange(world, 'ada')
    await of.since(world)

    const changed = await changePassword(world, holding)

    const { because } = of
    expect(changed).toMatchObject(because === undefined ? { ok: true } : { because })
  })

  const silent: Examined = {
    flaws: [],
    unanswered: [{ list: 'range-api', because: 'breach-list-unreachable' }],
  }
  const lost = (mustChange: boolean): Examined => ({
    flaws: [{ is: 'breached', mustChange }],
    unanswered: [],
  })
  it.each([
    { found: 'at sign-in', policy: 'tell', verdicts: [lost(false)], owed: false },
    { found: 'by the change', policy: 'tell', verdicts: [silent, lost(false)], owed: false },
    { found: 'at sign-in', policy: 'require-change', verdicts: [lost(true)], owed: true },
    { found: 'by the change', policy: 'require-change', verdicts: [silent, lost(true)], owed: true },
  ])(
    'of a lost password, found $found, is owed to the directory if policy demands it, and waits here for no age ($policy)',
    async ({ verdicts, owed }) => {
      const left = [...verdicts]
      const waived: { by: string; is: boolean | undefined }[] = []
      const world = aWorld({
        wrap: (deps) => ({
          ...deps,
          tenant: (id) => ({
            ...deps.tenant(id),
            examine: async () => left.shift() ?? silent,
            judge: async (password, entry) => {
              waived.push({ by: 'Rekey', is: entry.change?.mustChange })
              return deps.tenant(id).judge(password, entry)
            },
          }),
        }),
      })
      const { changePassword: take } = world.directory
      world.directory.changePassword = async (key, passwords, signal) => {
        waived.push({ by: 'the directory', is: passwords.owed })
        return take(key, passwords, signal)
      }

      const changed = await changePassword(world, await openChange(world, 'ada'))

      expect(changed).toMatchObject({ ok: true })
      expect(waived).toEqual([
        { by: 'Rekey', is: true },
        { by: 'the directory', is: owed },
      ])
    },
  )

  it('goes on after everything that is refused, each time with a new action token', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')

    expect(await changePassword(world, holding, { password: 'short' })).toMatchObject({
      because: 'password-refused',
    })
    world.directory.nextWrite = { is: 'fault', code: 'directory-unreachable' }
    expect(await changePassword(world, holding)).toMatchObject({ because: 'directory-unreachable' })
    world.directory.nextWrite = { is: 'refused', because: 'password-too-young' }
    expect(await changePassword(world, holding)).toMatchObject({
      because: 'password-refused',
      reasons: [{ code: 'password-too-young' }],
    })
    expect(await changePassword(world, holding)).toMatchObject({ ok: true })
  })

  it('ends when the account may not come back by mail any more', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const [ada] = world.directory.people.values()
    if (ada !== undefined) world.directory.people.set(ada.key, { ...ada, privileged: true })

    expect(await changePassword(world, holding)).toMatchObject({ because: 'flow-ended' })
    expect(world.directory.writes).toEqual([])
  })

  it('is for an account with a second factor, and for one that got it since only if that was proven', async () => {
    const withFactor = [anAccount('ada', { secondFactor: true })]
    const elsewhere = aWorld({ accounts: withFactor, means: aProvider({ ok: true, claimed: 'ada' }) })
    const proven = await openChangeFor(elsewhere, await signInAs(elsewhere))
    const world = company()
    const holding = await openChange(world, 'ada')
    const [ada] = world.directory.people.values()
    if (ada !== undefined) world.directory.people.set(ada.key, { ...ada, secondFactor: true })

    expect(await changePassword(elsewhere, proven)).toMatchObject({ ok: true })
    expect(await changePassword(world, holding)).toMatchObject({ because: 'flow-ended' })
    expect([elsewhere, world].map(({ directory }) => directory.writes.length)).toEqual([1, 0])
  })

  it('is opened so often and no more: whatever ends them all has to look at each', async () => {
    const world = company()
    const { session } = await openChange(world, 'ada')
    const open = () => world.recovery.openChange({ session, client: aClient(), locale: 'en' })
    for (let opened = 1; opened < world.rules.changesPerAccount.max; opened += 1) await open()

    expect(await open()).toMatchObject({ because: 'too-many-requests' })
    world.clock.advance(1_800)
    expect(await open()).toMatchObject({ ok: true })
  })

  it('that is still being made when all sessions end keeps none', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    world.directory.onWrite = () => {
      void world.store.decideSubject(
        { tenant: holding.tenant, subject: holding.session.subject },
        ({ ledger }) => ({
          answer: null,
          ledger: { ...ledger, tokenVersion: ledger.tokenVersion + 1 },
        }),
      )
    }

    expect(await changePassword(world, holding, { keepsSession: true })).toMatchObject({ ok: true })
    expect(await readSession(world, holding)).toMatchObject({ because: 'session-unknown' })
  })

  it('is not made once its session is over', async () => {
    const late = company()
    const slow = await openChange(late, 'ada')
    late.clock.advance(1_799)
    const token = await actionToken(late, slow)
    late.clock.advance(1)
    const out = company()
    const gone = await openChange(out, 'ada')
    await out.sessions.signOut({ tenant: gone.tenant, id: gone.session.id, secret: gone.sessionSecret })

    expect(await changePassword(late, slow, { token })).toMatchObject({ ok: false })
    expect(await changePassword(out, gone)).toEqual({ ok: false, because: 'session-unknown' })
    expect([...late.directory.writes, ...out.directory.writes]).toEqual([])
  })
})

describe('the current password', () => {
  const wrong = (world: World, holding: Changing) =>
    changePassword(world, holding, { current: 'not the password' })

  it('when wrong, changes nothing and counts with sign-in', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')

    for (let tried = 0; tried < 5; tried += 1) {
      expect(await wrong(world, holding)).toEqual({ ok: false, because: 'current-password-wrong' })
    }
    for (let tried = 0; tried < 5; tried += 1) {
      expect(await signIn(world, 'ada', { password: 'not the password' })).toMatchObject({
        because: 'sign-in-refused',
      })
    }
    world.directory.calls.splice(0)

    expect(await changePassword(world, holding)).toEqual({
      ok: false,
      because: 'too-many-requests',
      retryAfterSeconds: 86_400,
    })
    expect(world.directory.calls).toEqual(['read', 'passwordRules'])
    expect(await signIn(world, 'ada')).toMatchObject({ because: 'sign-in-refused' })
    expect(passwordOf(world)).toBe(initialPassword('ada'))
  })

  it('when right, costs no try, whatever becomes of the new one', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    for (let tried = 0; tried < 15; tried += 1) await changePassword(world, holding, { password: 'short' })

    expect(await changePassword(world, holding)).toMatchObject({ ok: true })
  })

  it('costs no try while no directory can compare it', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    for (let tried = 0; tried < 15; tried += 1) {
      world.directory.probeFails = true
      expect(await changePassword(world, holding)).toMatchObject({ because: 'directory-unreachable' })
    }

    expect(await changePassword(world, holding)).toMatchObject({ ok: true })
  })

  it('that was replaced between the proof and the write changes nothing', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const { changePassword: change } = world.directory
    world.directory.changePassword = async (key, passwords, signal) => {
      world.directory.passwords.set(key, 'set by somebody else meanwhile')
      return change(key, passwords, signal)
    }

    expect(await changePassword(world, holding)).toEqual({ ok: false, because: 'current-password-wrong' })
    expect(passwordOf(world)).toBe('set by somebody else meanwhile')
  })
})

describe('an action token', () => {
  it('is good for one try, whatever becomes of it', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const token = await actionToken(world, holding)

    expect(await changePassword(world, holding, { token, password: 'short' })).toMatchObject({
      because: 'password-refused',
    })
    expect(await changePassword(world, holding, { token })).toEqual(unusable)
    expect(passwordOf(world)).toBe(initialPassword('ada'))
  })

  it('is spent by one of thirty racers', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const token = await actionToken(world, holding)

    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, racer) =>
        changePassword(world, holding, { token, password: `password of racer ${String(racer)}` }),
      ),
    )

    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect(world.directory.writes).toHaveLength(1)
  })

  it('works for 30 seconds', async () => {
    const [early, late] = [company(), company()]
    const inTime = await openChange(early, 'ada')
    const tooLate = await openChange(late, 'ada')
    const tokens = [await actionToken(early, inTime), await actionToken(late, tooLate)]
    early.clock.advance(29)
    late.clock.advance(30)

    expect(await changePassword(early, inTime, { token: tokens[0] ?? '' })).toMatchObject({ ok: true })
    expect(await changePassword(late, tooLate, { token: tokens[1] ?? '' })).toEqual(unusable)
  })

  it('is of no use to another flow, another account, after a newer one, or made up', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    const again = await openChange(world, 'ada')
    const bob = await openChange(world, 'bob')
    const token = await actionToken(world, holding)
    for (const other of [again, bob]) {
      await actionToken(world, other)
      expect(await changePassword(world, other, { token })).toEqual(unusable)
    }
    await actionToken(world, holding)

    expect(await changePassword(world, holding, { token })).toEqual(unusable)
    for (const madeUp of ['', 'x', `${token}=`, token.toUpperCase()]) {
      expect(await changePassword(world, holding, { token: madeUp })).toEqual(unusable)
    }
    expect(world.directory.writes).toEqual([])
  })

  it('that is refused asks no directory and costs no try', async () => {
    const world = company()
    const holding = await openChange(world, 'ada')
    world.directory.calls.splice(0)
    for (let tried = 0; tried < 15; tried += 1) {
      await changePassword(world, holding, { token: 'made up', current: 'not the password' })
    }

    expect(world.directory.calls).toEqual([])
    expect(await changePassword(world, holding)).toMatchObject({ ok: true })
  })
})

it('a changed password makes the browser known, as a recovery does', async () => {
  const world = company()
  const client = aClient({ deviceDigest: 'home' })

  await changePassword(world, await openChange(world, 'ada', client), { client })

  expect([...world.store.rows.knownDevices.keys()].some((key) => key.includes('home'))).toBe(true)
  expect(await setPassword(world, await prove(world, 'ada'), aPassword('another password'))).toMatchObject({
    ok: true,
  })
})
