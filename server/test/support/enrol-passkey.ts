import type { PortalSession } from '../../src/core/sessions/index.ts'
import { owner } from './enrolling.ts'
import { aPasskey, type Ceremony, type Passkey } from './passkey.ts'
import type { World } from './recovery-world.ts'

/** What a browser knows of a ceremony at the portal of these tests. */
export const atPortal = (challenge: string): Ceremony => ({
  challenge,
  origin: 'https://id.northwind.example',
  rpId: 'id.northwind.example',
})

/** Begins to set a passkey up, and has a browser make it. */
export async function makePasskey(world: World, session: PortalSession, name = '') {
  const added = await world.enrolment.add({ ...owner(session), method: 'passkey', name })
  if (!added.ok) throw new Error(`refused: ${added.because}`)
  if (added.shown.method !== 'passkey') throw new Error('something else was begun')
  const { passkey: options } = added.shown
  const passkey = aPasskey({ userHandle: options.user.id })
  const credential = passkey.create(atPortal(options.challenge))
  return { id: added.enrolment.id, options, passkey, credential }
}

/** Sets a passkey up; it counts from then on. */
export async function enrolPasskey(
  world: World,
  session: PortalSession,
): Promise<{ id: string; passkey: Passkey }> {
  const { id, passkey, credential } = await makePasskey(world, session)
  const confirmed = await world.enrolment.confirm({ ...owner(session), id, credential })
  if (!confirmed.ok) throw new Error(`refused: ${confirmed.because}`)
  await world.runJobs()
  return { id, passkey }
}
