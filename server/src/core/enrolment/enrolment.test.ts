import { describe, expect, it } from 'vitest'
import {
  anApp,
  aWorldOfMethods,
  enrolApp,
  enrolledLongAgo,
  enrolSheet,
  owner,
  signInFully,
  withApp,
} from '../../../test/support/enrolling.ts'
import {
  aClient,
  anAccount,
  lastMail,
  northwind,
  prove,
  setPassword,
} from '../../../test/support/recovery-world.ts'
import { after, makeInvite } from '../recovery/index.ts'

const subjectOf = (world: ReturnType<typeof aWorldOfMethods>) =>
  world.deps.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })

describe('an authenticator app', () => {
  it('proves nothing before a code of it was typed, and is told of to every address once it does', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')

    const added = await world.enrolment.add({ ...owner(session), method: 'totp', name: 'blue' })

    if (!added.ok || added.shown.method !== 'totp') throw new Error('nothing was added')
    expect(new URL(added.shown.uri).searchParams.get('secret')).toBe(added.shown.seed)
    expect(added.shown.uri).toContain('Northwind:ada')
    expect(await world.enrolment.list({ session })).toEqual([])
    expect((await world.store.readLedger(northwind, await subjectOf(world))).enrolled).toEqual([])
    const app = anApp(added.enrolment.id, added.shown.seed)
    const confirm = (code: string) => world.enrolment.confirm({ ...owner(session), id: app.id, code })
    expect(await confirm('000000')).toMatchObject({ ok: false, because: 'code-wrong' })
    expect(await confirm(app.code(world.clock.now()))).toMatchObject({ ok: true })
    expect(await confirm(app.code(world.clock.now()))).toMatchObject({ ok: false, because: 'already-proven' })

    await world.runJobs()
    expect(await world.enrolment.list({ session })).toMatchObject([{ method: 'totp', name: 'blue' }])
    const told = world.mails.filter(({ order }) => order.kind === 'method-added')
    expect(told.map(({ order }) => order.to)).toEqual(
      world.directory.people.get('key-of-ada')?.recoveryAddresses,
    )
    expect(told[0]?.order.facts).toMatchObject({ method: 'totp' })
    expect(world.events().at(-1)).toBe('method.added')
  })

  it('that was begun and left counts for nothing, whatever is set up beside it', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')
    await world.enrolment.add({ ...owner(session), method: 'totp', name: '' })
    await enrolSheet(world, session)

    const { enrolled } = await world.store.readLedger(northwind, await subjectOf(world))
    expect(enrolled).toMatchObject([{ method: 'recovery_code' }])
    expect((await signInFully(world, 'ada')).session.awaits).toBeNull()
  })

  it('costs a try for each wrong code, and no more are compared than the account has', async () => {
    const world = aWorldOfMethods({ rules: { failedTriesPerAccount: { max: 3, windowSeconds: 86_400 } } })
    const { session } = await signInFully(world, 'ada')
    const added = await world.enrolment.add({ ...owner(session), method: 'totp', name: '' })
    if (!added.ok || added.shown.method !== 'totp') throw new Error('nothing was added')
    const app = anApp(added.enrolment.id, added.shown.seed)
    const confirm = (code: string) => world.enrolment.confirm({ ...owner(session), id: app.id, code })

    for (const _ of [1, 2, 3]) expect(await confirm('000000')).toMatchObject({ because: 'code-wrong' })

    expect(await confirm(app.code(world.clock.now()))).toMatchObject({ because: 'too-many-requests' })
  })

  it('is set up, and removed, only by somebody who has just signed in', async () => {
    const world = aWorldOfMethods()
    const { app, session } = await withApp(world)
    world.clock.advance(600)

    const again = { ok: false, because: 'sign-in-again' }
    expect(await world.enrolment.add({ ...owner(session), method: 'totp', name: '' })).toEqual(again)
    expect(await world.enrolment.add({ ...owner(session), method: 'recovery_code', name: '' })).toEqual(again)
    expect(await world.enrolment.confirm({ ...owner(session), id: app.id, code: '0' })).toEqual(again)
    expect(await world.enrolment.remove({ ...owner(session), id: app.id })).toEqual(again)
    expect(await world.enrolment.list({ session })).toHaveLength(1)
  })

  it('of somebody else is not there to be confirmed, named or removed', async () => {
    const world = aWorldOfMethods({ accounts: [anAccount('ada'), anAccount('bob')] })
    const { app } = await withApp(world)
    const { session } = await signInFully(world, 'bob')

    const unknown = { ok: false, because: 'enrolment-unknown' }
    expect(await world.enrolment.confirm({ ...owner(session), id: app.id, code: '0' })).toEqual(unknown)
    expect(await world.enrolment.rename({ ...owner(session), id: app.id, name: 'mine' })).toEqual(unknown)
    expect(await world.enrolment.remove({ ...owner(session), id: app.id })).toEqual(unknown)
  })

  it('can’t be set up in a session that a reset has ended meanwhile', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')
    const subject = await subjectOf(world)
    await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
      answer: null,
      ledger: { ...ledger, tokenVersion: ledger.tokenVersion + 1 },
    }))

    for (const method of ['totp', 'recovery_code'] as const) {
      const added = await world.enrolment.add({ ...owner(session), method, name: '' })
      expect(added, method).toEqual({ ok: false, because: 'session-unknown' })
    }
  })

  it('is removed by its owner, who is told, and then nothing is asked for any more', async () => {
    const world = aWorldOfMethods()
    const { app, session } = await withApp(world)

    expect(await world.enrolment.remove({ ...owner(session), id: app.id })).toEqual({ ok: true })

    await world.runJobs()
    expect(lastMail(world).order.kind).toBe('method-removed')
    expect(await world.enrolment.list({ session })).toEqual([])
    expect((await signInFully(world, 'ada')).session.awaits).toBeNull()
  })

  it('takes no more places than there are', async () => {
    const world = aWorldOfMethods({ rules: { enrolmentsMax: 2 } })
    const { session } = await withApp(world)
    await enrolApp(world, session)

    expect(await world.enrolment.add({ ...owner(session), method: 'totp', name: '' })).toEqual({
      ok: false,
      because: 'too-many-enrolments',
    })
  })

  it('that was added by whom its owner disowns is gone, with every session', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')
    const { secret } = await signInFully(world, 'ada')
    await enrolSheet(world, session)
    world.clock.advance(1)
    await enrolApp(world, session)
    const { disavowLink } = lastMail(world)

    const said = await world.recovery.disavow({
      tenant: northwind,
      token: disavowLink ?? '',
      client: aClient(),
    })

    expect(said).toEqual({ ok: true, written: false })
    // What was there before stays.
    expect(await world.enrolment.list({ session })).toMatchObject([{ method: 'recovery_code' }])
    const subject = await subjectOf(world)
    const ledger = await world.store.readLedger(northwind, subject)
    expect(ledger).toMatchObject({ enrolled: [{ method: 'recovery_code' }] })
    // Or whoever reads the mails would take a factor away to come back by mail.
    expect(ledger.secondProofUntil).toEqual(after(world.clock.now(), world.rules.disavowalSeconds))
    expect(await world.sessions.read({ tenant: northwind, id: session.id, secret })).toMatchObject({
      ok: false,
    })
    expect(world.store.rows.tickets).toHaveLength(1)
    expect(world.events()).toContain('method.removed')
  })
})

