import type { FastifyInstance } from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { makeMemoryDirectory } from '../../test/support/memory-directory.ts'
import { aPublicApp } from '../../test/support/public-app.ts'
import { aClient, anAccount, aWorld, prove, type World } from '../../test/support/recovery-world.ts'

let app: FastifyInstance
afterEach(() => app.close())

/** A company whose directories can lift a lock or can't: that of its people, and that of its partners. */
async function aCompany(abilities: { people: boolean; partners: boolean }): Promise<World> {
  const partners = makeMemoryDirectory('partners', [anAccount('bob')])
  const world = aWorld({ directories: [partners] })
  world.directory.abilities.unlock = abilities.people
  partners.abilities.unlock = abilities.partners
  app = await aPublicApp(world)
  return world
}

const get = (url: string, cookie = '') => app.inject({ url, headers: { cookie } })
const start = (identifier: string, kind: string) =>
  app.inject({ method: 'POST', url: '/v1/recoveries', payload: { identifier, kind } })

it('a tenant none of whose directories can lift a lock says so to everybody, and has no page for it', async () => {
  const world = await aCompany({ people: false, partners: false })

  const page = await get('/recover')
  const answers = [await start('ada', 'unlock'), await start('nobody', 'unlock')]

  expect(page.statusCode).toBe(200)
  expect(page.body).not.toContain('/unlock')
  expect(await get('/unlock')).toMatchObject({ statusCode: 303, headers: { location: '/recover' } })
  expect(answers.map(({ statusCode, body }) => [statusCode, body.includes('unlock-not-offered')])).toEqual([
    [422, true],
    [422, true],
  ])
  expect(world.store.rows.flows.size).toBe(0)
  expect((await start('ada', 'recovery')).statusCode).toBe(202)
})

it('a tenant one of whose directories can offers it to everybody, and after the proof to its people alone', async () => {
  const world = await aCompany({ people: false, partners: true })
  const heldBy = async (name: string) => {
    const { id, secret } = await prove(world, name, aClient(), 'unlock')
    return `__Host-rekey-flow=${id}.${secret}`
  }

  expect((await get('/recover')).body).toContain('href="/unlock?again=1"')
  expect((await get('/unlock')).body).toContain('action="/unlock/start"')
  for (const name of ['ada', 'bob', 'nobody']) expect((await start(name, 'unlock')).statusCode).toBe(202)
  const [ada, bob] = [await get('/unlock', await heldBy('ada')), await get('/unlock', await heldBy('bob'))]
  expect([ada.statusCode, bob.statusCode]).toEqual([200, 200])
  expect(ada.body).not.toContain('action="/unlock/confirm"')
  expect(ada.body).toContain('href="/recover?again=1"')
  expect(bob.body).toContain('action="/unlock/confirm"')
})
