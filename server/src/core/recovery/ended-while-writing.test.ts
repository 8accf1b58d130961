import { describe, expect, it } from 'vitest'
import { aCall, aHelpdesk } from '../../../test/support/helpdesk-world.ts'
import type { WriteFate } from '../../../test/support/memory-directory.ts'
import {
  aClient,
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
  type World,
} from '../../../test/support/recovery-world.ts'
import { makeInvite } from './invite.ts'
import { makeWithdraw } from './withdraw.ts'

async function aCompany() {
  const world = aWorld({ accounts: [anAccount('ada')] })
  const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
  const endSessions = () => aHelpdesk(world).endSessions(aCall('desk'), subject)
  return { world, subject, endSessions }
}

/** What somebody does while the directory has the password and has not answered. */
function meanwhile<Done>({ directory }: World, work: () => Promise<Done>): Promise<Done> {
  return new Promise((resolve, reject) => {
    for (const call of ['setPassword', 'changePassword'] as const) {
      const plain = directory[call].bind(directory) as (...asked: unknown[]) => Promise<never>
      directory[call] = async (...asked: unknown[]) => {
        await work().then(resolve, reject)
        return plain(...asked)
      }
    }
  })
}

const invite = async (world: World, again = false) => {
  const invited = await makeInvite(world.deps)(
    {
      ...{ tenant: northwind, identifier: 'ada', address: null, locale: null, localeOtherwise: 'en' },
      ...{ service: null, invitedBy: 'a test', again, dryRun: false, mayNameAddress: true },
    },
    AbortSignal.timeout(10_000),
  )
  if (!invited.ok) throw new Error(`no invitation: ${invited.because}`)
  return invited.id
}

async function activated(world: World): Promise<{ holding: Holding; invitation: string }> {
  const invitation = await invite(world)
  await world.runJobs()
  const { link: token } = lastMail(world)
  const answer = await world.recovery.activate({ tenant: northwind, token, client: aClient(), locale: 'en' })
  if (!answer.ok) throw new Error(`not activated: ${answer.because}`)
  return { holding: { tenant: northwind, id: answer.flow.id, secret: answer.secret }, invitation }
}

const ended = { because: 'flow-ended', flow: { state: 'ended', because: 'ended-by-operator' } }
const came: readonly [string, WriteFate, string][] = [
  ['a refusal', { is: 'refused', because: 'password-in-history' }, 'password.refused'],
  ['that it was not reached', { is: 'fault', code: 'directory-unreachable' }, 'password.write-failed'],
  ['that a right is missing', { is: 'fault', code: 'directory-rights-missing' }, 'password.write-failed'],
]

describe('a flow that an operator ends while its write is under way', () => {
  it.each(came)('ends with %s, and writes no more', async (_, fate, event) => {
    const { world, endSessions } = await aCompany()
    const holding = await prove(world, 'ada')
    world.directory.nextWrite = fate
    const operator = meanwhile(world, endSessions)

    expect(await setPassword(world, holding)).toMatchObject(ended)

    expect(await operator).toMatchObject({ ok: true, writeUnderWay: true })
    expect(await setPassword(world, holding)).toMatchObject(ended)
    expect(world.directory.writes).toHaveLength(1)
    expect(world.events().slice(-2)).toEqual([event, 'flow.ended'])
  })

  it('stays a success where it was one: the log says what had ended it, and its browser becomes no known one', async () => {
    const { world, subject, endSessions } = await aCompany()
    const client = aClient({ deviceDigest: 'this browser' })
    const holding = await prove(world, 'ada', client)
    const operator = meanwhile(world, endSessions)

    expect(await setPassword(world, holding, aPassword(), client)).toMatchObject({ ok: true })

    expect(await operator).toMatchObject({ tokenVersion: 1, writeUnderWay: true })
    expect(world.store.rows.events.at(-1)).toMatchObject({
      name: 'password.written',
      facts: { despite: 'ended-by-operator', tokenVersion: 2 },
    })
    expect(await world.store.isKnownDevice(northwind, subject, 'this browser')).toBe(false)
    expect(world.directory.passwords.get('key-of-ada')).toBe(aPassword().reveal())
  })

  it('leaves an order for another password standing that came meanwhile', async () => {
    const { world, subject } = await aCompany()
    const holding = await prove(world, 'ada')
    const order = async () => {
      world.clock.advance(1)
      return aHelpdesk(world).requireChange(aCall('desk'), subject)
    }
    const ordered = meanwhile(world, order)

    expect(await setPassword(world, holding)).toMatchObject({ ok: true })

    expect(await ordered).toMatchObject({ ok: true, writeUnderWay: true })
    expect(await signIn(world, 'ada', { password: aPassword().reveal() })).toMatchObject({
      session: { mustChange: 'ordered' },
    })
  })

  it('keeps no session that a change wanted to keep', async () => {
    const { world, endSessions } = await aCompany()
    const changing = await openChange(world, 'ada')
    const operator = meanwhile(world, endSessions)

    expect(await changePassword(world, changing, { keepsSession: true })).toMatchObject({ ok: true })

    await operator
    const { id, secret } = { id: changing.session.id, secret: changing.sessionSecret }
    expect(await world.sessions.read({ tenant: northwind, id, secret })).toMatchObject({ ok: false })
    expect(await signIn(world, 'ada', { password: aPassword().reveal() })).toMatchObject({ ok: true })
  })

  it('is not asked about where nothing is under way', async () => {
    const { world, endSessions } = await aCompany()
    await setPassword(world, await prove(world, 'ada'))

    expect(await endSessions()).toMatchObject({ writeUnderWay: false })
  })
})

describe('an invitation that is taken back while its first password is on its way', () => {
  const whatEnds = {
    withdrawn: (world: World, id: string) => makeWithdraw(world.deps)({ tenant: northwind, id }),
    'sent again': (world: World) => invite(world, true),
  }

  it.each(Object.entries(whatEnds))('(%s) gives whoever opened it no other try', async (_, ends) => {
    const { world } = await aCompany()
    const { holding, invitation } = await activated(world)
    world.directory.nextWrite = { is: 'refused', because: 'password-in-history' }
    const operator = meanwhile<unknown>(world, () => ends(world, invitation))

    expect(await setPassword(world, holding)).toMatchObject(ended)

    await operator
    expect(await setPassword(world, holding)).toMatchObject(ended)
    expect(world.directory.writes).toHaveLength(1)
  })

  it('says that a password is on its way, and the log that it was written all the same', async () => {
    const { world } = await aCompany()
    const { holding, invitation } = await activated(world)
    const operator = meanwhile(world, () => whatEnds.withdrawn(world, invitation))

    expect(await setPassword(world, holding)).toMatchObject({ ok: true })

    expect(await operator).toEqual({ ok: true, writeUnderWay: true })
    expect(world.store.rows.events.at(-1)).toMatchObject({
      name: 'password.written',
      facts: { despite: 'ended-by-operator' },
    })
  })
})