describe('the first factor', () => {
  it('ends what was begun without it: other sessions, and flows that are proven', async () => {
    const world = aWorldOfMethods()
    const thief = await signInFully(world, 'ada')
    const holding = await prove(world, 'ada')
    const { session } = await signInFully(world, 'ada')

    const app = await enrolApp(world, session)

    const read = { tenant: northwind, id: thief.session.id, secret: thief.secret }
    expect(await world.sessions.read(read)).toEqual({ ok: false, because: 'session-unknown' })
    const gone = { ok: false, because: 'session-unknown' }
    expect(await world.enrolment.remove({ ...owner(thief.session), id: app.id })).toEqual(gone)
    expect(await setPassword(world, holding)).toMatchObject({ because: 'flow-ended' })
    // Whoever set it up goes on, and a second one ends nothing.
    await enrolApp(world, session)
    expect(await world.enrolment.list({ session })).toHaveLength(2)
  })

  it('that a thief removes is told to its owner, who ends everything with the mail', async () => {
    const world = aWorldOfMethods()
    const { app, session } = await withApp(world)
    await world.enrolment.remove({ ...owner(session), id: app.id })
    await world.runJobs()
    const { disavowLink } = lastMail(world)

    const call = { tenant: northwind, token: disavowLink ?? '', client: aClient() }
    expect(await world.recovery.disavow(call)).toEqual({ ok: true, written: false })

    const ledger = await world.store.readLedger(northwind, await subjectOf(world))
    expect(ledger.tokenVersion).toBeGreaterThan(session.tokenVersion)
    expect(ledger.secondProofUntil).toEqual(after(world.clock.now(), world.rules.disavowalSeconds))
    expect(world.store.rows.tickets).toHaveLength(1)
  })

  it('keeps an invitation from letting anybody in by mail alone', async () => {
    const world = aWorldOfMethods()
    const subject = await subjectOf(world)
    await makeInvite(world.deps)(
      {
        ...{ tenant: northwind, identifier: 'ada', address: null, locale: null, localeOtherwise: 'en' },
        ...{ service: null, invitedBy: 'test', again: true, dryRun: false, mayNameAddress: true },
      },
      AbortSignal.timeout(10_000),
    )
    await world.runJobs()
    const { link: token } = lastMail(world)
    await enrolledLongAgo(world, 'ada')

    const call = { tenant: northwind, token, client: aClient(), locale: 'en' }
    expect(await world.recovery.activate(call)).toMatchObject({ ok: false })
    expect((await world.store.readLedger(northwind, subject)).writtenAt).toBeNull()
  })
})

