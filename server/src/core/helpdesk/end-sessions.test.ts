import { describe, expect, it } from 'vitest'
import { aCall, aHelpdesk } from '../../../test/support/helpdesk-world.ts'
import {
  anAccount,
  aWorld,
  type Holding,
  lastMail,
  northwind,
  prove,
  setPassword,
  spend,
  start,
} from '../../../test/support/recovery-world.ts'

async function aCompany() {
  const world = aWorld({ accounts: [anAccount('ada')] })
  const subject = await world.store.subjectOf(northwind, { directory: 'people', key: 'key-of-ada' })
  const endSessions = () => aHelpdesk(world).endSessions(aCall('desk'), subject)
  return { world, subject, endSessions }
}

describe('ending everything of an account', () => {
  it('tells whoever has proven something that it was an operator, and no other request', async () => {
    const { world, endSessions } = await aCompany()
    const holding = await prove(world, 'ada')

    await endSessions()

    const byOperator = { because: 'flow-ended', flow: { state: 'ended', because: 'ended-by-operator' } }
    expect(await setPassword(world, holding)).toMatchObject(byOperator)
    expect(world.directory.writes).toEqual([])
    expect(world.store.rows.events.at(-1)).toMatchObject({
      name: 'flow.ended',
      flow: holding.id,
      facts: { because: 'ended-by-operator' },
    })
  })

  it('shows nothing to whoever has proven nothing, and their mail works no more', async () => {
    const { world, endSessions } = await aCompany()
    const holding = await start(world, 'ada')
    const { link } = lastMail(world)
    const look = async (of: Holding) => {
      const answer = await world.recovery.read(of)
      return answer.ok && answer.flow.state
    }

    await endSessions()

    expect(await look(holding)).toBe('awaiting-proof')
    expect(await spend(world, link)).toMatchObject({ ok: false, because: 'link-unusable' })
  })
})
