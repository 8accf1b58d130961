import { describe, expect, it } from 'vitest'
import {
  aClient,
  anAccount,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  setPassword,
  type World,
} from '../../../test/support/recovery-world.ts'
import { makeInvite } from './invite.ts'
import { makeWithdraw } from './withdraw.ts'

const acceptSeconds = 900
const key = 'key-of-ada'
const company = () => aWorld({ accounts: [anAccount('ada')], rules: { acceptSeconds } })

/** Somebody who was invited, and whose first password waits. */
async function accepted(world: World): Promise<Holding & { invitation: string }> {
  const invited = await makeInvite(world.deps)(
    {
      ...{ tenant: northwind, identifier: 'ada', address: null, locale: null, localeOtherwise: 'en' },
      ...{ service: null, invitedBy: 'a test', again: false, dryRun: false, mayNameAddress: true },
    },
    AbortSignal.timeout(10_000),
  )
  if (!invited.ok) throw new Error(invited.because)
  await world.runJobs()
  const token = lastMail(world).link
  const opened = await world.recovery.activate({ tenant: northwind, token, client: aClient(), locale: 'en' })
  if (!opened.ok) throw new Error(opened.because)
  const holding = { tenant: northwind, id: opened.flow.id, secret: opened.secret }
  world.directory.down = true
  expect(await setPassword(world, holding)).toMatchObject({ ok: true, flow: { state: 'accepted' } })
  return { ...holding, invitation: invited.id }
}

describe('a first password whose directory is away', () => {
  it('waits, and activates the account once the directory is back', async () => {
    const world = company()
    const holding = await accepted(world)
    world.directory.down = false
    await world.runJobs()

    expect(await world.recovery.read(holding)).toMatchObject({ flow: { state: 'completed' } })
    expect(world.mails.map(({ order }) => order.kind)).toEqual([
      'invitation',
      'password-accepted',
      'account-activated',
    ])
  })

  it('is told as one when it was not set, because there is no other way in than another invitation', async () => {
    const world = company()
    await accepted(world)
    world.clock.advance(acceptSeconds)
    await world.recovery.sweep()
    await world.runJobs()

    expect(lastMail(world).order).toMatchObject({ kind: 'password-not-set', facts: { isFirst: true } })
  })

  it('goes with the invitation that is taken back', async () => {
    const world = company()
    const { invitation, ...holding } = await accepted(world)
    await makeWithdraw(world.deps)({ tenant: northwind, id: invitation })
    world.directory.down = false
    await world.runJobs()

    expect(await world.recovery.read(holding)).toMatchObject({ flow: { because: 'ended-by-operator' } })
    expect([...world.store.rows.waiting]).toEqual([])
    expect(world.directory.writes).toEqual([])
  })

  it('leaves alone what somebody set in the directory meanwhile', async () => {
    const world = company()
    const holding = await accepted(world)
    const entry = world.directory.people.get(key) ?? anAccount('ada')
    const password = { ...entry.password, changedAt: world.clock.now(), mustChange: true }
    world.directory.people.set(key, { ...entry, password })
    world.directory.down = false
    await world.runJobs()

    expect(await world.recovery.read(holding)).toMatchObject({ flow: { because: 'refused-later' } })
    expect(world.directory.writes).toEqual([])
  })
})