describe('somebody who sets things up without end', () => {
  it('has to wait', async () => {
    const world = aWorldOfMethods({ rules: { enrolmentsPerAccount: { max: 2, windowSeconds: 60 } } })
    const { session } = await signInFully(world, 'ada')
    await enrolSheet(world, session)
    await enrolSheet(world, session)

    const add = () => world.enrolment.add({ ...owner(session), method: 'recovery_code', name: '' })
    const test = { ...owner(session), method: 'recovery_code', code: 'x' } as const
    const busy = { ok: false, because: 'too-many-requests', retryAfterSeconds: 60 }
    expect([await add(), await world.enrolment.test(test)]).toEqual([busy, busy])
  })
})

describe('a sheet of codes', () => {
  it('is shown once and kept as digests; a new one makes the old worthless', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')
    const older = await enrolSheet(world, session)
    const codes = await enrolSheet(world, session)

    expect(codes).toHaveLength(10)
    const kept = JSON.stringify([...world.store.rows.enrolments.values()])
    for (const code of codes) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(code.replaceAll('-', ''))
    }
    const test = (code = '') => world.enrolment.test({ ...owner(session), method: 'recovery_code', code })
    expect(await test(older[0])).toMatchObject({ ok: false, because: 'code-wrong' })
    expect(await test(codes[3]?.toUpperCase())).toMatchObject({ ok: true })
    expect(await test(codes[3])).toMatchObject({ ok: false, because: 'code-wrong' })
    expect(await world.enrolment.list({ session })).toHaveLength(1)
  })

  it('does not make a sign-in ask for more, and is no more than one kind of proof', async () => {
    const world = aWorldOfMethods()
    const { session } = await signInFully(world, 'ada')
    await enrolSheet(world, session)

    expect((await signInFully(world, 'ada')).session.awaits).toBeNull()
  })
})
