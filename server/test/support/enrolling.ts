import { Secret as Seed, TOTP } from 'otpauth'
import type { Shown } from '../../src/core/enrolment/index.ts'
import { type Enrolment, methods } from '../../src/core/proofs/index.ts'
import type { Client } from '../../src/core/recovery/flow.ts'
import type { PortalSession } from '../../src/core/sessions/index.ts'
import { aClient, aWorld, northwind, signIn, type World, type WorldOptions } from './recovery-world.ts'

/** A tenant that offers every method there is. */
export const aWorldOfMethods = (options: WorldOptions = {}): World => aWorld({ methods, ...options })

/** Somebody's authenticator app: the library that apps are tested against, not our code. */
export interface App {
  id: string
  seed: string
  code(at: Date): string
}

export const anApp = (id: string, seed: string): App => ({
  id,
  seed,
  code: (at) => new TOTP({ secret: Seed.fromBase32(seed) }).generate({ timestamp: at.getTime() }),
})

/** Signed in with everything that it takes. */
export async function signInFully(world: World, name: string, app?: App, client = aClient()) {
  const signed = await signIn(world, name, { client })
  if (!signed.ok) throw new Error(`refused: ${signed.because}`)
  if (app === undefined) return signed
  const call = { tenant: northwind, id: signed.session.id, secret: signed.secret, client }
  const code = app.code(world.clock.now())
  const proven = await world.sessions.prove({ ...call, method: 'totp', code })
  if (!proven.ok) throw new Error(`refused: ${proven.because}`)
  return proven
}

export const owner = (session: PortalSession, client: Client = aClient()) => ({
  session,
  client,
  locale: 'en',
})

type ShownOf<Method> = Extract<Shown, { method: Method }>

/** Sets an app up; it counts from then on, and its next code is of another time step. */
export async function enrolApp(world: World, session: PortalSession): Promise<App> {
  const added = await world.enrolment.add({ ...owner(session), method: 'totp', name: 'telephone' })
  if (!added.ok) throw new Error(`refused: ${added.because}`)
  const app = anApp(added.enrolment.id, (added.shown as ShownOf<'totp'>).seed)
  const code = app.code(world.clock.now())
  const confirmed = await world.enrolment.confirm({ ...owner(session), id: app.id, code })
  if (!confirmed.ok) throw new Error(`refused: ${confirmed.because}`)
  world.clock.advance(30)
  await world.runJobs()
  return app
}

export async function enrolSheet(world: World, session: PortalSession): Promise<readonly string[]> {
  const added = await world.enrolment.add({ ...owner(session), method: 'recovery_code', name: '' })
  if (!added.ok) throw new Error(`refused: ${added.because}`)
  await world.runJobs()
  return (added.shown as ShownOf<'recovery_code'>).codes
}

/** Somebody with an app, and who has signed in before it was set up. */
export async function withApp(world: World, name = 'ada') {
  const { session } = await signInFully(world, name)
  return { app: await enrolApp(world, session), session }
}

/** Set up long ago, so that no "this was not me" takes it away. */
export async function enrolledLongAgo(world: World, name: string): Promise<App> {
  const subject = await world.store.subjectOf(northwind, { directory: 'people', key: `key-of-${name}` })
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const long = new Date(0)
  const enrolment: Enrolment = {
    ...{ tenant: northwind, subject, id: `app-of-${name}`, method: 'totp', name: '' },
    kept: { seed, algorithm: 'SHA1', digits: 6, periodSeconds: 30, lastStep: null },
    ...{ createdAt: long, confirmedAt: long, usableFrom: long, lastUsedAt: null },
  }
  await world.store.decideSubject({ tenant: northwind, subject }, ({ ledger }) => ({
    answer: null,
    ledger: { ...ledger, enrolled: [{ method: 'totp', usableFrom: long }] },
    effects: { events: [], enrolments: [{ change: 'kept', enrolment }] },
  }))
  return anApp(enrolment.id, seed)
}
